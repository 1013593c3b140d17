using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// One site: the production core on a store in memory that survives power cuts. It works as the real node does: what
/// arrives while a batch is being written waits for the next batch, and outputs are carried out only after the commit.
/// </summary>
internal sealed class SimulatedNode
{
    private const int IdleSettles = 1_000;
    private static readonly DateTimeOffset WallStart = new(2026, 11, 1, 6, 0, 0, TimeSpan.Zero);

    private readonly SimulationClock _clock;
    private readonly KeyRing _keys;
    private readonly RelayRules _rules;
    private readonly MemoryOutbox _outbox = new();
    private readonly List<SimulatedWay> _ways = [];
    private readonly List<RelayEvent> _inbox = [];
    private readonly Witness _watcher;
    private readonly double _pace;
    private SplitMix64 _random;
    private Effects? _committing;
    private RelayCore? _core;
    private TimeSpan _bootedAt;
    private TimeSpan _timeAtBoot;
    private TimeSpan _lastSettled;
    private int _idle;
    private long _wake;

    public SimulatedNode(ScenarioSite site, KeyRing keys, RelayRules rules, ulong seed, SimulationClock clock, Witness watcher)
    {
        (Site, _keys, _rules, _clock, _watcher) = (new Site(site.Id, site.Name, site.Role, "simulatie"), keys, rules, clock, watcher);
        _pace = 1 + (site.Drift / 1_000_000);
        _random = new SplitMix64(seed);
    }

    /// <summary>A submission was answered.</summary>
    public event Action<Output.Completed>? Answered;

    public Site Site { get; }

    /// <summary>Which life this is; grows at every power cut, so that what belongs to an earlier one is recognised.</summary>
    public int Life { get; private set; }

    public bool IsOn => _core is not null;

    /// <summary>Node time, continuing from the last commit of the life before.</summary>
    public TimeSpan NodeTime => _timeAtBoot + ((_clock.Now - _bootedAt) * _pace);

    /// <summary>What the node says of itself; null while it is off, and while it writes: nothing is said ahead of the disk.</summary>
    public RelayStatus? Status => _committing is null ? _core?.Status(NodeTime) : null;

    /// <summary>The most bytes in a frame on one of its links.</summary>
    public int MaxFrame(int link) => _ways[link].Link.MaxFrame;

    /// <summary>What is on its disk.</summary>
    public Snapshot Disk() => _outbox.Load(int.MaxValue);

    public void Join(SimulatedWay way)
    {
        way.Join(this, _ways.Count);
        _ways.Add(way);
    }

    public void PowerOn()
    {
        if (IsOn) return;
        var snapshot = _outbox.Load(1_000);
        (_timeAtBoot, _bootedAt, _lastSettled, _idle) = (snapshot.Time, _clock.Now, snapshot.Time, 0);
        _core = new RelayCore(Site, _keys, [.. _ways.Select(way => way.Description)], snapshot, _rules);
        foreach (var way in _ways) way.Attach(this);
        _watcher.Booted(this, snapshot);
        Work();
    }

    /// <summary>Cuts the power. A batch that was being written reaches the disk or not; nobody hears of it.</summary>
    public void PowerOff()
    {
        if (!IsOn) return;
        if (_committing is { } batch && _random.NextDouble() < 0.5) Write(batch);
        Life++;
        (_core, _committing) = (null, null);
        _inbox.Clear();
        foreach (var way in _ways) way.Detach(this);
        _watcher.PowerLost(this);
    }

    /// <summary>Something happened to this node; it is dealt with now, or after the batch that is being written.</summary>
    public void Take(RelayEvent happened)
    {
        if (!IsOn) return;
        _inbox.Add(happened);
        if (_committing is null) Work();
    }

    private void Work()
    {
        if (_core is not { } core || _committing is not null) return;
        var at = new Instant(NodeTime, WallStart + _clock.Now, true);
        var effects = new Effects();
        foreach (var happened in _inbox) core.Handle(happened, at, effects);
        _inbox.Clear();
        core.Settle(at, effects);
        Watch(at.Now);
        if (effects.Changes.Count == 0)
        {
            Finish(effects);
            return;
        }

        _committing = effects;
        var life = Life;
        // Between a good disk and a tired SD card.
        _clock.Plan(_clock.Now + TimeSpan.FromMilliseconds(2 + (40 * _random.NextDouble())), () => Committed(life));
    }

    private void Committed(int life)
    {
        if (life != Life || _committing is not { } batch) return;
        Write(batch);
        _committing = null;
        Finish(batch);
    }

    private void Write(Effects batch)
    {
        _outbox.Commit(batch.Changes, NodeTime);
        _watcher.Committed(this, batch.Changes);
    }

    private void Finish(Effects batch)
    {
        foreach (var output in batch.Outputs)
        {
            _watcher.Saw(this, output);
            if (output is Output.Send send) _ways[send.Link].Transmit(this, send.Link, send.Frame);
            else if (output is Output.Completed completed) Answered?.Invoke(completed);
        }

        if (_inbox.Count > 0) Work();
        else PlanWake();
    }

    private void PlanWake()
    {
        if (_core is not { } core || _committing is not null) return;
        var (number, life) = (++_wake, Life);
        var due = core.NextDue(NodeTime);
        if (due == TimeSpan.MaxValue) return;
        // Rounded up: waking a tick early would settle nothing.
        var at = _bootedAt + ((due - _timeAtBoot) / _pace) + TimeSpan.FromTicks(1);
        _clock.Plan(at, () =>
        {
            if (number == _wake && life == Life) Work();
        });
    }

    /// <summary>A core that asks to be settled again and again without time passing would burn the battery.</summary>
    private void Watch(TimeSpan now)
    {
        _idle = now - _lastSettled < TimeSpan.FromMicroseconds(10) ? _idle + 1 : 0;
        _lastSettled = now;
        if (_idle == IdleSettles) _watcher.Broken($"site {Site.Id} asks to be settled again and again without time passing");
    }
}
