using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Limits that the MQTT server lacks. It keeps every unacknowledged delivery and every session of a client that is away, without
/// end: a subscriber that never acknowledges, or a thousand names that connect once, would fill the memory.
/// </summary>
/// <remarks>
/// Policy: whoever delivers waits for a subscriber that is merely slower (<see cref="RoomAsync"/>), because what is delivered is told
/// once. One that stands still gets no newer deliveries until it has acknowledged half; retained topics tell it the present.
/// </remarks>
internal sealed class Subscribers(BrokerOptions options, LastWills wills, TimeProvider time, ILogger logger)
{
    /// <summary>What clients are granted at most: the node itself publishes with QoS 1.</summary>
    private const MqttQualityOfServiceLevel MaxGranted = MqttQualityOfServiceLevel.AtLeastOnce;

    private readonly ConcurrentDictionary<string, Subscriber> _byClient = new(StringComparer.Ordinal);
    private readonly Audience _audience = new();

    /// <summary>After a wait in vain nobody is waited for during this many times the patience.</summary>
    private const int PauseAfterVainWait = 15;

    private long? _vainWait;

    /// <summary>Those that came to their limit since somebody waited for room; each at most once.</summary>
    private readonly ConcurrentQueue<Subscriber> _full = new();

    /// <summary>Who speaks for which client.</summary>
    public Seats Seats { get; } = new(options.ConnectTimeout, time);

    /// <summary>Shared subscriptions.</summary>
    public SharedGroups Groups { get; } = new();

    /// <summary>Whether a publication on this topic would reach anybody; true when in doubt.</summary>
    public bool Want(string topic) => !Groups.IsEmpty || _audience.Wants(topic, _byClient);

    /// <summary>Clients with a session, connected or away.</summary>
    public int Count => _byClient.Count;

    /// <summary>Starts counting.</summary>
    public void Watch(MqttServer server)
    {
        server.ValidatingConnectionAsync += e => ArriveAsync(server, e);
        server.InterceptingSubscriptionAsync += Done<InterceptingSubscriptionEventArgs>(Subscribe);
        server.InterceptingUnsubscriptionAsync += Done<InterceptingUnsubscriptionEventArgs>(Unshare);
        server.ClientUnsubscribedTopicAsync += Done<ClientUnsubscribedTopicEventArgs>(Unsubscribe);
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
            logger.SubscribersSlow(waiting.Count(one => !one.IsCompleted), Count);
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
            var expired = IsExpired(away[i].Value, now);
            if (i < options.MaxAbsentSessions && !expired) continue;
            await DeleteAsync(server, away[i].Key).ConfigureAwait(false);
        }
    }

    private async Task DeleteAsync(MqttServer server, string clientId)
    {
        logger.SessionDeleted(clientId);
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

    /// <summary>The session of a client that was accepted just now.</summary>
    public Subscriber Arrived(string clientId, bool version5)
    {
        var subscriber = _byClient.GetOrAdd(clientId, _ => New());
        subscriber.CanSayNoLocal = version5;
        return subscriber;
    }

    /// <summary>Makes a client a member of a group.</summary>
    /// <param name="clientId">Who.</param>
    /// <param name="shared">What it asks for.</param>
    /// <param name="filter">The filter in it.</param>
    /// <param name="identifier">Subscription identifier, or 0.</param>
    public MqttSubscribeReasonCode Join(string clientId, MqttTopicFilter shared, string filter, uint identifier)
    {
        var granted = Granted(shared);
        if (Find(clientId)?.Subscribe(shared.Topic, granted, options.MaxSubscriptionsPerClient) != true) return MqttSubscribeReasonCode.QuotaExceeded;
        Groups.Join(shared.Topic, filter, new Member(clientId, granted, shared.RetainAsPublished, identifier));
        return (MqttSubscribeReasonCode)granted;
    }

    /// <summary>The members of a group whom a message may go to, in the order in which they are tried: who is away comes last.</summary>
    public IEnumerable<Member> Candidates(IReadOnlyList<Member> members) =>
        members.Where(member => Find(member.ClientId) is not null).OrderBy(member => Find(member.ClientId)?.AwaySince is not null);

    /// <summary>Counts a delivery of a shared subscription.</summary>
    /// <returns>False when the member has no room.</returns>
    public bool TryOwe(Member member, MqttQualityOfServiceLevel quality) =>
        quality == MqttQualityOfServiceLevel.AtMostOnce || Find(member.ClientId) is not { } subscriber || TryOwe(subscriber, null);

    private async Task ArriveAsync(MqttServer server, ValidatingConnectionEventArgs e)
    {
        if (string.IsNullOrEmpty(e.ClientId)) return;
        if (!string.IsNullOrEmpty(e.AuthenticationMethod))
        {
            e.ReasonCode = MqttConnectReasonCode.BadAuthenticationMethod;
            return;
        }

        var connection = (ClientConnection)e.ChannelAdapter;
        if (!await Seats.TakeAsync(e.ClientId, connection).ConfigureAwait(false))
        {
            e.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
            return;
        }

        if (e.CleanSession == true) Forget(e.ClientId);
        else if (Find(e.ClientId) is { } known && IsExpired(known, time.GetTimestamp())) await DeleteAsync(server, e.ClientId).ConfigureAwait(false);
        else wills.Resume(e.ClientId);
        var subscriber = _byClient.GetOrAdd(e.ClientId, _ => New());
        subscriber.AwaySince = null;
        subscriber.Life = connection.SessionLife;
    }

    private Subscriber New() => new(options.MaxPendingAcknowledgements);

    private bool IsExpired(Subscriber subscriber, long now) => subscriber.AwaySince is { } since && time.GetElapsedTime(since, now) >= subscriber.Life;

    private void Leave(ClientDisconnectedEventArgs e)
    {
        if (e.DisconnectType != MqttClientDisconnectType.Takeover && Find(e.ClientId) is { } subscriber) subscriber.AwaySince = time.GetTimestamp();
    }

    private void Unsubscribe(ClientUnsubscribedTopicEventArgs e)
    {
        Find(e.ClientId)?.Unsubscribe(e.TopicFilter);
        _audience.Changed();
    }

    private void Subscribe(InterceptingSubscriptionEventArgs e)
    {
        var granted = Granted(e.TopicFilter);
        if (Find(e.ClientId)?.Subscribe(e.TopicFilter.Topic, granted, options.MaxSubscriptionsPerClient) == true)
        {
            _audience.Changed();
            e.Response.ReasonCode = (MqttSubscribeReasonCode)granted;
            return;
        }

        // 3.1.1 knows one failure code only; the server maps this one to it.
        e.Response.ReasonCode = MqttSubscribeReasonCode.QuotaExceeded;
        e.ProcessSubscription = false;
    }

    private void Enqueue(InterceptingClientApplicationMessageEnqueueEventArgs e)
    {
        if (Find(e.ReceiverClientId) is not { } subscriber) return;
        // Nobody needs its own frames back; over a metered uplink they would cost twice. A client of MQTT 5 says so itself (No Local).
        var echo = !subscriber.CanSayNoLocal && e.SenderClientId == e.ReceiverClientId && e.ApplicationMessage.Topic.StartsWith(Topics.Wire, StringComparison.Ordinal);
        e.AcceptEnqueue = !echo && TryOwe(subscriber, e.ApplicationMessage);
    }

    /// <summary>The server knows no shared subscription, so it found none.</summary>
    private void Unshare(InterceptingUnsubscriptionEventArgs e)
    {
        if (Filters.IsShared(e.Topic) && Groups.Leave(e.Topic, e.ClientId)) e.Response.ReasonCode = MqttUnsubscribeReasonCode.Success;
    }

    private static MqttQualityOfServiceLevel Granted(MqttTopicFilter filter) => filter.QualityOfServiceLevel > MaxGranted ? MaxGranted : filter.QualityOfServiceLevel;

    private bool TryOwe(Subscriber subscriber, MqttApplicationMessage? message)
    {
        var accepted = subscriber.TryOwe(message, options.MaxQueuedPerClient, out var isFull);
        if (isFull) _full.Enqueue(subscriber);
        return accepted;
    }

    private void Forget(string clientId)
    {
        if (_byClient.TryRemove(clientId, out var subscriber)) subscriber.AwaySince = time.GetTimestamp();
        _audience.Changed();
        Groups.Forget(clientId);
        wills.End(clientId);
    }

    private Subscriber? Find(string clientId) => _byClient.GetValueOrDefault(clientId);

    private static Func<T, Task> Done<T>(Action<T> action) => e =>
    {
        action(e);
        return Task.CompletedTask;
    };
}
