using System.Buffers.Binary;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// The tags of the records that were stored here lately: the same number with another tag is another record, and not a repeat. That
/// happens when an origin lost part of its store without a trace, and gave numbers out again.
/// </summary>
internal sealed class KnownTags
{
    /// <summary>About eighty bytes each. What waits at its origin can be compared beyond that.</summary>
    private const int Limit = 65_536;

    /// <summary>The part of a tag that goes into a check.</summary>
    private const ulong Short = 0xFFFFFF;

    private const int MostAbsent = 0xFFFF;

    /// <summary>Records that do not wait any more, of which the meldkamer may have each or not: 2^12 possibilities are tried.</summary>
    private const int MostOpen = 12;

    private readonly Dictionary<EnvelopeKey, ulong> _tags = [];
    private readonly Queue<EnvelopeKey> _order = new();

    public int Count => _tags.Count;

    /// <summary>The tag of a record; null when it is not known.</summary>
    public ulong? Find(EnvelopeKey key) => _tags.TryGetValue(key, out var tag) ? tag : null;

    /// <summary>Whether the record that is known by this number is another one. False when none is.</summary>
    public bool IsOther(EnvelopeKey key, ReadOnlySpan<byte> bytes) => Find(key) is { } tag && tag != TagOf(bytes);

    public void Add(EnvelopeKey key, ReadOnlySpan<byte> bytes)
    {
        if (key.Series != Series.Records || !_tags.TryAdd(key, TagOf(bytes))) return;
        _order.Enqueue(key);
        if (_order.Count > Limit) _tags.Remove(_order.Dequeue());
    }

    /// <summary>What <see cref="Receipt.Check"/> says of the records that a receipt confirms from a number on.</summary>
    public ulong CheckOf(ushort origin, Receipt receipt, ulong from)
    {
        var (sum, absent) = (0UL, 0);
        foreach (var sequence in receipt.Downwards())
        {
            if (sequence < from || absent == MostAbsent) break;
            if ((Find(new EnvelopeKey(origin, Series.Records, sequence)) & Short) is { } tag) sum ^= tag;
            else absent++;
        }

        // The highest bit stands for itself, so that the length of a receipt does not depend on what is in it.
        return (1UL << 63) | (sum << 33) | ((ulong)absent << 17) | (ulong)(EchoOf(from) << 1) | 1;
    }

    /// <summary>Whether a check is about the records from a number on, and not about what was asked in an earlier start.</summary>
    public static bool IsAnswerTo(ulong check, ulong from) => (check & 1) == 1 && (uint)(check >> 1 & 0xFFFF) == EchoOf(from);

    /// <summary>Whether the meldkamer means by all numbers that it confirms from one on the records that their origin has.</summary>
    /// <param name="receipt">A receipt whose check is about these numbers.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="tagOf">The tag of the origin's own record under a number; null when it does not know.</param>
    /// <param name="mayBeAbsent">Whether the meldkamer may have the number closed and not the record.</param>
    public static bool Matches(Receipt receipt, ulong from, Func<ulong, ulong?> tagOf, Predicate<ulong> mayBeAbsent)
    {
        var (sum, absent) = (receipt.Check >> 33 & Short, (int)(receipt.Check >> 17 & 0xFFFF));
        var open = new List<ulong>();
        foreach (var sequence in receipt.Downwards().TakeWhile(sequence => sequence >= from))
        {
            var isOpen = mayBeAbsent(sequence);
            if ((tagOf(sequence) & Short) is not { } tag) return isOpen;
            if (isOpen) open.Add(tag);
            else sum ^= tag;
            // After days without a way dozens ended. Nothing can be said of so many, and a life would give each that waits another name.
            if (open.Count > MostOpen) return true;
        }

        return absent <= open.Count && Enumerable.Range(0, 1 << open.Count).Any(there => IsSum(open, there, sum) && open.Count - int.PopCount(there) == absent);
    }

    /// <summary>The last eight bytes of an envelope: of its tag, or of its signature.</summary>
    public static ulong TagOf(ReadOnlySpan<byte> envelope) => BinaryPrimitives.ReadUInt64BigEndian(envelope[^8..]);

    private static bool IsSum(List<ulong> tags, int chosen, ulong sum)
    {
        for (var i = 0; i < tags.Count; i++)
            if ((chosen >> i & 1) == 1) sum ^= tags[i];
        return sum == 0;
    }

    private static uint EchoOf(ulong number) => (uint)((number ^ (number >> 24)) & 0xFFFF);
}
