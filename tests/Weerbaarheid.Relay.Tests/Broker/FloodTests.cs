using System.Diagnostics;
using System.Net.Sockets;
using MQTTnet;
using Xunit.Abstractions;

namespace Weerbaarheid.Relay.Tests.Broker;

/// <summary>Measures the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("alone")]
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int Hostile = 1000;
    private const string Topic = "weerbaarheid/v1/in/melding";

    [Theory]
    [InlineData("announces 256 MB")]
    [InlineData("sends half a CONNECT")]
    [InlineData("sends half a PUBLISH")]
    [InlineData("says nothing")]
    [InlineData("closes inside a packet")]
    public async Task A_thousand_hostile_clients_cost_little_are_dropped_and_do_not_disturb_an_honest_one(string attack)
    {
        await using var bench = await Bench.StartAsync();
        var honest = await bench.ConnectAsync();
        await honest.PublishAsync(Bench.Melding());
        var before = Held();
        using var stop = new CancellationTokenSource();
        var publishing = PublishAsync(honest, stop.Token);

        var streams = new List<NetworkStream>();
        for (var i = 0; i < Hostile; i++)
        {
            streams.Add(await bench.OpenAsync());
            await AttackAsync(streams[^1], attack, i);
        }

        var growth = Held() - before;
        var watch = Stopwatch.StartNew();
        await GuardingTests.WaitAsync(() => bench.Broker.Connections == 1);
        watch.Stop();
        await stop.CancelAsync();
        var (count, slowest) = await publishing;

        output.WriteLine($"{attack}: gone {watch.Elapsed.TotalSeconds:F1} s later, growth {growth / 1024.0 / 1024:F1} MB, {count} honest publishes, slowest {slowest.TotalMilliseconds:F0} ms");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"The last was dropped after {watch.Elapsed}.");
        Assert.InRange(growth, long.MinValue, 32L << 20);
        Assert.True(count > 0 && slowest < TimeSpan.FromSeconds(2), $"{count} publishes, the slowest took {slowest}.");
        foreach (var stream in streams) await stream.DisposeAsync();
        await AssertIdleAsync();
    }

    /// <summary>Publishes one after the other until stopped.</summary>
    private static async Task<(int Count, TimeSpan Slowest)> PublishAsync(IMqttClient honest, CancellationToken stop)
    {
        var count = 0;
        var slowest = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            var one = Stopwatch.StartNew();
            var result = await honest.PublishAsync(Bench.Melding(), CancellationToken.None).WaitAsync(Bench.Patience, CancellationToken.None);
            Assert.Equal(MqttClientPublishReasonCode.Success, result.ReasonCode);
            if (one.Elapsed > slowest) slowest = one.Elapsed;
            count++;
            await Task.Delay(10, CancellationToken.None);
        }

        return (count, slowest);
    }

    private static async Task AttackAsync(NetworkStream stream, string attack, int i)
    {
        var connect = Raw.Connect($"h{i}");
        byte[] announced = [0x32, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, (byte)'a'];
        byte[] bytes = attack switch
        {
            "announces 256 MB" => i % 2 == 0 ? [0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0, 4] : [.. connect, .. announced],
            "sends half a CONNECT" => connect[..(connect.Length / 2)],
            "sends half a PUBLISH" => [.. connect, .. Raw.Publish(Topic, new string('x', 2000), 1)[..1000]],
            "closes inside a packet" => i % 2 == 0 ? connect[..5] : [.. connect, .. Raw.Publish(Topic, new string('x', 2000), 1)[..1000]],
            _ => [],
        };
        try
        {
            await stream.WriteAsync(bytes);
            if (attack == "closes inside a packet") await stream.DisposeAsync();
        }
        catch (IOException)
        {
            // Dropped already.
        }
    }

    /// <summary>Bytes that live, pooled and pinned buffers included.</summary>
    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>A loop that spins on what it cannot decode would show here.</summary>
    private static async Task AssertIdleAsync()
    {
        using var process = Process.GetCurrentProcess();
        // Whatever the closing of a thousand sockets left behind may finish first.
        for (var attempt = 0; ; attempt++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(1));
            process.Refresh();
            var used = process.TotalProcessorTime - before;
            if (used < TimeSpan.FromMilliseconds(200)) return;
            Assert.True(attempt < 3, $"The process used {used.TotalMilliseconds:F0} ms of processor time in a second in which nothing happened.");
        }
    }
}
