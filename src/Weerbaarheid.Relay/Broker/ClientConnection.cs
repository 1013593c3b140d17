using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Broker;

/// <summary>What every connection shares.</summary>
internal sealed record BrokerParts(
    BrokerOptions Options, PublishGate Gate, Rejections Rejections, Subscribers Subscribers, LastWills Wills, TimeProvider Time, ILogger Logger);

/// <summary>
/// One connection as the MQTT server sees it. It reads packets itself, within limits, and keeps publications to itself: these go
/// through <see cref="PublishGate"/> and are answered by <see cref="Acknowledgements"/>. The server sees everything else
/// (CONNECT, SUBSCRIBE, PING, acknowledgements of deliveries) and never a client's PUBLISH, because it would acknowledge it too soon.
/// </summary>
internal sealed partial class ClientConnection : IMqttChannelAdapter
{
    private readonly ConnectionContext _transport;
    private readonly BrokerParts _parts;
    private readonly Deadlines _deadlines;
    private readonly ClientOutput _output;

    private MqttConnectPacket? _connect;
    private string? _assignedId;
    private ushort _keepAlive;
    private Acknowledgements? _acknowledgements;
    private volatile bool _ending;

    public ClientConnection(ConnectionContext transport, BrokerParts parts)
    {
        _transport = transport;
        _parts = parts;
        _deadlines = new Deadlines(parts.Options, parts.Time);
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(512, 65535));
        _output = new ClientOutput(transport.Transport.Output, PacketFormatterAdapter, _deadlines);
        _answers = new SubscribeAnswers(Decide);
    }

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public long BytesReceived { get; private set; }

    public long BytesSent => 0;

    public EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _transport.LocalEndPoint;

    /// <summary>Whether the client is on this machine and shows no certificate: what comes from its own address does not come over a network.</summary>
    private bool IsLocal => Guest is null && RemoteEndPoint is IPEndPoint { Address: var from } && (IPAddress.IsLoopback(from) || from.Equals((LocalEndPoint as IPEndPoint)?.Address));

    private bool SpeaksVersion5 => PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void ResetStatistics() => BytesReceived = 0;

    /// <summary>The next packet for the server; null when the connection is at its end. Never throws for what a client sends.</summary>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_ending)
            {
                if (_settled.TryDequeue(out var settled)) return new MqttPubAckPacket { PacketIdentifier = settled };
                if (await ReadPacketAsync(cancellationToken).ConfigureAwait(false) is not { } packet) return null;
                if (ReferenceEquals(packet, Woken)) continue;
                _deadlines.Working();
                if (packet is MqttPublishPacket publish)
                {
                    if (!await TakeAsync(publish, cancellationToken).ConfigureAwait(false)) return null;
                    continue;
                }

                var fate = Admit(packet);
                if (fate != Fate.Kept) return fate == Fate.Passed ? packet : null;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException or System.Threading.Channels.ChannelClosedException)
        {
            // The connection, or the node, is at its end.
        }

        return null;
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        switch (packet)
        {
            case MqttConnAckPacket connAck:
                await AnswerConnectAsync(connAck, cancellationToken).ConfigureAwait(false);
                break;
            case MqttDisconnectPacket disconnect:
                _output.TryWriteLast(disconnect);
                break;
            case MqttPublishPacket delivery:
                await DeliverAsync(delivery, cancellationToken).ConfigureAwait(false);
                break;
            default:
                if (packet is MqttSubAckPacket answer) _answers.Answer(answer);
                await _output.WriteAsync(packet, more: false, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Called by the server when it is done with the connection.</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        End();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        End();
        _deadlines.Closing();
        Leave();
    }

    /// <summary>Whether it is on its way out.</summary>
    public bool IsEnding => _ending;

    /// <summary>Whether its client was accepted, and since when nothing whole came from it.</summary>
    public (bool IsAccepted, long QuietSince) Standing => (_deadlines.IsAccepted, _deadlines.QuietSince);

    /// <summary>Drops the connection if it owes something for too long. Called by the sweep.</summary>
    public void DropIfOverdue()
    {
        if (_deadlines.Overdue() is not { } why) return;
        _parts.Logger.ConnectionDropped(RemoteEndPoint, why);
        Abort(why);
    }

    public void Abort(string why)
    {
        End();
        _transport.Abort(new ConnectionAbortedException(why));
    }

    private void End()
    {
        _ending = true;
        _acknowledgements?.Complete();
        _transport.Transport.Input.CancelPendingRead();
    }

    private async ValueTask AnswerConnectAsync(MqttConnAckPacket answer, CancellationToken cancellationToken)
    {
        var accepted = answer.ReturnCode == MqttConnectReturnCode.ConnectionAccepted && answer.ReasonCode == MqttConnectReasonCode.Success;
        if (accepted)
        {
            answer.AssignedClientIdentifier = _assignedId;
            if (_parts.Options.AnnounceMaxPacketBytes) answer.MaximumPacketSize = (uint)_parts.Options.MaxPacketBytes;
            answer.ReceiveMaximum = _parts.Options.MaxPendingAcknowledgements;
            answer.TopicAliasMaximum = TopicAliases.Maximum;
            answer.SharedSubscriptionAvailable = true;
            // What is kept shorter than asked for is said (MQTT 5 §3.2.2.3.2).
            if (_expiry > _parts.Options.AbsentSessionLife.TotalSeconds) answer.SessionExpiryInterval = (uint)_parts.Options.AbsentSessionLife.TotalSeconds;
        }

        await _output.WriteAsync(answer, more: false, cancellationToken).ConfigureAwait(false);
        if (accepted) StartAcknowledging();
    }

    private void StartAcknowledging()
    {
        var connect = _connect!;
        _session = _parts.Subscribers.Arrived(connect.ClientId, SpeaksVersion5);
        _session.Deliveries.Begin(connect.ReceiveMaximum is > 0 and < MaxDeliveriesInFlight ? connect.ReceiveMaximum : MaxDeliveriesInFlight);
        var traits = new ClientTraits(connect.ClientId, SpeaksVersion5, SpeaksVersion5 && connect.RequestProblemInformation);
        _acknowledgements = new Acknowledgements(
            traits, _output, _session.ExactlyOnce, _parts.Rejections, _parts.Options.MaxPendingAcknowledgements, _parts.Logger);
        _deadlines.Accepted(_keepAlive);
        _ = AcknowledgeAsync(_acknowledgements);
    }

    private async Task AcknowledgeAsync(Acknowledgements acknowledgements)
    {
        if (!await acknowledgements.RunAsync().ConfigureAwait(false)) End();
    }
}
