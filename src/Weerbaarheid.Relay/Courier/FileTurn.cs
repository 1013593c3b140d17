using System.Threading.Channels;

namespace Weerbaarheid.Relay.Courier;

/// <summary>One after the other: whoever makes or reads a large file, such as a courier's or an evaluation, may hold all of it in memory.</summary>
internal sealed class FileTurn
{
    /// <summary>What is said to who waited too long.</summary>
    public const string Busy = "Er wordt al een groot bestand gemaakt of ingelezen. Probeer het zo weer.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Holds one thing, which whoever has the turn has taken out.</summary>
    private readonly Channel<bool> _seat = Channel.CreateBounded<bool>(1);
    private readonly TimeProvider _time;

    /// <param name="time">Clock of the wait.</param>
    public FileTurn(TimeProvider time)
    {
        _time = time;
        _seat.Writer.TryWrite(true);
    }

    /// <summary>Waits for the turn, for ten seconds at most.</summary>
    /// <returns>What ends the turn; null when it did not come.</returns>
    public async Task<IDisposable?> TakeAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _seat.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            return new Seat(_seat.Writer);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed class Seat(ChannelWriter<bool> seat) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) seat.TryWrite(true);
        }
    }
}
