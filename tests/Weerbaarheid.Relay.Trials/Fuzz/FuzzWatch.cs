using System.Collections.Concurrent;
using Weerbaarheid.Relay.Wire.Tests;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>Notices an input that does not come to an end. A thread cannot be taken back from it, so the process ends, and says why.</summary>
internal sealed class FuzzWatch : IDisposable
{
    /// <summary>Far beyond what a decoder takes, also on a machine that has no time for us.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<int, (FuzzTarget Target, long Number, byte[] Input, long Since)> _running = new();
    private readonly Timer _timer;

    public FuzzWatch() => _timer = new Timer(_ => Look(), null, Most / 4, Most / 4);

    public void Begin(FuzzTarget target, long number, byte[] input) => _running[Environment.CurrentManagedThreadId] = (target, number, input, Environment.TickCount64);

    public void End() => _running.TryRemove(Environment.CurrentManagedThreadId, out _);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach (var (target, number, input, since) in _running.Values)
            if (Environment.TickCount64 - since > Most.TotalMilliseconds)
                Environment.FailFast($"fuzz: {target.Name} does not come to an end with input {number}: {Convert.ToHexString(input)}");
    }
}
