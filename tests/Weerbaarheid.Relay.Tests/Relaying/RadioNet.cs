using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Nodes on a slow shared medium in simulated time: frames take as long as they take, get lost and are counted.</summary>
internal sealed class RadioNet(SimulatedMediumOptions options, Func<int, TimeSpan> timeOnAir, double dutyCycle, int overhead, ulong seed)
{
    private readonly SimulationClock _clock = new();
    private readonly SimulatedMedium _medium = new(options, seed);
    private readonly SortedDictionary<ushort, TestNode> _nodes = [];
    private readonly Dictionary<ushort, TimeSpan> _busyUntil = [];
    private readonly Dictionary<ushort, long> _wakes = [];

    public TimeSpan Now => _clock.Now;

    public TestNode this[ushort site] => _nodes[site];

    /// <summary>Every transmission: who, when it began, how long it took, and its bytes on the wire.</summary>
    public List<(ushort From, TimeSpan At, TimeSpan Airtime, int Bytes, ReadOnlyMemory<byte> Frame)> Transmissions { get; } = [];

    public long WireBytes => Transmissions.Sum(one => (long)one.Bytes);

    public TimeSpan Airtime => TimeSpan.FromTicks(Transmissions.Sum(one => one.Airtime.Ticks));

    public SimulatedMedium Medium => _medium;

    /// <summary>Frames that are lost besides what the medium loses.</summary>
    public Func<ushort, ReadOnlyMemory<byte>, bool> Loses { get; set; } = (_, _) => false;

    public TestNode Add(ushort id, Role role)
    {
        var node = _nodes[id] = new TestNode(id, role, SimulationKeys.For(new ScenarioSite(id, "", role)));
        node.AddLink(new LinkDescription("radio", "simulated", options.MaxFrame, options.BitRate, 2, []) { Air = new Air("radio", dutyCycle, timeOnAir) });
        _medium.Attach(id);
        return node;
    }

    public void Start(TimeSpan settle)
    {
        foreach (var node in _nodes.Values) Work(node, new RelayEvent.LinkUp(0));
        RunUntil(Now + settle);
    }

    public SubmitOutcome Submit(ushort site, Message message)
    {
        var ticket = new object();
        return Work(_nodes[site], new RelayEvent.Submit(new Submission(message, null, 0, false), ticket)).OfType<Output.Completed>().Single().Outcome;
    }

    public SubmitOutcome Order(ushort site, KeyOrder order) =>
        Work(_nodes[site], new RelayEvent.Order(order, new object())).OfType<Output.Completed>().Single().Outcome;

    public void RunUntil(TimeSpan end)
    {
        while (_clock.Step(end))
        {
        }
    }

    /// <summary>Runs until something holds, or the time is over.</summary>
    public bool RunUntil(Func<bool> holds, TimeSpan most)
    {
        var end = Now + most;
        while (!holds())
            if (!_clock.Step(end)) return holds();
        return true;
    }

    /// <summary>The board loses power and comes back with what is on its disk.</summary>
    public void Restart(ushort site)
    {
        _nodes[site].Restart();
        Work(_nodes[site], new RelayEvent.LinkUp(0));
    }

    public int ReceivedBy(ushort site) => _nodes[site].Progressed.Where(one => one.State == MessageState.Ontvangen).Select(one => one.Key).Distinct().Count();

    private List<Output> Work(TestNode node, params RelayEvent[] events)
    {
        var outputs = node.Batch(Now, events);
        foreach (var send in outputs.OfType<Output.Send>()) Transmit(node, send.Frame);
        Plan(node);
        return outputs;
    }

    private void Plan(TestNode node)
    {
        var number = _wakes[node.Site.Id] = _wakes.GetValueOrDefault(node.Site.Id) + 1;
        var due = node.Core.NextDue(Now);
        if (due == TimeSpan.MaxValue) return;
        _clock.Plan(due > Now ? due + TimeSpan.FromTicks(1) : Now + TimeSpan.FromTicks(1), () =>
        {
            if (_wakes[node.Site.Id] == number) Work(node);
        });
    }

    private void Transmit(TestNode node, OutgoingFrame frame)
    {
        var airtime = timeOnAir(frame.Bytes.Length);
        var start = _busyUntil.GetValueOrDefault(node.Site.Id) is var busy && busy > Now ? busy : Now;
        _busyUntil[node.Site.Id] = start + airtime;
        Transmissions.Add((node.Site.Id, start, airtime, frame.Bytes.Length + overhead, frame.Bytes));
        _clock.Plan(start + airtime, () =>
        {
            // The medium's own airtime is set to nothing: this net counts what the modem takes.
            var isLost = Loses(node.Site.Id, frame.Bytes);
            foreach (var arrival in _medium.Transmit(node.Site.Id, frame.To, frame.Bytes, Now).Arrivals)
                _clock.Plan(Now, () => { if (!isLost && _medium.Delivers(arrival)) Work(_nodes[arrival.To], new RelayEvent.FrameReceived(0, arrival.Bytes)); });
            Work(node, new RelayEvent.FrameSent(0, frame.Number));
        });
    }
}
