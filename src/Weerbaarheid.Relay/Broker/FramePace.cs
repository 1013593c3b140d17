using System.Diagnostics.CodeAnalysis;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// How fast clients may make this broker work with frames. Anybody can publish a frame, and each goes through the node, or is copied for
/// every subscriber: a stranger with one connection could keep both cores busy. Who is over the pace waits, with its connection, and
/// nothing is lost by it; each connection has one publication in the queue at most, so a neighbour waits for one frame of each stranger.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing; disposing it would break a connection that is still waiting.")]
internal sealed class FramePace(TimeProvider time)
{
    /// <summary>Copies and checks a second, all connections together; about a tenth of one core of a small board.</summary>
    public const int UnitsPerSecond = 50_000;

    /// <summary>What the node's own check of a frame costs, in copies for a subscriber.</summary>
    public const int CheckUnits = 10;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _paidUntil;

    /// <summary>Waits until the work may be done.</summary>
    /// <param name="units">How much it is.</param>
    /// <param name="cancellationToken">The connection, or the node, ends.</param>
    public async ValueTask WaitAsync(int units, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = time.GetTimestamp();
            // What was not used is not made up for, but for a fifth of a second: bursts are how frames come.
            _paidUntil = Math.Max(_paidUntil, now - (time.TimestampFrequency / 5)) + (units * time.TimestampFrequency / UnitsPerSecond);
            var early = time.GetElapsedTime(now, _paidUntil);
            if (early > TimeSpan.FromMilliseconds(1)) await Task.Delay(early, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
