using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;
using Xunit.Abstractions;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>More than a node can hold, as fast as a client can send.</summary>
[Collection("alone")]
public sealed class OverloadTests(ITestOutputHelper output) : IDisposable
{
    private const int Flood = 100_000;

    /// <summary>Of 20,000 in custody, priority 2 may fill nine tenths.</summary>
    private const int Room = 18_000;

    private const byte QuotaExceeded = 0x97;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-overload-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task A_flood_without_a_way_up_is_refused_with_reason_and_what_was_accepted_arrives_once_when_there_is_one()
    {
        RequiredProgram.Check("mosquitto");
        var port = FreePort.Take();
        await using var steunpunt = await new NodeProcess("noodsteunpunt", Path.Combine(_folder.FullName, "steunpunt"), new Uri($"mqtt://127.0.0.1:{port}"), "links.0.peers.0=1").StartAsync();
        var answers = await FloodAsync(steunpunt);

        Assert.Equal(Flood, answers.Count);
        Assert.Equal(Room, answers.Count(answer => answer.Reason == 0));
        Assert.All(answers.Where(answer => answer.Reason != 0), answer =>
        {
            Assert.Equal(QuotaExceeded, answer.Reason);
            Assert.Contains("queue is full for priority 2", answer.Sentence, StringComparison.Ordinal);
        });
        Assert.Single(await Meldingen.HandInAsync(steunpunt, Meldingen.Make(1, priority: 1)));

        await using var meldkamer = await new NodeProcess("meldkamer", Path.Combine(_folder.FullName, "meldkamer"), new Uri($"mqtt://127.0.0.1:{port}"), "links.0.peers.0=11").StartAsync();
        await using var delivered = await HeardDocuments.ConnectAsync(meldkamer.BrokerPort, "weerbaarheid/v1/out/11/melding");
        // Last, so that nothing is delivered before somebody listens.
        await using var mosquitto = await MosquittoBroker.StartAsync(port: port);
        await meldkamer.ReportSaysAsync(report => Total(report) == Room + 1, "all");
        // On a machine with other work this program may stand still for longer than a node waits for a subscriber; then the node says so.
        bool FellBehind() => meldkamer.Log.Contains("do not acknowledge what is delivered", StringComparison.Ordinal);
        await Eventually.TrueAsync(() => delivered.Count > Room || FellBehind(), () => $"{delivered.Count} of {Room + 1} in the report were told; connection {delivered.Ended ?? "lasts"}\n{meldkamer.Log}");
        var told = delivered.Sequences();
        Assert.Equal(told.Count, told.Distinct().Count());
        Assert.True(told.Count == Room + 1 || FellBehind(), $"{told.Count} were told");
        await steunpunt.StatusSaysAsync(status => status.GetProperty("queue").GetProperty("total").GetInt32() == 0, "that its queue is empty");
        output.WriteLine($"after: steunpunt {steunpunt.ResidentMegabytes():0} MB, meldkamer {meldkamer.ResidentMegabytes():0} MB");
    }

    [Fact]
    public async Task A_flood_into_a_meldkamer_is_acknowledged_or_refused_and_the_report_counts_what_was_acknowledged()
    {
        await using var meldkamer = await new NodeProcess("meldkamer", _folder.FullName, up: null).StartAsync();
        var answers = await FloodAsync(meldkamer);

        Assert.Equal(Flood, answers.Count);
        var acknowledged = answers.Count(answer => answer.Reason == 0);
        Assert.All(answers.Where(answer => answer.Reason != 0), answer => Assert.NotEmpty(answer.Sentence!));
        await meldkamer.ReportSaysAsync(report => Total(report) == acknowledged, $"{acknowledged} in all");
        output.WriteLine($"{acknowledged} acknowledged");
    }

    private async Task<IReadOnlyList<PipelinedPublisher.Answer>> FloodAsync(NodeProcess node)
    {
        var idle = node.ResidentMegabytes();
        using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
        var begun = Environment.TickCount64;
        var publishing = publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(Flood), inFlight: 256);
        var most = idle;
        while (!publishing.IsCompleted)
        {
            most = Math.Max(most, node.ResidentMegabytes());
            await Task.WhenAny(publishing, Task.Delay(50));
        }

        output.WriteLine($"resident memory: {idle:0} MB idle, {most:0} MB at most; {Flood * 1000L / Math.Max(1, Environment.TickCount64 - begun)} answers/s");
        Assert.InRange(most, 0, 300);
        return await publishing;
    }

    private static int Total(JsonElement report) => report.GetProperty("total").GetInt32();
}
