using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// Settles the counters after a restart. A number used twice is a nonce used twice, which gives away the key stream
/// (RFC 3610 §5.1), so a lost counter is always settled upwards: a hole that is declared beats a number given out again.
/// </summary>
internal static class Evidence
{
    /// <summary>Numbers skipped when the last commit's counters may be lost: more than one commit gives out.</summary>
    public const ulong OneCommit = 4096;

    /// <summary>
    /// Numbers skipped when no counter is left: at one message a second, twelve days after the last trace of one. Far
    /// inside the 2^23 that a receiver can still tell apart.
    /// </summary>
    public const ulong Everything = 1 << 20;

    /// <param name="newest">The newest whole mark.</param>
    /// <param name="lost">How many of the two are lost.</param>
    /// <param name="scan">What the envelopes say.</param>
    /// <param name="references">What the references say.</param>
    /// <param name="airtime">What the airtime says of the time.</param>
    /// <param name="site">This node's own site.</param>
    /// <param name="quarantine">Gets a note when numbers were skipped.</param>
    public static Mark Settle(
        Mark? newest, int lost, EnvelopeScan scan, IReadOnlyList<StoredReference> references, AirtimeRows airtime, ushort site,
        Quarantine quarantine)
    {
        var mark = newest ?? default;
        var records = Math.Max(Math.Max(mark.Records, scan.OwnRecords), Highest(references, site, Series.Records));
        var states = Math.Max(Math.Max(mark.States, scan.OwnStates), Highest(references, site, Series.States));
        var used = newest is not null || quarantine.Rows.Count > 0 || scan.LastArrival > 0 || references.Count > 0 || airtime.Whole.Count > 0;
        if (!used || lost == 0) return mark with { Records = records, States = states };

        var skip = lost == 1 ? OneCommit : Everything;
        quarantine.Note(new DamagedRow(DamagedTable.Counters, $"{records}/{states}", $"skipped {skip}"));
        return mark with
        {
            Records = records + skip,
            States = states + skip,
            Time = Later(mark.Time, Later(LatestMoment(scan, references), airtime.LatestMoment)),
        };
    }

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
