using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>What the witness knows of one node, from what it wrote and sent.</summary>
internal sealed class NodeBooks
{
    private long _order;

    /// <summary>Envelopes that were ever written to its disk.</summary>
    public HashSet<EnvelopeKey> Stored { get; } = [];

    /// <summary>At a meldkamer: the highest record of each origin on its disk.</summary>
    public SortedDictionary<ushort, ulong> Highest { get; } = [];

    /// <summary>Records in custody that were taken in this life, and their place in the order.</summary>
    public Dictionary<EnvelopeKey, (long Order, byte Priority, int Size, bool IsBulletin)> Held { get; } = [];

    /// <summary>Those of priority 1 that were handed in here and not sent yet.</summary>
    public HashSet<EnvelopeKey> Urgent { get; } = [];

    /// <summary>After a restart the order is that of the store; only what comes in from then on is compared.</summary>
    public void Boot()
    {
        Held.Clear();
        Urgent.Clear();
    }

    public void Take(EnvelopeKey key, byte priority, int size, bool isOwn, bool isBulletin)
    {
        Held[key] = (++_order, priority, size, isBulletin);
        if (priority == 1 && isOwn && !isBulletin) Urgent.Add(key);
    }

    public void Drop(EnvelopeKey key)
    {
        Held.Remove(key);
        Urgent.Remove(key);
    }
}
