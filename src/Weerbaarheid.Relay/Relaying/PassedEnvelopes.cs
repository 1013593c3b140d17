namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// The envelopes that a node without their key passed on lately, so that a repeat is acknowledged and not sent twice. By
/// tag as well as by name: a forged envelope with the same name does not hide the real one.
/// </summary>
internal sealed class PassedEnvelopes
{
    private const int Limit = 8_192;

    private readonly Dictionary<(EnvelopeKey Key, ulong Tag), TimeSpan> _known = [];
    private readonly Queue<(EnvelopeKey Key, ulong Tag)> _order = new();

    public int Count => _known.Count;

    /// <summary>Whether it was passed on since a moment.</summary>
    public bool Contains(EnvelopeKey key, ReadOnlySpan<byte> bytes, TimeSpan since) =>
        _known.TryGetValue((key, KnownTags.TagOf(bytes)), out var at) && at >= since;

    public void Add(EnvelopeKey key, ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        var entry = (key, KnownTags.TagOf(bytes));
        var isNew = !_known.ContainsKey(entry);
        _known[entry] = now;
        if (!isNew) return;
        _order.Enqueue(entry);
        if (_order.Count > Limit) _known.Remove(_order.Dequeue());
    }
}
