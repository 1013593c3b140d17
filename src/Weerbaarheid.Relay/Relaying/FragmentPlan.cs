using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>How an envelope that is too long for one frame goes to a neighbour piece by piece: which are there, and which goes next.</summary>
internal sealed class FragmentPlan
{
    /// <summary>Room for the age that the last piece carries: up to eight years.</summary>
    private const int AgeRoom = 4;

    private readonly ReadOnlyMemory<byte> _envelope;
    private readonly bool[] _arrived;
    private readonly bool[] _sent;

    private FragmentPlan(ReadOnlyMemory<byte> envelope, int size, int count)
    {
        (_envelope, Size, Id) = (envelope, size, FragmentId.Of(envelope.Span));
        (_arrived, _sent) = (new bool[count], new bool[count]);
    }

    public ushort Id { get; }

    /// <summary>Bytes of every piece but the last.</summary>
    public int Size { get; }

    /// <summary>Bytes that a frame must have room for, so that every piece goes.</summary>
    public int Room => Math.Max(Size, _envelope.Length - ((_sent.Length - 1) * Size) + AgeRoom);

    /// <summary>Whether a piece of this round is still to go.</summary>
    public bool HasNext => Array.IndexOf(_sent, false) >= 0;

    /// <summary>Whether <see cref="For"/> certainly makes a plan.</summary>
    public static bool CanCut(int length, int room) => room > AgeRoom && (length / (room - AgeRoom)) + 1 <= FragmentId.MaxFragments;

    /// <param name="envelope">What a neighbour is to get.</param>
    /// <param name="room">Bytes of a piece that fit in a frame.</param>
    /// <returns>Null when it would be more than <see cref="FragmentId.MaxFragments"/> pieces.</returns>
    public static FragmentPlan? For(ReadOnlyMemory<byte> envelope, int room)
    {
        for (var size = room; size > AgeRoom; size--)
        {
            var count = (envelope.Length + size - 1) / size;
            if (count > FragmentId.MaxFragments) return null;
            if (envelope.Length - ((count - 1) * size) <= room - AgeRoom) return new FragmentPlan(envelope, size, count);
        }

        return null;
    }

    /// <summary>The next piece of this round.</summary>
    public (FragmentName Name, ReadOnlyMemory<byte> Bytes) Next()
    {
        var index = Array.IndexOf(_sent, false);
        var start = index * Size;
        var bytes = _envelope.Slice(start, Math.Min(Size, _envelope.Length - start));
        return (new FragmentName(Id, (byte)index, index == _sent.Length - 1), bytes);
    }

    public void NoteSent(in FragmentName name) => _sent[name.Index] = true;

    /// <summary>The neighbour told which it has, and perhaps it forgot some since: what it does not name goes in the next round.</summary>
    public void Arrived(byte firstMissing, ReadOnlySpan<byte> bitmap)
    {
        for (var i = 0; i < _arrived.Length; i++)
        {
            var bit = i - firstMissing - 1;
            _arrived[i] = i < firstMissing || (bit >= 0 && bit < bitmap.Length * 8 && (bitmap[bit >> 3] & (1 << (bit & 7))) != 0);
        }

        _arrived.CopyTo(_sent, 0);
    }

    /// <summary>No answer came: one piece asks for it, because the answer tells what is missing.</summary>
    public void Probe()
    {
        Array.Fill(_sent, true);
        _sent[Math.Max(0, Array.LastIndexOf(_arrived, false))] = false;
    }
}
