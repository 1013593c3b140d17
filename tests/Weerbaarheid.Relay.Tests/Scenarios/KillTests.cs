using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>SIGKILL at bad moments: what was acknowledged is there afterwards, once; nothing else is there that was not sent.</summary>
[Collection("alone")]
public sealed class KillTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-kill-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task Killed_as_soon_as_mosquitto_pub_has_its_tick_it_still_has_the_melding_ten_times_over()
    {
        var program = RequiredProgram.Check("mosquitto_pub");
        await using var node = new NodeProcess("noodsteunpunt", _folder.FullName, up: null);
        for (var round = 1; round <= 10; round++)
        {
            await node.StartAsync();
            using var publish = Process.Start(program,
                ["-h", "127.0.0.1", "-p", node.BrokerPort.ToString(CultureInfo.InvariantCulture), "-q", "1", "-t", Meldingen.Topic, "-m", Meldingen.One(round)]);
            await publish.WaitForExitAsync();
            node.Kill9();
            Assert.Equal(0, publish.ExitCode);
        }

        await node.StartAsync();
        Assert.Equal(Enumerable.Range(1, 10).Select(Text), Texts(await node.ReportAsync()));
        Assert.Equal(10, (await node.ReportAsync()).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Killed_with_64_publishes_in_flight_it_has_what_was_acknowledged_and_a_repeat_doubles_nothing()
    {
        await using var node = new NodeProcess("noodsteunpunt", _folder.FullName, up: null);
        await node.StartAsync();
        var handedIn = 0;
        for (var round = 1; round <= 5; round++)
        {
            var payloads = Meldingen.Make(20_000, reference: $"ronde{round}");
            using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
            var publishing = publisher.PublishAsync(Meldingen.Topic, payloads, inFlight: 64);
            await Eventually.TrueAsync(() => publisher.Answered > 100 * round, "the stream runs");
            node.Kill9();
            var acknowledged = await publishing;
            Assert.InRange(acknowledged.Count, 100 * round, payloads.Count - 1);

            await node.StartAsync();
            var total = (await node.ReportAsync()).GetProperty("total").GetInt32() - handedIn;
            // What was in flight may have been committed without the acknowledgement getting out.
            Assert.InRange(total, acknowledged.Count, acknowledged.Count + 64);
            var again = await Meldingen.HandInAsync(node, payloads[..(acknowledged.Count + 64)]);
            Assert.Equal(acknowledged.Select(answer => answer.Id), again.Take(acknowledged.Count));
            Assert.Equal(Enumerable.Range(handedIn + 1, again.Count).Select(i => $"11-{i}"), again);
            handedIn += again.Count;
            await node.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == handedIn, $"{handedIn} in all");
        }
    }

    [Fact]
    public async Task Asked_to_stop_while_busy_it_stops_within_five_seconds_and_loses_nothing_acknowledged()
    {
        await using var node = new NodeProcess("noodsteunpunt", _folder.FullName, up: null);
        await node.StartAsync();
        using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
        var publishing = publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(20_000), inFlight: 64);
        await Eventually.TrueAsync(() => publisher.Answered > 500, "the stream runs");

        var (exitCode, took) = await node.TerminateAsync();

        var acknowledged = await publishing;
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(acknowledged.Count, 500, 19_999);
        await node.StartAsync();
        Assert.InRange((await node.ReportAsync()).GetProperty("total").GetInt32(), acknowledged.Count, acknowledged.Count + 64);
    }

    private static string Text(int number) => $"Melding {number}, hal sporthal";

    private static IEnumerable<string> Texts(JsonElement report) =>
        report.GetProperty("messages").EnumerateArray().OrderBy(one => one.GetProperty("sequence").GetInt64()).Select(one => one.GetProperty("text").GetString()!);
}
