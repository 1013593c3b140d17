using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>One medium of a scenario in virtual time: carries frames between nodes and tells them what a real link would.</summary>
internal sealed class SimulatedWay
{
    private readonly SimulationClock _clock;
    private readonly SimulatedMedium _medium;
    private readonly SortedDictionary<ushort, (SimulatedNode Node, int Index)> _members = [];
    private readonly bool _reportsCuts;

    public SimulatedWay(ScenarioLink link, ulong seed, SimulationClock clock)
    {
        _clock = clock;
        _reportsCuts = link.Kind == LinkKind.Mqtt;
        Link = link;
        _medium = new SimulatedMedium(
            new SimulatedMediumOptions(
                link.MaxFrame, link.BitRate, link.Loss, link.Duplication, link.Delay, link.Jitter,
                Overhead: link.Kind == LinkKind.Lora ? TimeSpan.FromMilliseconds(60) : TimeSpan.Zero,
                AddressedOnly: link.Kind == LinkKind.Mqtt, Window: Window, ReportsCuts: _reportsCuts, DutyCycle: link.DutyCycle),
            seed);
    }

    public ScenarioLink Link { get; }

    /// <summary>Frames transmitted.</summary>
    public long Frames { get; private set; }

    /// <summary>Bytes transmitted.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the nodes know of it.</summary>
    public LinkDescription Description => new(Link.Name, "simulated", Link.MaxFrame, Link.BitRate, Window, []) { Air = _medium.Options.AirOf(Link.Name) };

    private int Window => Link.Kind == LinkKind.Mqtt ? 64 : 2;

    public void Join(SimulatedNode node, int index) => _members.Add(node.Site.Id, (node, index));

    /// <summary>A node came up.</summary>
    public void Attach(SimulatedNode node)
    {
        _medium.Attach(node.Site.Id);
        if (!_medium.IsCut || !_reportsCuts) Tell(node.Site.Id, index => new RelayEvent.LinkUp(index));
    }

    /// <summary>A node lost power.</summary>
    public void Detach(SimulatedNode node) => _medium.Detach(node.Site.Id);

    public void Cut((ushort A, ushort B)? between)
    {
        if (between is { } pair) _medium.Cut(pair.A, pair.B);
        else if (!_medium.IsCut)
        {
            _medium.Cut();
            if (_reportsCuts) TellAll(index => new RelayEvent.LinkDown(index, "cut in the scenario"));
        }
    }

    public void Restore((ushort A, ushort B)? between)
    {
        if (between is { } pair) _medium.Restore(pair.A, pair.B);
        else if (_medium.IsCut)
        {
            _medium.Restore();
            if (_reportsCuts) TellAll(index => new RelayEvent.LinkUp(index));
        }
    }

    /// <summary>Ends every cut.</summary>
    public void RestoreAll()
    {
        foreach (var a in Link.Members)
            foreach (var b in Link.Members.Where(b => b > a)) _medium.Restore(a, b);
        Restore(null);
    }

    /// <summary>Puts a frame on its way.</summary>
    public void Transmit(SimulatedNode from, int index, OutgoingFrame frame)
    {
        // A link that is down says nothing and takes nothing; the core hears of it in its next batch.
        if (_reportsCuts && _medium.IsCut) return;
        Frames++;
        Bytes += frame.Bytes.Length;
        var life = from.Life;
        var sent = _medium.Transmit(from.Site.Id, frame.To, frame.Bytes, _clock.Now);
        _clock.Plan(sent.Done, () =>
        {
            if (from.Life == life && !(_reportsCuts && _medium.IsCut)) from.Take(new RelayEvent.FrameSent(index, frame.Number));
        });
        foreach (var arrival in sent.Arrivals) _clock.Plan(arrival.At, () => Arrive(arrival));
    }

    private void Arrive(Arrival arrival)
    {
        if (_medium.Delivers(arrival)) Tell(arrival.To, index => new RelayEvent.FrameReceived(index, arrival.Bytes));
    }

    private void Tell(ushort site, Func<int, RelayEvent> happened)
    {
        var (node, index) = _members[site];
        node.Take(happened(index));
    }

    private void TellAll(Func<int, RelayEvent> happened)
    {
        foreach (var site in _members.Keys) Tell(site, happened);
    }
}
