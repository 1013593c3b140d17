using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>One medium of a scenario in virtual time: carries frames between nodes and tells them what a real link would.</summary>
internal sealed class SimulatedWay
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(3);

    private readonly SimulationClock _clock;
    private readonly Witness _witness;
    private readonly SimulatedMedium _medium;
    private readonly SortedDictionary<ushort, SimulatedModem> _members = [];
    private readonly bool _reportsCuts;
    private SplitMix64 _random;

    public SimulatedWay(ScenarioLink link, ulong seed, SimulationClock clock, Witness witness)
    {
        (_clock, _witness, _random) = (clock, witness, new SplitMix64(seed));
        _reportsCuts = link.Kind == LinkKind.Mqtt;
        Link = link;
        _medium = new SimulatedMedium(
            new SimulatedMediumOptions(
                link.MaxFrame, link.BitRate, link.Loss, link.Duplication, link.Delay, link.Jitter, link.BitErrors,
                Overhead: link.Kind == LinkKind.Lora ? TimeSpan.FromMilliseconds(60) : TimeSpan.Zero,
                AddressedOnly: link.Kind == LinkKind.Mqtt, Window: Window, ReportsCuts: _reportsCuts, DutyCycle: link.DutyCycle,
                Reordering: link.Reordering, ReorderedBy: link.ReorderedBy),
            seed);
    }

    public ScenarioLink Link { get; }

    /// <summary>Frames transmitted.</summary>
    public long Frames => _members.Values.Sum(modem => modem.Frames);

    /// <summary>Bytes transmitted.</summary>
    public long Bytes => _members.Values.Sum(modem => modem.Bytes);

    /// <summary>What connects each site to it, in order of site.</summary>
    public IReadOnlyCollection<SimulatedModem> Modems => _members.Values;

    /// <summary>What the nodes know of it.</summary>
    public LinkDescription Description => new(Link.Name, "simulated", Link.MaxFrame, Link.BitRate, Window, []) { Air = _medium.Options.AirOf(Link.Band) };

    private int Window => Link.Kind == LinkKind.Mqtt ? 64 : 2;

    public void Join(SimulatedNode node, int index) => _members.Add(node.Site.Id, new SimulatedModem(node, index));

    /// <summary>A node came up.</summary>
    public void Attach(SimulatedNode node)
    {
        var modem = _members[node.Site.Id];
        modem.Attach(_clock.Now);
        _medium.Attach(node.Site.Id);
        if (IsUp(modem)) node.Take(new RelayEvent.LinkUp(modem.Index));
    }

    /// <summary>A node lost power, and its modem with it.</summary>
    public void Detach(SimulatedNode node)
    {
        var modem = _members[node.Site.Id];
        Stop(modem);
        modem.Detach(_clock.Now);
        _medium.Detach(node.Site.Id);
    }

    /// <summary>Whether the node is told that it works.</summary>
    public bool IsUpFor(SimulatedNode node) => IsUp(_members[node.Site.Id]);

    public void Cut(ScenarioEvent.Cut cut)
    {
        if (cut.Between is { } pair)
        {
            _medium.CutOneWay(pair.A, pair.B);
            if (!cut.OneWay) _medium.CutOneWay(pair.B, pair.A);
        }
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

    public void Worsen(ScenarioEvent.Weather weather)
    {
        _medium.Worsen(weather.Loss, weather.BitErrors);
        _clock.Plan(_clock.Now + weather.For, _medium.Calm);
    }

    /// <summary>The modem of a site fails for a while.</summary>
    public void Fail(ScenarioEvent.ModemFails failure)
    {
        var modem = _members[failure.Site];
        Repair(modem);
        var number = modem.Faults;
        modem.Fault = failure.How;
        if (failure.How == ModemFault.Down) Lose(modem, "the modem is gone");
        else if (failure.How == ModemFault.Restarts) PlanRestart(modem, number);
        _clock.Plan(_clock.Now + failure.For, () =>
        {
            if (modem.Faults == number) Repair(modem);
        });
    }

    /// <summary>Ends every fault.</summary>
    public void RestoreAll()
    {
        foreach (var a in Link.Members)
            foreach (var b in Link.Members.Where(b => b > a)) _medium.Restore(a, b);
        _medium.Calm();
        foreach (var modem in _members.Values) Repair(modem);
        Restore(null);
    }

    /// <summary>Puts a frame on its way.</summary>
    public void Transmit(SimulatedNode from, OutgoingFrame frame)
    {
        var modem = _members[from.Site.Id];
        // A link that is down says nothing and takes nothing; the core hears of it in its next batch.
        if (!IsUp(modem)) return;
        modem.Frames++;
        modem.Bytes += frame.Bytes.Length;
        var (life, nodeLife) = (modem.Life, from.Life);
        if (modem.Fault == ModemFault.Silent)
        {
            _clock.Plan(_clock.Now + _medium.Options.AirTime(frame.Bytes.Length), () => Sent(modem, life, nodeLife, frame.Number));
            return;
        }

        var earliest = modem.Fault == ModemFault.Holds && _random.NextDouble() < 0.3 ? _clock.Now + (LongestHold * _random.NextDouble()) : _clock.Now;
        var sent = _medium.Transmit(from.Site.Id, frame.To, frame.Bytes, _clock.Now, earliest);
        modem.Begin(sent);
        _clock.Plan(sent.Done, () =>
        {
            if (modem.Life != life) return;
            modem.End(sent);
            if (Link.Kind == LinkKind.Lora) _witness.Transmitted(from, Link, sent.Begun, sent.Done);
            Sent(modem, life, nodeLife, frame.Number);
            PlanArrivals(sent);
        });
    }

    private void Sent(SimulatedModem modem, int life, int nodeLife, long number)
    {
        if (modem.Life == life && modem.Node.Life == nodeLife && IsUp(modem)) modem.Node.Take(new RelayEvent.FrameSent(modem.Index, number));
    }

    /// <summary>Those that come at the same moment come in one step.</summary>
    private void PlanArrivals(Transmission sent)
    {
        for (var first = 0; first < sent.Arrivals.Count;)
        {
            var end = first + 1;
            while (end < sent.Arrivals.Count && sent.Arrivals[end].At == sent.Arrivals[first].At) end++;
            var (from, to) = (first, end);
            _clock.Plan(sent.Arrivals[first].At, () =>
            {
                for (var place = from; place < to; place++) Arrive(sent.Arrivals[place], sent.Done - sent.Begun);
            });
            first = end;
        }
    }

    private void Arrive(in Arrival arrival, TimeSpan airtime)
    {
        var modem = _members[arrival.To];
        if (!modem.Hears || !_medium.Delivers(arrival)) return;
        modem.Receiving += airtime;
        modem.Node.Take(new RelayEvent.FrameReceived(modem.Index, arrival.Bytes));
    }

    private bool IsUp(SimulatedModem modem) => modem.IsAttached && !modem.IsDown && !(_reportsCuts && _medium.IsCut);

    private void Stop(SimulatedModem modem)
    {
        if (modem.Stop(_clock.Now) is { } broken && Link.Kind == LinkKind.Lora) _witness.Transmitted(modem.Node, Link, broken.Begun, broken.Done);
        _medium.Stop(modem.Node.Site.Id);
    }

    private void Lose(SimulatedModem modem, string reason)
    {
        Stop(modem);
        if (!(_reportsCuts && _medium.IsCut)) modem.Node.Take(new RelayEvent.LinkDown(modem.Index, reason));
    }

    private void Repair(SimulatedModem modem)
    {
        var wasDown = modem.IsDown;
        modem.Faults++;
        (modem.Fault, modem.IsStarting) = (null, false);
        if (wasDown && IsUp(modem)) modem.Node.Take(new RelayEvent.LinkUp(modem.Index));
    }

    private void PlanRestart(SimulatedModem modem, int number) => _clock.Plan(_clock.Now + (LongestWork * _random.NextDouble()), () =>
    {
        if (modem.Faults != number) return;
        modem.IsStarting = true;
        Lose(modem, "the modem starts anew");
        _clock.Plan(_clock.Now + StartTime, () =>
        {
            if (modem.Faults != number) return;
            modem.IsStarting = false;
            if (IsUp(modem)) modem.Node.Take(new RelayEvent.LinkUp(modem.Index));
            PlanRestart(modem, number);
        });
    });

    private void TellAll(Func<int, RelayEvent> happened)
    {
        foreach (var modem in _members.Values)
            if (modem.IsAttached && !modem.IsDown) modem.Node.Take(happened(modem.Index));
    }
}
