using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Weerbaarheid.Relay.Broker;

/// <summary>What every connection shares.</summary>
internal sealed record BrokerParts(BrokerOptions Options, PublishGate Gate, Rejections Rejections, TimeProvider Time, ILogger Logger);

/// <summary>
/// One connection as the MQTT server sees it. It reads packets itself, within limits, and keeps publications to itself: these go
/// through <see cref="PublishGate"/> and are answered by <see cref="Acknowledgements"/>. The server sees everything else
/// (CONNECT, SUBSCRIBE, PING, acknowledgements of deliveries) and never a client's PUBLISH, because it would acknowledge it too soon.
/// </summary>
internal sealed partial class ClientConnection : IMqttChannelAdapter
{
    /// <summary>Deliveries with QoS 1 that a client may have unacknowledged, if it names no lower number itself.</summary>
    private const int MaxDeliveriesInFlight = 100;

    private readonly ConnectionContext _transport;
    private readonly BrokerParts _parts;
    private readonly Deadlines _deadlines;
    private readonly ClientOutput _output;
    private readonly ExactlyOnce _exactlyOnce;

    private MqttConnectPacket? _connect;
    private string? _assignedId;
    private ushort _keepAlive;
    private Acknowledgements? _acknowledgements;
    private SemaphoreSlim _deliveries = new(MaxDeliveriesInFlight);
    private int _deliveriesLimit = MaxDeliveriesInFlight;
    private volatile bool _ending;

    public ClientConnection(ConnectionContext transport, BrokerParts parts)
    {
        _transport = transport;
        _parts = parts;
        _deadlines = new Deadlines(parts.Options, parts.Time);
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(512, 65535));
        _output = new ClientOutput(transport.Transport.Output, PacketFormatterAdapter, _deadlines);
        _exactlyOnce = new ExactlyOnce(parts.Options.MaxPendingAcknowledgements);
    }

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public long BytesReceived { get; private set; }

    public long BytesSent => 0;

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _transport.LocalEndPoint;

    /// <summary>Whether the client is on this machine: what comes from its own address does not come over a network.</summary>
    private bool IsLocal => RemoteEndPoint is IPEndPoint { Address: var from } && (IPAddress.IsLoopback(from) || from.Equals((LocalEndPoint as IPEndPoint)?.Address));

    public bool IsSecureConnection => false;

    private bool SpeaksVersion5 => PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void ResetStatistics() => BytesReceived = 0;

    /// <summary>The next packet for the server; null when the connection is at its end. Never throws for what a client sends.</summary>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_ending && await ReadPacketAsync(cancellationToken).ConfigureAwait(false) is { } packet)
            {
                _deadlines.Working();
                if (packet is not MqttPublishPacket publish) return Admit(packet) ? packet : null;
                if (!await TakeAsync(publish, cancellationToken).ConfigureAwait(false)) return null;
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
            case MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce }:
                // Flow control that the server lacks (MQTT 5 §4.9): what waits here waits in the server's bounded queue.
                await _deliveries.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!await _output.WriteAsync(packet, more: false, cancellationToken).ConfigureAwait(false)) _deliveries.Release();
                break;
            default:
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
    }

    /// <summary>Whether it is on its way out.</summary>
    public bool IsEnding => _ending;

    /// <summary>Whether its client was accepted, and since when nothing whole came from it.</summary>
    public (bool IsAccepted, long QuietSince) Standing => (_deadlines.IsAccepted, _deadlines.QuietSince);

    /// <summary>Drops the connection if it owes something for too long. Called by the sweep.</summary>
    public void DropIfOverdue()
    {
        if (_deadlines.Overdue() is not { } why) return;
        _parts.Logger.LogDebug("Connection from {Remote} dropped: {Why}.", RemoteEndPoint, why);
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

    /// <summary>Whether the server may see this packet now.</summary>
    private bool Admit(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttConnectPacket connect when _connect is null:
                Adopt(connect);
                return true;
            case MqttConnectPacket:
                return false; // A second CONNECT is a protocol error (MQTT-3.1.0-2).
            case MqttPubRelPacket release:
                _exactlyOnce.Release(release.PacketIdentifier);
                break;
            case MqttPubAckPacket or MqttPubCompPacket:
                if (_deliveries.CurrentCount < _deliveriesLimit) _deliveries.Release();
                break;
        }

        return _connect is not null;
    }

    private void Adopt(MqttConnectPacket connect)
    {
        _connect = connect;
        // The server's own watch counts only packets that it sees, so it is switched off; the sweep watches instead.
        _keepAlive = connect.KeepAlivePeriod;
        connect.KeepAlivePeriod = 0;
        if (connect.MaximumPacketSize > 0) _output.MaxPacket = connect.MaximumPacketSize;
        if (connect.ReceiveMaximum is > 0 and < MaxDeliveriesInFlight)
        {
            _deliveriesLimit = connect.ReceiveMaximum;
            _deliveries = new SemaphoreSlim(_deliveriesLimit);
        }

        // MQTT 3.1.1 §3.1.3.1: an empty identifier goes with a clean session only; the server refuses the other case by itself.
        if (!string.IsNullOrEmpty(connect.ClientId) || (!SpeaksVersion5 && !connect.CleanSession)) return;
        connect.ClientId = _assignedId = $"auto-{Guid.NewGuid():N}";
    }

    private async ValueTask AnswerConnectAsync(MqttConnAckPacket answer, CancellationToken cancellationToken)
    {
        var accepted = answer.ReturnCode == MqttConnectReturnCode.ConnectionAccepted && answer.ReasonCode == MqttConnectReasonCode.Success;
        if (accepted)
        {
            answer.AssignedClientIdentifier = _assignedId;
            if (_parts.Options.AnnounceMaxPacketBytes) answer.MaximumPacketSize = (uint)_parts.Options.MaxPacketBytes;
            answer.ReceiveMaximum = _parts.Options.MaxPendingAcknowledgements;
            // An alias table would be memory that a stranger fills: 65,535 topics of 64 kB each.
            answer.TopicAliasMaximum = 0;
        }

        await _output.WriteAsync(answer, more: false, cancellationToken).ConfigureAwait(false);
        if (accepted) StartAcknowledging();
    }

    private void StartAcknowledging()
    {
        var connect = _connect!;
        var traits = new ClientTraits(connect.ClientId, SpeaksVersion5, SpeaksVersion5 && connect.RequestProblemInformation);
        _acknowledgements = new Acknowledgements(
            traits, _output, _exactlyOnce, _parts.Rejections, _parts.Options.MaxPendingAcknowledgements, _parts.Logger);
        _deadlines.Accepted(_keepAlive);
        _ = AcknowledgeAsync(_acknowledgements);
    }

    private async Task AcknowledgeAsync(Acknowledgements acknowledgements)
    {
        if (!await acknowledgements.RunAsync().ConfigureAwait(false)) End();
    }
}
