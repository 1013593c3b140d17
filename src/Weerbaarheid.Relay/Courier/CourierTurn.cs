namespace Weerbaarheid.Relay.Courier;

/// <summary>One after the other: whoever makes or reads a courier's file may hold all of it in memory.</summary>
/// <param name="time">Clock of the wait.</param>
internal sealed class CourierTurn(TimeProvider time)
{
    /// <summary>What is said to who waited too long.</summary>
    public const string Busy = "Er wordt al een koeriersbestand gemaakt of ingelezen. Probeer het zo weer.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _seat = new(1);

    /// <summary>Waits for the turn, for ten seconds at most.</summary>
    /// <returns>What ends the turn; null when it did not come.</returns>
    public async Task<IDisposable?> TakeAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _seat.WaitAsync(either.Token).ConfigureAwait(false);
            return new Seat(_seat);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed class Seat(SemaphoreSlim seat) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) seat.Release();
        }
    }
}
