using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Broker;

/// <summary>What a client wants published when its connection ends without a goodbye.</summary>
/// <param name="Packet">The will as a publication.</param>
/// <param name="Delay">MQTT 5 Will Delay Interval.</param>
internal sealed record LastWill(MqttPublishPacket Packet, TimeSpan Delay)
{
    /// <summary>Takes the will out of a CONNECT, so that the server, which knows neither delay nor take-over, has none.</summary>
    public static LastWill? TakeFrom(MqttConnectPacket connect)
    {
        if (!connect.WillFlag) return null;
        connect.WillFlag = false;
        var packet = new MqttPublishPacket
        {
            Topic = connect.WillTopic,
            Payload = new(connect.WillMessage ?? []),
            QualityOfServiceLevel = connect.WillQoS,
            Retain = connect.WillRetain,
            ContentType = connect.WillContentType,
            CorrelationData = connect.WillCorrelationData,
            MessageExpiryInterval = connect.WillMessageExpiryInterval,
            PayloadFormatIndicator = connect.WillPayloadFormatIndicator,
            ResponseTopic = connect.WillResponseTopic,
            UserProperties = connect.WillUserProperties,
        };
        return new LastWill(packet, TimeSpan.FromSeconds(connect.WillDelayInterval));
    }
}

/// <summary>
/// Wills of clients whose connection ended: published at once, or after their delay unless the session is resumed before (MQTT 5
/// §3.1.2.5, §3.1.3.2.2). A session that ends takes the delay with it.
/// </summary>
/// <param name="publish">Publishes a will under its client's name.</param>
/// <param name="limit">Most that wait; with more, a delay is not kept.</param>
/// <param name="time">Clock of the delays.</param>
/// <param name="logger">What people should know.</param>
internal sealed class LastWills(Func<Publication, Task> publish, int limit, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Dictionary<string, (LastWill Will, ITimer Timer)> _waiting = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>A connection ended, and its will holds.</summary>
    /// <param name="clientId">Whose.</param>
    /// <param name="will">The will.</param>
    /// <param name="session">How long the session lives on.</param>
    public void Leave(string clientId, LastWill will, TimeSpan session)
    {
        var delay = will.Delay < session ? will.Delay : session;
        lock (_lock)
        {
            if (delay > TimeSpan.Zero && _waiting.Count < limit)
            {
                var timer = time.CreateTimer(_ => End(clientId), null, delay, Timeout.InfiniteTimeSpan);
                if (_waiting.Remove(clientId, out var before)) before.Timer.Dispose();
                _waiting[clientId] = (will, timer);
                return;
            }
        }

        _ = PublishAsync(clientId, will);
    }

    /// <summary>The session is resumed: its will is not published.</summary>
    public void Resume(string clientId) => Take(clientId);

    /// <summary>The session or the delay is at its end.</summary>
    public void End(string clientId)
    {
        if (Take(clientId) is { } will) _ = PublishAsync(clientId, will);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (_, timer) in _waiting.Values) timer.Dispose();
            _waiting.Clear();
        }
    }

    private LastWill? Take(string clientId)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(clientId, out var waiting)) return null;
            waiting.Timer.Dispose();
            return waiting.Will;
        }
    }

    private async Task PublishAsync(string clientId, LastWill will)
    {
        try
        {
            await publish(Publication.From(clientId, will.Packet)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.WillFailed(Pseudonym.Of(clientId), e.GetType().Name);
        }
    }
}
