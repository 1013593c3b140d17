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
/// <remarks>
/// Policy: whoever delivers waits for a subscriber that is merely slower (<see cref="RoomAsync"/>), because what is delivered is told
/// once. One that stands still gets no newer deliveries until it has acknowledged half; retained topics tell it the present.
/// </remarks>
internal sealed class Subscribers(BrokerOptions options, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Subscriber> _byClient = new(StringComparer.Ordinal);

    /// <summary>After a wait in vain nobody is waited for during this many times the patience.</summary>
    private const int PauseAfterVainWait = 15;

    private long? _vainWait;

    /// <summary>Those that came to their limit since somebody waited for room; each at most once.</summary>
    private readonly ConcurrentQueue<Subscriber> _full = new();

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
        server.SessionDeletedAsync += Done<SessionDeletedEventArgs>(e => Forget(e.Id));
    }

    /// <summary>Waits until every subscriber that takes what is sent to it has room again.</summary>
    /// <remarks>
    /// Costs nothing when none is full. All are waited for together, and after one wait in vain nobody is for a while: messages that are
    /// handed in wait behind deliveries in the end, and no number of subscribers may hold those up.
    /// </remarks>
    public async ValueTask RoomAsync(CancellationToken cancellationToken)
    {
        if (_full.IsEmpty) return;
        var waiting = new List<Task>();
        while (_full.TryDequeue(out var subscriber)) waiting.Add(subscriber.Drained);
        if (_vainWait is { } since && time.GetElapsedTime(since) < options.SubscriberPatience * PauseAfterVainWait) return;
        var drained = Task.WhenAll(waiting);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (await Task.WhenAny(drained, Task.Delay(options.SubscriberPatience, time, end.Token)).ConfigureAwait(false) != drained)
        {
            _vainWait = time.GetTimestamp();
            logger.LogWarning(
                "Subscribers that do not acknowledge what is delivered to them get nothing newer until they do: {Count} of {All}.",
                waiting.Count(one => !one.IsCompleted), Count);
        }

        await end.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
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
        Forget(clientId);
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
        if (e.CleanSession == true)
        {
            Forget(e.ClientId);
            _byClient[e.ClientId] = new Subscriber();
        }
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
        e.AcceptEnqueue = !echo && (Find(e.ReceiverClientId) is not { } subscriber || TryOwe(subscriber, e.ApplicationMessage));
    }

    private bool TryOwe(Subscriber subscriber, MqttApplicationMessage message)
    {
        var accepted = subscriber.TryOwe(message, options.MaxQueuedPerClient, out var isFull);
        if (isFull) _full.Enqueue(subscriber);
        return accepted;
    }

    private void Forget(string clientId)
    {
        if (_byClient.TryRemove(clientId, out var subscriber)) subscriber.AwaySince = time.GetTimestamp();
    }

    private Subscriber? Find(string clientId) => _byClient.GetValueOrDefault(clientId);

    private static Func<T, Task> Done<T>(Action<T> action) => e =>
    {
        action(e);
        return Task.CompletedTask;
    };
}
