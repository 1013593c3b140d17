using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Nodes joined by media that carry at once and lose only what a test asks for, on one clock of their own.</summary>
internal sealed class TestNet
{
    private readonly Dictionary<ushort, TestNode> _nodes = [];
    private readonly Dictionary<string, List<(TestNode Node, int Index)>> _media = [];
    private readonly HashSet<string> _cut = [];
    private readonly Queue<(TestNode To, RelayEvent Happened)> _pending = new();

    public static EnvelopeKey Key(ushort origin, ulong sequence) => new(origin, Series.Records, sequence);

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a frame from one site to another is lost.</summary>
    public Func<ushort, ushort, ReadOnlyMemory<byte>, bool> Loses { get; set; } = (_, _, _) => false;

    /// <summary>Frames that were transmitted: who, on what, and what.</summary>
    public List<(ushort From, string Medium, OutgoingFrame Frame)> Frames { get; } = [];

    public TestNode this[ushort site] => _nodes[site];

    public static Submission Submission(Message message, string? clientRef = null, ulong fingerprint = 0, bool mayBeRepeat = false) =>
        new(message, clientRef, fingerprint, mayBeRepeat);

    public static Melding Melding(byte priority = 3, string text = "Brand in schuur") => new() { Priority = priority, Category = 3, Text = text };

    public TestNode Add(ushort id, Role role, KeyRing? keys = null, RelayRules? rules = null) =>
        _nodes[id] = new TestNode(id, role, keys ?? SimulationKeys.For(new ScenarioSite(id, "", role)), rules);

    /// <summary>A medium; a fast one is addressed, on a slow one everybody hears everything.</summary>
    public void Join(string medium, int bitRate, params ushort[] sites) => Join(medium, bitRate, false, sites);

    /// <summary>A slow medium of which only a share of each hour may be used.</summary>
    public void JoinLimited(string medium, int bitRate, double dutyCycle, params ushort[] sites) => Join(medium, bitRate, false, sites, dutyCycle);

    /// <summary>A slow medium over which nothing encrypted may go.</summary>
    public void JoinOnlyClear(string medium, params ushort[] sites) => Join(medium, 1_200, true, sites);

    private void Join(string medium, int bitRate, bool onlyClear, ushort[] sites, double dutyCycle = 1)
    {
        var maxFrame = bitRate >= 100_000 ? 16_384 : 222;
        var members = _media[medium] = [];
        foreach (var site in sites)
        {
            var link = new LinkDescription(medium, "simulated", maxFrame, bitRate, bitRate >= 100_000 ? 64 : 4, []) { Air = bitRate >= 100_000 ? null : Wire(medium, bitRate, dutyCycle), OnlyClear = onlyClear };
            members.Add((_nodes[site], _nodes[site].AddLink(link)));
        }
    }

    private static Air Wire(string name, int bitRate, double dutyCycle) => new(name, dutyCycle, bytes => TimeSpan.FromSeconds(8.0 * bytes / bitRate));

    /// <summary>Everything comes up and finds each other.</summary>
    public void Start()
    {
        foreach (var (medium, members) in _media)
            if (!_cut.Contains(medium))
                foreach (var (node, index) in members) Happen(node, new RelayEvent.LinkUp(index));
        Run(TimeSpan.FromSeconds(30));
    }

    public void Restart(ushort site)
    {
        _nodes[site].Restart();
        foreach (var (medium, members) in _media)
            foreach (var (node, index) in members.Where(member => member.Node.Site.Id == site && !_cut.Contains(medium))) Happen(node, new RelayEvent.LinkUp(index));
        Deliver();
    }

    public void Cut(string medium, bool isReported = true)
    {
        _cut.Add(medium);
        if (!isReported) return;
        foreach (var (node, index) in _media[medium]) Happen(node, new RelayEvent.LinkDown(index, "cut in the test"));
        Deliver();
    }

    public void Restore(string medium, bool isReported = true)
    {
        _cut.Remove(medium);
        if (!isReported) return;
        foreach (var (node, index) in _media[medium]) Happen(node, new RelayEvent.LinkUp(index));
        Deliver();
    }

    public SubmitOutcome Submit(ushort site, Message message, string? clientRef = null) => Submit(site, Submission(message, clientRef));

    public SubmitOutcome Submit(ushort site, Submission submission)
    {
        var ticket = new object();
        var outputs = Carry(_nodes[site], _nodes[site].Batch(Now, new RelayEvent.Submit(submission, ticket)));
        var outcome = outputs.OfType<Output.Completed>().Single(one => one.Ticket == ticket).Outcome;
        Deliver();
        return outcome;
    }

    /// <summary>An operator's order about keys.</summary>
    public SubmitOutcome Order(ushort site, KeyOrderKind kind, ushort[]? sites = null, byte epoch = 0, bool atOnce = false)
    {
        var ticket = new object();
        var outputs = Carry(_nodes[site], _nodes[site].Batch(Now, new RelayEvent.Order(new KeyOrder(kind, sites ?? [], epoch, atOnce), ticket)));
        var outcome = outputs.OfType<Output.Completed>().Single(one => one.Ticket == ticket).Outcome;
        Deliver();
        return outcome;
    }

    /// <summary>What a courier takes along from a site.</summary>
    public CourierLoad Export(ushort site, EnvelopeKey? only = null)
    {
        var ticket = new object();
        var load = Carry(_nodes[site], _nodes[site].Batch(Now, new RelayEvent.CourierExport(only, ticket))).OfType<Output.Exported>().Single(one => one.Ticket == ticket).Load;
        Deliver();
        return load;
    }

    /// <summary>A courier arrives at a site.</summary>
    public CourierTaking Import(ushort site, IEnumerable<ReadOnlyMemory<byte>> frames)
    {
        var sum = CourierTaking.Nothing;
        foreach (var frame in frames)
        {
            var ticket = new object();
            sum = sum.Plus(Carry(_nodes[site], _nodes[site].Batch(Now, new RelayEvent.CourierImport(frame, ticket))).OfType<Output.Imported>().Single(one => one.Ticket == ticket).Taking);
            Deliver();
        }

        return sum;
    }

    /// <summary>A courier goes from one site to another.</summary>
    public CourierTaking Ride(ushort from, ushort to) => Import(to, Export(from).Frames);

    /// <summary>Hands bytes to a node as if its radio had heard them.</summary>
    public List<Output> Hear(ushort site, int link, ReadOnlyMemory<byte> frame) =>
        Carry(_nodes[site], _nodes[site].Batch(Now, new RelayEvent.FrameReceived(link, frame)));

    /// <summary>Lets time pass; every node settles whenever it asked to.</summary>
    public void Run(TimeSpan time)
    {
        var end = Now + time;
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 200_000, "the nodes settle again and again");
            Deliver();
            var due = _nodes.Values.Where(node => node.IsOn).Select(node => node.Core.NextDue(Now)).Append(end).Min();
            if (due >= end) break;
            if (due > Now) Now = due;
            foreach (var node in _nodes.Values.Where(node => node.IsOn && node.Core.NextDue(Now) <= Now).ToList()) Carry(node, node.Batch(Now));
        }

        Now = end;
        foreach (var node in _nodes.Values.Where(node => node.IsOn)) Carry(node, node.Batch(Now));
        Deliver();
    }

    /// <summary>The items of a kind in all frames of a site.</summary>
    public List<EnvelopeKey> RecordsSentBy(ushort site) =>
        [.. Frames.Where(one => one.From == site).SelectMany(one => new FrameWatch(_nodes[site].Keys).RecordsIn(one.Frame.Bytes))];

    private void Happen(TestNode node, RelayEvent happened) => _pending.Enqueue((node, happened));

    private void Deliver()
    {
        for (var steps = 0; _pending.TryDequeue(out var next); steps++)
        {
            Assert.True(steps < 100_000, "frames go round without end");
            if (next.To.IsOn) Carry(next.To, next.To.Batch(Now, next.Happened));
        }
    }

    private List<Output> Carry(TestNode node, List<Output> outputs)
    {
        foreach (var send in outputs.OfType<Output.Send>())
        {
            var medium = node.Links[send.Link].Name;
            Frames.Add((node.Site.Id, medium, send.Frame));
            Happen(node, new RelayEvent.FrameSent(send.Link, send.Frame.Number));
            if (_cut.Contains(medium)) continue;
            var isAddressed = node.Links[send.Link].BitRate >= 100_000;
            foreach (var (other, index) in _media[medium])
            {
                if (other == node || (isAddressed && send.Frame.To is { } to && to != other.Site.Id)) continue;
                if (!Loses(node.Site.Id, other.Site.Id, send.Frame.Bytes)) Happen(other, new RelayEvent.FrameReceived(index, send.Frame.Bytes));
            }
        }

        return outputs;
    }
}
