using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>
/// Half a minute of attack on every way of one node, while its people hand in meldingen of priority 1 and somebody looks at its page; what
/// was really offered is counted, and what became of it.
/// </summary>
/// <param name="node">Under attack.</param>
/// <param name="line">Its serial line.</param>
/// <param name="network">Port of the broker in the network.</param>
/// <param name="authentic">Frames that were overheard.</param>
/// <param name="arrived">When a melding arrived at the meldkamer, by its text.</param>
internal sealed class HostileAttack(NodeProcess node, NullModem line, int network, IReadOnlyList<byte[]> authentic, IReadOnlyDictionary<string, long> arrived)
{
    /// <summary>Frames a second that must be written towards a link.</summary>
    internal const int PerSecond = 10_000;

    /// <summary>Clients that want to hold a connection, all at once and all the time.</summary>
    internal const int Clients = 1_200;

    /// <summary>
    /// Clients that must hold one whenever a melding is handed in. There are more of them than the node has places for (1,024), since it
    /// drops three fifths after five seconds each, as it should, and they need up to a second to see that and come back.
    /// </summary>
    internal const int Standing = 900;

    /// <summary>A tenth more than must be reached, for a sender that is woken late on a busy machine.</summary>
    private const int Offered = PerSecond * 11 / 10;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    /// <summary>What was measured, from the first melding until the last had arrived.</summary>
    internal sealed record Measured
    {
        /// <summary>The slowest of the meldingen, from before its client connected until it was out at the meldkamer.</summary>
        public required TimeSpan Slowest { get; init; }

        /// <summary>The slowest answer of the page.</summary>
        public required TimeSpan Answered { get; init; }

        public required int Meldingen { get; init; }

        /// <summary>Junk frames a second that were written towards the network link.</summary>
        public required double FromNetwork { get; init; }

        /// <summary>Junk frames a second that the node's own broker took, and the share of the time that it held the sender of them up.</summary>
        public required (double Frames, double HeldUp) Inside { get; init; }

        /// <summary>The fewest hostile connections that stood when a melding was handed in.</summary>
        public required int Holding { get; init; }

        /// <summary>The largest memory that was resident (MB).</summary>
        public required double Resident { get; init; }

        /// <summary>The share of the machine that programs had which are not of this test.</summary>
        public required double Others { get; init; }

        /// <summary>Bytes a second that the node sent on its serial line.</summary>
        public required double OnTheLine { get; init; }

        /// <summary>For people.</summary>
        public required string Said { get; init; }
    }

    internal async Task<Measured> RunAsync(int attempt)
    {
        using var stop = new CancellationTokenSource();
        await using var crowd = new HostileCrowd(node.BrokerPort, Clients);
        await using var wire = new JunkFrames(network, ["weerbaarheid/v1/wire/to/11"], Offered, authentic);
        await using var inside = new JunkFrames(node.BrokerPort, ["weerbaarheid/v1/wire/to/11", "weerbaarheid/v1/wire/all"], Offered, authentic);
        var noise = NoiseAsync(stop.Token);
        await Eventually.TrueAsync(() => crowd.Connected >= Clients && crowd.Holding >= Standing && wire.Sent > 0 && inside.Sent > 0, () => $"{crowd.Holding} hostile connections of {Clients}");
        var watch = WatchAsync(stop.Token);
        var machine = new MachineShare();
        var (begun, wireBefore, insideBefore, heldUpBefore, airBefore) = (Stopwatch.GetTimestamp(), wire.Sent, inside.Sent, inside.HeldUp, line.FromA.Taken);

        var (handedIn, holding) = await HandInAsync(attempt, crowd);

        var lasted = Stopwatch.GetElapsedTime(begun);
        var (wireSent, insideSent, heldUp) = (wire.Sent - wireBefore, inside.Sent - insideBefore, inside.HeldUp - heldUpBefore);
        var others = machine.Others();
        await stop.CancelAsync();
        var (resident, answered, received) = await watch;
        var noised = await noise;
        var took = handedIn.Select(one => Stopwatch.GetElapsedTime(one.Value, arrived[one.Key])).Order().ToList();
        return new Measured
        {
            Slowest = took[^1],
            Answered = answered,
            Meldingen = took.Count,
            FromNetwork = wireSent / lasted.TotalSeconds,
            Inside = (insideSent / lasted.TotalSeconds, heldUp / lasted),
            Holding = holding,
            Resident = resident,
            Others = others,
            OnTheLine = (line.FromA.Taken - airBefore) / lasted.TotalSeconds,
            Said = string.Create(CultureInfo.InvariantCulture, $"{took.Count} meldingen: median {took[took.Count / 2].TotalMilliseconds:0} ms, slowest {took[^1].TotalMilliseconds:0} ms; page in {answered.TotalMilliseconds:0} ms at most; resident at most {resident:0} MB; others had {others:P0} of the machine\n"
                + $"frames a second: {wireSent / lasted.TotalSeconds:0} written towards the network link, {insideSent / lasted.TotalSeconds:0} taken inside with the sender held up {heldUp / lasted:P0} of the time, {received / lasted.TotalSeconds:0} received by the node; {noised / lasted.TotalSeconds:0} bytes/s of noise\n"
                + $"hostile clients: at least {holding} connected whenever a melding was handed in; {crowd.Connected} connections made, {crowd.Refused} refused or dropped"),
        };
    }

    /// <summary>One melding after another until the time is over, and waits until all of them arrived.</summary>
    private async Task<(Dictionary<string, long> HandedIn, int Holding)> HandInAsync(int attempt, HostileCrowd crowd)
    {
        using var pace = new PeriodicTimer(Between);
        var (begun, handedIn, holding) = (Stopwatch.GetTimestamp(), new Dictionary<string, long>(), int.MaxValue);
        for (var i = attempt * 1_000; Stopwatch.GetElapsedTime(begun) < Length; i++)
        {
            holding = Math.Min(holding, crowd.Holding);
            handedIn[$"Melding {i}, hal sporthal"] = Stopwatch.GetTimestamp();
            // Each time a client that was not there before: it must get a place too.
            using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
            var answer = Assert.Single(await publisher.PublishAsync(Meldingen.Topic, [Encoding.UTF8.GetBytes(Meldingen.One(i, priority: 1))], inFlight: 1));
            Assert.Equal(0, answer.Reason);
            await pace.WaitForNextTickAsync();
        }

        await Eventually.TrueAsync(() => handedIn.Keys.All(arrived.ContainsKey), () => $"{handedIn.Keys.Count(arrived.ContainsKey)} of {handedIn.Count} arrived; {node.ResidentMegabytes():0} MB\n{node.Log}");
        return (handedIn, holding);
    }

    /// <summary>The largest memory, the slowest page and the frames received meanwhile, all links together.</summary>
    private async Task<(double Resident, TimeSpan Answered, long Received)> WatchAsync(CancellationToken stop)
    {
        var (resident, answered, first, last) = (0.0, TimeSpan.Zero, -1L, 0L);
        using var pace = new PeriodicTimer(Glance);
        do
        {
            resident = Math.Max(resident, node.ResidentMegabytes());
            var asked = Stopwatch.GetTimestamp();
            var status = await node.StatusAsync();
            var took = Stopwatch.GetElapsedTime(asked);
            if (took > answered) answered = took;
            last = status.GetProperty("links").EnumerateArray().Sum(link => link.GetProperty("framesReceived").GetInt64() + link.GetProperty("framesRefused").GetInt64());
            if (first < 0) first = last;
        }
        while (await TicksAsync(pace, stop));

        return (resident, answered, last - first);
    }

    private static async Task<bool> TicksAsync(PeriodicTimer pace, CancellationToken stop)
    {
        try
        {
            return await pace.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Fills the line towards the node; the line itself sets the pace.</summary>
    private Task<long> NoiseAsync(CancellationToken stop) => Task.Run(
        () =>
        {
            var (random, written) = (new Random(11), 0L);
            using var port = new FileStream(line.B.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            while (!stop.IsCancellationRequested)
            {
                // A frame on a wire ends with a zero; between them anything.
                byte[] junk = [0, .. JunkFrames.Make(random, authentic), 0];
                port.Write(junk);
                written += junk.Length;
            }

            return written;
        },
        CancellationToken.None);
}
