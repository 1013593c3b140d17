using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Broker;

/// <content>From bytes to packets, and from publications to acknowledgements.</content>
internal sealed partial class ClientConnection
{
    private const byte ConnectType = 1;
    private const byte PublishType = 3;
    private const byte DisconnectType = 14;

    /// <summary>CONNACK with "unacceptable protocol version", in the form of MQTT 3.1.1, which every client can read (MQTT-3.1.2-2).</summary>
    private static ReadOnlySpan<byte> UnacceptableVersion => [0x20, 2, 0, 1];

    /// <summary>Bytes of a refused packet that are read and thrown away, so that the client reads the reason before the connection breaks.</summary>
    private const long MaxDrain = 1 << 20;

    /// <summary>Reads one packet; null at the end of input, on a limit, and on anything that is not MQTT.</summary>
    private async ValueTask<MqttPacket?> ReadPacketAsync(CancellationToken cancellationToken)
    {
        var input = _transport.Transport.Input;
        _deadlines.Waiting(partial: false);
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            var framing = PacketFraming.TryRead(buffer, _connect is null ? _parts.Options.MaxConnectBytes : _parts.Options.MaxPacketBytes, out var frame);
            if (framing == Framing.Complete)
            {
                var packet = Decode(frame);
                input.AdvanceTo(frame.Body.End);
                BytesReceived += frame.Announced;
                return packet;
            }

            var topic = framing == Framing.TooLarge ? PeekTopic(frame) : "";
            var begun = !buffer.IsEmpty;
            // Examined to the end: the pipe wakes this loop for new bytes only, and an undecodable rest cannot make it spin.
            input.AdvanceTo(buffer.Start, buffer.End);
            if (framing == Framing.TooLarge) await RefuseTooLargeAsync(frame, topic, cancellationToken).ConfigureAwait(false);
            if (framing != Framing.Incomplete || result.IsCompleted || _ending) return null;
            if (result.IsCanceled) return Woken;
            _deadlines.Waiting(begun);
        }
    }

    private MqttPacket? Decode(in Frame frame)
    {
        if (_connect is null != (frame.First >> 4 == ConnectType)) return null; // CONNECT comes first, and once.
        try
        {
            var body = frame.Body.IsSingleSegment && MemoryMarshal.TryGetArray(frame.Body.First, out var segment)
                ? segment
                : new ArraySegment<byte>(frame.Body.ToArray());
            if (PacketRules.Broken(frame.First, body, SpeaksVersion5) is { } broken)
            {
                _parts.Logger.RuleBroken(RemoteEndPoint, broken);
                if (_connect is not null) Goodbye(MqttDisconnectReasonCode.ProtocolError, broken);
                return null;
            }

            if (SpeaksVersion5 && frame.First >> 4 == DisconnectType) _disconnectExpiry = PacketRules.DisconnectExpiry(body);
            var received = new ReceivedMqttPacket(frame.First, body, frame.Announced);
            if (_connect is null) PacketFormatterAdapter.DetectProtocolVersion(received);
            return PacketFormatterAdapter.Decode(received);
        }
        catch (Exception e)
        {
            // Whatever a decoder throws for a stranger's bytes concerns this connection alone.
            _parts.Logger.PacketMalformed(e, RemoteEndPoint);
            if (_connect is null && IsUnknownVersion(frame.Body)) _output.TryWriteLast(UnacceptableVersion);
            else if (_connect is null && IsNamelessKeptSession(frame.Body))
                _output.TryWriteLast(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedIdentifierRejected });
            return null;
        }
    }

    /// <summary>
    /// An MQTT 3.1.1 CONNECT with an empty identifier that wants its session kept, which the decoder takes for malformed; it must be
    /// told so (MQTT-3.1.3-8).
    /// <code>
    /// byte 0-5   length and "MQTT"
    /// byte 6     protocol level, 4
    /// byte 7     connect flags; bit 1 is clean session
    /// byte 8-9   keep alive
    /// byte 10-11 length of the identifier
    /// </code>
    /// </summary>
    private static bool IsNamelessKeptSession(in ReadOnlySequence<byte> body)
    {
        if (body.Length < 12) return false;
        Span<byte> start = stackalloc byte[12];
        body.Slice(0, 12).CopyTo(start);
        return start[..7].SequenceEqual("\0\u0004MQTT\u0004"u8) && (start[7] & 2) == 0 && start[10] == 0 && start[11] == 0;
    }

    /// <summary>A CONNECT of MQTT, of a version that is neither 3.1, 3.1.1 nor 5.</summary>
    private static bool IsUnknownVersion(in ReadOnlySequence<byte> body)
    {
        if (body.Length < 7) return false;
        Span<byte> start = stackalloc byte[7];
        body.Slice(0, 7).CopyTo(start);
        return start[..6].SequenceEqual("\0\u0004MQTT"u8) && (start[6] & 0x7F) is not (4 or 5);
    }

    /// <summary>Hands a publication in and queues its acknowledgement.</summary>
    /// <returns>False when the connection must end.</returns>
    private async ValueTask<bool> TakeAsync(MqttPublishPacket packet, CancellationToken cancellationToken)
    {
        if (_acknowledgements is not { } acknowledgements) return false;
        if (packet.TopicAlias != 0 && !Unalias(packet)) return Goodbye(MqttDisconnectReasonCode.TopicAliasInvalid, $"This broker takes topic aliases 1 to {TopicAliases.Maximum}, for topics of at most {TopicAliases.MaxTopic} characters that came with the alias before.");
        if (Fault(packet) is { } fault) return Goodbye(fault.Reason, fault.Sentence);

        var publication = Publication.From(_connect!.ClientId, packet) with { IsLocal = IsLocal };
        var quality = packet.QualityOfServiceLevel;
        var exactlyOnce = quality == MqttQualityOfServiceLevel.ExactlyOnce;
        var unreleased = _session!.ExactlyOnce;
        if (!exactlyOnce || !unreleased.TryGet(packet.PacketIdentifier, out var handedIn))
        {
            if (exactlyOnce && unreleased.IsFull) return Goodbye(MqttDisconnectReasonCode.ReceiveMaximumExceeded, "Too many QoS 2 messages are not released.");
            handedIn = await HandInAsync(publication, cancellationToken).ConfigureAwait(false);
            if (exactlyOnce) unreleased.Add(packet.PacketIdentifier, handedIn);
        }

        var pending = new Pending(packet.PacketIdentifier, quality, Rejections.Cut(publication.Topic), handedIn);
        await acknowledgements.AddAsync(pending, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private bool Unalias(MqttPublishPacket packet)
    {
        packet.Topic = (_aliases ??= new TopicAliases()).Resolve(packet.TopicAlias, packet.Topic);
        return packet.Topic is not null;
    }

    private static (MqttDisconnectReasonCode Reason, string Sentence)? Fault(MqttPublishPacket packet)
    {
        if (string.IsNullOrEmpty(packet.Topic) || packet.Topic.AsSpan().ContainsAny('+', '#', '\0'))
            return (MqttDisconnectReasonCode.TopicNameInvalid, "A topic name has at least one character and no wildcard.");
        var quality = packet.QualityOfServiceLevel;
        if (quality > MqttQualityOfServiceLevel.ExactlyOnce || (quality > MqttQualityOfServiceLevel.AtMostOnce && packet.PacketIdentifier == 0))
            return (MqttDisconnectReasonCode.MalformedPacket, "QoS 3 and packet identifier 0 do not exist.");
        return null;
    }

    private bool Goodbye(MqttDisconnectReasonCode reason, string sentence)
    {
        if (SpeaksVersion5) _output.TryWriteLast(new MqttDisconnectPacket { ReasonCode = reason, ReasonString = sentence });
        return false;
    }

    private async ValueTask RefuseTooLargeAsync(Frame frame, string topic, CancellationToken cancellationToken)
    {
        if (_acknowledgements is null) return; // Nobody known; not even a name to report.
        var sentence = $"The packet is {frame.Announced} bytes; this broker takes at most {_parts.Options.MaxPacketBytes}.";
        await _parts.Rejections.ReportAsync(topic, _connect!.ClientId, "tooLarge", [sentence]).ConfigureAwait(false);
        Goodbye(MqttDisconnectReasonCode.PacketTooLarge, sentence);
        if (!SpeaksVersion5) return;

        // Closing with unread bytes makes the system reset the connection, which can overtake the DISCONNECT.
        _deadlines.Closing();
        var input = _transport.Transport.Input;
        for (var drained = 0L; drained < Math.Min(MaxDrain, frame.Announced);)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            drained += result.Buffer.Length;
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted || result.IsCanceled) return;
        }
    }

    /// <summary>The topic of a PUBLISH that is too large to take, for people only: as much of it as came.</summary>
    private static string PeekTopic(in Frame frame)
    {
        if (frame.First >> 4 != PublishType || frame.Body.Length < 2) return "";
        var reader = new SequenceReader<byte>(frame.Body);
        reader.TryReadBigEndian(out short length);
        var text = frame.Body.Slice(2, Math.Min((ushort)length, Math.Min(256, frame.Body.Length - 2)));
        return Encoding.UTF8.GetString(text);
    }
}
