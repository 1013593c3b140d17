using System.Runtime.Versioning;
using System.Text.Json;
using QRCoder;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Keys;

namespace Weerbaarheid.Relay.Tests.Commands;

/// <summary>From the region's safe to a site's key file, by the verbs alone.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeysVerbTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-keys-verb-");
    private readonly string _passphrase = KeySamples.NewPassphrase();

    public KeysVerbTests() => File.WriteAllText(In("passphrase"), _passphrase + "\n");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_site_gets_its_keys_on_a_stick_and_the_next_epoch_later()
    {
        await NewRegionAsync();
        var issued = await KeysAsync("issue", "--master", In("m"), "--site", "11", "--role", "noodsteunpunt", "--name", "Noodsteunpunt Leek", "--out", In("11.wr1"));
        Assert.Equal((0, ""), (issued.Code, issued.Error));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("11.wr1")));

        var installed = await Terminal.RunAsync("", "keys", "install", In("11.wr1"), "--remove", "--keys-file", In("site.keys"));
        Assert.Equal(0, installed.Code);
        Assert.Equal($"{In("site.keys")}: installed", installed.OutLines[1]);
        Assert.Equal(issued.OutLines[0].Split(", in ")[0], installed.OutLines[0]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("site.keys")));
        Assert.False(File.Exists(In("11.wr1")));
        Assert.Equal(new LifeNote(null), LifeFile.Read(LifeFile.BesideKeys(In("site.keys")), out _));

        Directory.CreateDirectory(In("stick"));
        Assert.Equal(0, (await KeysAsync("rotate", "--master", In("m"), "--out", In("stick"))).Code);
        Assert.Equal(0, (await Terminal.RunAsync("", "keys", "install", In("stick/11.wr1"), "--keys-file", In("site.keys"))).Code);
        var shown = await Terminal.RunAsync("", "keys", "show", "--keys-file", In("site.keys"), "--json");
        using var json = JsonDocument.Parse(shown.Out);
        Assert.Equal([1, 0], json.RootElement.GetProperty("epochs").EnumerateArray().Select(one => one.GetInt32()));
        Assert.Equal((11, "noodsteunpunt", false, 1), (json.RootElement.GetProperty("site").GetInt32(), json.RootElement.GetProperty("role").GetString(), json.RootElement.GetProperty("mayIssue").GetBoolean(), json.RootElement.GetProperty("epoch").GetInt32()));
    }

    [Fact]
    public async Task Keys_that_were_issued_twice_or_are_left_on_the_stick_begin_a_life_by_lot()
    {
        await NewRegionAsync();
        await IssueAsync("11.wr1");
        await Terminal.RunAsync("", "keys", "install", In("11.wr1"), "--keys-file", In("kept.keys"));
        Assert.False(File.Exists(LifeFile.BesideKeys(In("kept.keys"))));

        var again = await IssueAsync("again.wr1");
        Assert.Equal(["site 11 has keys of epoch 0 already; no two devices may run with them: of one that is replaced, wipe the card"], again.ErrorLines);
        await Terminal.RunAsync("", "keys", "install", In("again.wr1"), "--remove", "--keys-file", In("second.keys"));
        Assert.False(File.Exists(LifeFile.BesideKeys(In("second.keys"))));
        Assert.False(File.Exists(In("again.wr1")));
    }

    [Fact]
    public async Task Many_sites_come_from_a_list_and_the_ledger_knows_them()
    {
        await NewRegionAsync();
        await File.WriteAllTextAsync(In("sites.json"), """
            [ { "site": 1, "role": "meldkamer", "name": "Meldkamer", "mayIssue": true }, // trailing comma and comment are fine
              { "site": 21, "role": "coordinatiepunt", "name": "Coördinatiepunt Westerkwartier" },
              { "site": 11, "role": "noodsteunpunt", "name": "Noodsteunpunt Leek" }, ]
            """);
        Directory.CreateDirectory(In("stick"));
        var issued = await KeysAsync("issue", "--master", In("m"), "--from", In("sites.json"), "--out", In("stick"), "--qr", "--json");
        Assert.Equal((0, 3), (issued.Code, issued.OutLines.Length));
        Assert.Equal(["1.svg", "1.wr1", "11.svg", "11.wr1", "21.svg", "21.wr1"], Directory.GetFiles(In("stick")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        Directory.CreateDirectory(In("next"));
        var rotated = await KeysAsync("rotate", "--master", In("m"), "--out", In("next"), "--without", "21");
        Assert.Equal((0, ""), (rotated.Code, rotated.Error));
        Assert.Equal(["1.wr1", "11.wr1"], Directory.GetFiles(In("next")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var shown = await KeysAsync("show", "--master", In("m"), "--json");
        using var ledger = JsonDocument.Parse(shown.Out);
        Assert.Equal([(1, 1, false), (11, 1, false), (21, 0, true)], ledger.RootElement.GetProperty("sites").EnumerateArray()
            .Select(one => (one.GetProperty("site").GetInt32(), one.GetProperty("epoch").GetInt32(), one.GetProperty("withdrawn").GetBoolean())));
        var refused = await KeysAsync("issue", "--master", In("m"), "--site", "21", "--role", "coordinatiepunt", "--name", "x", "--out", In("x"));
        Assert.Equal((2, "site 21 was withdrawn from this region, and what it holds may be in wrong hands; give the point another number"), (refused.Code, Assert.Single(refused.ErrorLines)));
    }

    [Fact]
    public async Task A_qr_code_shows_the_text_on_the_terminal_and_on_paper_and_a_scanner_can_type_it()
    {
        await NewRegionAsync();
        var issued = await KeysAsync("issue", "--master", In("m"), "--site", "11", "--role", "noodsteunpunt", "--name", "Noodsteunpunt Leek", "--out", In("11.wr1"), "--qr");
        var text = (await File.ReadAllLinesAsync(In("11.wr1")))[^1];
        Assert.Equal(Matrix(text, QRCodeGenerator.ECCLevel.L), Dark(issued.OutLines[1..]));
        Assert.InRange(text.Length, 300, 350);
        // Version 9 or 10, with four light modules around: fits a terminal of 80 columns.
        Assert.InRange(issued.OutLines[1].Length, 61, 65);

        await KeysAsync("issue", "--master", In("m"), "--site", "12", "--role", "noodsteunpunt", "--name", "Noodsteunpunt <Zuidhorn>", "--out", In("12.wr1"), "--qr", In("12.svg"));
        var svg = await File.ReadAllTextAsync(In("12.svg"));
        var drawn = Matrix((await File.ReadAllLinesAsync(In("12.wr1")))[^1], QRCodeGenerator.ECCLevel.M);
        for (var y = 0; y < drawn.Count; y++)
            for (var x = 0; x < drawn.Count; x++) Assert.Equal(drawn[y][x] == '#', svg.Contains($"M{x},{y}h", StringComparison.Ordinal));
        Assert.Contains("12 Noodsteunpunt &lt;Zuidhorn&gt;, epoch 0", svg, StringComparison.Ordinal);

        var scanned = await Terminal.RunAsync(text + "\n", "keys", "install", "--keys-file", In("site.keys"));
        Assert.Equal(0, scanned.Code);
    }

    [Fact]
    public async Task A_pin_is_asked_on_the_terminal_and_not_shown()
    {
        await NewRegionAsync();
        var asked = new List<string>();
        string? Answer(string question)
        {
            asked.Add(question);
            return question.Contains("passphrase", StringComparison.Ordinal) ? _passphrase : "482915";
        }

        var issued = await Terminal.RunAsync(null, "", ["keys", "issue", "--master", In("m"), "--site", "11", "--role", "noodsteunpunt", "--name", "Leek", "--out", In("11.wr1"), "--pin"], ask: Answer);
        Assert.Equal(0, issued.Code);
        var installed = await Terminal.RunAsync(null, "", ["keys", "install", In("11.wr1"), "--keys-file", In("site.keys")], ask: Answer);
        Assert.Equal(0, installed.Code);
        Assert.Equal(["The PIN", "The same again", "The passphrase of the master", "The PIN"], asked);
        Assert.DoesNotContain("482915", issued.Out + issued.Error + installed.Out + installed.Error + await File.ReadAllTextAsync(In("11.wr1")), StringComparison.Ordinal);

        var unattended = await Terminal.RunAsync("", "keys", "install", In("11.wr1"), "--keys-file", In("other.keys"));
        Assert.Equal((1, "the PIN cannot be asked here, because nobody types at this input; name a file that holds it with --pin-file"), (unattended.Code, Assert.Single(unattended.ErrorLines)));
    }

    [Fact]
    public async Task Keys_of_another_site_are_refused_by_the_configuration()
    {
        await NewRegionAsync();
        await IssueAsync("11.wr1");
        await File.WriteAllTextAsync(In("relay.json"), """{ "site": { "id": 12, "role": "noodsteunpunt" }, "keys": { "file": "site.keys" } }""");
        var refused = await Terminal.RunAsync("", "keys", "install", In("11.wr1"), "--config", In("relay.json"));
        Assert.Equal(2, refused.Code);
        Assert.Contains("these are the keys of site 11, and this node is site 12", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(In("site.keys")));

        await File.WriteAllTextAsync(In("relay.json"), """{ "site": { "id": 11, "role": "noodsteunpunt" }, "keys": { "file": "site.keys" } }""");
        Assert.Equal(0, (await Terminal.RunAsync("", "keys", "install", In("11.wr1"), "--config", In("relay.json"))).Code);
        Assert.Equal(0, (await Terminal.RunAsync("", "keys", "show", "--config", In("relay.json"))).Code);
        Assert.Equal(0, (await Terminal.RunAsync("""{"type":"melding","text":"x"}""", "encode", "--config", In("relay.json"))).Code);
    }

    [Fact]
    public async Task A_hand_written_file_without_a_check_works_with_a_warning()
    {
        await File.WriteAllTextAsync(In("old.keys"), $$"""{ "epoch": 1, "site": 11, "siteKey": "{{new string('a', 64)}}", "networkKey": "{{new string('b', 64)}}" }""");
        File.SetUnixFileMode(In("old.keys"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var shown = await Terminal.RunAsync("", "keys", "show", "--keys-file", In("old.keys"));
        Assert.Equal(3, shown.Code);
        Assert.Equal(["WARNING: " + In("old.keys"), "WARNING: There is no second copy"], shown.ErrorLines.Select(line => line.Split([": che", " of "], StringSplitOptions.None)[0]));
        var encoded = await Terminal.RunAsync("""{"type":"melding","text":"x"}""", "encode", "--set", "site.id=11", "--set", "site.role=noodsteunpunt", "--set", $"keys.file={In("old.keys")}");
        Assert.Equal(0, encoded.Code);
        Assert.Contains("a digit that goes wrong in it gives another key unnoticed", encoded.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--master is missing; name the region's master, which 'keys new-region' made", "issue", "--site", "11", "--role", "noodsteunpunt", "--name", "x", "--out", "y")]
    [InlineData("the keys have nowhere to go; name a file with --out, or ask for a QR code with --qr", "issue", "--master", "m", "--site", "11", "--role", "noodsteunpunt", "--name", "x")]
    [InlineData("command line: a noodsteunpunt may not issue bulletins; leave out mayIssue, or issue to the meldkamer", "issue", "--master", "m", "--site", "11", "--role", "noodsteunpunt", "--name", "x", "--may-issue", "--out", "y")]
    [InlineData("command line: role 'steunpunt' does not exist; write one of noodsteunpunt, coordinatiepunt, meldkamer", "issue", "--master", "m", "--site", "11", "--role", "steunpunt", "--name", "x", "--out", "y")]
    [InlineData("--out '/nergens' is no folder; make it, or name another", "rotate", "--master", "m", "--out", "/nergens")]
    [InlineData("there is no place for the keys; name it with --keys-file, or name a configuration that has keys.file with --config", "install", "x.wr1")]
    [InlineData("this configuration uses the demonstration keys, which are published; name a key file with --keys-file", "show")]
    public async Task Wrong_use_is_told_in_a_sentence(string sentence, params string[] arguments)
    {
        var left = await KeysAsync(arguments);
        Assert.Equal((2, ""), (left.Code, left.Out));
        Assert.Equal(sentence, Assert.Single(left.ErrorLines));
    }

    [Fact]
    public async Task A_short_passphrase_and_a_short_pin_are_not_taken()
    {
        await File.WriteAllTextAsync(In("short"), "geheim\n");
        var left = await Terminal.RunAsync("", "keys", "new-region", "groningen", "--out", In("m"), "--passphrase-file", In("short"));
        Assert.Equal((2, "the passphrase of the master has 6 characters; take 16 or more"), (left.Code, Assert.Single(left.ErrorLines)));
        await File.WriteAllTextAsync(In("pin"), "1234");
        left = await KeysAsync("issue", "--master", In("m"), "--site", "11", "--role", "noodsteunpunt", "--name", "x", "--out", In("y"), "--pin-file", In("pin"));
        Assert.Equal((2, "the PIN has 4 characters; take 6 or more"), (left.Code, Assert.Single(left.ErrorLines)));
    }

    private static List<string> Matrix(string text, QRCodeGenerator.ECCLevel level) =>
        [.. QRCodeGenerator.GenerateQrCode(text, level).ModuleMatrix.Select(row => string.Concat(row.Cast<bool>().Select(dark => dark ? '#' : '.')))];

    /// <summary>Half blocks back to modules; light is what the terminal draws.</summary>
    private static List<string> Dark(string[] lines)
    {
        var rows = new List<string>();
        foreach (var line in lines)
        {
            rows.Add(string.Concat(line.PadRight(lines[0].Length).Select(c => c is '█' or '▀' ? '.' : '#')));
            rows.Add(string.Concat(line.PadRight(lines[0].Length).Select(c => c is '█' or '▄' ? '.' : '#')));
        }

        return rows[..lines[0].Length];
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private async Task NewRegionAsync() => Assert.Equal(0, (await KeysAsync("new-region", "groningen", "--out", In("m"))).Code);

    private async Task<Left> IssueAsync(string file) =>
        await KeysAsync("issue", "--master", In("m"), "--site", "11", "--role", "noodsteunpunt", "--name", "Noodsteunpunt Leek", "--out", In(file));

    private Task<Left> KeysAsync(params string[] arguments) =>
        Terminal.RunAsync("", ["keys", .. arguments, .. arguments[0] == "install" ? [] : new[] { "--passphrase-file", In("passphrase") }]);
}
