using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace Weerbaarheid.Relay.Links.Mqtt;

/// <summary>Opens the byte stream to the broker: TCP, and TLS 1.2 or newer for <c>mqtts</c>.</summary>
/// <param name="options">Where to, and whom to trust.</param>
/// <param name="five">Whether MQTT 5 is spoken over it.</param>
/// <param name="room">Places for messages that came and were not handled yet; see <see cref="BoundedPackets"/>.</param>
/// <param name="time">For the pause before a second address is tried.</param>
/// <remarks>One per attempt, so certificates that were replaced on disk are taken at the next one.</remarks>
internal sealed class MqttTransport(MqttLinkOptions options, bool five, SemaphoreSlim room, TimeProvider time) : IMqttClientStreamProvider
{
    /// <summary>Why the broker's certificate was not accepted; null when it was, or was never shown.</summary>
    internal string? CertificateRefusal { get; private set; }

    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken)
    {
        var socket = await Dialer.ConnectAsync(options.Uri.DnsSafeHost, options.Port, time, cancellationToken);
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.UsesTls)
                stream = await SecureAsync(stream, cancellationToken);
            return new BoundedPackets(stream, MqttSession.MaxPacket, five, room);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> SecureAsync(Stream stream, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(TlsOptions(), cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions TlsOptions()
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = options.Uri.DnsSafeHost,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // When the network has failed, revocation servers are out of reach too; a lost key is revoked at the broker.
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate, chain, errors),
        };
        if (options.CaFile is not null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(options.CaFile);
        }

        if (options.CertificateFile is not null)
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile)];
        return tls;
    }

    // Changes no verdict: it only keeps the words that the exception leaves out.
    private bool Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        var parts = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            parts.Add("the broker showed no certificate");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            parts.Add($"the certificate of '{certificate?.Subject}' is not for '{options.Uri.DnsSafeHost}'");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            parts.Add("the certificate is not trusted: " + string.Join(", ", chain?.ChainStatus.Select(s => s.Status) ?? []));
        CertificateRefusal = string.Join("; ", parts);
        return false;
    }
}
