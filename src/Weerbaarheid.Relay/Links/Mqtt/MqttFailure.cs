using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>Why there is no connection, in words for people.</summary>
/// <param name="Reason">One sentence without a full stop.</param>
/// <param name="VersionDoubted">The broker was reached, and the version of MQTT may be what it did not like.</param>
internal sealed record MqttFailure(string Reason, bool VersionDoubted = false)
{
    /// <summary>What networks, brokers, certificates and files do to us; anything else is a defect of ours.</summary>
    /// <remarks>The client takes its own parts away while a connection ends; a publish or ping at that moment meets a null reference.</remarks>
    internal static bool IsExpected(Exception e) =>
        e is MqttCommunicationException or MqttProtocolViolationException or MqttClientDisconnectedException
            or MqttClientUnexpectedDisconnectReceivedException or MqttClientNotConnectedException
            or OperationCanceledException or ObjectDisposedException or SocketException or IOException
            or AuthenticationException or CryptographicException or UnauthorizedAccessException
            or NullReferenceException;

    /// <summary>Null when the broker took the connection and what it offers is enough.</summary>
    internal static MqttFailure? Of(MqttClientConnectResult result)
    {
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            // Below 0x80 it is a 3.1.1 code in answer to version 5 (MQTT 3.1.1 table 3.1): 1 is "unacceptable version".
            var old = (int)result.ResultCode < 0x80;
            var doubted = old || result.ResultCode == MqttClientConnectResultCode.UnsupportedProtocolVersion;
            return new MqttFailure($"the broker refuses the connection: {result.ResultCode} {result.ReasonString}".TrimEnd(), doubted);
        }

        // 0 or null: the broker named no limit.
        return result.MaximumPacketSize is > 0 and < MqttSession.MaxPacket
            ? new MqttFailure($"the broker takes packets of at most {result.MaximumPacketSize} bytes; set it to {MqttSession.MaxPacket} or more")
            : null;
    }

    /// <summary>Null when both subscriptions were granted.</summary>
    internal static MqttFailure? Of(MqttClientSubscribeResult result)
    {
        foreach (var item in result.Items)
        {
            if ((int)item.ResultCode >= 0x80)
                return new MqttFailure($"the broker refuses the subscription to {item.TopicFilter.Topic}: {item.ResultCode}");
        }

        return null;
    }

    /// <param name="e">What was thrown.</param>
    /// <param name="certificateRefusal">What was wrong with the broker's certificate, if anything.</param>
    /// <param name="ranOut">The limit that was reached, if one was.</param>
    /// <param name="afterTls">What to think of when TLS was there already; null otherwise.</param>
    internal static MqttFailure Of(Exception e, string? certificateRefusal, TimeSpan? ranOut, string? afterTls = null)
    {
        if (certificateRefusal is not null)
            return new MqttFailure(certificateRefusal);
        if (ranOut is { } limit)
            return new MqttFailure($"no connection within {limit.TotalSeconds:0.#} s");
        // Only the exchange of CONNECT and CONNACK ends this way: TCP and TLS were there.
        var words = Innermost(e).Message.TrimEnd('.');
        return new MqttFailure(afterTls is null ? words : $"{words}; {afterTls}", VersionDoubted: e is MqttConnectingFailedException);
    }

    internal static string Describe(MqttClientDisconnectedEventArgs ended)
    {
        if (ended.Reason != MqttClientDisconnectReason.NormalDisconnection)
            return $"the broker ended the connection: {ended.Reason} {ended.ReasonString}".TrimEnd();
        return ended.Exception is { } e ? Innermost(e).Message.TrimEnd('.') : "the connection was closed";
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
