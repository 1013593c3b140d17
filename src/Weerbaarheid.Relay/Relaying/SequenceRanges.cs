using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// A set of sequence numbers as sorted ranges, so that a million numbers without a hole cost a few bytes. Its memory is
/// bounded by <see cref="MaxRanges"/>: a number that would need one range more is not taken.
/// </summary>
internal sealed class SequenceRanges
{
    /// <summary>
    /// The most ranges a set may have. An origin holds at most <see cref="RelayRules.LargestQueue"/> records that nobody
    /// confirmed, so strict priority makes at most half as many holes; only a stolen key makes more. A lower limit
    /// would stand still for ever: what is refused would fill the sender's window, and the holes behind it never close.
    /// </summary>
    public const int MaxRanges = (RelayRules.LargestQueue / 2) + 240;

    private readonly List<(ulong First, ulong Last)> _ranges = [];

    /// <summary>How many ranges there are.</summary>
    public int Count => _ranges.Count;

    /// <summary>The ranges, lowest first.</summary>
    public IReadOnlyList<(ulong First, ulong Last)> Ranges => _ranges;

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

    /// <summary>What is not in the set of a number up to and including another, as ranges, lowest first.</summary>
    public IEnumerable<(ulong First, ulong Last)> Missing(ulong first, ulong last)
    {
        for (var at = FirstEndingAtOrAfter(first); at < _ranges.Count && _ranges[at].First <= last; at++)
        {
            if (_ranges[at].First > first) yield return (first, _ranges[at].First - 1);
            first = _ranges[at].Last + 1;
        }

        if (first <= last) yield return (first, last);
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

    /// <summary>Last number of the run that starts at 1; 0 when 1 is missing.</summary>
    public ulong Contiguous => ContiguousFrom(1);

    /// <summary>Last number of the run that starts at one; the number before it when it is missing.</summary>
    public ulong ContiguousFrom(ulong first)
    {
        var at = FirstEndingAtOrAfter(first);
        return at < _ranges.Count && _ranges[at].First <= first ? _ranges[at].Last : first - 1;
    }

    /// <summary>Adds 1 up to and including a number; see <see cref="AddRange"/>.</summary>
    public bool AddUpTo(ulong last) => AddRange(1, last);

    /// <summary>Adds a number up to and including another.</summary>
    /// <returns>Whether anything was new; false too when the set has no room for another range.</returns>
    public bool AddRange(ulong first, ulong last)
    {
        if (first > last || ContiguousFrom(first) >= last) return false;
        // What touches or overlaps it becomes part of it.
        var start = FirstEndingAtOrAfter(first - 1);
        var end = start;
        while (end < _ranges.Count && _ranges[end].First <= last + 1) end++;
        if (end == start && _ranges.Count >= MaxRanges) return false;
        if (end > start) (first, last) = (Math.Min(first, _ranges[start].First), Math.Max(last, _ranges[end - 1].Last));
        _ranges.RemoveRange(start, end - start);
        _ranges.Insert(start, (first, last));
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
