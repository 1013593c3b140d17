using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>The verb <c>send</c> through real processes.</summary>
[Collection("alone")]
public sealed class SendTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-send-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task Send_waits_for_the_meldkamer_and_without_it_says_how_far_it_came()
    {
        await using var mosquitto = await MosquittoBroker.StartAsync();
        await using var meldkamer = await Node("meldkamer", mosquitto.Uri).StartAsync();
        await using var punt = await Node("coordinatiepunt", mosquitto.Uri).StartAsync();
        await using var steunpunt = await Node("noodsteunpunt", mosquitto.Uri).StartAsync();
        await steunpunt.StatusSaysAsync(status => status.GetProperty("wayUp").ValueKind == JsonValueKind.String, "that there is a way up");

        var sent = await SendAsync(steunpunt, "30");

        Assert.True(sent.ExitCode == 0, sent.Error);
        Assert.Equal("11-1", sent.Out.Trim());
        Assert.Equal(1, (await steunpunt.ReportAsync()).GetProperty("total").GetInt32());

        meldkamer.Kill9();
        var stuck = await SendAsync(steunpunt, "3");
        Assert.Equal(1, stuck.ExitCode);
        Assert.Equal("11-2", stuck.Out.Trim());
        Assert.Contains("11-2 came no further than 'verzonden' within 3 s", stuck.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_link_over_TLS_with_an_authority_of_its_own_carries_a_melding_and_its_receipt()
    {
        using var certificates = new TestCertificates();
        await using var mosquitto = await MosquittoBroker.StartAsync(certificates);
        await using var meldkamer = await Node("meldkamer", mosquitto.Uri, "links.0.peers.0=11").StartAsync();
        var secured = new Uri($"mqtts://localhost:{mosquitto.TlsPort}");
        await using var steunpunt = await Node("noodsteunpunt", secured, "links.0.peers.0=1", $"links.0.caFile={certificates.CaFile}").StartAsync();

        var sent = await SendAsync(steunpunt, "30");

        Assert.True(sent.ExitCode == 0, sent.Error + steunpunt.Log);
        await meldkamer.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == 1, "one melding");
    }

    private static Task<RelayProgram.Run> SendAsync(NodeProcess node, string seconds) => RelayProgram.RunAsync(
        ["send", "melding", "--category", "brand", "--priority", "1", "--text", "Rook uit de kelder", "--wait", "ontvangen", "--timeout", seconds, .. node.Options]);

    private NodeProcess Node(string sample, Uri up, params string[] settings) => new(sample, Path.Combine(_folder.FullName, sample), up, settings);
}
