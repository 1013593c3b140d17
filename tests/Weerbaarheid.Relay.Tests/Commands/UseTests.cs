using System.Text.RegularExpressions;
using Weerbaarheid.Relay.Commands;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Commands;

public sealed partial class UseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-use-");

    [Theory]
    [InlineData("weerbaarheid-relay: Unrecognized command or argument 'fly'.", "see weerbaarheid-relay --help", "fly")]
    [InlineData("weerbaarheid-relay: --sequence '0' cannot be used; write a whole number from 1 to 18446744073709551615", "see weerbaarheid-relay encode --help", "encode", "--sequence", "0")]
    [InlineData("weerbaarheid-relay: --site '65535' cannot be used; write a whole number from 1 to 65534", "see weerbaarheid-relay encode --help", "encode", "--site", "65535")]
    [InlineData("weerbaarheid-relay: --timeout '1m' cannot be used; write a whole number from 1 to 86400", "see weerbaarheid-relay send --help", "send", "melding", "--timeout", "1m")]
    [InlineData("weerbaarheid-relay: Required argument missing for option: '--config'.", "see weerbaarheid-relay run --help", "run", "--config")]
    [InlineData("weerbaarheid-relay: Required argument 'TYPE' missing for command: 'send'.", "see weerbaarheid-relay send --help", "send")]
    public async Task Wrong_use_is_one_line_and_where_to_look(string problem, string see, params string[] arguments)
    {
        var left = await Terminal.RunAsync("", arguments);
        Assert.Equal((2, ""), (left.Code, left.Out));
        Assert.Equal([problem, see], left.ErrorLines);
    }

    [Theory]
    [InlineData("did you mean 'encode'?", "encoed")]
    [InlineData("did you mean '--sequence'?", "decode", "--sequense", "1")]
    public async Task A_typing_error_gets_the_word_that_was_meant(string hint, params string[] arguments)
    {
        var left = await Terminal.RunAsync("", arguments);
        Assert.Equal(2, left.Code);
        Assert.Contains(hint, left.ErrorLines);
    }

    [Theory]
    [InlineData("'meldng' is not a type of message", "encode", "meldng")]
    [InlineData("'heartbeat' is not a type of message", "send", "heartbeat", "--text", "x")]
    [InlineData("--wait 'aangekomen' is no state to wait for; write one of opgeslagen, verzonden, ontvangen, in behandeling", "send", "melding", "--text", "x", "--wait", "aangekomen")]
    [InlineData("a file and fields are given", "send", "melding", "--text", "x", "--file", "y")]
    [InlineData("/nergens cannot be read", "send", "melding", "--file", "/nergens")]
    public async Task A_value_that_cannot_be_used_is_wrong_use(string problem, params string[] arguments)
    {
        var left = await Terminal.RunAsync("", arguments);
        Assert.Equal((2, ""), (left.Code, left.Out));
        Assert.StartsWith($"weerbaarheid-relay: {problem}", Assert.Single(left.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("encode")]
    [InlineData("decode")]
    [InlineData("send", "melding", "--text", "x")]
    [InlineData("status")]
    [InlineData("report")]
    public async Task Every_verb_refuses_a_wrong_configuration_with_all_that_is_wrong(params string[] verb)
    {
        var config = Path.Combine(_folder.FullName, "relay.json");
        await File.WriteAllTextAsync(config, """{ "site": { "id": 0, "role": "x" } }""");
        var left = await Terminal.RunAsync("", [.. verb, "--config", config]);
        Assert.Equal((2, ""), (left.Code, left.Out));
        Assert.Equal(
            [
                $"{config}: site.id: 0 is out of range; write a whole number from 1 to 65534",
                $"{config}: site.role: 'x' is not a role; write one of noodsteunpunt, coordinatiepunt, meldkamer",
            ],
            left.ErrorLines);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("encode")]
    [InlineData("send")]
    [InlineData("status")]
    public async Task Help_of_every_verb_has_examples(string verb)
    {
        var left = await Terminal.RunAsync("", verb, "--help");
        Assert.Equal((0, ""), (left.Code, left.Error));
        Assert.Contains($"Examples:\n  weerbaarheid-relay {verb}", left.Out, StringComparison.Ordinal);
        Assert.Contains("3 degraded", left.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_one_line_and_not_that_of_the_host()
    {
        var left = await Terminal.RunAsync("", "--version");
        Assert.Matches(VersionLine(), Assert.Single(left.OutLines));
    }

    [Theory]
    [InlineData]
    [InlineData("run")]
    public async Task With_or_without_the_verb_the_node_runs_and_its_exit_code_is_passed_on(params string[] arguments)
    {
        RelayConfiguration? seen = null;
        var left = await Terminal.RunAsync((configuration, keys, _) =>
        {
            Assert.True(keys.IsDemonstration);
            seen = configuration;
            return Task.FromResult(1);
        }, "", [.. arguments, "--data", "/tmp/x"]);

        Assert.Equal(1, left.Code);
        Assert.Equal((Role.Meldkamer, "/tmp/x"), (seen!.Site.Role, seen.DataFolder));
        Assert.Equal("site 1 Meldkamer, role meldkamer, region groningen", left.OutLines[0]);
        Assert.Equal("configuration: none; the defaults hold", left.OutLines[1]);
        Assert.StartsWith("WARNING: DEMONSTRATION KEYS", Assert.Single(left.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_this_version_cannot_run_stops_run_and_nothing_else()
    {
        var config = Path.Combine(_folder.FullName, "relay.json");
        await File.WriteAllTextAsync(config, """
            { "site": { "id": 11, "role": "noodsteunpunt" }, "keys": { "demonstration": true }, "links": [ { "name": "lucht", "type": "simulated" } ] }
            """);
        var run = await Terminal.RunAsync("", "run", "--config", config);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Equal([$"{config}: links[0].type: link type 'simulated' comes with the simulator; remove this link or use mqtt"], run.ErrorLines);
        Assert.Equal(0, (await Terminal.RunAsync("""{"type":"melding","text":"x"}""", "encode", "--config", config)).Code);
    }

    [Fact]
    public async Task The_samples_are_right_and_belong_together()
    {
        var samples = Path.Combine(Root(), "samples");
        var ports = new HashSet<int>();
        var configurations = new Dictionary<int, RelayConfiguration>();
        foreach (var name in (string[])["noodsteunpunt", "coordinatiepunt", "meldkamer"])
        {
            var left = await Terminal.RunAsync((configuration, _, _) =>
            {
                configurations[configuration.Site.Id] = configuration;
                return Task.FromResult(0);
            }, "", ["run", "--config", Path.Combine(samples, $"{name}.json")]);
            Assert.True(left.Code == 0, left.Error);
        }

        foreach (var (site, configuration) in configurations)
        {
            Assert.True(ports.Add(configuration.BrokerListen!.Port) && ports.Add(configuration.HttpListen!.Port), "a port is used twice");
            foreach (var peer in Assert.Single(configuration.Links).Peers)
                Assert.Contains((ushort)site, configurations[peer].Links[0].Peers);
        }

        Assert.Equal(3, configurations.Values.Select(configuration => configuration.DataFolder).Distinct().Count());
        var encoded = await Terminal.RunAsync(await File.ReadAllTextAsync(Path.Combine(samples, "meldingen.jsonl")), "encode");
        Assert.Equal((0, 10), (encoded.Code, encoded.OutLines.Length));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Weerbaarheid.Relay.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"^weerbaarheid-relay \d+\.\d+\.\d+( \(commit [0-9a-f]{1,12}\))?, envelope version 1$")]
    private static partial Regex VersionLine();
}
