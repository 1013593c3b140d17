using System.Buffers.Binary;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// A set of sequence numbers as sorted ranges, so that a million numbers without a hole cost 16 bytes. Its memory is
/// bounded by <see cref="MaxRanges"/>: a number that would need one range more is not taken, and its sender tries again
/// when the holes have closed.
/// </summary>
internal sealed class SequenceRanges
{
    /// <summary>The most ranges a set may have; 4096 holes in one origin's numbers at the same time.</summary>
    public const int MaxRanges = 4096;

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

    /// <summary>Layout: for each range first(8) | last(8), big endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[_ranges.Count * 16];
        for (var i = 0; i < _ranges.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * 16), _ranges[i].First);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan((i * 16) + 8), _ranges[i].Last);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not sorted ranges.</exception>
    public static SequenceRanges FromBytes(ReadOnlySpan<byte> bytes)
    {
        var set = new SequenceRanges();
        if (bytes.Length % 16 != 0 || bytes.Length / 16 > MaxRanges) throw new FormatException("A replay window in the store has an impossible length.");
        for (; !bytes.IsEmpty; bytes = bytes[16..])
        {
            var (first, last) = (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
            if (last < first || (set._ranges.Count > 0 && first <= set._ranges[^1].Last)) throw new FormatException("A replay window in the store is not in order.");
            set._ranges.Add((first, last));
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
