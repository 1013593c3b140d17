using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>What a node owes to others as far as its disk shows, and the most that it can have been during the last batch.</summary>
internal sealed class CustodyBook
{
    private readonly Dictionary<EnvelopeKey, int> _held = [];

    public int Count => _held.Count;

    public long Bytes { get; private set; }

    /// <summary>At most so many at any moment of the last batch.</summary>
    public int Peak { get; private set; }

    /// <summary>At most so many bytes at any moment of the last batch.</summary>
    public long PeakBytes { get; private set; }

    public void BeginBatch() => (Peak, PeakBytes) = (Count, Bytes);

    public void Add(EnvelopeKey key, int bytes)
    {
        Remove(key);
        _held.Add(key, bytes);
        Bytes += bytes;
        (Peak, PeakBytes) = (Peak + 1, PeakBytes + bytes);
    }

    public void Remove(EnvelopeKey key)
    {
        if (_held.Remove(key, out var bytes)) Bytes -= bytes;
    }

    public void Clear()
    {
        _held.Clear();
        (Bytes, Peak, PeakBytes) = (0, 0, 0);
    }
}
