namespace Weerbaarheid.Relay.Measuring;

/// <summary>What became of one figure.</summary>
internal enum Change
{
    /// <summary>Not more than the spread of the two runs explains.</summary>
    Noise,
    Better,
    Worse,

    /// <summary>Only in the first run.</summary>
    Gone,

    /// <summary>Only in the second run.</summary>
    New,
}

/// <summary>One figure in two runs.</summary>
/// <param name="Name">The figure's.</param>
/// <param name="Before">In the first run; null when it is not there.</param>
/// <param name="After">In the second run; null when it is not there.</param>
/// <param name="Change">What became of it.</param>
internal sealed record BenchDifference(string Name, Measurement? Before, Measurement? After, Change Change)
{
    /// <summary>The second median in relation to the first; null when one is missing.</summary>
    public double? Ratio => Before is { Median: not 0 } && After is not null ? After.Median / Before.Median : null;
}

/// <summary>
/// Two runs side by side. A change counts when the middle 80 % of the samples of the two runs do not meet, and the medians
/// differ by more than 5 %: a virtual machine's clock alone wanders that much between two runs.
/// </summary>
internal static class BenchComparison
{
    private const double Least = 0.05;

    public static IReadOnlyList<BenchDifference> Of(BenchRun before, BenchRun after)
    {
        var first = ByName(before);
        var second = ByName(after);
        return
        [
            .. first.Values.Select(old => second.TryGetValue(old.Name, out var now)
                ? new BenchDifference(old.Name, old, now, Judge(old, now))
                : new BenchDifference(old.Name, old, null, Change.Gone)),
            .. second.Values.Where(now => !first.ContainsKey(now.Name)).Select(now => new BenchDifference(now.Name, null, now, Change.New)),
        ];
    }

    /// <summary>In the order of measuring; a name that a damaged file repeats counts once.</summary>
    private static OrderedDictionary<string, Measurement> ByName(BenchRun run) =>
        new(run.Measurements.DistinctBy(measurement => measurement.Name).Select(measurement => KeyValuePair.Create(measurement.Name, measurement)));

    private static Change Judge(Measurement before, Measurement after)
    {
        var apart = after.Low > before.High || after.High < before.Low;
        if (!apart || Math.Abs(after.Median - before.Median) <= Least * before.Median) return Change.Noise;
        return after.Median < before.Median ? Change.Better : Change.Worse;
    }
}
