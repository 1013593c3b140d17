namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>One packet on the air.</summary>
/// <param name="By">Who sent it.</param>
/// <param name="Start">In the time of the channel.</param>
/// <param name="Duration">Time on air.</param>
/// <param name="Bytes">As they were on the air: with whatever header the modem puts before the frame.</param>
internal sealed record Transmission(RadioStation By, LoRaTuning Tuning, TimeSpan Start, TimeSpan Duration, ReadOnlyMemory<byte> Bytes)
{
    internal TimeSpan End => Start + Duration;

    internal bool Overlaps(Transmission other) => Start < other.End && other.Start < End;

    /// <summary>What is on the air between two moments.</summary>
    internal TimeSpan Within(TimeSpan from, TimeSpan until)
    {
        var (begin, end) = (Start > from ? Start : from, End < until ? End : until);
        return end > begin ? end - begin : TimeSpan.Zero;
    }
}

internal static class Transmissions
{
    /// <summary>
    /// Of the transmissions of one radio, the most airtime in any window of this length, wherever it begins: what the law on duty cycles
    /// limits. Only windows that begin with a transmission need be looked at: one that begins in silence loses nothing by beginning
    /// later, and one that begins inside a transmission, moved to its beginning, gains at the front at least what it loses at the back.
    /// </summary>
    internal static TimeSpan MostWithin(this IEnumerable<Transmission> transmissions, TimeSpan window)
    {
        var all = transmissions.OrderBy(t => t.Start).ToList();
        return all
            .Select((first, i) => (Begin: first.Start, End: first.Start + window, Later: all.Skip(i)))
            .Select(w => w.Later.TakeWhile(t => t.Start < w.End).Aggregate(TimeSpan.Zero, (sum, t) => sum + t.Within(w.Begin, w.End)))
            .DefaultIfEmpty()
            .Max();
    }
}
