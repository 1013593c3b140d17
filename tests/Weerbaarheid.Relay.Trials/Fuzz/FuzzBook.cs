namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>What came of the inputs of one target.</summary>
internal sealed class FuzzBook
{
    private long _inputs;
    private long _accepted;
    private long _ticks;
    private long _slowest;
    private long _largest;

    public long Inputs => Interlocked.Read(ref _inputs);

    public void Note(bool accepted, TimeSpan took, long allocated)
    {
        Interlocked.Increment(ref _inputs);
        if (accepted) Interlocked.Increment(ref _accepted);
        Interlocked.Add(ref _ticks, took.Ticks);
        if (took.Ticks > Volatile.Read(ref _slowest)) Volatile.Write(ref _slowest, took.Ticks);
        if (allocated > Volatile.Read(ref _largest)) Volatile.Write(ref _largest, allocated);
    }

    public override string ToString() => FormattableString.Invariant(
        $"{_inputs,11:N0} inputs, {100.0 * _accepted / _inputs,5:N1} % accepted, {TimeSpan.FromTicks(_ticks).TotalMicroseconds / _inputs,7:N1} us each, {TimeSpan.FromTicks(_slowest).TotalMilliseconds,6:N1} ms and {_largest / 1024.0,6:N0} KiB at most");
}
