using System.Net;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>The packets that a link sends, for either version of MQTT.</summary>
internal static class MqttRequests
{
    /// <summary>72 hours: what the broker keeps for a link that is away (MQTT 5 §3.1.2.11.2).</summary>
    internal const uint SessionSeconds = 259_200;

    /// <summary>A frame older than this was resent or expired long ago (MQTT 5 §3.3.2.3.3).</summary>
    internal const uint FrameSeconds = 3_600;

    internal const string FrameContentType = "application/vnd.weerbaarheid.relay.v1+frame";

    /// <summary>Before a neighbour sees this site go; a reconnection within it stays unseen (MQTT 5 §3.1.3.2.2).</summary>
    private const uint WillDelaySeconds = 10;

    internal static MqttClientOptions Connect(MqttLinkOptions options, MqttProtocolVersion version, MqttTransport transport, byte[]? password)
    {
        var five = version == MqttProtocolVersion.V500;
        return new MqttClientOptions
        {
            ProtocolVersion = version,
            ClientId = options.ClientId,
            CleanSession = false,
            SessionExpiryInterval = five ? SessionSeconds : 0,
            ReceiveMaximum = five ? MqttSession.MaxInbound : (ushort)0,
            MaximumPacketSize = five ? (uint)MqttSession.MaxPacket : 0,
            KeepAlivePeriod = options.Timings.KeepAlive,
            Timeout = options.Timings.Connect,
            Credentials = options.User is null ? null : new MqttClientCredentials(options.User, password),
            WillTopic = MqttTopics.Node(options.Site),
            WillPayload = MqttTopics.Presence(options.Site, online: false),
            WillQualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            WillRetain = true,
            WillDelayInterval = five ? WillDelaySeconds : 0,
            ChannelOptions = new MqttClientTcpOptions
            {
                RemoteEndpoint = new DnsEndPoint(options.Uri.DnsSafeHost, options.Port),
                StreamProvider = transport,
            },
        };
    }

    internal static MqttClientSubscribeOptions Subscribe(ushort site, MqttProtocolVersion version) => new()
    {
        TopicFilters = [Filter(MqttTopics.To(site), version), Filter(MqttTopics.All, version)],
    };

    internal static MqttApplicationMessage Frame(OutgoingFrame frame, MqttProtocolVersion version)
    {
        var message = new MqttApplicationMessage
        {
            Topic = frame.To is { } site ? MqttTopics.To(site) : MqttTopics.All,
            Payload = new(frame.Bytes),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        if (version == MqttProtocolVersion.V500)
        {
            message.ContentType = FrameContentType;
            message.MessageExpiryInterval = FrameSeconds;
        }

        return message;
    }

    internal static MqttApplicationMessage Presence(ushort site, bool online) => new()
    {
        Topic = MqttTopics.Node(site),
        Payload = new(MqttTopics.Presence(site, online)),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        Retain = true,
    };

    // No-local and retain handling exist in version 5 only; under 3.1.1 own frames come back and the core drops them.
    private static MqttTopicFilter Filter(string topic, MqttProtocolVersion version) => new()
    {
        Topic = topic,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        NoLocal = version == MqttProtocolVersion.V500,
        RetainHandling = version == MqttProtocolVersion.V500 ? MqttRetainHandling.DoNotSendOnSubscribe : MqttRetainHandling.SendAtSubscribe,
    };
}
