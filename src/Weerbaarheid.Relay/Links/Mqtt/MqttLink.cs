using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>Neighbours behind an external MQTT broker (MQTT 5 or 3.1.1, TCP or TLS).</summary>
/// <remarks>
/// Keeps one session alive and never gives up. While down it reports <see cref="LinkEvent.Down"/> again only when the
/// reason changes, so that people see why. A frame counts as sent when the broker acknowledged it (QoS 1).
/// </remarks>
internal sealed class MqttLink : ILink
{
    private readonly MqttLinkOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<double> _random;
    private readonly ProtocolChoice _protocol;
    private volatile MqttSession? _session;
    private long _dropped;
    private long _attempts;
    private string? _downReason;

    /// <param name="options">Checked by <see cref="MqttLinkOptions.Problems"/> before.</param>
    /// <param name="random">0 up to 1, for the delays between attempts; null takes the runtime's.</param>
    /// <exception cref="ArgumentException">The options have problems: a start-up error.</exception>
    internal MqttLink(MqttLinkOptions options, TimeProvider time, ILogger log, Func<double>? random = null)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException($"Link {options.Name}: {string.Join("; ", problems)}", nameof(options));
        (_options, _time, _log, _random) = (options, time, log, random ?? Random.Shared.NextDouble);
        _protocol = new ProtocolChoice(options.Protocol);
        Description = new LinkDescription(options.Name, "mqtt", MqttSession.MaxFrame, 10_000_000, MqttSession.Window, options.Peers);
    }

    public LinkDescription Description { get; }

    /// <summary>Messages on our topics that could not be a frame (empty, too large, retained); grows only.</summary>
    internal long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Connections tried; grows only.</summary>
    internal long Attempts => Interlocked.Read(ref _attempts);

    /// <summary>MQTT version of the connection, or of the next attempt: <c>5</c> or <c>3.1.1</c>.</summary>
    internal string Version => _protocol.Next == MQTTnet.Formatter.MqttProtocolVersion.V500 ? "5" : "3.1.1";

    internal void CountDropped() => Interlocked.Increment(ref _dropped);

    public bool TrySend(OutgoingFrame frame) =>
        frame.Bytes.Length <= MqttSession.MaxFrame && (_session?.TrySend(frame) ?? false);

    public async Task RunAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                var began = _time.GetTimestamp();
                await ConnectOnceAsync(events, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (_time.GetElapsedTime(began) > _options.Timings.GoodConnection)
                    failures = 0;
                await Task.Delay(Backoff.Delay(failures, _random()), _time, cancellationToken);
                failures = Math.Min(failures + 1, 1_000);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task ConnectOnceAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        await using var session = new MqttSession(_options, _protocol.Next, _time, this, events);
        if (await session.OpenAsync(cancellationToken) is { } failure)
        {
            if (failure.VersionDoubted)
                _protocol.Doubted();
            await ReportDownAsync(events, failure.Reason, cancellationToken);
            return;
        }

        _protocol.Accepted();
        _downReason = null;
        _log.MqttUp(_options.Name, _options.Uri.Authority, Version);
        string reason;
        try
        {
            // Before Up is read: whoever reads it may hand over a frame at once.
            _session = session;
            await events.WriteAsync(new LinkEvent.Up(this), cancellationToken);
            reason = await session.CarryAsync(cancellationToken);
        }
        finally
        {
            _session = null;
        }

        await ReportDownAsync(events, reason, cancellationToken);
    }

    private async Task ReportDownAsync(ChannelWriter<LinkEvent> events, string reason, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || reason == _downReason)
            return;
        _downReason = reason;
        _log.LinkDown(_options.Name, reason);
        await events.WriteAsync(new LinkEvent.Down(this, reason), cancellationToken);
    }
}
