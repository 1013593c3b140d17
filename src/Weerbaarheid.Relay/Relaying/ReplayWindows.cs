using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// What was seen of one origin's series. The numbers of each life of its counter begin anew (FORMAT.md §3): between the last that is
/// known of one life and the first of the next none were given out, so none are missing there.
/// </summary>
internal sealed class ReplayWindow
{
    /// <summary>The highest number that is known to have been given out, in the newest life; the life's number 0 when none of it is.</summary>
    public ulong Highest { get; private set; }

    /// <summary>Numbers that were stored here or declared closed. Empty for states, where only the newest counts.</summary>
    public SequenceRanges Seen { get; init; } = new();

    /// <summary>Numbers of lives before the newest that are known to have been given out.</summary>
    public SequenceRanges Earlier { get; init; } = new();

    /// <summary>
    /// Numbers of <see cref="Seen"/> that a heartbeat settled and that are not here: an earlier store of this node had them, or they ended at their
    /// origin. No receipt waits for them, and the report says that they are missing.
    /// </summary>
    public SequenceRanges Lost { get; init; } = new();

    /// <summary>
    /// What second records under a number of <see cref="Seen"/> say, as prints (<see cref="SubmittedBody.PrintOf"/>): they were here and were not
    /// taken in, and are missing until their origin has numbered them anew, if it still has them.
    /// </summary>
    public SequenceRanges Seconds { get; init; } = new();

    /// <summary>Numbers known to have been given out that are not here, and records that came under a number of another.</summary>
    public ulong Missing => Given - Math.Min(Given, Seen.Size) + Lost.Size + Seconds.Size;

    /// <summary>Last number of the newest life up to which nothing is missing; the life's number 0 when its first is.</summary>
    public ulong Contiguous => Seen.ContiguousFrom(StartOf(Highest) + 1);

    private ulong Given => Earlier.Size + Sequence.Low(Highest);

    /// <summary>The first missing numbers, as ranges.</summary>
    public IEnumerable<(ulong First, ulong Last)> Gaps(int limit)
    {
        var given = Sequence.Low(Highest) == 0 ? Earlier.Ranges : Earlier.Ranges.Append((StartOf(Highest) + 1, Highest));
        var never = given.SelectMany(range => Seen.Missing(range.Item1, range.Item2)).Take(limit);
        return Lost.Count == 0 ? never : never.Concat(Lost.Ranges.Take(limit)).OrderBy(range => range.First).Take(limit);
    }

    /// <summary>All up to a number is settled at its origin, and what is not here will not come.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Settle(ulong last)
    {
        var start = StartOf(Highest) + 1;
        var gone = Seen.Missing(start, Math.Min(last, Highest)).ToList();
        foreach (var (first, end) in gone)
            if (Lost.AddRange(first, end)) Seen.AddRange(first, end);
        return gone.Count > 0;
    }

    /// <summary>A number is known to have been given out, and with it all before it in its life.</summary>
    /// <returns>Whether anything changed, and whether what is known of earlier lives did.</returns>
    public (bool Highest, bool Earlier) Know(ulong sequence)
    {
        var (life, newest) = (Sequence.LifeOf(sequence), Sequence.LifeOf(Highest));
        if (life < newest) return (false, Earlier.AddRange(StartOf(sequence) + 1, sequence));
        if (sequence <= Highest) return (false, false);
        var ended = life > newest && Earlier.AddRange(StartOf(Highest) + 1, Highest);
        Highest = sequence;
        return (true, ended);
    }

    private static ulong StartOf(ulong sequence) => Sequence.Of(Sequence.LifeOf(sequence), 0);
}

/// <summary>
/// Deduplication, replay protection and knowledge of gaps in one: the set of numbers seen of every origin. Changes are
/// gathered and stored once in a batch, in the transaction that stores the messages.
/// </summary>
internal sealed class ReplayWindows
{
    /// <summary>In place of a type: the window that keeps <see cref="ReplayWindow.Earlier"/> of an origin's records.</summary>
    private const byte EarlierLives = 0xFE;

    /// <summary>In place of a type: where the epoch that an origin was last heard under is kept, as durable as a window.</summary>
    private const byte EpochHeard = 0xFD;

    /// <summary>In place of a type: from which number on an origin asked for a check by a courier, as durable as a window.</summary>
    private const byte CheckAsked = 0xFC;

    /// <summary>In place of a type: the window that keeps <see cref="ReplayWindow.Lost"/> of an origin's records.</summary>
    private const byte LostNumbers = 0xFB;

    /// <summary>In place of a type: up to where this node knows that the meldkamer means the same records by its numbers.</summary>
    private const byte OwnChecked = 0xFA;

    /// <summary>In place of a type: the newest receipt that this node had, by whom and its number.</summary>
    private const byte ReceiptHeard = 0xF9;

    /// <summary>In place of a type: the window that keeps <see cref="ReplayWindow.Seconds"/> of an origin's records.</summary>
    private const byte SecondRecords = 0xF8;

    /// <summary>Second records that are kept count of, per origin.</summary>
    private const int MostSeconds = 64;

    private const int LivesTried = 8;

    private readonly Dictionary<WindowKey, ReplayWindow> _windows = [];
    private readonly Dictionary<ushort, uint> _lives = [];
    private readonly HashSet<WindowKey> _changed = [];

    public ReplayWindows(IEnumerable<StoredWindow> stored)
    {
        var parts = stored.Where(one => one.Key.Type is EarlierLives or LostNumbers or SecondRecords).ToDictionary(one => one.Key, one => SequenceRanges.FromBytes(one.Seen.Span));
        SequenceRanges Part(WindowKey of, byte type) => (of.Type == 0 ? parts.GetValueOrDefault(of with { Type = type }) : null) ?? new SequenceRanges();
        foreach (var one in stored.Where(one => !parts.ContainsKey(one.Key)))
        {
            var window = new ReplayWindow { Seen = SequenceRanges.FromBytes(one.Seen.Span), Earlier = Part(one.Key, EarlierLives), Lost = Part(one.Key, LostNumbers), Seconds = Part(one.Key, SecondRecords) };
            window.Know(one.Highest);
            _windows[one.Key] = window;
            // What an origin asks is its word, and no number that it gave out.
            if (one.Key.Type != CheckAsked) NoteLife(one.Key, one.Highest);
        }
    }

    /// <summary>Every origin of which anything is known.</summary>
    public IEnumerable<ushort> Origins => _windows.Keys.Where(key => key.Type is not (OwnChecked or ReceiptHeard)).Select(key => key.Origin).Distinct();

    /// <summary>Origins whose epoch is kept.</summary>
    public IEnumerable<ushort> WithEpoch => _windows.Keys.Where(key => key.Type == EpochHeard).Select(key => key.Origin);

    /// <summary>The newest life that is known of an origin's counters, from either of them.</summary>
    public uint LifeOf(ushort origin) => _lives.GetValueOrDefault(origin);

    /// <summary>
    /// Lives that an envelope may be of whose header does not tell: the newest that is known, those just before it, others of which something
    /// is known, and the first. What was sealed in an earlier life and was not lost with it still comes. For nearly every origin this is life 0 alone.
    /// </summary>
    public IEnumerable<uint> LivesOf(EnvelopeHeader header)
    {
        var newest = LifeOf(header.Origin);
        IEnumerable<uint> lives = [newest, .. Enumerable.Range(1, (int)Math.Min(newest, LivesTried)).Select(back => newest - (uint)back)];
        if (Find(KeyFor(header)) is { } window) lives = lives.Concat(window.Earlier.Ranges.Reverse().Select(range => Sequence.LifeOf(range.Last)).Distinct().Take(LivesTried));
        else lives = lives.Concat(Enumerable.Range(1, LivesTried).Select(life => (uint)life));
        return lives.Append(0U).Distinct();
    }

    /// <summary>The highest number of a receipt for a site that was here, and from whom; 0 when there was none.</summary>
    public (ushort Origin, ulong Sequence) NewestReceipt(ushort destination) =>
        _windows.Where(pair => pair.Key.Type == ReceiptHeard || (pair.Key.Type == (byte)MessageType.Receipt && pair.Key.Destination == destination))
            .Select(pair => (pair.Key.Origin, pair.Value.Highest)).DefaultIfEmpty().MaxBy(one => one.Highest);

    /// <summary>Keeps which receipt was the newest, when something else is stored anyway: what a site heard must outlive its start.</summary>
    public void KeepReceipt(ushort destination)
    {
        var (origin, sequence) = NewestReceipt(destination);
        if (sequence > 0) Keep(new WindowKey(origin, ReceiptHeard, 0), sequence);
    }

    /// <summary>Up to which of a site's numbers a check has shown that the meldkamer means the same records; null when none is known.</summary>
    public ulong? CheckedOf(ushort self) => Find(new WindowKey(self, OwnChecked, 0))?.Highest;

    /// <summary>Notes it.</summary>
    public void SetChecked(ushort self, ulong last) => Keep(new WindowKey(self, OwnChecked, 0), last);

    /// <summary>All windows of records, by origin.</summary>
    public IEnumerable<(ushort Origin, ReplayWindow Window)> Records =>
        _windows.Where(pair => pair.Key.Type == 0).Select(pair => (pair.Key.Origin, pair.Value));

    public int Count => _windows.Count;

    /// <summary>Ranges of the window that has most.</summary>
    public int MostRanges => _windows.Values.Select(window => window.Seen.Count).DefaultIfEmpty().Max();

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
        return header.Series == Series.Records ? window.Seen.Contains(sequence) && !window.Lost.Contains(sequence) : sequence <= window.Highest;
    }

    /// <summary>Notes an envelope.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="sequence">Its full number.</param>
    /// <param name="durable">False for what need not outlive a restart.</param>
    /// <returns>False when the window has no room for another hole; the envelope must then not be acknowledged.</returns>
    public bool Note(in EnvelopeHeader header, ulong sequence, bool durable)
    {
        var key = KeyFor(header);
        if (header.Series == Series.Records && !Take(key, sequence)) return false;
        Know(key, sequence, durable);
        if (durable) _changed.Add(key);
        return true;
    }

    /// <summary>A number is known to have been given out, and with it all before it in its life.</summary>
    public void Know(WindowKey key, ulong sequence, bool durable = true)
    {
        NoteLife(key, sequence);
        var (highest, earlier) = Get(key).Know(sequence);
        if (!durable) return;
        if (highest) _changed.Add(key);
        if (earlier && key.Type == 0) _changed.Add(key with { Type = EarlierLives });
    }

    /// <summary>The epoch that an origin was last heard under; null when it is not known.</summary>
    public byte? EpochOf(ushort origin) => (byte?)Find(new WindowKey(origin, EpochHeard, 0))?.Highest;

    /// <summary>Notes the epoch that an origin was heard under.</summary>
    public void SetEpoch(ushort origin, byte epoch)
    {
        // It may go back: an origin that lost its store is again in the epoch of its key file.
        Keep(new WindowKey(origin, EpochHeard, 0), epoch);
    }

    /// <summary>From which number on an origin asked for a check by a courier; 0 when it did not.</summary>
    public ulong AskedOf(ushort origin) => Find(new WindowKey(origin, CheckAsked, 0))?.Highest ?? 0;

    /// <summary>Notes what an origin asked by a courier: the answer may have to wait for a ride on the other side of a restart.</summary>
    public void SetAsked(ushort origin, ulong asks)
    {
        if (AskedOf(origin) != asks) Keep(new WindowKey(origin, CheckAsked, 0), asks);
    }

    /// <summary>All of an origin up to a number is settled there.</summary>
    public void Settle(WindowKey key, ulong last)
    {
        if (!Get(key).Settle(last)) return;
        _changed.Add(key);
        _changed.Add(key with { Type = LostNumbers });
    }

    /// <summary>A record came under a number of another and was not taken in.</summary>
    /// <param name="origin">Its origin.</param>
    /// <param name="print">What it says.</param>
    public void NoteSecond(ushort origin, ulong print)
    {
        var key = new WindowKey(origin, 0, 0);
        if (Get(key).Seconds is { Size: < MostSeconds } seconds && seconds.Add(print)) _changed.Add(key with { Type = SecondRecords });
    }

    /// <summary>Whether a record of an origin is one that came before under a number of another; then it is not missing any more.</summary>
    /// <param name="origin">Its origin.</param>
    /// <param name="print">What it says; only asked where something is missing.</param>
    public void ForgetSecond(ushort origin, Func<ulong> print)
    {
        var key = new WindowKey(origin, 0, 0);
        if (Find(key) is not { Seconds: { Size: > 0 } seconds } || print() is var said && !seconds.Contains(said)) return;
        seconds.Remove(said);
        _changed.Add(key with { Type = SecondRecords });
    }

    /// <summary>Notes that a window changed in another way.</summary>
    public void Touch(WindowKey key) => _changed.Add(key);

    /// <summary>Stores what changed since the last call.</summary>
    public void Flush(Effects effects)
    {
        foreach (var key in _changed)
        {
            var window = _windows[key.Type is EarlierLives or LostNumbers or SecondRecords ? key with { Type = 0 } : key];
            effects.Store(key.Type switch
            {
                EarlierLives => new StoreChange.SetWindow(key, 0, window.Earlier.ToBytes()),
                LostNumbers => new StoreChange.SetWindow(key, 0, window.Lost.ToBytes()),
                SecondRecords => new StoreChange.SetWindow(key, 0, window.Seconds.ToBytes()),
                _ => new StoreChange.SetWindow(key, window.Highest, window.Seen.ToBytes()),
            });
        }

        _changed.Clear();
    }

    /// <returns>False when the window has no room for another hole.</returns>
    private bool Take(WindowKey key, ulong sequence)
    {
        var window = Get(key);
        if (!window.Lost.Contains(sequence)) return window.Seen.Add(sequence);
        window.Lost.Remove(sequence);
        _changed.Add(key with { Type = LostNumbers });
        return true;
    }

    /// <summary>Keeps a number in place of a window.</summary>
    private void Keep(WindowKey key, ulong value)
    {
        if (Find(key) is { } kept && kept.Highest == value) return;
        _windows[key] = new ReplayWindow();
        _windows[key].Know(value);
        _changed.Add(key);
    }

    private void NoteLife(WindowKey key, ulong sequence)
    {
        // Lives are 0 for nearly every origin, and the number of origins is bounded where windows are made.
        if (Sequence.LifeOf(sequence) > _lives.GetValueOrDefault(key.Origin)) _lives[key.Origin] = Sequence.LifeOf(sequence);
    }
}
