using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <content>What is kept of its time, its queue and what its applications were told.</content>
internal sealed partial class NodeBooks
{
    private readonly Dictionary<ushort, ulong> _arrived = [];
    private TimeSpan _on;
    private TimeSpan? _onSince;
    private long _refusedOnDisk;

    /// <summary>All that it owes to others and that is on its disk, with its length: records, statuses, reports and bulletins.</summary>
    public CustodyBook Custody { get; } = new();

    /// <summary>What was told to its applications.</summary>
    public HashSet<EnvelopeKey> Told { get; } = [];

    /// <summary>What is on its disk for its applications and was not told to them yet.</summary>
    public HashSet<EnvelopeKey> Untold { get; } = [];

    /// <summary>Messages that clients handed in and that are on its disk; each binds a reference.</summary>
    public int Bound { get; set; }

    /// <summary>Which message is on its disk for a client's reference, and the how manieth it was.</summary>
    public Dictionary<string, (EnvelopeKey Key, int Order)> ByReference { get; } = new(StringComparer.Ordinal);

    /// <summary>At a meldkamer: the highest record of each origin that a heartbeat told of.</summary>
    public SortedDictionary<ushort, ulong> HeardOf { get; } = [];

    /// <summary>How long it had power, all its lives together.</summary>
    public TimeSpan OnUntil(TimeSpan now) => _on + (_onSince is { } since ? now - since : TimeSpan.Zero);

    public void SwitchOn(TimeSpan now)
    {
        _onSince ??= now;
        // What was refused since the last commit is not counted any more: a refusal alone is not worth a write.
        Tallies[Relaying.Tallies.Refused] = _refusedOnDisk;
    }

    public void SwitchOff(TimeSpan now) => (_on, _onSince) = (OnUntil(now), null);

    /// <summary>A batch reached the disk, and with it how often was refused until then.</summary>
    public void Begin(Effects batch)
    {
        _refusedOnDisk = Tallies.GetValueOrDefault(Relaying.Tallies.Refused)
            + batch.Outputs.Count(output => output is Output.Completed { Outcome.Refusal: not Refusal.None });
        Custody.BeginBatch();
    }

    /// <summary>At a meldkamer: a record is on its disk for the first time.</summary>
    public void Arrived(EnvelopeKey key) => _arrived[key.Origin] = _arrived.GetValueOrDefault(key.Origin) + 1;

    /// <summary>How many records of an origin are on its disk.</summary>
    public ulong ArrivedOf(ushort origin) => _arrived.GetValueOrDefault(origin);
}
