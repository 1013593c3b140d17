using System.Globalization;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// What was transmitted in each band in the last hour, so that no hour, wherever it begins, holds more than the law allows
/// (EN 300 220-2: a duty cycle over one hour). Links of one band share it, and it outlives a restart.
/// </summary>
/// <remarks>
/// It counts in minutes of node time, always against the node. A frame is booked whole, when it is handed over, in the minute in
/// which it can end at the latest (<see cref="Lag"/> later plus its airtime), and that minute counts until sixty minutes after
/// its end: whatever part of a frame lies in an hour that ends at a later frame is still counted when that frame is allowed. Node
/// time never runs faster than the clock on the wall and stands still without power, so a restart only makes bookings last longer.
/// </remarks>
internal sealed class AirtimeLedger
{
    /// <summary>Bands in use at a time. EU868 has seven; more than this is a mistake in the configuration.</summary>
    public const int MaxBands = 16;

    /// <summary>How many minutes after the present one a booking may lie.</summary>
    public const int Ahead = 3;

    /// <summary>Minutes after its own that a booking counts.</summary>
    public const int Lifetime = 60;

    /// <summary>How long after it was handed over a frame may begin. One that turns out to end later is booked again, then.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(20);

    /// <summary>Nothing that takes longer is allowed: it could not be booked within <see cref="Ahead"/>.</summary>
    public static readonly TimeSpan LongestFrame = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Dictionary<string, AirtimeBand> _bands = new(StringComparer.Ordinal);
    private readonly SortedSet<(string Band, long Minute)> _changed = new(Comparer<(string Band, long Minute)>.Create(InOrder));

    /// <summary>Bookings of bands that a damaged row no longer tells; they count in each.</summary>
    private readonly AirtimeBand _unknown = new();

    public AirtimeLedger(IReadOnlyList<StoredAirtime> stored)
    {
        foreach (var one in stored)
        {
            var isUnknown = one.Band == StoredAirtime.UnknownBand;
            if (!_bands.TryGetValue(one.Band, out var band)) band = isUnknown ? _unknown : _bands[one.Band] = new AirtimeBand();
            band.Add(one.Minute, one.Spent);
        }
    }

    /// <summary>What may still be transmitted now; <see cref="TimeSpan.MaxValue"/> where nothing limits it.</summary>
    public TimeSpan Left(string band, double dutyCycle, TimeSpan now)
    {
        if (IsUnlimited(dutyCycle)) return TimeSpan.MaxValue;
        var left = Budget(dutyCycle, 0) - SpentLastHour(band, now);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Whether a frame may be transmitted now.</summary>
    /// <param name="band">As in <see cref="Links.Air"/>.</param>
    /// <param name="dutyCycle">As in <see cref="Links.Air"/>.</param>
    /// <param name="airtime">How long it takes.</param>
    /// <param name="reserve">Share of the hour's budget, 0 to 1, that must be left: what is kept for more urgent frames.</param>
    /// <param name="now">Node time.</param>
    public bool Allows(string band, double dutyCycle, TimeSpan airtime, double reserve, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(airtime, TimeSpan.Zero);
        if (IsUnlimited(dutyCycle)) return true;
        return airtime <= LongestFrame && SpentLastHour(band, now) + airtime <= Budget(dutyCycle, reserve);
    }

    /// <summary>
    /// The first node time at which <see cref="Allows"/> says yes if nothing else is transmitted: <paramref name="now"/> when it
    /// does already, <see cref="TimeSpan.MaxValue"/> when it never will.
    /// </summary>
    public TimeSpan NextRoom(string band, double dutyCycle, TimeSpan airtime, double reserve, TimeSpan now)
    {
        if (Allows(band, dutyCycle, airtime, reserve, now)) return now;
        if (airtime > LongestFrame) return TimeSpan.MaxValue;
        var tooMuch = SpentLastHour(band, now) + airtime - Budget(dutyCycle, reserve);
        IEnumerable<(long Minute, TimeSpan Spent)> buckets = _unknown.Counting(now);
        if (_bands.TryGetValue(band, out var own)) buckets = buckets.Concat(own.Counting(now)).OrderBy(bucket => bucket.Minute);
        foreach (var (minute, spent) in buckets)
            if ((tooMuch -= spent) <= TimeSpan.Zero) return TimeSpan.FromMinutes(minute + 1 + Lifetime);
        return TimeSpan.MaxValue;
    }

    /// <summary>Books a frame that is handed over now. Only where something limits it does the booking outlive the process.</summary>
    public void Spend(string band, double dutyCycle, TimeSpan airtime, TimeSpan now)
    {
        ArgumentException.ThrowIfNullOrEmpty(band);
        ArgumentOutOfRangeException.ThrowIfLessThan(airtime, TimeSpan.Zero);
        var last = AirtimeBand.MinuteOf(now) + Ahead;
        var ends = Math.Min(last, AirtimeBand.MinuteOf(now + Lag + airtime));
        foreach (var minute in BandFor(band, now).Book(airtime, ends, last))
            if (!IsUnlimited(dutyCycle)) _changed.Add((band, minute));
    }

    /// <summary>What was transmitted in the last hour, as it is counted against the budget.</summary>
    public TimeSpan SpentLastHour(string band, TimeSpan now) =>
        _unknown.Spent(now) + (_bands.TryGetValue(band, out var own) ? own.Spent(now) : TimeSpan.Zero);

    /// <summary>Notes what was booked since the last time. Always: the frames must not leave before it is on disk.</summary>
    public void Flush(Effects effects)
    {
        foreach (var (band, minute) in _changed) effects.Store(new StoreChange.SetAirtime(band, minute, _bands[band].At(minute)));
        _changed.Clear();
    }

    private static bool IsUnlimited(double dutyCycle) => dutyCycle >= 1;

    private static TimeSpan Budget(double dutyCycle, double reserve) =>
        new((long)(Hour.Ticks * Math.Max(0, dutyCycle) * (1 - Math.Clamp(reserve, 0, 1))));

    private static int InOrder((string Band, long Minute) a, (string Band, long Minute) b)
    {
        var byBand = string.CompareOrdinal(a.Band, b.Band);
        return byBand != 0 ? byBand : a.Minute.CompareTo(b.Minute);
    }

    private AirtimeBand BandFor(string name, TimeSpan now)
    {
        if (_bands.TryGetValue(name, out var band)) return band;
        // Bands of an earlier configuration make room once their hour is over.
        if (_bands.Count >= MaxBands)
            foreach (var idle in _bands.Where(one => one.Value.Spent(now) == TimeSpan.Zero && !_changed.Any(change => change.Band == one.Key)).ToList())
                _bands.Remove(idle.Key);
        if (_bands.Count >= MaxBands)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"More than {MaxBands} bands were used within an hour; {name} is one too many."));
        return _bands[name] = new AirtimeBand();
    }
}

/// <summary>What was transmitted in one band, by minute of node time.</summary>
internal sealed class AirtimeBand
{
    private static readonly TimeSpan FullMinute = TimeSpan.FromMinutes(1);

    private readonly SortedDictionary<long, TimeSpan> _minutes = [];
    private TimeSpan _sum;
    private long _oldest = long.MinValue;

    public static long MinuteOf(TimeSpan at) => at.Ticks / TimeSpan.TicksPerMinute;

    public TimeSpan At(long minute) => _minutes.GetValueOrDefault(minute);

    public void Add(long minute, TimeSpan spent)
    {
        _minutes[minute] = At(minute) + spent;
        _sum += spent;
    }

    /// <summary>
    /// Books a frame. A minute takes no more than a minute: what is over goes to the next ones, where it counts longer. So a lost
    /// minute was never worth more than sixty seconds, unless more than three transmitters share the band.
    /// </summary>
    /// <returns>The minutes that changed.</returns>
    public List<long> Book(TimeSpan airtime, long minute, long last)
    {
        var changed = new List<long>();
        for (; airtime > TimeSpan.Zero; minute++)
        {
            var room = FullMinute - At(minute);
            var part = minute >= last || airtime < room ? airtime : room;
            if (part <= TimeSpan.Zero) continue;
            Add(minute, part);
            changed.Add(minute);
            airtime -= part;
        }

        return changed;
    }

    /// <summary>What counts now; asked for every frame, so it is not added up anew.</summary>
    public TimeSpan Spent(TimeSpan now)
    {
        Forget(now);
        return _sum;
    }

    /// <summary>The minutes that count, oldest first. Those ahead count too: after a crash node time starts a little behind.</summary>
    public IEnumerable<(long Minute, TimeSpan Spent)> Counting(TimeSpan now)
    {
        Forget(now);
        return _minutes.Select(one => (one.Key, one.Value));
    }

    private void Forget(TimeSpan now)
    {
        var oldest = MinuteOf(now) - AirtimeLedger.Lifetime;
        if (oldest == _oldest) return;
        _oldest = oldest;
        while (_minutes.Count > 0 && _minutes.First() is var first && first.Key < oldest)
        {
            _sum -= first.Value;
            _minutes.Remove(first.Key);
        }
    }
}
