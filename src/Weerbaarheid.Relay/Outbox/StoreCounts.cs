using System.Runtime.InteropServices;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>What the store counts envelopes by.</summary>
internal readonly record struct EnvelopeGroup(
    ushort Origin, MessageType Type, byte Priority, MessageState State, bool Custody, bool Delivered, Exercise Exercise);

/// <summary>
/// How many envelopes lie in the store, by group, kept up to date in memory: the report asks often, and counting
/// 200,000 rows on disk would hold up a commit.
/// </summary>
internal sealed class StoreCounts
{
    private readonly Dictionary<EnvelopeGroup, int> _counts = [];

    /// <summary>Records out of custody: what retention may take.</summary>
    public int Finished { get; private set; }

    /// <summary>All envelopes.</summary>
    public long Total { get; private set; }

    public IReadOnlyDictionary<EnvelopeGroup, int> Copy() => new Dictionary<EnvelopeGroup, int>(_counts);

    public void Add(in EnvelopeGroup group, bool finished) => Change(group, finished, 1);

    public void Remove(in EnvelopeGroup group, bool finished) => Change(group, finished, -1);

    private void Change(in EnvelopeGroup group, bool finished, int by)
    {
        if (finished) Finished += by;
        Total += by;
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, group, out _);
        count += by;
        if (count == 0) _counts.Remove(group);
    }
}
