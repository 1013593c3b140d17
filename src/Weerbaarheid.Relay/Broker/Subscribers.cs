using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Limits that the MQTT server lacks. It keeps every unacknowledged delivery and every session of a client that is away, without
/// end: a subscriber that never acknowledges, or a thousand names that connect once, would fill the memory.
/// </summary>
/// <remarks>Policy: a subscriber with too much unacknowledged gets no newer deliveries until it acknowledges; retained topics tell it the present.</remarks>
internal sealed class Subscribers(BrokerOptions options, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Subscriber> _byClient = new(StringComparer.Ordinal);

    /// <summary>Clients with a session, connected or away.</summary>
    public int Count => _byClient.Count;

    /// <summary>Starts counting.</summary>
    public void Watch(MqttServer server)
    {
        server.ValidatingConnectionAsync += Done<ValidatingConnectionEventArgs>(Arrive);
        server.InterceptingSubscriptionAsync += Done<InterceptingSubscriptionEventArgs>(Subscribe);
        server.ClientUnsubscribedTopicAsync += Done<ClientUnsubscribedTopicEventArgs>(e => Find(e.ClientId)?.Unsubscribe(e.TopicFilter));
        server.InterceptingClientEnqueueAsync += Done<InterceptingClientApplicationMessageEnqueueEventArgs>(Enqueue);
        server.ClientAcknowledgedPublishPacketAsync += Done<ClientAcknowledgedPublishPacketEventArgs>(e => Find(e.ClientId)?.Acknowledge());
        server.ClientDisconnectedAsync += Done<ClientDisconnectedEventArgs>(Leave);
        server.SessionDeletedAsync += Done<SessionDeletedEventArgs>(e => _byClient.TryRemove(e.Id, out _));
    }

    /// <summary>Deletes sessions that are away for too long, and the oldest beyond the limit.</summary>
    public async Task SweepAsync(MqttServer server)
    {
        var now = time.GetTimestamp();
        var away = _byClient.Where(s => s.Value.AwaySince is not null).OrderByDescending(s => s.Value.AwaySince).ToList();
        for (var i = 0; i < away.Count; i++)
        {
            var expired = time.GetElapsedTime(away[i].Value.AwaySince ?? now, now) > options.AbsentSessionLife;
            if (i < options.MaxAbsentSessions && !expired) continue;
            await DeleteAsync(server, away[i].Key).ConfigureAwait(false);
        }
    }

    private async Task DeleteAsync(MqttServer server, string clientId)
    {
        logger.LogDebug("The session of client {Client}, which is away, is deleted.", clientId);
        _byClient.TryRemove(clientId, out _);
        try
        {
            await (await server.GetSessionAsync(clientId).ConfigureAwait(false)).DeleteAsync().ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            // Gone already; the server has no way to ask first.
        }
    }

    private void Arrive(ValidatingConnectionEventArgs e)
    {
        if (string.IsNullOrEmpty(e.ClientId)) return;
        if (e.CleanSession == true) _byClient[e.ClientId] = new Subscriber();
        else _byClient.GetOrAdd(e.ClientId, static _ => new Subscriber()).AwaySince = null;
    }

    private void Leave(ClientDisconnectedEventArgs e)
    {
        if (e.DisconnectType != MqttClientDisconnectType.Takeover && Find(e.ClientId) is { } subscriber) subscriber.AwaySince = time.GetTimestamp();
    }

    private void Subscribe(InterceptingSubscriptionEventArgs e)
    {
        if (Find(e.ClientId)?.Subscribe(e.TopicFilter.Topic, e.TopicFilter.QualityOfServiceLevel, options.MaxSubscriptionsPerClient) == true)
        {
            e.Response.ReasonCode = (MqttSubscribeReasonCode)e.TopicFilter.QualityOfServiceLevel;
            return;
        }

        // 3.1.1 knows one failure code only; the server maps this one to it.
        e.Response.ReasonCode = MqttSubscribeReasonCode.QuotaExceeded;
        e.ProcessSubscription = false;
    }

    private void Enqueue(InterceptingClientApplicationMessageEnqueueEventArgs e)
    {
        // Nobody needs its own frames back; over a metered uplink they would cost twice.
        var echo = e.SenderClientId == e.ReceiverClientId && e.ApplicationMessage.Topic.StartsWith(Topics.Wire, StringComparison.Ordinal);
        e.AcceptEnqueue = !echo && Find(e.ReceiverClientId)?.TryOwe(e.ApplicationMessage, options.MaxQueuedPerClient) != false;
    }

    private Subscriber? Find(string clientId) => _byClient.GetValueOrDefault(clientId);

    private static Func<T, Task> Done<T>(Action<T> action) => e =>
    {
        action(e);
        return Task.CompletedTask;
    };

    /// <summary>One client, as long as the server keeps a session for it.</summary>
    private sealed class Subscriber
    {
        private readonly Dictionary<string, MqttQualityOfServiceLevel> _filters = new(StringComparer.Ordinal);
        private readonly Lock _lock = new();
        private int _unacknowledged;
        private long? _awaySince;

        /// <summary>Timestamp of its departure; null while it is connected.</summary>
        public long? AwaySince
        {
            get { lock (_lock) return _awaySince; }
            set { lock (_lock) _awaySince = value; }
        }

        public bool Subscribe(string filter, MqttQualityOfServiceLevel quality, int limit)
        {
            lock (_lock)
            {
                if (_filters.Count >= limit && !_filters.ContainsKey(filter)) return false;
                _filters[filter] = quality;
                return true;
            }
        }

        public void Unsubscribe(string filter)
        {
            lock (_lock) _filters.Remove(filter);
        }

        /// <summary>Counts a delivery that will have to be acknowledged.</summary>
        /// <returns>False when too many are not.</returns>
        public bool TryOwe(MqttApplicationMessage message, int limit)
        {
            lock (_lock)
            {
                if (!MustAcknowledge(message)) return true; // QoS 0 waits in the server's own bounded queue only.
                if (_unacknowledged >= limit) return false;
                _unacknowledged++;
                return true;
            }
        }

        public void Acknowledge()
        {
            lock (_lock) _unacknowledged = Math.Max(0, _unacknowledged - 1);
        }

        private bool MustAcknowledge(MqttApplicationMessage message)
        {
            if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce) return false;
            foreach (var (filter, quality) in _filters)
            {
                if (quality == MqttQualityOfServiceLevel.AtMostOnce) continue;
                if (MqttTopicFilterComparer.Compare(message.Topic, filter) == MqttTopicFilterCompareResult.IsMatch) return true;
            }

            return false;
        }
    }
}
