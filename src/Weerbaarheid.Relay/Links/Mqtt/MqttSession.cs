using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>One connection to the broker, from CONNECT until it ends; a new one is made for each attempt.</summary>
internal sealed class MqttSession : IAsyncDisposable
{
    internal const int MaxFrame = 16_384;
    internal const int Window = 16;

    /// <summary>A frame with the largest topic and properties that we or a broker put around it.</summary>
    internal const int MaxPacket = MaxFrame + 1_024;

    /// <summary>Frames that the broker may have on their way to us (MQTT 5 receive maximum).</summary>
    internal const ushort MaxInbound = 64;

    /// <summary>Messages that may wait for the node; a broker that keeps to <see cref="MaxInbound"/> never reaches it.</summary>
    private const int MaxWaiting = 256;

    private readonly MqttLinkOptions _options;
    private readonly TimeProvider _time;
    private readonly MqttLink _link;
    private readonly ChannelWriter<LinkEvent> _events;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttPump _pump;
    private readonly CancellationTokenSource _life = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _room = new(MaxWaiting);
    private int _brokerWindow = Window;

    internal MqttSession(MqttLinkOptions options, MqttProtocolVersion version, TimeProvider time, MqttLink link, ChannelWriter<LinkEvent> events)
    {
        (_options, Version, _time, _link, _events) = (options, version, time, link, events);
        _pump = new MqttPump(PublishAsync, number => new LinkEvent.Sent(link, number), events, End);
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
        _client.DisconnectedAsync += ended =>
        {
            End(MqttFailure.Describe(ended));
            return Task.CompletedTask;
        };
    }

    internal MqttProtocolVersion Version { get; }

    /// <summary>Connects, subscribes and announces this site.</summary>
    /// <returns>Null when the link can be used, or what went wrong.</returns>
    internal async Task<MqttFailure?> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Timings.Connect, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var transport = new MqttTransport(_options, Version == MqttProtocolVersion.V500, _room, _time);
        try
        {
            var password = await ReadPasswordAsync(either.Token);
            var connected = await _client.ConnectAsync(MqttRequests.Connect(_options, Version, transport, password), either.Token);
            if (MqttFailure.Of(connected) is { } refused)
                return refused;
            if (connected.ReceiveMaximum is > 0 and < Window)
                _brokerWindow = connected.ReceiveMaximum.Value;
            var subscribed = await _client.SubscribeAsync(MqttRequests.Subscribe(_options.Site, Version), either.Token);
            if (MqttFailure.Of(subscribed) is { } forbidden)
                return forbidden;
            await _client.PublishAsync(MqttRequests.Presence(_options.Site, online: true), either.Token);
            return null;
        }
        catch (Exception e) when (MqttFailure.IsExpected(e))
        {
            return MqttFailure.Of(e, transport.CertificateRefusal, limit.IsCancellationRequested ? _options.Timings.Connect : null, transport.AfterTls);
        }
    }

    /// <summary>Carries frames both ways until the connection ends or <paramref name="cancellationToken"/> asks to stop.</summary>
    /// <returns>Why it ended. Nothing is reported from this session after that.</returns>
    internal async Task<string> CarryAsync(CancellationToken cancellationToken)
    {
        _up.TrySetResult();
        var pump = _pump.RunAsync(_brokerWindow, _life.Token);
        var watch = WatchAsync();
        string reason;
        using (cancellationToken.Register(() => End("the node stops")))
            reason = await _ended.Task;
        _pump.Close();
        if (cancellationToken.IsCancellationRequested)
            await SayGoodbyeAsync();
        await _life.CancelAsync();
        await Task.WhenAll(pump, watch);
        return reason;
    }

    internal bool TrySend(OutgoingFrame frame) => _pump.TrySend(frame);

    /// <remarks>Closes without DISCONNECT unless goodbye was said: then the broker publishes the last will, as it should.</remarks>
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        _client.Dispose();
    }

    private void End(string reason) => _ended.TrySetResult(reason);

    private async Task<MqttClientPublishResult> PublishAsync(OutgoingFrame frame) =>
        await _client.PublishAsync(MqttRequests.Frame(frame, Version), _life.Token)
            .WaitAsync(_options.Timings.Acknowledge, _time, _life.Token);

    /// <summary>Pings twice per keep-alive, on a monotonic clock and also while frames go out.</summary>
    /// <remarks>The client's own keep-alive goes by the wall clock, which jumps here, and counts only what it sends: a
    /// connection that swallows everything would look alive to it.</remarks>
    private async Task WatchAsync()
    {
        var half = _options.Timings.KeepAlive / 2;
        using var timer = new PeriodicTimer(half, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_life.Token))
                await _client.PingAsync(_life.Token).WaitAsync(half, _time, _life.Token);
        }
        catch (TimeoutException)
        {
            End($"no answer to a ping within {half.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (MqttFailure.IsExpected(e))
        {
            End(MqttFailure.Of(e, null, null).Reason);
        }
    }

    // Awaiting the writer holds back the acknowledgement, and with it the broker.
    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        try
        {
            await PassOnAsync(received);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task PassOnAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        var message = received.ApplicationMessage;
        if (message.Payload.Length is 0 or > MaxFrame || message.Retain)
        {
            // Acknowledged all the same, or the broker would offer it for ever.
            _link.CountDropped();
            return;
        }

        try
        {
            await _up.Task.WaitAsync(_life.Token);
            var copy = System.Buffers.BuffersExtensions.ToArray(message.Payload);
            await _events.WriteAsync(new LinkEvent.Received(_link, copy), _life.Token);
        }
        catch (OperationCanceledException)
        {
            received.ProcessingFailed = true;
        }
    }

    private async Task SayGoodbyeAsync()
    {
        using var limit = new CancellationTokenSource(_options.Timings.Goodbye, _time);
        try
        {
            await _client.PublishAsync(MqttRequests.Presence(_options.Site, online: false), limit.Token);
            // The client waits for its handlers before it disconnects; one of them may be waiting for the node.
            await _life.CancelAsync();
            var bye = new MqttClientDisconnectOptions { SessionExpiryInterval = Version == MqttProtocolVersion.V500 ? MqttRequests.SessionSeconds : 0 };
            await _client.DisconnectAsync(bye, limit.Token);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e))
        {
            // The last will says the same.
        }
    }

    private async Task<byte[]?> ReadPasswordAsync(CancellationToken cancellationToken)
    {
        if (_options.PasswordFile is null)
            return null;
        var text = await File.ReadAllTextAsync(_options.PasswordFile, cancellationToken);
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return System.Text.Encoding.UTF8.GetBytes(end < 0 ? text : text[..end]);
    }
}
