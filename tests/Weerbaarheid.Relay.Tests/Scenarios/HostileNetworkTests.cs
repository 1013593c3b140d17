using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Tests.Support;
using Xunit.Abstractions;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>
/// A noodsteunpunt whose every way is under attack at once for half a minute, and whose people hand in meldingen of priority 1 meanwhile:
/// 10,000 frames a second from the network, as many through its own broker, noise on its serial line at the speed of the line, and a
/// thousand MQTT clients that hold on.
/// </summary>
/// <remarks>
/// Each melding must be at the meldkamer within two seconds. When the bar was missed, and other programs had more than a fifth of
/// the machine, the two seconds were perhaps not this program's to promise: then the half minute is tried again, three times in all,
/// and the best counts. When the machine was that busy all three times the bar is <see cref="Loosened"/> times as long, and the output says so.
/// A bar that was missed on a machine that was not busy is missed. Nothing else is ever loosened.
/// </remarks>
[Collection("alone")]
public sealed class HostileNetworkTests(ITestOutputHelper output) : IDisposable
{
    private const int Baud = 115_200;

    /// <summary>128 MiB, in the hexadecimal that .NET reads.</summary>
    private const string HeapLimit = "0x8000000";

    /// <summary>The heap, and as much again for the runtime, its code and the stacks (MB).</summary>
    private const double MaxResident = 256;

    private const int Attempts = 3;
    private const double MaxOthers = 0.2;
    private const int Loosened = 3;

    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-hostile-");
    private readonly ConcurrentBag<byte[]> _overheard = [];
    private readonly ConcurrentDictionary<string, long> _arrived = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableFact]
    public async Task Meldingen_of_priority_1_arrive_within_two_seconds_while_every_way_is_under_attack()
    {
        RequiredProgram.Check("mosquitto");
        await using var mosquitto = await MosquittoBroker.StartAsync();
        await using var line = new NullModem(Baud);
        await using var meldkamer = await new NodeProcess("meldkamer", Path.Combine(_folder.FullName, "meldkamer"), mosquitto.Uri, "links.0.peers.0=11").StartAsync();
        await using var steunpunt = await new NodeProcess(
            "noodsteunpunt", Path.Combine(_folder.FullName, "steunpunt"), mosquitto.Uri, "links.0.peers.0=1",
            "links.1.name=serial", "links.1.type=uart", $"links.1.port={line.A.Path}", string.Create(CultureInfo.InvariantCulture, $"links.1.baud={Baud}"))
        { Surroundings = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = HeapLimit } }.StartAsync();

        using var eavesdropper = await ListenAsync(mosquitto.Port, "weerbaarheid/v1/wire/#", message => Overhear(message.Payload));
        using var desk = await ListenAsync(meldkamer.BrokerPort, "weerbaarheid/v1/out/11/melding", Arrive);
        await Meldingen.HandInAsync(steunpunt, Meldingen.Make(10));
        await meldkamer.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == 10, "10 in all");
        Assert.NotEmpty(_overheard);
        eavesdropper.Dispose();

        var attack = new HostileAttack(steunpunt, line, mosquitto.Port, [.. _overheard], _arrived);
        var measured = new List<HostileAttack.Measured>();
        do measured.Add(await AttackAsync(attack, steunpunt, measured.Count + 1));
        while (measured.Count < Attempts && IsLate(measured[^1], Promise) && measured[^1].Others > MaxOthers);

        Judge(measured);
        var all = 10 + measured.Sum(one => one.Meldingen);
        await meldkamer.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == all && report.GetProperty("missing").GetInt32() == 0, "all and nothing missing");
    }

    /// <summary>All but the time, which depends on the machine too.</summary>
    private async Task<HostileAttack.Measured> AttackAsync(HostileAttack attack, NodeProcess steunpunt, int attempt)
    {
        var quiet = steunpunt.LinesSaid;
        var measured = await attack.RunAsync(attempt);
        var lines = steunpunt.LinesSaid - quiet;
        output.WriteLine($"{measured.Said}\n{lines} lines of log; {measured.OnTheLine:0} bytes/s sent on the serial line");
        Assert.InRange(measured.FromNetwork, HostileAttack.PerSecond, double.MaxValue);
        // Inside as many are offered, and nobody reads them faster than the node allows strangers: then its sender stands still.
        Assert.True(measured.Inside.Frames >= HostileAttack.PerSecond || measured.Inside.HeldUp > 0.5, "The node was not offered what it should have been.");
        Assert.InRange(measured.Holding, HostileAttack.Standing, int.MaxValue);
        Assert.InRange(measured.Resident, 0, MaxResident);
        // 60 lines a minute of refusals, and what an attack of half a minute gives reason to say once.
        Assert.InRange(lines, 0, 150);
        // Beacons alone: a stranger makes nobody transmit.
        Assert.InRange(measured.OnTheLine, 0, 200);
        return measured;
    }

    private void Judge(List<HostileAttack.Measured> measured)
    {
        var promise = Promise;
        if (measured.TrueForAll(one => IsLate(one, Promise) && one.Others > MaxOthers))
        {
            promise *= Loosened;
            output.WriteLine($"LOOSENED: other programs had more than {MaxOthers:P0} of the machine in each of {measured.Count} attempts; the bar is {promise.TotalSeconds:0} s instead of {Promise.TotalSeconds:0} s");
        }

        Assert.Contains(measured, one => !IsLate(one, promise));
    }

    private static bool IsLate(HostileAttack.Measured measured, TimeSpan promise) => measured.Slowest > promise || measured.Answered > promise;

    private void Overhear(ReadOnlySequence<byte> payload)
    {
        if (_overheard.Count < 200) _overheard.Add(payload.ToArray());
    }

    private void Arrive(MqttApplicationMessage message)
    {
        var now = Stopwatch.GetTimestamp();
        using var document = JsonDocument.Parse(message.Payload.ToArray());
        if (document.RootElement.GetProperty("priority").GetInt32() == 1) _arrived.TryAdd(document.RootElement.GetProperty("text").GetString()!, now);
    }

    private static async Task<IMqttClient> ListenAsync(int port, string topic, Action<MqttApplicationMessage> heard)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += e =>
        {
            heard(e.ApplicationMessage);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build());
        await client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        return client;
    }
}
