using System.Diagnostics;
using Weerbaarheid.Relay.Tests.Support;
using Xunit.Abstractions;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>How fast one node process acknowledges; the numbers are in the output, the assertions leave room for a busy machine.</summary>
[Collection("alone")]
public sealed class PaceTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-pace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Publishes_in_flight_share_commits_so_that_64_at_once_go_at_least_twice_as_fast_as_one_by_one()
    {
        await using var node = new NodeProcess("meldkamer", _folder.FullName, up: null);
        var begun = Stopwatch.GetTimestamp();
        await node.StartAsync();
        output.WriteLine($"ready after {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms, {node.ResidentMegabytes():0} MB");
        await MeasureAsync(node, 2_000, 64); // The first thousands are compiled, not measured.

        var one = await MeasureAsync(node, 2_000, 1);
        var many = await MeasureAsync(node, 20_000, 64);
        var most = await MeasureAsync(node, 20_000, 256);

        output.WriteLine($"acknowledged/s: {one:0} one by one, {many:0} with 64 in flight, {most:0} with 256; {node.ResidentMegabytes():0} MB after");
        Assert.True(many > 2 * one, $"{many:0}/s with 64 in flight against {one:0}/s one by one");
    }

    private static async Task<double> MeasureAsync(NodeProcess node, int count, int inFlight)
    {
        var payloads = Meldingen.Make(count);
        var begun = Stopwatch.GetTimestamp();
        await Meldingen.HandInAsync(node, payloads, inFlight);
        return count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
