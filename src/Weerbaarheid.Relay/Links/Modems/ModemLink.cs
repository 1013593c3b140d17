using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>Neighbours behind a modem: the shell that owns the port, around a machine that knows the modem's protocol.</summary>
/// <remarks>
/// A port that goes and comes back is normal: it is opened again for as long as the node runs. While down the link reports
/// <see cref="LinkEvent.Down"/> again only when the reason changes, so that people see why.
/// </remarks>
/// <param name="description">What the machine and its settings make of the link.</param>
/// <param name="port">Device path, or <c>tcp://host:port</c>.</param>
/// <param name="baud">Bits per second of a serial line; for a socket an estimate is enough.</param>
/// <param name="machine">Used by this link alone.</param>
internal sealed class ModemLink(LinkDescription description, string port, int baud, IModem machine, TimeProvider time, ILogger log) : ILink
{
    /// <summary>A life that lasted this long was a good one: when it ends the port is opened again at once.</summary>
    private static readonly TimeSpan GoodLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MostDelay = TimeSpan.FromSeconds(5);

    // One for the whole life of the machine, so that its times never go back.
    private readonly long _began = time.GetTimestamp();
    private volatile ModemSession? _session;
    private string? _downReason;

    public LinkDescription Description { get; } = description;

    public bool TrySend(OutgoingFrame frame) => frame.Bytes.Length <= Description.MaxFrame && (_session?.TrySend(frame) ?? false);

    public async Task RunAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                await LiveOnceAsync(events, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (time.GetElapsedTime(began) >= GoodLife) failures = 0;
                await Task.Delay(Delay(failures), time, cancellationToken);
                failures++;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    /// <param name="failures">Failures in a row before this one, from 0.</param>
    internal static TimeSpan Delay(int failures)
    {
        if (failures == 0) return TimeSpan.Zero;
        // 2^4 already passes the most; the clamp keeps the shift in range however long the modem is away.
        var doubled = FirstDelay * (1 << Math.Min(failures - 1, 4));
        return doubled < MostDelay ? doubled : MostDelay;
    }

    private async Task LiveOnceAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        var opened = await ModemPort.OpenAsync(port, baud, time, cancellationToken);
        if (opened.Stream is not { } stream)
        {
            await ReportDownAsync(events, opened.Reason, cancellationToken);
            return;
        }

        string reason;
        var session = new ModemSession(this, stream, baud, machine, () => time.GetElapsedTime(_began), time);
        try
        {
            _session = session;
            reason = await session.CarryAsync(events, text => log.ModemSays(Description.Name, text), Up, cancellationToken);
        }
        finally
        {
            _session = null;
        }

        await ReportDownAsync(events, reason, cancellationToken);
    }

    private void Up()
    {
        _downReason = null;
        log.ModemUp(Description.Name, Description.Type, port);
    }

    private async Task ReportDownAsync(ChannelWriter<LinkEvent> events, string reason, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || reason == _downReason) return;
        _downReason = reason;
        log.LinkDown(Description.Name, reason);
        await events.WriteAsync(new LinkEvent.Down(this, reason), cancellationToken);
    }
}
