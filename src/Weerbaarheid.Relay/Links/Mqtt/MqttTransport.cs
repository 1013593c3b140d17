using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
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
    /// <summary>
    /// What to think of when the connection ends after TLS was there: a broker that does not like our certificate may say so only then
    /// (TLS 1.3), and in a word that few people know. Null before.
    /// </summary>
    internal string? AfterTls { get; private set; }

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
            var tls = TlsOptions();
            await secure.AuthenticateAsClientAsync(tls, cancellationToken);
            AfterTls = tls.ClientCertificates is [X509Certificate2 own] ? $"the broker may not accept this site's certificate '{own.Subject}', {Validity(own)}" : "the broker may ask for a certificate, and certificateFile is not set";
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
            tls.ClientCertificates = [OwnCertificate(options.CertificateFile)];
        return tls;
    }

    private X509Certificate2 OwnCertificate(string file)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(file, options.KeyFile);
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException($"certificateFile '{file}' and keyFile '{options.KeyFile ?? file}' do not belong together or are not PEM: {e.Message}", e);
        }
    }

    private string Validity(X509Certificate2 certificate) =>
        $"valid from {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd} (the clock here says {time.GetUtcNow():yyyy-MM-dd})";

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
            parts.Add("the certificate is not trusted: " + Distrust(certificate as X509Certificate2, chain));
        CertificateRefusal = string.Join("; ", parts);
        return false;
    }

    private string Distrust(X509Certificate2? certificate, X509Chain? chain)
    {
        var flaws = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (certificate is not null && flaws.HasFlag(X509ChainStatusFlags.NotTimeValid)) return $"it is {Validity(certificate)}; renew it, or set the clock";
        return $"it comes from '{certificate?.Issuer}', which is not in {(options.CaFile is { } file ? $"caFile '{file}'" : "the authorities of this machine, and no caFile is set")} ({flaws})";
    }
}
