using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// Settles the counters after a restart. A number used twice is a nonce used twice, which gives away the key stream
/// (RFC 3610 §5.1), so where a counter may be lost, a life begins that the node never had.
/// </summary>
internal static class Evidence
{
    /// <param name="newest">The newest whole mark.</param>
    /// <param name="lost">How many of the two are lost.</param>
    /// <param name="scan">What the envelopes say.</param>
    /// <param name="references">What the references say.</param>
    /// <param name="airtime">What the airtime says of the time.</param>
    /// <param name="site">This node's own site.</param>
    /// <param name="quarantine">What was damaged.</param>
    /// <returns>The highest of everything of which there is evidence, and what that is worth.</returns>
    public static (Mark Mark, CounterState State) Gather(
        Mark? newest, int lost, EnvelopeScan scan, IReadOnlyList<StoredReference> references, AirtimeRows airtime, ushort site,
        Quarantine quarantine)
    {
        var mark = newest ?? default;
        mark = mark with
        {
            Records = Math.Max(Math.Max(mark.Records, scan.OwnRecords), Highest(references, site, Series.Records)),
            States = Math.Max(Math.Max(mark.States, scan.OwnStates), Highest(references, site, Series.States)),
        };
        var used = newest is not null || quarantine.Rows.Count > 0 || scan.LastArrival > 0 || references.Count > 0 || airtime.Whole.Count > 0;
        if (!used) return (mark, CounterState.None);
        if (lost == 0) return (mark, CounterState.Sound);
        return (mark with { Time = Later(mark.Time, Later(LatestMoment(scan, references), airtime.LatestMoment)) }, CounterState.Doubtful);
    }

    /// <summary>The life that a mark is evidence of; null when it is of none.</summary>
    public static uint? LifeIn(Mark mark) =>
        mark.Number == 0 && mark is { Records: 0, States: 0 } ? null : Math.Max(Sequence.LifeOf(mark.Records), Sequence.LifeOf(mark.States));

    private static ulong Highest(IReadOnlyList<StoredReference> references, ushort site, Series series)
    {
        var highest = 0UL;
        foreach (var reference in references)
            if (reference.Key.Origin == site && reference.Key.Series == series)
                highest = Math.Max(highest, reference.Key.Sequence);
        return highest;
    }

    // Node time never runs backwards; nothing stored was born after the last commit.
    private static TimeSpan LatestMoment(EnvelopeScan scan, IReadOnlyList<StoredReference> references)
    {
        var latest = scan.LatestBirth;
        foreach (var reference in references) latest = Later(latest, reference.At);
        return latest;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
