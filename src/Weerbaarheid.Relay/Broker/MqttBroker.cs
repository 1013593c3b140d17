using System.Collections;
using System.Net;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// The node's own MQTT broker (3.1.1 and 5.0): applications hand messages in and hear what happens, neighbours exchange frames.
/// It is not a general broker; see <see cref="PublishGate"/> for what may be published.
/// </summary>
internal sealed class MqttBroker : IAsyncDisposable
{
    private const string Json = "application/json";
    private static readonly TimeSpan SweepSessionsEvery = TimeSpan.FromSeconds(5);

    private static readonly IDictionary NoItems = new Hashtable();

    private readonly MqttServer _server;
    private readonly BrokerListener _listener;
    private readonly BrokerListener? _secure;
    private readonly PublishGate _gate;
    private readonly Rejections _rejections;
    private readonly Subscribers _subscribers;
    private readonly BrokerLink _link;
    private readonly LastWills _wills;
    private readonly FramePace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ITimer? _sweep;
    private int _sweeping;
    private volatile bool _running;

    /// <param name="options">Where it listens, and the limits.</param>
    /// <param name="submit">Takes a message in.</param>
    /// <param name="time">Clock for every deadline.</param>
    /// <param name="logger">What people should know.</param>
    /// <exception cref="BrokerStartException">The certificates cannot be used.</exception>
    public MqttBroker(BrokerOptions options, SubmitHandler submit, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _link = new BrokerLink(frame => InjectAsync("", Message(frame.To is { } to ? Topics.WireToSite(to) : Topics.WireAll, frame.Bytes, retain: false, contentType: null)));
        _rejections = new Rejections(entry => PublishAsync(Topics.Rejected, entry, retain: false, Json), time, logger);
        _gate = new PublishGate(options.Site, submit, _link, DistributeAsync) { Pace = PaceAsync, TextPace = new TextPace(time) };
        _pace = new FramePace(time);
        _wills = new LastWills(PublishWillAsync, options.MaxAbsentSessions, time, logger);
        _subscribers = new Subscribers(options, _wills, time, logger);
        var parts = new BrokerParts(options, _gate, _rejections, _subscribers, _wills, time, logger);
        _listener = new BrokerListener(options, parts);
        _secure = options.Tls is { } tls ? new BrokerListener(options, parts, new TlsDoor(tls, time)) : null;
        _server = new MqttServer(ServerOptions(options), _secure is null ? [_listener] : [_listener, _secure], new MqttLog(logger));
        _subscribers.Watch(_server);
    }

    /// <summary>Where it listens; the port is real once started.</summary>
    public IPEndPoint Endpoint => _listener.Endpoint;

    /// <summary>Where it listens with TLS; null when it does not.</summary>
    public IPEndPoint? TlsEndpoint => _secure?.Endpoint;

    /// <summary>This broker as a way to neighbours.</summary>
    public ILink Link => _link;

    /// <summary>Who arms amateur links; nobody when it is not set.</summary>
    public OperatorHandler? Operators { init => _gate.Operators = value; }

    /// <summary>Who orders what becomes of the region's keys; nobody when it is not set.</summary>
    public KeyOrderHandler? KeyOrders { init => _gate.KeyOrders = value; }

    /// <summary>Connections now.</summary>
    public int Connections => _listener.Connections + (_secure?.Connections ?? 0);

    /// <summary>Clients that the broker remembers, connected or away.</summary>
    public int Sessions => _subscribers.Count;

    /// <summary>Whether a publication on this topic would reach anybody now; true when in doubt.</summary>
    public bool IsWanted(string topic) => _subscribers.Want(topic);

    /// <exception cref="BrokerStartException">The address cannot be had; the message says what to do.</exception>
    public async Task StartAsync()
    {
        await _server.StartAsync().ConfigureAwait(false);
        _running = true;
        _sweep = _time.CreateTimer(_ => _ = SweepSessionsAsync(), null, SweepSessionsEvery, SweepSessionsEvery);
    }

    /// <summary>Publishes for the node itself, to every subscriber that asked for it (QoS 1 at most). Nothing happens when the broker does not run.</summary>
    /// <param name="topic">Where.</param>
    /// <param name="payload">The bytes; must not change afterwards, because they stay queued for slow subscribers.</param>
    /// <param name="retain">Later subscribers get it too; an empty payload takes it back.</param>
    /// <param name="contentType">MQTT 5 content type.</param>
    public ValueTask PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, string contentType) =>
        InjectAsync("", Message(topic, payload, retain, contentType));

    /// <summary>As <see cref="PublishAsync"/>, at the pace of the subscribers: for what is told once, so that a burst is not lost on a slower one.</summary>
    public async ValueTask DeliverAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, string contentType, CancellationToken cancellationToken)
    {
        await _subscribers.RoomAsync(cancellationToken).ConfigureAwait(false);
        await PublishAsync(topic, payload, retain, contentType).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _running = false;
        _wills.Dispose();
        if (_sweep is not null) await _sweep.DisposeAsync().ConfigureAwait(false);
        await _server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        await _listener.StopAsync().ConfigureAwait(false);
        if (_secure is not null) await _secure.StopAsync().ConfigureAwait(false);
        _server.Dispose();
    }

    private static MqttServerOptions ServerOptions(BrokerOptions options) => new()
    {
        EnablePersistentSessions = true,
        // Retransmissions after a reconnect come on top of what is queued, so the server's own limit lies above ours and is for QoS 0.
        MaxPendingMessagesPerClient = 2 * options.MaxQueuedPerClient,
        PendingMessagesOverflowStrategy = MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage,
        // Also how long a client that is taken over may hold up the one that takes over.
        DefaultCommunicationTimeout = options.ConnectTimeout,
        // The sweep watches keep-alive; the server's own thread has nothing to find.
        KeepAliveOptions = { MonitorInterval = TimeSpan.FromSeconds(10) },
    };

    private static MqttApplicationMessage Message(string topic, ReadOnlyMemory<byte> payload, bool retain, string? contentType) => new()
    {
        Topic = topic,
        Payload = new(payload),
        Retain = retain,
        ContentType = contentType,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    };

    private async ValueTask InjectAsync(string sender, MqttApplicationMessage message)
    {
        if (!_running) return;
        try
        {
            var injected = new InjectedMqttApplicationMessage(message) { SenderClientId = sender, CustomSessionItems = NoItems };
            await _server.InjectApplicationMessage(injected).ConfigureAwait(false);
            if (!_subscribers.Groups.IsEmpty) await ShareAsync(message).ConfigureAwait(false);
        }
        catch (Exception e) when (!_running && e is ObjectDisposedException or InvalidOperationException)
        {
            // Stopped meanwhile.
        }
    }

    /// <summary>A frame for others is looked at for every session, and copied for each that subscribed.</summary>
    private ValueTask PaceAsync(bool checks, bool distributes, CancellationToken cancellationToken) =>
        _pace.WaitAsync((checks ? FramePace.CheckUnits : 0) + (distributes ? 1 + _subscribers.Count : 0), cancellationToken);

    /// <summary>Passes a client's publication on to others, with all that came with it (MQTT 5 §3.3.2.3).</summary>
    private async ValueTask DistributeAsync(Publication publication)
    {
        var packet = publication.Packet;
        var message = Message(publication.Topic, publication.Payload, publication.Retain, publication.ContentType);
        message.QualityOfServiceLevel = packet.QualityOfServiceLevel;
        message.PayloadFormatIndicator = packet.PayloadFormatIndicator;
        message.ResponseTopic = packet.ResponseTopic;
        message.CorrelationData = packet.CorrelationData;
        message.MessageExpiryInterval = packet.MessageExpiryInterval;
        message.UserProperties = packet.MessageExpiryInterval == 0 ? packet.UserProperties : new Dated(packet.UserProperties ?? [], packet.MessageExpiryInterval, _time.GetTimestamp());
        // The server keeps the old one when only what came with the payload is new.
        if (message.Retain && _running) await _server.UpdateRetainedMessageAsync(new MqttApplicationMessage { Topic = message.Topic }).ConfigureAwait(false);
        await InjectAsync(publication.ClientId, message).ConfigureAwait(false);
    }

    /// <summary>One member of each group gets it: the first in turn that has room and a session.</summary>
    private async ValueTask ShareAsync(MqttApplicationMessage message)
    {
        foreach (var members in _subscribers.Groups.Turns(message.Topic))
        {
            foreach (var member in _subscribers.Candidates(members))
            {
                if (await TryDeliverAsync(member, message).ConfigureAwait(false)) break;
            }
        }
    }

    private async ValueTask<bool> TryDeliverAsync(Member member, MqttApplicationMessage message)
    {
        var quality = message.QualityOfServiceLevel < member.Quality ? message.QualityOfServiceLevel : member.Quality;
        if (!_subscribers.TryOwe(member, quality)) return false;
        try
        {
            var session = await _server.GetSessionAsync(member.ClientId).ConfigureAwait(false);
            return session.TryEnqueueApplicationMessage(
                new MqttApplicationMessage
                {
                    Topic = message.Topic,
                    Payload = message.Payload,
                    ContentType = message.ContentType,
                    QualityOfServiceLevel = quality,
                    Retain = member.RetainAsPublished && message.Retain,
                    PayloadFormatIndicator = message.PayloadFormatIndicator,
                    ResponseTopic = message.ResponseTopic,
                    CorrelationData = message.CorrelationData,
                    MessageExpiryInterval = message.MessageExpiryInterval,
                    UserProperties = message.UserProperties,
                    SubscriptionIdentifiers = member.Identifier == 0 ? null : [member.Identifier],
                },
                out _);
        }
        catch (InvalidOperationException)
        {
            return false; // Its session ended just now.
        }
    }

    /// <summary>A last will obeys the same rules as any publication, and nobody waits for an answer.</summary>
    private async Task PublishWillAsync(Publication will)
    {
        if (!_running) return;
        var handedIn = await _gate.HandInAsync(will, CancellationToken.None).ConfigureAwait(false);
        var outcome = await handedIn.Outcome.ConfigureAwait(false);
        if (outcome.Refusal == Relaying.Refusal.None) return;
        await _rejections.ReportAsync(will.Topic, will.ClientId, Rejections.Word(outcome.Refusal), handedIn.Errors ?? [outcome.Reason]).ConfigureAwait(false);
    }

    private async Task SweepSessionsAsync()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) == 1) return;
        try
        {
            if (_running) await _subscribers.SweepAsync(_server).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            _logger.SweepStopped(e);
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }
}
