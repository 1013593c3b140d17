using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// A set of sequence numbers as sorted ranges, so that a million numbers without a hole cost a few bytes. Its memory is
/// bounded by <see cref="MaxRanges"/>: a number that would need one range more is not taken.
/// </summary>
internal sealed class SequenceRanges
{
    /// <summary>
    /// The most ranges a set may have. An origin holds at most <see cref="RelayRules.MaxHeld"/> = 20,000 records that nobody
    /// confirmed, so strict priority makes at most half as many holes; only a stolen key makes more. A lower limit
    /// would stand still for ever: what is refused would fill the sender's window, and the holes behind it never close.
    /// </summary>
    public const int MaxRanges = 10_240;

    private readonly List<(ulong First, ulong Last)> _ranges = [];

    /// <summary>How many ranges there are.</summary>
    public int Count => _ranges.Count;

    /// <summary>The ranges, lowest first.</summary>
    public IReadOnlyList<(ulong First, ulong Last)> Ranges => _ranges;

    /// <summary>Last number of the run that starts at 1; 0 when 1 is missing.</summary>
    public ulong Contiguous => _ranges.Count > 0 && _ranges[0].First <= 1 ? _ranges[0].Last : 0;

    /// <summary>Numbers in the set.</summary>
    public ulong Size
    {
        get
        {
            ulong size = 0;
            foreach (var (first, last) in _ranges) size += last - first + 1;
            return size;
        }
    }

    public bool Contains(ulong sequence)
    {
        var at = FirstEndingAtOrAfter(sequence);
        return at < _ranges.Count && _ranges[at].First <= sequence;
    }

    /// <summary>Adds a number.</summary>
    /// <returns>False when it was there already, or when the set has no room for another range.</returns>
    public bool Add(ulong sequence)
    {
        var at = FirstEndingAtOrAfter(sequence);
        if (at < _ranges.Count && _ranges[at].First <= sequence) return false;
        var touchesNext = at < _ranges.Count && _ranges[at].First == sequence + 1;
        var touchesPrevious = at > 0 && _ranges[at - 1].Last + 1 == sequence;
        if (touchesNext && touchesPrevious)
        {
            _ranges[at - 1] = (_ranges[at - 1].First, _ranges[at].Last);
            _ranges.RemoveAt(at);
        }
        else if (touchesNext) _ranges[at] = (sequence, _ranges[at].Last);
        else if (touchesPrevious) _ranges[at - 1] = (_ranges[at - 1].First, sequence);
        else if (_ranges.Count >= MaxRanges) return false;
        else _ranges.Insert(at, (sequence, sequence));
        return true;
    }

    /// <summary>Adds 1 up to and including a number.</summary>
    /// <returns>Whether anything was new.</returns>
    public bool AddUpTo(ulong last)
    {
        if (last == 0 || Contiguous >= last) return false;
        var covered = 0;
        while (covered < _ranges.Count && _ranges[covered].First <= last + 1) covered++;
        var end = covered > 0 ? Math.Max(last, _ranges[covered - 1].Last) : last;
        _ranges.RemoveRange(0, covered);
        _ranges.Insert(0, (1, end));
        return true;
    }

    /// <summary>Takes a number out.</summary>
    public void Remove(ulong sequence)
    {
        var at = FirstEndingAtOrAfter(sequence);
        if (at >= _ranges.Count || _ranges[at].First > sequence) return;
        var (first, last) = _ranges[at];
        _ranges.RemoveAt(at);
        if (sequence < last) _ranges.Insert(at, (sequence + 1, last));
        if (first < sequence) _ranges.Insert(at, (first, sequence - 1));
    }

    /// <summary>Layout: for each range its distance from the end of the one before (varint) | its length - 1 (varint).</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[_ranges.Count * 2 * VarInt.MaxSize];
        var (at, end) = (0, 0UL);
        foreach (var (first, last) in _ranges)
        {
            at += VarInt.Write(bytes.AsSpan(at), first - end);
            at += VarInt.Write(bytes.AsSpan(at), last - first);
            end = last;
        }

        return bytes[..at];
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not ranges that grow.</exception>
    public static SequenceRanges FromBytes(ReadOnlySpan<byte> bytes)
    {
        var set = new SequenceRanges();
        for (var end = 0UL; !bytes.IsEmpty;)
        {
            var read = VarInt.Read(bytes, out var distance);
            bytes = bytes[read..];
            var readLength = VarInt.Read(bytes, out var more);
            bytes = bytes[readLength..];
            var first = end + distance;
            var last = first + more;
            if (read == 0 || readLength == 0 || set.Count >= MaxRanges || first < end || last < first || (set.Count > 0 && distance < 2))
                throw new FormatException("A replay window in the store is not a list of ranges.");
            set._ranges.Add((first, last));
            end = last;
        }

        return set;
    }

    private int FirstEndingAtOrAfter(ulong sequence)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].Last < sequence) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
