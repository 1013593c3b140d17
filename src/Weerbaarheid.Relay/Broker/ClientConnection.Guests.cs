using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Broker;

/// <content>What a client with a certificate may do. A client without one is on this machine, or on a network that the operator opened the plain port to.</content>
internal sealed partial class ClientConnection
{
    public X509Certificate2? ClientCertificate => null;

    public bool IsSecureConnection => _transport is TlsConnection;

    private Guest? Guest => (_transport as TlsConnection)?.Guest;

    /// <summary>Whether the handshake, if there must be one, is done; says why not in the log, at a rate that no stranger chooses.</summary>
    public async Task<bool> EnterAsync(CancellationToken cancellationToken)
    {
        if (_transport is not TlsConnection tls) return true;
        if (await tls.AuthenticateAsync(cancellationToken).ConfigureAwait(false) is not { } why) return true;
        _parts.Rejections.NoteTurnedAway(RemoteEndPoint?.ToString() ?? "", why);
        return false;
    }

    /// <summary>Whether a guest may connect as this packet asks.</summary>
    private bool Welcome(MqttConnectPacket connect)
    {
        if (Guest is not { } guest || !connect.WillFlag || guest.WhyNotPublish(connect.WillTopic ?? "") is not { } why) return true;
        _parts.Rejections.NoteTurnedAway(guest.Name, $"its last will is not allowed: {why}");
        _output.TryWriteLast(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized, ReasonCode = MqttConnectReasonCode.NotAuthorized, ReasonString = why });
        return false;
    }

    /// <summary>Whether a client may have what a filter asks for; says in the log which guest asked for more.</summary>
    private bool MaySubscribe(string filter)
    {
        if (Guest is not { } guest || guest.WhyNotSubscribe(filter) is not { } why) return true;
        _parts.Rejections.NoteTurnedAway(guest.Name, why);
        return false;
    }

    private ValueTask<HandedIn> HandInAsync(Publication publication, CancellationToken cancellationToken) =>
        Guest?.WhyNotPublish(publication.Topic) is { } why
            ? ValueTask.FromResult(HandedIn.Refused(Refusal.NotAllowed, why))
            : _parts.Gate.HandInAsync(publication, cancellationToken);
}
