using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Links;

/// <summary>
/// A link on an amateur band: down until an operator arms it, and down again when the time is over. It is never armed by itself,
/// not even after a restart.
/// </summary>
/// <param name="description">What it is once it is up.</param>
/// <param name="open">Makes the link behind it, anew for each arming.</param>
internal sealed class AmateurLink(LinkDescription description, Func<ILink> open, TimeProvider time, ILogger log) : ILink
{
    private readonly Lock _lock = new();

    // At most one waits: an arming that is taken back before it began gives way to the next.
    private readonly Channel<Life> _armed = Channel.CreateBounded<Life>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }, dropped => dropped.End.Dispose());

    private Life? _life;
    private volatile ILink? _inner;

    /// <summary>One arming; its end is the one thing that counts.</summary>
    private sealed record Life(Arming Arming, CancellationTokenSource End);

    public LinkDescription Description { get; } = description;

    /// <summary>Who armed it; null when it may not transmit now.</summary>
    public Arming? Arming => Volatile.Read(ref _life) is { End.IsCancellationRequested: false } life ? life.Arming : null;

    /// <summary>Lets it transmit.</summary>
    /// <param name="operatorName">Call sign and name of who answers for it.</param>
    /// <param name="duration">At most a day.</param>
    /// <returns>Why not; null when it is armed.</returns>
    public string? Arm(string operatorName, TimeSpan duration)
    {
        lock (_lock)
        {
            if (Arming is { } armed) return $"Link {Description.Name} is armed already, by {armed.Operator} until {Show(armed.Until)}; disarm it first.";
            var life = new Life(new Arming(operatorName, time.GetUtcNow() + duration), new CancellationTokenSource(duration, time));
            Volatile.Write(ref _life, life);
            log.Armed(Description.Name, operatorName.Split(' ')[0], Show(life.Arming.Until));
            _armed.Writer.TryWrite(life);
            return null;
        }
    }

    /// <summary>Takes the arming back; what a modem has begun to send it ends.</summary>
    /// <returns>Why not; null when it was armed and is not any more.</returns>
    public string? Disarm()
    {
        lock (_lock)
        {
            if (Arming is null) return $"Link {Description.Name} is not armed.";
            _life!.End.Cancel();
            return null;
        }
    }

    public bool TrySend(OutgoingFrame frame) => _inner is { } inner && Arming is not null && inner.TrySend(frame);

    public async Task RunAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await events.WriteAsync(new LinkEvent.Down(this, $"not armed: an operator arms it with weerbaarheid-relay amateur arm --link {Description.Name}"), cancellationToken);
                await LiveAsync(await _armed.Reader.ReadAsync(cancellationToken), events, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private static string Show(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private async Task LiveAsync(Life life, ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        using var end = life.End;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        await events.WriteAsync(new LinkEvent.Down(this, $"armed until {Show(life.Arming.Until)}; not up yet"), cancellationToken);
        var inner = _inner = open();
        try
        {
            await inner.RunAsync(new OwnEvents(this, events), stop.Token);
        }
        finally
        {
            _inner = null;
            await end.CancelAsync();
            log.Disarmed(Description.Name);
        }
    }

    /// <summary>What the link behind this one reports, in the name of this one.</summary>
    private sealed class OwnEvents(ILink link, ChannelWriter<LinkEvent> events) : ChannelWriter<LinkEvent>
    {
        public override bool TryWrite(LinkEvent item) => events.TryWrite(item with { Link = link });

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => events.WaitToWriteAsync(cancellationToken);
    }
}
