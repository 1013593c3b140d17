namespace Weerbaarheid.Relay.Measuring;

/// <summary>Measures in samples that are long against the clock's step, and keeps the spread of them.</summary>
/// <param name="time">Gives the time stamps.</param>
internal sealed class Sampler(TimeProvider time)
{
    private const int Samples = 15;
    private const int LargestSample = 1 << 24;
    private static readonly TimeSpan ShortestSample = TimeSpan.FromMicroseconds(200);

    /// <summary>Measures one probe.</summary>
    /// <param name="probe">What to do; it is done at least <see cref="Samples"/> times after a warm-up.</param>
    /// <param name="budget">About how long it may take in all; a third goes into the warm-up.</param>
    /// <returns>What it takes once.</returns>
    public Measurement Measure(Probe probe, TimeSpan budget)
    {
        var count = WarmUp(probe, budget / 3, Max(budget * 2 / 3 / Samples, ShortestSample), out var used);
        count = Math.Clamp((probe.Most - used) / Samples, 1, count);
        var samples = new double[Samples];
        for (var i = 0; i < Samples; i++) samples[i] = Once(probe, count).TotalNanoseconds / count;
        Array.Sort(samples);
        return new Measurement(probe.Name, samples[Samples / 2], samples[Samples / 10], samples[^((Samples / 10) + 1)]);
    }

    /// <summary>Doubles until a sample is long enough, and goes on until the compiler has had its time.</summary>
    private int WarmUp(Probe probe, TimeSpan budget, TimeSpan sample, out int used)
    {
        var start = time.GetTimestamp();
        var count = 1;
        used = 0;
        while (true)
        {
            var took = Once(probe, count);
            used += Math.Min(count, LargestSample);
            if (time.GetElapsedTime(start) >= budget || used >= probe.Most / 4)
                return (int)Math.Clamp(count * (sample / Max(took, TimeSpan.FromTicks(1))), 1, LargestSample);
            if (took < sample && count < LargestSample) count *= 2;
        }
    }

    private TimeSpan Once(Probe probe, int count)
    {
        probe.Prepare?.Invoke(count);
        var start = time.GetTimestamp();
        probe.Repeat(count);
        return time.GetElapsedTime(start);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
