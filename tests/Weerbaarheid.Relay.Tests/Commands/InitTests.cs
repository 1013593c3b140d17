using System.Runtime.Versioning;
using System.Text.Json;
using Weerbaarheid.Relay.Commands;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Keys;

namespace Weerbaarheid.Relay.Tests.Commands;

[UnsupportedOSPlatform("windows")]
public sealed class InitTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-init-");
    private readonly RegionMaster _master = KeySamples.Region();

    public void Dispose()
    {
        _master.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task With_its_keys_a_site_is_ready_in_one_command()
    {
        var stick = Stick(_master.Noodsteunpunt());
        var left = await InitAsync("--yes", "--keys", stick, "--remove", "--link", "internet=mqtts://meldkamer.example:8883", "--link", "lora=rnode:/dev/ttyUSB0,spreadingFactor=10,peers=x");
        // A key that the loader does not take stops it before anything is written.
        Assert.Equal(2, left.Code);
        Assert.Contains($"{In("relay.json")}: links[1].peers", left.Error, StringComparison.Ordinal);
        Assert.Equal(["11.wr1"], Directory.GetFiles(_folder.FullName).Select(Path.GetFileName));

        left = await InitAsync("--yes", "--keys", stick, "--remove", "--link", "internet=mqtts://meldkamer.example:8883", "--link", "lora=rnode:/dev/ttyUSB0,spreadingFactor=10");
        Assert.Equal(0, left.Code);
        Assert.Equal(["relay.json", "site.keys", "site.keys.copy", "site.keys.life"], Directory.GetFiles(_folder.FullName).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal($"Now start it: weerbaarheid-relay run --config '{In("relay.json")}'", left.OutLines[^1]);
        Assert.Equal(new LifeNote(null), LifeFile.Read(LifeFile.BesideKeys(In("site.keys")), out _));

        var configuration = Load();
        Assert.Equal(new Site(11, "Noodsteunpunt Leek-Zuidhorn", Role.Noodsteunpunt, "groningen"), configuration.Site);
        Assert.Equal("mqtts://meldkamer.example:8883/", Assert.IsType<MqttLinkOptions>(configuration.Links[0]).Uri.ToString());
        Assert.Equal(("/dev/ttyUSB0", 10, 869_525_000), Assert.IsType<LoRaRadioOptions>(configuration.Links[1]) is { } lora ? (lora.Port, lora.SpreadingFactor, lora.Frequency) : default);
        using var ring = KeyFiles.Read(In("site.keys"), configuration.Site).Ring;
        Assert.NotNull(ring);
        Assert.Contains("// Ways to neighbours", await File.ReadAllTextAsync(In("relay.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_have_answers_ready_and_a_modem_is_found()
    {
        var devices = Directory.CreateDirectory(In("dev/serial/by-id"));
        await File.WriteAllTextAsync(In("dev/ttyUSB0"), "");
        await File.WriteAllTextAsync(In("dev/ttyACM3"), "");
        File.CreateSymbolicLink(Path.Combine(devices.FullName, "usb-RNode_1234-if00"), "../../ttyUSB0");
        var answers = string.Join('\n', ["none", "abc", "11", "", "Noodsteunpunt Leek", "", "mqtt://10.0.0.1", "1", "", "none", "", "off", ""]);
        var left = await Terminal.RunAsync(null, answers, ["init", "--config", In("relay.json")], terminal: true, devices: In("dev"));
        Assert.True(left.Code == 0, left.Error);
        Assert.Contains("'abc' cannot be used; write a whole number from 1 to 65534", left.Out, StringComparison.Ordinal);
        Assert.Contains($"  1  {Path.Combine(devices.FullName, "usb-RNode_1234-if00")}\n  2  {In("dev/ttyACM3")}\n", left.Out, StringComparison.Ordinal);
        Assert.Contains("DEMONSTRATION KEYS", left.Out, StringComparison.Ordinal);

        var configuration = Load();
        Assert.Equal((11, "Noodsteunpunt Leek", Role.Noodsteunpunt, null), (configuration.Site.Id, configuration.Site.Name, configuration.Site.Role, configuration.HttpListen));
        Assert.Equal(["internet", "lora"], configuration.Links.Select(link => link.Name));
        Assert.Equal(Path.Combine(devices.FullName, "usb-RNode_1234-if00"), Assert.IsType<LoRaRadioOptions>(configuration.Links[1]).Port);
        Assert.Equal(new KeysConfiguration.Demonstration(true), configuration.Keys);
    }

    [Fact]
    public async Task An_amateur_radio_and_a_keyed_site_by_questions()
    {
        var stick = Stick(_master.Noodsteunpunt());
        var answers = string.Join('\n', [stick, "", "", "", "", "none", "tcp://127.0.0.1:8001", "kiss", "pd1abc-7", "yes", "none", "", "", ""]);
        var left = await Terminal.RunAsync(null, answers, ["init", "--config", In("relay.json")], terminal: true);
        Assert.True(left.Code == 0, left.Error + left.Out);
        var kiss = Assert.IsType<KissOptions>(Assert.Single(Load().Links));
        Assert.Equal((true, "PD1ABC-7", "radio1"), (kiss.Amateur, kiss.CallSign.ToString(), kiss.Name));
        Assert.True(File.Exists(In("site.keys")));
    }

    [Fact]
    public async Task What_is_there_stays_unless_somebody_says_so()
    {
        string[] one = ["--yes", "--demonstration", "--site", "11", "--role", "noodsteunpunt"];
        Assert.Equal(0, (await InitAsync(one)).Code);
        var first = await File.ReadAllTextAsync(In("relay.json"));
        var left = await InitAsync([.. one, "--name", "Ander"]);
        Assert.Equal((1, $"'{In("relay.json")}' is there already and stays as it is; add --replace, or name another file with --config"), (left.Code, Assert.Single(left.ErrorLines)));
        Assert.Equal(first, await File.ReadAllTextAsync(In("relay.json")));

        string[] questions = ["init", "--config", In("relay.json"), "--demonstration", "--link", "internet=mqtt://10.0.0.1"];
        string Answers(string last) => string.Join('\n', ["12", "", "", "", "", "", last]);
        Assert.Equal(1, (await Terminal.RunAsync(null, Answers("no"), questions, terminal: true)).Code);
        Assert.Equal(0, (await Terminal.RunAsync(null, Answers("yes"), questions, terminal: true)).Code);
        Assert.Equal(12, Load().Site.Id);
        Assert.Equal(0, (await InitAsync([.. one, "--replace"])).Code);
        Assert.Equal(11, Load().Site.Id);
    }

    [Fact]
    public async Task Many_sites_are_made_from_descriptions()
    {
        await File.WriteAllTextAsync(In("site.json"), """
            { "site": { "id": 21, "name": "Coördinatiepunt \"West\"", "role": "coordinatiepunt", "region": "groningen" },
              "broker": { "listen": "127.0.0.1:1885" }, // comments are fine
              "links": [ { "name": "internet", "type": "mqtt", "uri": "mqtt://127.0.0.1:1883", "peers": [1] } ],
              "keys": { "file": "/etc/weerbaarheid-relay/site.keys" }, "data": "data", }
            """);
        var left = await InitAsync("--yes", "--from", In("site.json"), "--json");
        Assert.True(left.Code == 0, left.Error);
        using var json = JsonDocument.Parse(left.Out);
        Assert.Equal((21, 1, false), (json.RootElement.GetProperty("site").GetInt32(), json.RootElement.GetProperty("links").GetInt32(), json.RootElement.GetProperty("demonstration").GetBoolean()));
        var configuration = Load();
        Assert.Equal(("Coördinatiepunt \"West\"", 1885, In("data")), (configuration.Site.Name, configuration.BrokerListen!.Port, configuration.DataFolder));
        Assert.Equal([(ushort)1], configuration.Links[0].Peers);
        Assert.Equal(new KeysConfiguration.File("/etc/weerbaarheid-relay/site.keys"), configuration.Keys);
    }

    [Fact]
    public async Task Keys_of_another_site_stop_it()
    {
        var left = await InitAsync("--yes", "--keys", Stick(_master.Noodsteunpunt()), "--site", "12");
        Assert.Equal(2, left.Code);
        Assert.Contains("these are the keys of site 11, and this node is site 12", left.Error, StringComparison.Ordinal);
        Assert.Equal(["11.wr1"], Directory.GetFiles(_folder.FullName).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("there are no keys; name what 'keys issue' wrote with --keys, or keys that are here with --keys-file, or choose --demonstration for a trial", "--yes", "--site", "11", "--role", "noodsteunpunt")]
    [InlineData("the number of the site is missing; name it with --site, or name its keys with --keys", "--yes", "--demonstration", "--role", "noodsteunpunt")]
    [InlineData("the role is missing; name it with --role, or name its keys with --keys", "--yes", "--demonstration", "--site", "11")]
    [InlineData("role 'steunpunt' does not exist; write one of noodsteunpunt, coordinatiepunt, meldkamer", "--yes", "--demonstration", "--site", "11", "--role", "steunpunt")]
    [InlineData("demonstration keys and keys of the region exclude each other; leave one of the two out", "--yes", "--demonstration", "--keys-file", "x", "--site", "11", "--role", "noodsteunpunt")]
    [InlineData("--link 'lora' cannot be used; write NAME=mqtts://host:8883 or NAME=TYPE:PORT, such as lora=rnode:/dev/ttyUSB0, with more keys as ,key=value", "--yes", "--demonstration", "--site", "11", "--role", "noodsteunpunt", "--link", "lora")]
    public async Task Wrong_use_is_told_in_a_sentence_and_writes_nothing(string sentence, params string[] arguments)
    {
        var left = await InitAsync(arguments);
        Assert.Equal((2, ""), (left.Code, left.Out));
        Assert.Equal(sentence, Assert.Single(left.ErrorLines));
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task Questions_that_nobody_answers_end_and_write_nothing()
    {
        var left = await Terminal.RunAsync(null, "none\nabc\n", ["init", "--config", In("relay.json")], terminal: true);
        Assert.Equal(2, left.Code);
        left = await Terminal.RunAsync(null, "none\n" + string.Concat(Enumerable.Repeat("abc\n", 100)), ["init", "--config", In("relay.json")], terminal: true);
        Assert.Equal(2, left.Code);
        Assert.Empty(_folder.GetFiles());
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private Task<Left> InitAsync(params string[] arguments) => Terminal.RunAsync("", ["init", "--config", In("relay.json"), .. arguments]);

    private string Stick(NodeKeys keys)
    {
        File.WriteAllText(In($"{keys.Site}.wr1"), ProvisionText.Encode(keys, true, _master.Authority, null));
        return In($"{keys.Site}.wr1");
    }

    private RelayConfiguration Load()
    {
        var result = ConfigurationLoader.Load(new ConfigurationRequest(In("relay.json"), null, [], new Dictionary<string, string> { ["HOME"] = "/home/vrijwilliger" }));
        Assert.Equal("", string.Join('\n', result.Errors));
        return result.Configuration!;
    }
}
