using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// Runs a scenario in virtual time with the production core at every site: one thread, one clock, one seed. First the
/// phase in which things go wrong, then a quiet one in which everything must settle.
/// </summary>
internal sealed class Simulator : IDisposable
{
    private const double NightShare = 0.2;
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromMinutes(10);

    private readonly Scenario _scenario;
    private readonly ulong _seed;
    private readonly SimulationClock _clock = new();
    private readonly KeyRing _keys = SimulationKeys.RepeatableRegion();
    private readonly List<KeyRing> _siteKeys = [];
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<ushort, Client> _clients = [];
    private readonly Dictionary<string, SimulatedWay> _ways;
    private readonly Witness _witness;
    private readonly Samples _samples = new();
    private SplitMix64 _random;
    private Action<double>? _progress;

    /// <param name="scenario">The story.</param>
    /// <param name="seed">Replaces the scenario's own seed.</param>
    /// <param name="magnifier">What to tell more of than usual; null for nothing.</param>
    public Simulator(Scenario scenario, ulong? seed = null, Magnifier? magnifier = null)
    {
        (_scenario, _seed) = (scenario, seed ?? scenario.Seed);
        _random = new SplitMix64(_seed);
        _witness = new Witness(_clock, _keys, scenario.Rules) { Magnifier = magnifier };
        _ways = scenario.Links.ToDictionary(link => link.Name, link => new SimulatedWay(link, _random.Next(), _clock, _witness), StringComparer.Ordinal);
        foreach (var site in scenario.Sites) Add(site);
    }

    /// <summary>Runs to the end.</summary>
    /// <param name="progress">Told every ten simulated minutes how far the story is, 0 to 1; null when nobody watches.</param>
    public SimulationResult Run(Action<double>? progress = null)
    {
        _progress = progress;
        foreach (var node in _nodes) PowerOn(node);
        foreach (var happening in _scenario.Events) Plan(happening);
        PlanCheck();
        while (_clock.Step(_scenario.Duration))
        {
        }

        Calm();
        while (_clock.Step(_scenario.Duration + _scenario.Quiet))
        {
        }

        _witness.Check(_nodes);
        _witness.CheckEnd(_nodes);
        _witness.CheckUrgent(_scenario);
        foreach (var client in _clients.Values)
            if (client.Unanswered > 0) _witness.Broken($"{client.Unanswered} messages handed in at site {client.Node.Site.Id} were never answered", client.Node.Site.Id);
        return SimulationResult.Of(_seed, _clock.Now, _witness, _nodes, [.. _ways.Values], [.. _clients.Values], _samples);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
        foreach (var keys in _siteKeys) keys.Dispose();
        _keys.Dispose();
    }

    private void Add(ScenarioSite site)
    {
        // Each node has keys of its own, as in the field; a noodsteunpunt cannot read others.
        var keys = SimulationKeys.Repeatable(site);
        _siteKeys.Add(keys);
        var node = new SimulatedNode(site, keys, _scenario.Rules, _random.Next(), _clock, _witness);
        foreach (var link in _scenario.Links)
            if (link.Members.Contains(site.Id)) node.Join(_ways[link.Name]);
        var client = new Client(node, _witness, _clock);
        node.Answered += client.Completed;
        _nodes.Add(node);
        _clients.Add(site.Id, client);
    }

    private void Plan(ScenarioEvent happening)
    {
        switch (happening)
        {
            case ScenarioEvent.Send send:
                for (var i = 0; i < send.Count; i++) PlanHandIn(send.At + (send.Every * i), send.Site, send.Type, send.Priority, i);
                break;
            case ScenarioEvent.Load load:
                foreach (var site in load.Sites) PlanLoad(load, site);
                break;
            default:
                PlanTold(happening.At, Faults.Describe(happening), () => Carry(happening));
                break;
        }
    }

    private void Carry(ScenarioEvent happening)
    {
        switch (happening)
        {
            case ScenarioEvent.Cut cut: _ways[cut.Link].Cut(cut); break;
            case ScenarioEvent.Restore restore: _ways[restore.Link].Restore(restore.Between); break;
            case ScenarioEvent.Weather weather: _ways[weather.Link].Worsen(weather); break;
            case ScenarioEvent.ModemFails failure: _ways[failure.Link].Fail(failure); break;
            case ScenarioEvent.PowerOff off: Node(off.Site).PowerOff(); break;
            case ScenarioEvent.PowerOn on: PowerOn(Node(on.Site)); break;
            case ScenarioEvent.ClockJumps jump: Node(jump.Site).SetClock(jump.By, jump.Trusted); break;
            case ScenarioEvent.StoreFails failure: Node(failure.Site).FailStore(); break;
        }
    }

    /// <summary>Moments at which people hand something in: by day, and a fifth of it by night.</summary>
    private void PlanLoad(ScenarioEvent.Load load, ushort site)
    {
        var at = load.At;
        for (var number = 0; ;)
        {
            at += TimeSpan.FromHours(-Math.Log(1 - _random.NextDouble()) / load.PerHour);
            if (at >= load.At + load.For || at >= _scenario.Duration) return;
            if (SimulatedNode.IsNight(at) && _random.NextDouble() > NightShare) continue;
            PlanHandIn(at, site, Texts.TypeOf(_random.NextDouble()), null, number++);
        }
    }

    private void PlanHandIn(TimeSpan at, ushort site, MessageType type, byte? priority, int number)
    {
        var message = Texts.Make(type, priority, number, ref _random);
        // Half of the clients give a reference; the others lean on the fingerprint of their bytes.
        var name = _random.Next();
        var clientRef = name % 2 == 0 ? name.ToString("x16", System.Globalization.CultureInfo.InvariantCulture) : null;
        if (at < _scenario.Duration) _clock.Plan(at, () => _clients[site].HandIn(message, clientRef, name));
    }

    private void PlanTold(TimeSpan at, string what, Action action)
    {
        if (at >= _scenario.Duration) return;
        _clock.Plan(at, () =>
        {
            _witness.Tell(what);
            action();
        });
    }

    private void PlanCheck() => _clock.Plan(_clock.Now + CheckPeriod, () =>
    {
        _witness.Check(_nodes);
        _samples.Take(_clock.Now, _nodes, _ways.Values, _witness);
        _progress?.Invoke(_clock.Now / (_scenario.Duration + _scenario.Quiet));
        PlanCheck();
    });

    /// <summary>From now on nothing goes wrong but the loss that the links always have.</summary>
    private void Calm()
    {
        _witness.QuietBegins();
        foreach (var way in _ways.Values) way.RestoreAll();
        foreach (var node in _nodes.Where(node => !node.IsOn)) PowerOn(node);
    }

    private void PowerOn(SimulatedNode node)
    {
        if (node.IsOn) return;
        node.PowerOn();
        _clients[node.Site.Id].Reconnected();
    }

    private SimulatedNode Node(ushort site) => _clients[site].Node;
}
