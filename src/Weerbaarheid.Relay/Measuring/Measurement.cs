namespace Weerbaarheid.Relay.Measuring;

/// <summary>How long something takes once, in nanoseconds, with its spread, so that two runs can be compared honestly.</summary>
/// <param name="Name">As <c>melding encode</c>; the same in every version, because <c>bench compare</c> goes by it.</param>
/// <param name="Median">The middle of the samples.</param>
/// <param name="Low">A tenth of the samples stay below it.</param>
/// <param name="High">A tenth of the samples go above it.</param>
internal sealed record Measurement(string Name, double Median, double Low, double High)
{
    /// <summary>How often it can be done in a second.</summary>
    public double PerSecond => 1e9 / Median;

    /// <summary>Half of the spread as a part of the median.</summary>
    public double Noise => (High - Low) / 2 / Median;
}

/// <summary>Something to be measured.</summary>
/// <param name="Name">As in <see cref="Measurement"/>.</param>
/// <param name="Repeat">Does it so many times.</param>
/// <param name="Prepare">Makes the inputs for so many times, outside the measured time; null when nothing is used up.</param>
/// <param name="Most">How often it may be done in all, so that a fast disk is not filled.</param>
internal sealed record Probe(string Name, Action<int> Repeat, Action<int>? Prepare = null, int Most = int.MaxValue);
