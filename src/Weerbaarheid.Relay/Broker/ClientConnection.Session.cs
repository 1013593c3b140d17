using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Weerbaarheid.Relay.Broker;

/// <content>What a session asks of its connection: who may connect, what is delivered, and what is left when it ends.</content>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing; disposing it would break a delivery that is still waiting.")]
internal sealed partial class ClientConnection
{
    /// <summary>Deliveries with QoS 1 that a client may have unacknowledged, if it names no lower number itself.</summary>
    private const int MaxDeliveriesInFlight = 100;

    /// <summary>No packet came; something else is to be done.</summary>
    private static readonly MqttPacket Woken = new MqttPingReqPacket();

    private readonly SubscribeAnswers _answers;
    private readonly SemaphoreSlim _delivering = new(1, 1);
    private readonly ConcurrentQueue<ushort> _settled = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Subscriber? _session;
    private LastWill? _will;
    private TopicAliases? _aliases;
    private uint _expiry;
    private uint? _disconnectExpiry;
    private int _left;

    /// <summary>What becomes of a packet that is no PUBLISH.</summary>
    private enum Fate
    {
        /// <summary>The server sees it.</summary>
        Passed,

        /// <summary>It is dealt with.</summary>
        Kept,

        /// <summary>The connection must end.</summary>
        Fatal,
    }

    /// <summary>Ends when the connection is at its end, its session kept or deleted and its will on its way.</summary>
    public Task Gone => _gone.Task;

    /// <summary>How long the session lives after this connection.</summary>
    public TimeSpan SessionLife =>
        _expiry > _parts.Options.AbsentSessionLife.TotalSeconds ? _parts.Options.AbsentSessionLife : TimeSpan.FromSeconds(_expiry);

    /// <summary>Another connection speaks for this client from now on.</summary>
    public void TakeOver()
    {
        if (!_ending) Goodbye(MqttDisconnectReasonCode.SessionTakenOver, "Another connection has this client identifier.");
        End();
    }

    private void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 1) return;
        if (_connect is { } connect)
        {
            if (_session is not null && _will is { } will) _parts.Wills.Leave(connect.ClientId, will, SessionLife);
            _parts.Subscribers.Seats.Leave(connect.ClientId, this);
        }

        _gone.TrySetResult();
    }

    private Fate Admit(MqttPacket packet)
    {
        if (packet is MqttConnectPacket connect)
        {
            if (_connect is not null) return Fate.Fatal; // A second CONNECT is a protocol error (MQTT-3.1.0-2).
            if (!Welcome(connect)) return Fate.Fatal;
            Adopt(connect);
            if (Guest is { } guest) connect.ClientId = guest.ClientId(connect.ClientId);
            return Fate.Passed;
        }

        if (_session is not { } session) return Fate.Fatal;
        switch (packet)
        {
            case MqttPubRelPacket release:
                session.ExactlyOnce.Release(release.PacketIdentifier);
                return Fate.Passed;
            case MqttPubAckPacket acknowledged:
                if (!session.Deliveries.Acknowledge(acknowledged.PacketIdentifier)) return Fate.Kept;
                if (session.Deliveries.Waits) _ = DeliverWaitingAsync();
                return Fate.Passed;
            case MqttSubscribePacket subscribe:
                return _answers.Ask(subscribe) ? Fate.Passed : Fate.Fatal;
            case MqttDisconnectPacket disconnect:
                return Disconnect(disconnect) ? Fate.Passed : Fate.Fatal;
            default:
                return Fate.Passed;
        }
    }

    private void Adopt(MqttConnectPacket connect)
    {
        _connect = connect;
        // The server's own watch counts only packets that it sees, so it is switched off; the sweep watches instead.
        _keepAlive = connect.KeepAlivePeriod;
        connect.KeepAlivePeriod = 0;
        if (connect.MaximumPacketSize > 0) _output.MaxPacket = connect.MaximumPacketSize;
        _will = LastWill.TakeFrom(connect);
        _expiry = SpeaksVersion5 ? connect.SessionExpiryInterval : connect.CleanSession ? 0 : uint.MaxValue;
        Expire(connect);

        // MQTT 3.1.1 §3.1.3.1: an empty identifier goes with a clean session only; the server refuses the other case by itself.
        if (!string.IsNullOrEmpty(connect.ClientId) || (!SpeaksVersion5 && !connect.CleanSession)) return;
        connect.ClientId = _assignedId = $"auto-{Guid.NewGuid():N}";
    }

    /// <summary>The server only learns whether the session is kept: it would go by the interval of the first connection for ever.</summary>
    private void Expire(MqttConnectPacket connect)
    {
        if (SpeaksVersion5) connect.SessionExpiryInterval = _expiry == 0 ? 0 : uint.MaxValue;
    }

    private bool Disconnect(MqttDisconnectPacket packet)
    {
        if (_disconnectExpiry is { } expiry)
        {
            if (_expiry == 0 && expiry != 0) return Goodbye(MqttDisconnectReasonCode.ProtocolError, "A session that ends with its connection cannot be kept by DISCONNECT (3.14.2.2.2).");
            _expiry = expiry;
            packet.SessionExpiryInterval = 0;
            Expire(_connect!);
            _session!.Life = SessionLife;
        }

        if (packet.ReasonCode == MqttDisconnectReasonCode.NormalDisconnection) _will = null;
        return true;
    }

    /// <summary>The answer to a filter that the server must not see, or null.</summary>
    private MqttSubscribeReasonCode? Decide(MqttTopicFilter filter, uint identifier)
    {
        if (!Filters.IsValid(filter.Topic)) return MqttSubscribeReasonCode.TopicFilterInvalid;
        if (!MaySubscribe(filter.Topic)) return MqttSubscribeReasonCode.NotAuthorized;
        if (!Filters.IsShared(filter.Topic))
        {
            _session!.Identify(filter.Topic, identifier, _parts.Options.MaxSubscriptionsPerClient);
            return null;
        }

        return Filters.TryReadShared(filter.Topic, out var plain)
            ? _parts.Subscribers.Join(_connect!.ClientId, filter, plain, identifier)
            : MqttSubscribeReasonCode.TopicFilterInvalid;
    }

    private async ValueTask DeliverAsync(MqttPublishPacket packet, CancellationToken cancellationToken)
    {
        if (packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce)
        {
            if (IsDue(packet)) await _output.WriteAsync(packet, more: false, cancellationToken).ConfigureAwait(false);
            return;
        }

        await _delivering.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What the client does not take yet must not hold up answers to its other packets (MQTT-4.9.0-3).
            if (_session!.Deliveries.TryTake(packet)) await SendAsync(packet, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _delivering.Release();
        }
    }

    /// <summary>Sends what waited for the client to acknowledge others.</summary>
    private async Task DeliverWaitingAsync()
    {
        await _delivering.WaitAsync().ConfigureAwait(false);
        try
        {
            while (!_ending && _session!.Deliveries.Next() is { } packet) await SendAsync(packet, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            End(); // The connection is at its end; its session keeps them.
        }
        finally
        {
            _delivering.Release();
        }
    }

    private async ValueTask SendAsync(MqttPublishPacket packet, CancellationToken cancellationToken)
    {
        var written = IsDue(packet) ? await _output.WriteAsync(packet, more: false, cancellationToken).ConfigureAwait(false) : Written.TooLarge;
        if (written == Written.Sent) packet.Dup = true; // From now on the client may have it already.
        if (written != Written.TooLarge) return;

        // Not sent and never will be: it counts as delivered (MQTT-3.1.2-25, MQTT-3.3.2-5).
        _session!.Deliveries.Acknowledge(packet.PacketIdentifier);
        _settled.Enqueue(packet.PacketIdentifier);
        _transport.Transport.Input.CancelPendingRead();
    }

    /// <summary>Completes what the server does not know of a delivery; false when it expired.</summary>
    private bool IsDue(MqttPublishPacket packet)
    {
        if (packet.UserProperties is Dated dated)
        {
            packet.MessageExpiryInterval = dated.Remaining(_parts.Time);
            if (packet.MessageExpiryInterval == 0) return false;
        }

        // The server leaves the identifiers out where it sends a retained message because of a SUBSCRIBE.
        if (packet.Retain && SpeaksVersion5 && packet.SubscriptionIdentifiers is null or { Count: 0 }) packet.SubscriptionIdentifiers = _session!.IdentifiersOf(packet.Topic);
        return true;
    }
}
