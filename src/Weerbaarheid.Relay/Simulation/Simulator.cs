using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// Runs a scenario in virtual time with the production core at every site: one thread, one clock, one seed. First the
/// phase in which things go wrong, then a quiet one in which everything must settle.
/// </summary>
internal sealed class Simulator : IDisposable
{
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromMinutes(10);

    private readonly Scenario _scenario;
    private readonly ulong _seed;
    private readonly SimulationClock _clock = new();
    private readonly KeyRing _keys = KeyRing.Demonstration();
    private readonly List<KeyRing> _siteKeys = [];
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<ushort, Client> _clients = [];
    private readonly Dictionary<string, SimulatedWay> _ways;
    private readonly Witness _witness;
    private SplitMix64 _random;
    private Action<double>? _progress;

    /// <param name="scenario">The story.</param>
    /// <param name="seed">Replaces the scenario's own seed.</param>
    /// <param name="rules">Limits of the nodes; those of normal operation when null.</param>
    public Simulator(Scenario scenario, ulong? seed = null, RelayRules? rules = null)
    {
        rules ??= RelayRules.Default;
        (_scenario, _seed) = (scenario, seed ?? scenario.Seed);
        _random = new SplitMix64(_seed);
        _witness = new Witness(_clock, _keys, rules);
        _ways = scenario.Links.ToDictionary(link => link.Name, link => new SimulatedWay(link, _random.Next(), _clock), StringComparer.Ordinal);
        foreach (var site in scenario.Sites) Add(site, rules);
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
        foreach (var client in _clients.Values)
            if (client.Unanswered > 0) _witness.Broken($"{client.Unanswered} messages handed in at site {client.Node.Site.Id} were never answered");
        return SimulationResult.Of(_seed, _clock.Now, _witness, _nodes, [.. _ways.Values], [.. _clients.Values]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var keys in _siteKeys) keys.Dispose();
        _keys.Dispose();
    }

    private void Add(ScenarioSite site, RelayRules rules)
    {
        // Each node has keys of its own, as in the field; a noodsteunpunt cannot read others.
        var keys = SimulationKeys.For(site);
        _siteKeys.Add(keys);
        var node = new SimulatedNode(site, keys, rules, _random.Next(), _clock, _witness);
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
            case ScenarioEvent.Cut cut:
                PlanTold(cut.At, $"link {cut.Link} cut{Between(cut.Between)}", () => _ways[cut.Link].Cut(cut.Between));
                break;
            case ScenarioEvent.Restore restore:
                PlanTold(restore.At, $"link {restore.Link} restored{Between(restore.Between)}", () => _ways[restore.Link].Restore(restore.Between));
                break;
            case ScenarioEvent.PowerOff off:
                PlanTold(off.At, $"site {off.Site} off", Node(off.Site).PowerOff);
                break;
            case ScenarioEvent.PowerOn on:
                PlanTold(on.At, $"site {on.Site} on", () => PowerOn(Node(on.Site)));
                break;
            case ScenarioEvent.Send send:
                for (var i = 0; i < send.Count; i++) PlanHandIn(send, i);
                break;
        }
    }

    private void PlanHandIn(ScenarioEvent.Send send, int number)
    {
        var message = Texts.Make(send.Type, send.Priority, number, ref _random);
        // Half of the clients give a reference; the others lean on the fingerprint of their bytes.
        var name = _random.Next();
        var clientRef = name % 2 == 0 ? name.ToString("x16", System.Globalization.CultureInfo.InvariantCulture) : null;
        var at = send.At + (send.Every * number);
        if (at < _scenario.Duration) _clock.Plan(at, () => _clients[send.Site].HandIn(message, clientRef, name));
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
        _progress?.Invoke(_clock.Now / (_scenario.Duration + _scenario.Quiet));
        PlanCheck();
    });

    /// <summary>From now on nothing goes wrong but the loss that the links always have.</summary>
    private void Calm()
    {
        _witness.Tell("all links and sites work from here on");
        foreach (var way in _ways.Values) way.RestoreAll();
        foreach (var node in _nodes.Where(node => !node.IsOn)) PowerOn(node);
    }

    private void PowerOn(SimulatedNode node)
    {
        if (node.IsOn) return;
        node.PowerOn();
        _clients[node.Site.Id].Reconnected();
    }

    private SimulatedNode Node(ushort site) => _nodes.First(node => node.Site.Id == site);

    private static string Between((ushort A, ushort B)? pair) => pair is { } two ? $" between {two.A} and {two.B}" : "";
}
