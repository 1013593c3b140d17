using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Compares what a store gave with what it must give, byte for byte.</summary>
internal static class SnapshotDifference
{
    /// <returns>The first difference, in words; null when there is none.</returns>
    public static string? Find(Snapshot expected, Snapshot found)
    {
        if (found.Time != expected.Time) return $"time {found.Time} instead of {expected.Time}";
        if (found.Records != expected.Records) return $"last record {found.Records} instead of {expected.Records}";
        if (found.States != expected.States) return $"last state {found.States} instead of {expected.States}";
        return Compare("envelope", expected.Envelopes, found.Envelopes, Same)
            ?? Compare("window", expected.Windows, found.Windows, (a, b) => a.Key == b.Key && a.Highest == b.Highest && a.Seen.Span.SequenceEqual(b.Seen.Span))
            ?? Compare("reference", expected.References, found.References, (a, b) => a == b)
            ?? Compare("minute of airtime", expected.Airtime, found.Airtime, (a, b) => a == b)
            ?? CompareTallies(expected.Tallies, found.Tallies);
    }

    /// <summary>Whether two envelopes are the same in everything.</summary>
    public static bool Same(StoredEnvelope a, StoredEnvelope b) =>
        a.Key == b.Key && a.Bytes.Span.SequenceEqual(b.Bytes.Span) && a.State == b.State && a.Custody == b.Custody && a.Delivered == b.Delivered
        && a.Announced == b.Announced && a.ClientRef == b.ClientRef && a.Reference == b.Reference && a.BornAt == b.BornAt && a.ReceivedAt == b.ReceivedAt
        && a.Header == b.Header;

    private static string? Compare<T>(string what, IReadOnlyList<T> expected, IReadOnlyList<T> found, Func<T, T, bool> same)
    {
        for (var i = 0; i < Math.Min(expected.Count, found.Count); i++)
            if (!same(expected[i], found[i])) return $"{what} {i + 1} is {found[i]} instead of {expected[i]}";
        return expected.Count == found.Count ? null : $"{found.Count} times {what} instead of {expected.Count}";
    }

    private static string? CompareTallies(IReadOnlyDictionary<string, long> expected, IReadOnlyDictionary<string, long> found)
    {
        foreach (var (name, value) in expected)
            if (!found.TryGetValue(name, out var other) || other != value) return $"tally {name} is {other} instead of {value}";
        return expected.Count == found.Count ? null : $"{found.Count} tallies instead of {expected.Count}";
    }
}
