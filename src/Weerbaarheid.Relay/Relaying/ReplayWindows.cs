using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>What was seen of one origin's series.</summary>
internal sealed class ReplayWindow
{
    /// <summary>The highest number that is known to have been given out; 0 when none.</summary>
    public ulong Highest { get; set; }

    /// <summary>Numbers that were stored here or declared closed. Empty for states, where only the newest counts.</summary>
    public SequenceRanges Seen { get; init; } = new();

    /// <summary>Numbers up to <see cref="Highest"/> that never came.</summary>
    public ulong Missing => Highest - Math.Min(Highest, Seen.Size);

    /// <summary>The first missing numbers, as ranges.</summary>
    public IEnumerable<(ulong First, ulong Last)> Gaps(int limit)
    {
        ulong next = 1;
        foreach (var (first, last) in Seen.Ranges)
        {
            if (limit == 0) yield break;
            if (first > next)
            {
                limit--;
                yield return (next, first - 1);
            }

            next = last + 1;
        }

        if (limit > 0 && next <= Highest) yield return (next, Highest);
    }
}

/// <summary>
/// Deduplication, replay protection and knowledge of gaps in one: the set of numbers seen of every origin. Changes are
/// gathered and stored once in a batch, in the transaction that stores the messages.
/// </summary>
internal sealed class ReplayWindows
{
    private readonly Dictionary<WindowKey, ReplayWindow> _windows = [];
    private readonly HashSet<WindowKey> _changed = [];

    public ReplayWindows(IEnumerable<StoredWindow> stored)
    {
        foreach (var window in stored)
            _windows[window.Key] = new ReplayWindow { Highest = window.Highest, Seen = SequenceRanges.FromBytes(window.Seen.Span) };
    }

    /// <summary>All windows of records, by origin.</summary>
    public IEnumerable<(ushort Origin, ReplayWindow Window)> Records =>
        _windows.Where(pair => pair.Key.Type == 0).Select(pair => (pair.Key.Origin, pair.Value));

    /// <summary>The window that numbers an envelope.</summary>
    public static WindowKey KeyFor(in EnvelopeHeader header) =>
        header.Series == Series.Records ? new WindowKey(header.Origin, 0, 0) : new WindowKey(header.Origin, (byte)header.Type, header.Destination);

    public ReplayWindow? Find(WindowKey key) => _windows.GetValueOrDefault(key);

    public ReplayWindow Get(WindowKey key)
    {
        if (!_windows.TryGetValue(key, out var window)) _windows[key] = window = new ReplayWindow();
        return window;
    }

    /// <summary>Whether an envelope of this number has been here: for records exactly, for states when it is not newer.</summary>
    public bool WasSeen(in EnvelopeHeader header, ulong sequence)
    {
        if (Find(KeyFor(header)) is not { } window) return false;
        return header.Series == Series.Records ? window.Seen.Contains(sequence) : sequence <= window.Highest;
    }

    /// <summary>Notes an envelope.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="sequence">Its full number.</param>
    /// <param name="durable">False for what need not outlive a restart.</param>
    /// <returns>False when the window has no room for another hole; the envelope must then not be acknowledged.</returns>
    public bool Note(in EnvelopeHeader header, ulong sequence, bool durable)
    {
        var key = KeyFor(header);
        var window = Get(key);
        if (header.Series == Series.Records && !window.Seen.Add(sequence)) return false;
        window.Highest = Math.Max(window.Highest, sequence);
        if (durable) _changed.Add(key);
        return true;
    }

    /// <summary>Notes that a window changed in another way.</summary>
    public void Touch(WindowKey key) => _changed.Add(key);

    /// <summary>Stores what changed since the last call.</summary>
    public void Flush(Effects effects)
    {
        foreach (var key in _changed)
        {
            var window = _windows[key];
            effects.Store(new StoreChange.SetWindow(key, window.Highest, window.Seen.ToBytes()));
        }

        _changed.Clear();
    }
}
