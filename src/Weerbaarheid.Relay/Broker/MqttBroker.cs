using System.Collections;
using System.Net;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Weerbaarheid.Relay.Links;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// The node's own MQTT broker (3.1.1 and 5.0): applications hand messages in and hear what happens, neighbours exchange frames.
/// It is not a general broker; see <see cref="PublishGate"/> for what may be published.
/// </summary>
internal sealed class MqttBroker : IAsyncDisposable
{
    private const string Json = "application/json";
    private static readonly TimeSpan SweepSessionsEvery = TimeSpan.FromSeconds(5);

    /// <summary>Marks what this broker passes to its server itself, so that only last wills meet the gate there.</summary>
    private static readonly IDictionary Own = new Hashtable();

    private readonly MqttServer _server;
    private readonly BrokerListener _listener;
    private readonly PublishGate _gate;
    private readonly Rejections _rejections;
    private readonly Subscribers _subscribers;
    private readonly BrokerLink _link;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ITimer? _sweep;
    private int _sweeping;
    private volatile bool _running;

    /// <param name="options">Where it listens, and the limits.</param>
    /// <param name="submit">Takes a message in.</param>
    /// <param name="time">Clock for every deadline.</param>
    /// <param name="logger">What people should know.</param>
    public MqttBroker(BrokerOptions options, SubmitHandler submit, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _link = new BrokerLink(frame => InjectAsync("", Message(frame.To is { } to ? Topics.WireToSite(to) : Topics.WireAll, frame.Bytes, retain: false, contentType: null)));
        _rejections = new Rejections(entry => PublishAsync(Topics.Rejected, entry, retain: false, Json), time, logger);
        _gate = new PublishGate(options.Site, submit, _link, p => InjectAsync(p.ClientId, Message(p.Topic, p.Payload, p.Retain, p.ContentType)));
        _subscribers = new Subscribers(options, time, logger);
        _listener = new BrokerListener(options, new BrokerParts(options, _gate, _rejections, time, logger));
        _server = new MqttServer(ServerOptions(options), [_listener], new MqttLog(logger));
        _subscribers.Watch(_server);
        _server.InterceptingPublishAsync += OnWillAsync;
    }

    /// <summary>Where it listens; the port is real once started.</summary>
    public IPEndPoint Endpoint => _listener.Endpoint;

    /// <summary>This broker as a way to neighbours.</summary>
    public ILink Link => _link;

    /// <summary>Who arms amateur links; nobody when it is not set.</summary>
    public OperatorHandler? Operators { init => _gate.Operators = value; }

    /// <summary>Connections now.</summary>
    public int Connections => _listener.Connections;

    /// <summary>Clients that the broker remembers, connected or away.</summary>
    public int Sessions => _subscribers.Count;

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
        if (_sweep is not null) await _sweep.DisposeAsync().ConfigureAwait(false);
        await _server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        await _listener.StopAsync().ConfigureAwait(false);
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
            var injected = new InjectedMqttApplicationMessage(message) { SenderClientId = sender, CustomSessionItems = Own };
            await _server.InjectApplicationMessage(injected).ConfigureAwait(false);
        }
        catch (Exception e) when (!_running && e is ObjectDisposedException or InvalidOperationException)
        {
            // Stopped meanwhile.
        }
    }

    /// <summary>A last will is published by the server itself; it obeys the same rules as any publication, and nobody waits for an answer.</summary>
    private async Task OnWillAsync(InterceptingPublishEventArgs e)
    {
        if (ReferenceEquals(e.SessionItems, Own)) return;
        e.ProcessPublish = false;
        var will = Publication.From(e.ClientId, e.ApplicationMessage);
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
            _logger.LogDebug(e, "Sweeping sessions stopped with the broker.");
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }
}
