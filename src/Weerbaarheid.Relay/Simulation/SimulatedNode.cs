using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// One site: the production core on a store that survives power cuts. It works as the real node does: what arrives while a
/// batch is being written waits for the next batch, outputs are carried out only after the commit, and after a failed commit the
/// core is made anew from the store.
/// </summary>
internal sealed class SimulatedNode : IDisposable
{
    private const int IdleSettles = 1_000;
    private const int DeliveredAtHand = 1_000;

    /// <summary>As the real node: while records are held, node time is on disk once a minute.</summary>
    private static readonly TimeSpan TimeCommitPeriod = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset WallStart = new(2026, 11, 1, 6, 0, 0, TimeSpan.Zero);

    private readonly SimulationClock _clock;
    private readonly KeyRing _keys;
    private readonly RelayRules _rules;
    private readonly SimulatedStore _store;
    private readonly List<SimulatedWay> _ways = [];
    private readonly List<RelayEvent> _inbox = [];
    private readonly List<ReadOnlyMemory<byte>> _heard = [];
    private readonly Witness _watcher;
    private SplitMix64 _random;
    private Effects? _committing;
    private TimeSpan _batchAt;
    private TimeSpan _committedAt;
    private TimeSpan _clockError;
    private bool _clockTrusted;
    private RelayCore? _core;
    private TimeSpan _bootedAt;
    private TimeSpan _timeAtBoot;
    private TimeSpan _lastSettled;
    private int _idle;
    private long _wake;

    public SimulatedNode(ScenarioSite site, KeyRing keys, RelayRules rules, ulong seed, SimulationClock clock, Witness watcher)
    {
        (Site, _keys, _rules, _clock, _watcher) = (new Site(site.Id, site.Name, site.Role, "simulatie"), keys, rules, clock, watcher);
        Pace = 1 + (site.Drift / 1_000_000);
        _random = new SplitMix64(seed);
        _store = new SimulatedStore(site.Id, site.OnDisk, _random.Next(), difference => _watcher.Broken($"site {site.Id}: {difference}", site.Id));
        (_clockError, _clockTrusted) = (site.ClockError, site.ClockTrusted);
    }

    /// <summary>Whether people sleep: from eleven to six.</summary>
    public static bool IsNight(TimeSpan at) => (WallStart + at).Hour is >= 23 or < 6;

    /// <summary>A submission was answered.</summary>
    public event Action<Output.Completed>? Answered;

    public Site Site { get; }

    /// <summary>Which life this is; grows at every power cut, so that what belongs to an earlier one is recognised.</summary>
    public int Life { get; private set; }

    /// <summary>How fast its clock runs.</summary>
    public double Pace { get; }

    public bool IsOn => _core is not null;

    /// <summary>Node time, continuing from the last commit of the life before.</summary>
    public TimeSpan NodeTime => _timeAtBoot + ((_clock.Now - _bootedAt) * Pace);

    /// <summary>What the node says of itself; null while it is off, and while it writes: nothing is said ahead of the disk.</summary>
    public RelayStatus? Status => _committing is null ? _core?.Status(NodeTime) : null;

    /// <summary>How much it remembers; null while it is off.</summary>
    public CoreSizes? Sizes => _core?.Sizes;

    /// <summary>Records that wait here, by priority from 1; of a node that is off, those that waited last.</summary>
    public IReadOnlyList<int> Waiting { get; private set; } = new int[4];

    public int Links => _ways.Count;

    public bool IsNarrow(int link) => _ways[link].Link.Kind == LinkKind.Lora;

    public string LinkName(int link) => _ways[link].Link.Name;

    public void Join(SimulatedWay way)
    {
        way.Join(this, _ways.Count);
        _ways.Add(way);
    }

    public void PowerOn()
    {
        if (IsOn) return;
        Start();
        foreach (var way in _ways) way.Attach(this);
        Work();
    }

    /// <summary>Cuts the power. A batch that was being written reaches the disk or not; nobody hears of it.</summary>
    public void PowerOff()
    {
        if (!IsOn) return;
        var minutes = Math.Floor((NodeTime - _committedAt) / TimeCommitPeriod);
        if (_committing is null && minutes >= 1 && _core!.HoldsRecords) _store.Commit([], _committedAt + (minutes * TimeCommitPeriod));
        _store.Cut(_committing?.Changes, _batchAt);
        Life++;
        _core = null;
        _inbox.Clear();
        foreach (var way in _ways) way.Detach(this);
        _watcher.PowerLost(this);
    }

    /// <summary>The wall clock jumps. Nothing that matters may depend on it.</summary>
    public void SetClock(TimeSpan by, bool trusted) => (_clockError, _clockTrusted) = (_clockError + by, trusted);

    /// <summary>The next write to the store fails.</summary>
    public void FailStore() => _store.FailNext();

    /// <summary>Something happened to this node; it is dealt with now, or after the batch that is being written.</summary>
    public void Take(RelayEvent happened)
    {
        if (!IsOn) return;
        _inbox.Add(happened);
        if (_committing is null) Work();
    }

    /// <summary>Takes a look at how many records wait.</summary>
    public void CountWaiting()
    {
        if (_core is { } core) Waiting = core.Status(NodeTime).Waiting;
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private Snapshot Start()
    {
        var snapshot = _store.Load(DeliveredAtHand, out var kept);
        if (_committing is { } batch && kept) _watcher.Committed(this, batch);
        _committing = null;
        _heard.Clear();
        (_timeAtBoot, _bootedAt, _lastSettled, _idle, _committedAt) = (snapshot.Time, _clock.Now, snapshot.Time, 0, snapshot.Time);
        _core = new RelayCore(Site, _keys, [.. _ways.Select(way => way.Description)], snapshot, _rules);
        _watcher.Booted(this, snapshot);
        return snapshot;
    }

    private void Work()
    {
        // Stuck: it was told, and time would never pass.
        if (_core is not { } core || _committing is not null || _idle >= IdleSettles) return;
        var at = new Instant(NodeTime, Wall, _clockTrusted);
        var effects = new Effects();
        foreach (var happened in _inbox) core.Handle(happened, at, effects);
        if (Site.Role == Role.Meldkamer) _heard.AddRange(_inbox.OfType<RelayEvent.FrameReceived>().Select(frame => frame.Bytes));
        _inbox.Clear();
        core.Settle(at, effects);
        Watch(at.Now);
        if (effects.Changes.Count == 0)
        {
            Finish(effects);
            return;
        }

        (_committing, _batchAt) = (effects, at.Now);
        var life = Life;
        // Between a good disk and a tired SD card.
        _clock.Plan(_clock.Now + TimeSpan.FromMilliseconds(2 + (40 * _random.NextDouble())), () => Committed(life));
    }

    /// <summary>What a person reads on its clock, as far as there are such dates.</summary>
    private DateTimeOffset Wall => WallStart + _clock.Now + _clockError;

    private void Committed(int life)
    {
        if (life != Life || _committing is not { } batch) return;
        if (_store.Commit(batch.Changes, _batchAt))
        {
            _committedAt = _batchAt;
            _committing = null;
            _watcher.Committed(this, batch);
            Finish(batch);
        }
        else Recover(batch);
    }

    /// <summary>After a failed commit nothing in memory is believed. The links go on as they are.</summary>
    private void Recover(Effects failed)
    {
        var holding = new FailedBatch(failed).Holding(Start());
        foreach (var completed in failed.Outputs.OfType<Output.Completed>())
            Answered?.Invoke(completed with { Outcome = holding.TryGetValue(completed.Ticket, out var outcome) ? outcome : SubmitOutcome.Refused(Refusal.StoreFailed, "The message could not be written to disk.") });
        for (var link = 0; link < _ways.Count; link++)
            if (_ways[link].IsUpFor(this)) _inbox.Insert(0, new RelayEvent.LinkUp(link));
        Work();
    }

    private void Finish(Effects batch)
    {
        foreach (var output in batch.Outputs)
        {
            _watcher.Saw(this, output);
            if (output is Output.Send send) _ways[send.Link].Transmit(this, send.Frame);
            else if (output is Output.Completed completed) Answered?.Invoke(completed);
        }

        _watcher.Heard(this, _heard);
        _heard.Clear();
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
        var at = _bootedAt + ((due - _timeAtBoot) / Pace) + TimeSpan.FromTicks(1);
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
