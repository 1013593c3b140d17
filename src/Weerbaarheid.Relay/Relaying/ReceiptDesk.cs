using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// The meldkamer's side of end-to-end proof: for each origin, when a receipt is due and what it says. A receipt is made
/// from the replay window, so it can always be made again and never says more than what is on disk.
/// </summary>
internal sealed class ReceiptDesk
{
    // A receipt must fit a radio frame of 222 bytes whatever happened, or it never arrives: with these two it has at most 170, and 30 more in the rare case of numbers used twice.
    private const int RadioBitmapBytes = 32;
    private const int MaxTakenUpBytes = 80;
    private const int MaxTakenUp = 16;
    private const int MaxReused = 3;

    /// <summary>Receipts that have the check after it was asked for: on a noisy radio one alone may not arrive.</summary>
    private const int ChecksAfterAsking = 8;

    /// <summary>Receipts that one origin gets from a courier; more than its custody can need.</summary>
    private const int MostCarried = 16;

    private readonly Dictionary<ushort, Account> _accounts = [];

    /// <summary>When the next receipt is due.</summary>
    public TimeSpan NextDue { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Something of this origin arrived, or is known again after a restart: it wants a receipt.</summary>
    /// <param name="origin">The origin.</param>
    /// <param name="soonest">Node time of now, or of the end of the burst that it belongs to.</param>
    /// <param name="pause">Shortest time between two receipts on the way down.</param>
    public void Owe(ushort origin, TimeSpan soonest, TimeSpan pause)
    {
        var account = Get(origin);
        var due = account.Last is { } last && last + pause > soonest ? last + pause : soonest;
        if (account.Due <= due) return;
        account.Due = due;
        if (due < NextDue) NextDue = due;
    }

    /// <summary>A record arrived, once or again: a receipt must name it.</summary>
    public void Arrived(EnvelopeKey key) => Get(key.Origin).Arrived(key.Sequence);

    /// <summary>A second record came under a number; receipts say so until the origin is in another life.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Reused(EnvelopeKey key)
    {
        var reused = Get(key.Origin).Reused;
        if (reused.Contains(key.Sequence)) return false;
        // One is enough for the origin to number all of that life anew.
        if (reused.Count < MaxReused) reused.Add(key.Sequence);
        return true;
    }

    /// <summary>A heartbeat told from which number on the origin wants a check in its receipts; 0 when it does not.</summary>
    public void AskCheck(ushort origin, ulong asks) => (Get(origin).Asks, Get(origin).ChecksOwed) = (asks, asks > 0 ? ChecksAfterAsking : 0);

    /// <summary>From which number on an origin wants a check, without counting it as given; 0 when it does not.</summary>
    public ulong AskedBy(ushort origin) => _accounts.GetValueOrDefault(origin)?.Asks ?? 0;

    /// <summary>From which number on the receipt that is made now was asked to have a check; 0 when it was not.</summary>
    public ulong TakeCheck(ushort origin)
    {
        var account = Get(origin);
        if (account.ChecksOwed == 0) return 0;
        account.ChecksOwed--;
        return account.Asks;
    }

    /// <summary>Whether records arrived that no receipt has named yet.</summary>
    public bool HasUntold(ushort origin) => Get(origin).HasUntold;

    /// <summary>A person took a record up; every later receipt for its origin says so in turn.</summary>
    public void TakeUp(EnvelopeKey key, string? reference)
    {
        var taken = Get(key.Origin).TakenUp;
        taken.RemoveAll(one => one.Sequence == key.Sequence);
        taken.Insert(0, new TakenUp(key.Sequence, reference));
        Get(key.Origin).StartOver();
        if (taken.Count > 1_024) taken.RemoveAt(taken.Count - 1);
    }

    /// <summary>What a person said when he took a record up is told no more.</summary>
    public void Forget(EnvelopeKey key)
    {
        if (_accounts.GetValueOrDefault(key.Origin) is not { } account || account.TakenUp.RemoveAll(one => one.Sequence == key.Sequence) == 0) return;
        account.StartOver();
    }

    /// <summary>The origins whose receipt is due now, and marks them as served.</summary>
    public List<ushort> TakeDue(TimeSpan now)
    {
        if (NextDue > now) return [];
        var due = new List<ushort>();
        NextDue = TimeSpan.MaxValue;
        foreach (var (origin, account) in _accounts)
        {
            if (account.Due is not { } at) continue;
            if (at <= now)
            {
                (account.Due, account.Last) = (null, now);
                due.Add(origin);
            }
            else if (at < NextDue) NextDue = at;
        }

        due.Sort();
        return due;
    }

    /// <summary>Writes the receipt for an origin as things stand.</summary>
    /// <param name="origin">The origin.</param>
    /// <param name="window">What was seen of it.</param>
    /// <param name="isFast">Whether the way down takes the longest bitmap.</param>
    public Receipt Write(ushort origin, ReplayWindow window, bool isFast)
    {
        var account = Get(origin);
        var upTo = window.Contiguous;
        var bits = (isFast ? MessageLimits.Bitmap : RadioBitmapBytes) * 8;
        var first = account.TakeWindow(upTo, bits);
        account.Reused.RemoveAll(sequence => Sequence.LifeOf(sequence) < Sequence.LifeOf(upTo));
        // With more taken up than fit, each receipt carries the next ones, so that all are told in the end.
        return new Receipt
        {
            ForSite = origin,
            Priority = 2,
            UpTo = upTo,
            Bitmap = BitmapFrom(first, bits, window.Seen),
            From = first == upTo + 2 ? 0 : first,
            TakenUp = account.TakeTurn(),
            Reused = [.. account.Reused],
        };
    }

    /// <summary>
    /// Everything that is known of an origin, as receipts for a courier: nothing is ticked off by it, because a stick may be lost. Of receipts only the
    /// newest counts and they are taken in this order, so the last one is the one that says most.
    /// </summary>
    public IReadOnlyList<Receipt> WriteAll(ushort origin, ReplayWindow window)
    {
        var account = _accounts.GetValueOrDefault(origin) ?? new Account();
        var upTo = window.Contiguous;
        var (bitmaps, taken) = (BitmapsFor(window, upTo), account.AllTaken());
        // The first bitmap and the news are in the last.
        return [.. Enumerable.Range(0, Math.Min(MostCarried, Math.Max(bitmaps.Count, taken.Count))).Reverse().Select(turn =>
        {
            var from = bitmaps[Math.Min(turn, bitmaps.Count - 1)];
            return new Receipt
            {
                ForSite = origin,
                Priority = 2,
                UpTo = upTo,
                Bitmap = BitmapFrom(from, RadioBitmapBytes * 8, window.Seen),
                From = from == upTo + 2 ? 0 : from,
                TakenUp = turn < taken.Count ? taken[turn] : [],
                Reused = [.. account.Reused],
            };
        })];
    }

    /// <summary>Where bitmaps must begin to name all that was seen and that "up to" does not say: just above it, then the newest first.</summary>
    private static List<ulong> BitmapsFor(ReplayWindow window, ulong upTo)
    {
        const ulong bits = RadioBitmapBytes * 8;
        var (starts, lowest) = (new List<ulong> { upTo + 2 }, ulong.MaxValue);
        foreach (var (first, last) in window.Seen.Ranges.Reverse())
        {
            var isToldAlready = (last <= upTo && Sequence.LifeOf(last) == Sequence.LifeOf(upTo)) || (first >= upTo + 2 && last < upTo + 2 + bits);
            for (var end = Math.Min(last, lowest - 1); !isToldAlready && end >= first && starts.Count < MostCarried; end = lowest - 1)
                starts.Add(lowest = end > bits ? end - bits + 1 : 1);
        }

        return starts;
    }

    private static byte[] BitmapFrom(ulong from, int bits, SequenceRanges seen)
    {
        var bitmap = new byte[bits / 8];
        var used = 0;
        foreach (var (first, last) in seen.Ranges)
        {
            if (last < from) continue;
            for (var sequence = Math.Max(first, from); sequence <= last; sequence++)
            {
                var bit = sequence - from;
                if (bit >= (ulong)bits) return bitmap[..used];
                bitmap[bit >> 3] |= (byte)(1 << (int)(bit & 7));
                used = (int)(bit >> 3) + 1;
            }
        }

        return bitmap[..used];
    }

    private Account Get(ushort origin)
    {
        if (!_accounts.TryGetValue(origin, out var account)) _accounts[origin] = account = new Account();
        return account;
    }

    private sealed class Account
    {
        private const int MaxUntold = 32_768;

        private readonly SortedSet<ulong> _untold = [];
        private bool _newestNext;

        public bool HasUntold => _untold.Count > 0;

        public void Arrived(ulong sequence)
        {
            if (_untold.Count < MaxUntold) _untold.Add(sequence);
        }

        /// <summary>
        /// Where the bitmap of the next receipt starts: in turn at the oldest and before the newest that no receipt named yet. So an
        /// urgent record that overtook a backlog is confirmed at once, and the backlog in the end.
        /// </summary>
        public ulong TakeWindow(ulong upTo, int bits)
        {
            // "Up to" speaks of the newest life only.
            foreach (var told in _untold.GetViewBetween(upTo - Sequence.Low(upTo), upTo).ToList()) _untold.Remove(told);
            var first = upTo + 2;
            if (_untold.Count == 0) return first;
            _newestNext = !_newestNext;
            var newest = _untold.Max;
            if (_newestNext && newest >= first + (ulong)bits) first = newest + 1 - (ulong)bits;
            else if (!_newestNext) first = _untold.Min;
            var last = first + (ulong)bits - 1;
            foreach (var told in _untold.GetViewBetween(first, last).ToList()) _untold.Remove(told);
            return first;
        }

        public TimeSpan? Due { get; set; }

        public TimeSpan? Last { get; set; }

        public List<TakenUp> TakenUp { get; } = [];

        public List<ulong> Reused { get; } = [];

        public ulong Asks { get; set; }

        public int ChecksOwed { get; set; }

        private int NextTaken { get; set; }

        /// <summary>News goes first.</summary>
        public void StartOver() => NextTaken = 0;

        /// <summary>The next ones taken up, as many as fit.</summary>
        public List<TakenUp> TakeTurn()
        {
            var taken = new List<TakenUp>();
            if (NextTaken >= TakenUp.Count) NextTaken = 0;
            for (var bytes = 0; NextTaken < TakenUp.Count && taken.Count < MaxTakenUp; NextTaken++)
            {
                bytes += SizeOf(TakenUp[NextTaken]);
                if (bytes > MaxTakenUpBytes && taken.Count > 0) break;
                taken.Add(TakenUp[NextTaken]);
            }

            return taken;
        }

        /// <summary>All that were taken up, the newest first, in portions that fit a receipt each.</summary>
        public List<List<TakenUp>> AllTaken()
        {
            var (turn, all) = (NextTaken, new List<List<TakenUp>>());
            NextTaken = 0;
            while (NextTaken < TakenUp.Count && all.Count < MostCarried) all.Add(TakeTurn());
            NextTaken = turn;
            return all;
        }

        /// <summary>At most: an array, a number and a text in UTF-8.</summary>
        private static int SizeOf(TakenUp one) => 9 + 2 + (System.Text.Encoding.UTF8.GetByteCount(one.Reference ?? ""));
    }
}
