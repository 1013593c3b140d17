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
    /// <summary>A check that says nothing: no record was compared.</summary>
    public const ulong CannotSay = 256;

    private const int Limit = 16_384;
    private const int MostCompared = 255;

    private readonly Dictionary<EnvelopeKey, ulong> _tags = [];
    private readonly Queue<EnvelopeKey> _order = new();

    public int Count => _tags.Count;

    /// <summary>Whether the record that is known by this number is another one. False when none is.</summary>
    public bool IsOther(EnvelopeKey key, ReadOnlySpan<byte> bytes) => _tags.TryGetValue(key, out var tag) && tag != TagOf(bytes);

    public void Add(EnvelopeKey key, ReadOnlySpan<byte> bytes)
    {
        if (key.Series != Series.Records || !_tags.TryAdd(key, TagOf(bytes))) return;
        _order.Enqueue(key);
        if (_order.Count > Limit) _tags.Remove(_order.Dequeue());
    }

    /// <summary>What <see cref="Receipt.Check"/> says of the records that a receipt confirms, as far down as they are known here.</summary>
    public ulong CheckOf(ushort origin, Receipt receipt)
    {
        var (count, sum) = (0UL, 0UL);
        foreach (var sequence in receipt.Downwards().Take(MostCompared))
        {
            if (!_tags.TryGetValue(new EnvelopeKey(origin, Series.Records, sequence), out var tag)) break;
            (count, sum) = (count + 1, sum ^ Short(tag));
        }

        return count == 0 ? CannotSay : (sum << 8) | count;
    }

    /// <summary>Whether a receipt means other records than are known here. False when one of them is not known here, or nothing was compared.</summary>
    public bool Contradicts(ushort origin, Receipt receipt)
    {
        var (count, sum) = ((int)(receipt.Check & 0xFF), receipt.Check >> 8);
        if (count == 0) return false;
        foreach (var sequence in receipt.Downwards().Take(count))
        {
            if (!_tags.TryGetValue(new EnvelopeKey(origin, Series.Records, sequence), out var tag)) return false;
            sum ^= Short(tag);
        }

        return sum != 0;
    }

    /// <summary>The last eight bytes of an envelope: of its tag, or of its signature.</summary>
    public static ulong TagOf(ReadOnlySpan<byte> envelope) => BinaryPrimitives.ReadUInt64BigEndian(envelope[^8..]);

    private static ulong Short(ulong tag) => tag & 0xFFFFFF;
}
