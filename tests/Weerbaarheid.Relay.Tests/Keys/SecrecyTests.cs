using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Commands;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Keys;

/// <summary>Keys stay in the files that are made for them: every verb and a whole node are run with throw-away keys, and all that they leave is searched.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SecrecyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-secrecy-");
    private readonly string _passphrase = KeySamples.NewPassphrase();
    private readonly StringBuilder _said = new();

    public SecrecyTests() => File.WriteAllText(In("passphrase"), _passphrase + "\n");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task No_verb_shows_a_key()
    {
        var pin = KeySamples.NewPassphrase();
        await File.WriteAllTextAsync(In("pin"), pin);
        string[] master = ["--master", In("m"), "--passphrase-file", In("passphrase")];
        await VerbAsync("keys", "new-region", "groningen", "--out", In("m"), "--passphrase-file", In("passphrase"));
        await VerbAsync(["keys", "issue", .. master, "--site", "11", "--role", "noodsteunpunt", "--name", "Leek", "--out", In("11.wr1")]);
        await VerbAsync(["keys", "issue", .. master, "--site", "1", "--role", "meldkamer", "--name", "Meldkamer", "--may-issue", "--out", In("1.wr1"), "--json", "--pin-file", In("pin")]);
        await VerbAsync(["keys", "show", .. master]);
        await VerbAsync(["keys", "show", .. master, "--json"]);
        await VerbAsync("keys", "install", In("1.wr1"), "--keys-file", In("1.keys"), "--pin-file", In("pin"), "--json");
        await VerbAsync("init", "--yes", "--keys", In("11.wr1"), "--config", In("relay.json"));
        await VerbAsync("init", "--yes", "--keys", In("11.wr1"), "--config", In("relay.json"), "--replace", "--json");
        var stick = Directory.CreateDirectory(In("stick")).FullName;
        await VerbAsync(["keys", "rotate", .. master, "--out", stick, "--json"]);
        await VerbAsync("keys", "install", Path.Combine(stick, "11.wr1"), "--config", In("relay.json"));
        await VerbAsync("keys", "install", Path.Combine(stick, "1.wr1"), "--keys-file", In("site.keys"));
        foreach (var file in new[] { "site.keys", "1.keys" })
        {
            await VerbAsync("keys", "show", "--keys-file", In(file));
            await VerbAsync("keys", "show", "--keys-file", In(file), "--json");
        }

        await WrongAsync();
        foreach (var verb in (string[])["status", "report", "encode", "decode", "amateur", "send", "run", "simulate", "bench"]) await VerbAsync(verb, "--help");
        await EncodeAsync();
        await VerbAsync("run", "--config", In("relay.json"));

        AssertNothing([_passphrase, pin], Secrets());
    }

    [Fact]
    public async Task A_node_writes_no_key_into_its_log_its_store_or_its_pages()
    {
        using var region = KeySamples.Region();
        using var keys = region.Noodsteunpunt();
        KeyFile.Write(In("site.keys"), keys, replace: false);
        var data = In("data");
        await using (var node = await new NodeProcess("noodsteunpunt", data, null, "keys.demonstration=false", $"keys.file={In("site.keys")}", "site.id=11").StartAsync())
        {
            await VerbAsync(["send", "melding", "--text", "brand", .. node.Options]);
            await VerbAsync(["status", "--json", .. node.Options]);
            await VerbAsync(["report", .. node.Options]);
            _said.AppendLine((await node.StatusAsync()).ToString()).AppendLine((await node.ReportAsync()).ToString());
            await node.TerminateAsync();
            _said.AppendLine(node.Log);
        }

        Assert.Contains("epoch 0", _said.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(data, "*", SearchOption.AllDirectories));
        AssertNothing([], [.. KeySamples.Secrets(keys), region.RegionKey]);
    }

    /// <summary>That the search finds what there is to find.</summary>
    [Theory]
    [InlineData("hex")]
    [InlineData("HEX")]
    [InlineData("base64")]
    [InlineData("base64 within other bytes")]
    [InlineData("raw")]
    public void The_search_finds_a_key_in_every_form(string form)
    {
        var key = KeyFile.Read(Written(out var secret)).Keys!.Epochs[0].SiteKey;
        Assert.Equal(secret, key);
        byte[] shown = form switch
        {
            "hex" => Encoding.ASCII.GetBytes("x" + Convert.ToHexStringLower(key)),
            "HEX" => Encoding.ASCII.GetBytes(Convert.ToHexString(key)),
            "base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(key)),
            "raw" => [1, .. key, 2],
            _ => Encoding.ASCII.GetBytes(Convert.ToBase64String([7, 7, .. key, 9])),
        };
        Assert.True(Forms(key).Any(one => shown.AsSpan().IndexOf(one) >= 0), form);
    }

    private string Written(out byte[] secret)
    {
        using var region = KeySamples.Region();
        var keys = region.Noodsteunpunt();
        KeyFile.Write(In("one.keys"), keys, replace: true);
        secret = keys.Epochs[0].SiteKey;
        return In("one.keys");
    }

    /// <summary>Damaged and misplaced keys, which are where a careless message would show them.</summary>
    private async Task WrongAsync()
    {
        var text = await File.ReadAllTextAsync(In("site.keys"));
        foreach (var (from, to) in new[] { ("siteKey", "sitekey"), ("\"check\": \"", "\"check\": \"0"), ("\"networkKey\": \"", "\"networkKey\": \"zz"), ("BEGIN", "BEGINN"), ("\"format\": 2", "\"format\": 3"), (",", ",,") })
        {
            await File.WriteAllTextAsync(In("broken.keys"), text.Replace(from, to, StringComparison.Ordinal));
            File.SetUnixFileMode(In("broken.keys"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Equal(1, await VerbAsync("keys", "show", "--keys-file", In("broken.keys")));
            await VerbAsync("keys", "install", In("11.wr1"), "--keys-file", In("broken.keys"));
            await VerbAsync("encode", "--set", "site.id=11", "--set", "site.role=noodsteunpunt", "--set", $"keys.file={In("broken.keys")}");
        }

        await VerbAsync("run", "--config", In("site.keys"));
        await VerbAsync("keys", "install", In("site.keys"), "--keys-file", In("x.keys"));
        await VerbAsync("keys", "show", "--keys-file", In("m"));
        await VerbAsync("init", "--yes", "--from", In("site.keys"), "--config", In("y.json"));
        File.Delete(In("broken.keys"));
    }

    private async Task EncodeAsync()
    {
        var encoded = await Terminal.RunAsync("""{"type":"melding","text":"brand"}""", "encode", "--json", "--config", In("relay.json"));
        _said.AppendLine(encoded.Out).AppendLine(encoded.Error);
        var decoded = await Terminal.RunAsync((await Terminal.RunAsync("""{"type":"melding","text":"brand"}""", "encode", "--config", In("relay.json"))).Out, "decode", "--json", "--config", In("relay.json"));
        _said.AppendLine(decoded.Out).AppendLine(decoded.Error);
        Assert.Contains("brand", decoded.Out, StringComparison.Ordinal);
    }

    private List<byte[]> Secrets()
    {
        using var open = OpenMaster.Open(In("m"), _passphrase, out _);
        var region = open!.Master.RegionKey;
        var secrets = new List<byte[]> { region.ToArray(), open.Master.Authority.Private().ToArray() };
        for (byte epoch = 0; epoch < 2; epoch++) secrets.AddRange([NodeKeys.Derive(region, 11, epoch).SiteKey, NodeKeys.Derive(region, 11, epoch).NetworkKey]);
        return secrets;
    }

    /// <summary>Searches what was said, and every file but those that are made for keys.</summary>
    private void AssertNothing(string[] words, IReadOnlyCollection<byte[]> secrets)
    {
        var places = new List<(string Where, byte[] Bytes)> { ("what was said", Encoding.UTF8.GetBytes(_said.ToString())) };
        foreach (var file in _folder.GetFiles("*", SearchOption.AllDirectories))
            if (!file.Name.EndsWith(".keys.copy", StringComparison.Ordinal) && file.Extension is not (".keys" or ".wr1") && file.Name is not ("passphrase" or "pin")) places.Add((file.FullName, File.ReadAllBytes(file.FullName)));
        Assert.True(places[0].Bytes.Length > 100);
        foreach (var (where, bytes) in places)
        {
            foreach (var word in words) Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) < 0, $"a passphrase or PIN in {where}");
            foreach (var form in secrets.SelectMany(Forms)) Assert.True(bytes.AsSpan().IndexOf(form) < 0, $"a key in {where}");
        }
    }

    /// <summary>A key as it is, in hexadecimal, and in base 64 and 32 wherever it begins.</summary>
    private static IEnumerable<byte[]> Forms(byte[] key)
    {
        yield return key;
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(key));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key));
        // The first and last signs hold bits of what is beside the key.
        for (var skew = 0; skew < 3; skew++) yield return Encoding.ASCII.GetBytes(Convert.ToBase64String([.. new byte[skew], .. key])[4..^4]);
        for (var skew = 0; skew < 5; skew++) yield return Encoding.ASCII.GetBytes(Base32.Encode([.. new byte[skew], .. key])[8..^8]);
    }

    private async Task<int> VerbAsync(params string[] arguments)
    {
        var left = await Terminal.RunAsync((_, _, _) => Task.FromResult(0), "", arguments);
        _said.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{left.Code}\n{left.Out}\n{left.Error}"));
        return left.Code;
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
