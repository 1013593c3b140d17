namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>
/// The frames that wait in an RNode. Overflow is silent, and not clean: bytes of a frame that were stored before the room ran out
/// stay, and the next frame is glued to them.
/// </summary>
/// <param name="frames">The most frames.</param>
/// <param name="bytes">The most bytes, of whole frames and of the one that is being stored.</param>
internal sealed class RnodeQueue(int frames, int bytes)
{
    private readonly Queue<byte[]> _whole = [];
    private readonly List<byte> _partial = [];
    private int _stored;

    internal bool HasRoom => _whole.Count < frames && _stored < bytes;

    internal int Count => _whole.Count;

    internal void Put(ReadOnlySpan<byte> frame)
    {
        foreach (var b in frame)
        {
            if (!HasRoom) return;
            _partial.Add(b);
            _stored++;
        }

        if (!HasRoom || _partial.Count == 0) return;
        _whole.Enqueue([.. _partial]);
        _partial.Clear();
    }

    /// <summary>Everything that is whole, for one flush.</summary>
    internal List<byte[]> TakeAll()
    {
        List<byte[]> all = [.. _whole];
        _stored -= all.Sum(frame => frame.Length);
        _whole.Clear();
        return all;
    }

    internal void Clear()
    {
        _whole.Clear();
        _partial.Clear();
        _stored = 0;
    }
}
