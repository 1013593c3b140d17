using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>Two stations with a TNC each, in real processes: nothing goes on the air before an operator arms both.</summary>
[Collection("alone")]
public sealed class AmateurTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-amateur-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_status_goes_over_armed_links_and_a_melding_stays()
    {
        await using var line = new NullModem();
        await using var meldkamer = await Node("meldkamer", line.B, "PI9D").StartAsync();
        await using var steunpunt = await Node("noodsteunpunt", line.A, "PD1ABC-7").StartAsync();
        await steunpunt.StatusSaysAsync(status => Amateur(status) is { } link && !link.GetProperty("armed").GetBoolean(), "that its amateur link is not armed");
        Assert.Contains("Amateurverbinding ham: niet vrijgegeven", (await RunAsync(steunpunt, "amateur", "status")).Out, StringComparison.Ordinal);
        Assert.Equal((0, 0), (line.FromA.Taken, line.FromB.Taken));

        foreach (var (node, who) in new[] { (meldkamer, "PI9D Eva"), (steunpunt, "PD1ABC Jan de Vries") })
        {
            var armed = await RunAsync(node, "amateur", "arm", "--link", "ham", "--operator", who, "--hours", "4");
            Assert.True(armed.ExitCode == 0, armed.Error + node.Log);
        }

        await steunpunt.StatusSaysAsync(status => Amateur(status) is { } link && link.TryGetProperty("operator", out var who) && who.GetString() == "PD1ABC Jan de Vries", "who armed it");
        Assert.Contains("Amateurverbinding ham: vrijgegeven door PD1ABC Jan de Vries tot ", (await RunAsync(steunpunt, "amateur", "status")).Out, StringComparison.Ordinal);
        await steunpunt.StatusSaysAsync(status => status.GetProperty("nextSite").ValueKind == JsonValueKind.Number, "that the meldkamer is heard");
        var melding = await RunAsync(steunpunt, "send", "melding", "--category", "brand", "--text", "Rook uit de kelder van mw. Jansen");
        Assert.True(melding.ExitCode == 0, melding.Error);
        var status = await RunAsync(steunpunt, "send", "status", "--state", "open", "--present", "84");
        Assert.True(status.ExitCode == 0, status.Error);
        await meldkamer.ReportSaysAsync(report => report.GetProperty("sites").EnumerateArray().Any(site => site.GetProperty("status").ValueKind == JsonValueKind.Object), "the status");
        await steunpunt.StatusSaysAsync(node => node.GetProperty("queue").GetProperty("total").GetInt32() == 1, "that the melding is still here, and the status is not");
        Assert.Equal(0, (await meldkamer.ReportAsync()).GetProperty("total").GetInt32());
        await Eventually.TrueAsync(() => steunpunt.Log.Contains(": status of site 11", StringComparison.Ordinal), () => steunpunt.Log);
        Assert.Contains("Link ham is armed by PD1ABC until ", steunpunt.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Jansen", steunpunt.Log, StringComparison.Ordinal);

        var again = await RunAsync(steunpunt, "amateur", "arm", "--link", "ham", "--operator", "PA0XYZ Kees", "--hours", "1");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("Link ham is armed already, by PD1ABC Jan de Vries until ", again.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(steunpunt, "amateur", "disarm", "--link", "ham")).ExitCode);
        await steunpunt.StatusSaysAsync(node => Amateur(node) is { } link && !link.GetProperty("armed").GetBoolean(), "that it is not armed any more");

        // An arming does not outlive the process.
        meldkamer.Kill9();
        await meldkamer.StartAsync();
        await meldkamer.StatusSaysAsync(node => Amateur(node) is { } link && !link.GetProperty("armed").GetBoolean(), "that it is not armed after a restart");
    }

    [Fact]
    public async Task Wrong_use_and_an_absent_node_have_their_own_exit_codes()
    {
        await using var line = new NullModem();
        await using var node = Node("noodsteunpunt", line.A, "PD1ABC-7");
        var absent = await RunAsync(node, "amateur", "arm", "--link", "ham", "--operator", "PD1ABC Jan", "--hours", "4");
        Assert.Equal(1, absent.ExitCode);
        Assert.Contains("no node answers on ", absent.Error, StringComparison.Ordinal);
        foreach (var wrong in new string[][] { ["--operator", "Jan", "--hours", "4"], ["--operator", "PD1ABC Jan", "--hours", "25"], ["--operator", "PD1ABC Jan"] })
            Assert.Equal(2, (await RunAsync(node, ["amateur", "arm", "--link", "ham", .. wrong])).ExitCode);
        await node.StartAsync();
        var unknown = await RunAsync(node, "amateur", "arm", "--link", "vhf", "--operator", "PD1ABC Jan", "--hours", "4");
        Assert.Equal((1, "This node has no amateur link 'vhf'; it has ham."), (unknown.ExitCode, unknown.Error.Trim()));
    }

    private static JsonElement? Amateur(JsonElement status) =>
        status.GetProperty("links").EnumerateArray().Select(link => link.TryGetProperty("amateur", out var amateur) ? amateur : (JsonElement?)null).FirstOrDefault(one => one is not null);

    private static Task<RelayProgram.Run> RunAsync(NodeProcess node, params string[] verb) => RelayProgram.RunAsync([.. verb, .. node.Options]);

    private NodeProcess Node(string sample, NullModemEnd end, string callSign) => new(
        sample, Path.Combine(_folder.FullName, sample), null, "links.0.name=ham", "links.0.type=kiss", "links.0.amateur=true", $"links.0.port={end.Path}", $"links.0.callSign={callSign}",
        "links.0.baud=115200", "links.0.airRate=115200", "links.0.txDelay=0");
}
