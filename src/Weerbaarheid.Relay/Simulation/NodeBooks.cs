using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>What the witness knows of one node, from what it wrote and sent.</summary>
internal sealed partial class NodeBooks
{
    private readonly Dictionary<ushort, HashSet<EnvelopeKey>> _urgentPieces = [];

    // Sent on again only because its receipt is late: whether that was acknowledged is not written down a second time.
    private readonly HashSet<EnvelopeKey> _passed = [];

    /// <summary>Envelopes that were ever written to its disk.</summary>
    public HashSet<EnvelopeKey> Stored { get; } = [];

    /// <summary>At a meldkamer: the highest record of each origin on its disk.</summary>
    public SortedDictionary<ushort, ulong> Highest { get; } = [];

    /// <summary>At a meldkamer: up to which record of each origin all are on its disk, or settled otherwise.</summary>
    public Dictionary<ushort, ulong> Complete { get; } = [];

    /// <summary>Records in custody, with their priority.</summary>
    public Dictionary<EnvelopeKey, (byte Priority, bool IsBulletin)> Held { get; } = [];

    /// <summary>Those of priority 1 that were not sent since the node started, or took them in.</summary>
    public HashSet<EnvelopeKey> Urgent { get; } = [];

    /// <summary>Those that were sent and not acknowledged, with how many records of less priority left over a radio since they left last.</summary>
    public Dictionary<EnvelopeKey, int> Overtaken { get; } = [];

    /// <summary>Its tallies, as they must be.</summary>
    public SortedDictionary<string, long> Tallies { get; } = new(StringComparer.Ordinal);

    public void Boot()
    {
        Custody.Clear();
        Held.Clear();
        Urgent.Clear();
        Overtaken.Clear();
        _urgentPieces.Clear();
    }

    public void Count(string tally) => Tallies[tally] = Tallies.GetValueOrDefault(tally) + 1;

    public void Take(StoredEnvelope envelope)
    {
        var isBulletin = RelayRules.CourseOf(envelope.Header.Type) == Course.Everywhere;
        Held[envelope.Key] = (envelope.Header.Priority, isBulletin);
        if (envelope.Header.Priority != 1 || isBulletin) return;
        var id = FragmentId.Of(envelope.Bytes.Span);
        if (!_urgentPieces.TryAdd(id, [envelope.Key])) _urgentPieces[id].Add(envelope.Key);
        // A neighbour that has it from an earlier life may say so once more, and then it need not leave again.
        if (envelope.State != MessageState.Opgeslagen) return;
        _passed.Remove(envelope.Key);
        Urgent.Add(envelope.Key);
    }

    public void Drop(EnvelopeKey key)
    {
        Custody.Remove(key);
        Held.Remove(key);
        Urgent.Remove(key);
        Overtaken.Remove(key);
    }

    /// <summary>The next node has it.</summary>
    public void Passed(EnvelopeKey key)
    {
        _passed.Add(key);
        Urgent.Remove(key);
        Overtaken.Remove(key);
    }

    /// <summary>The records of priority 1 held here that a piece may belong to: two in some hundred thousand have the same name.</summary>
    public IEnumerable<EnvelopeKey> InPieces(ushort id) => _urgentPieces.GetValueOrDefault(id, []);

    /// <summary>An envelope of priority 1 left, whole or in pieces.</summary>
    public void Left(EnvelopeKey key)
    {
        if ((Urgent.Remove(key) && !_passed.Contains(key)) || Overtaken.ContainsKey(key)) Overtaken[key] = 0;
    }
}
