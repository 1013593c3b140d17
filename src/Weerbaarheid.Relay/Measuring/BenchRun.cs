namespace Weerbaarheid.Relay.Measuring;

/// <summary>Everything that one run found.</summary>
/// <param name="At">When it ended, by this machine's clock.</param>
/// <param name="Version">Of the program, with the commit where the build knew it.</param>
/// <param name="Before">The machine before the measurements.</param>
/// <param name="After">The machine after them: heat comes with work.</param>
/// <param name="Measurements">In the order of measuring.</param>
/// <param name="Airtime">Computed, not measured.</param>
internal sealed record BenchRun(
    DateTimeOffset At, string Version, MachineFacts Before, MachineFacts After, IReadOnlyList<Measurement> Measurements, IReadOnlyList<AirtimeRow> Airtime)
{
    /// <summary>Whether the figures are lower than this board can do.</summary>
    public bool Throttled => Before.IsThrottled == true || After.IsThrottled == true;

    /// <summary>Measures.</summary>
    /// <param name="folder">The data folder; its disk is measured.</param>
    /// <param name="length">About how long it may take in all.</param>
    /// <param name="time">Clock and time stamps.</param>
    /// <param name="version">Kept with the figures.</param>
    /// <param name="machine">Reads the machine's facts.</param>
    /// <param name="progress">Hears what is being measured; null when nobody looks.</param>
    /// <param name="stop">Ends the run between two measurements.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static BenchRun Make(
        string folder, TimeSpan length, TimeProvider time, string version, MachineReader machine, Action<string>? progress, CancellationToken stop)
    {
        var before = machine.Read();
        var sampler = new Sampler(time);
        using var codec = new CodecProbes();
        using var store = new StoreProbes(folder);
        var inCore = codec.All();
        List<Func<Probe>> steps = [.. inCore.Select(probe => (Func<Probe>)(() => probe)), store.RawSync, .. StoreProbes.Batches.Select(batch => (Func<Probe>)(() => store.Commits(batch)))];
        var measurements = new List<Measurement>(steps.Count);
        foreach (var step in steps)
        {
            stop.ThrowIfCancellationRequested();
            var probe = step();
            progress?.Invoke($"{measurements.Count + 1} van {steps.Count}: {probe.Name}");
            measurements.Add(sampler.Measure(probe, length / steps.Count));
        }

        AirtimeRow[] airtime = [.. AirtimeRow.Of("status", codec.EnvelopeSize(SampleMessages.Status)), .. AirtimeRow.Of("melding", codec.EnvelopeSize(SampleMessages.Melding))];
        return new BenchRun(time.GetUtcNow(), version, before, machine.Read(), measurements, airtime);
    }
}
