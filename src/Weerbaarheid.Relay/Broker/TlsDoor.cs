using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weerbaarheid.Relay.Broker;

/// <summary>Where and with which certificates the broker speaks TLS.</summary>
/// <param name="Listen">Address and port; port 0 takes a free one.</param>
/// <param name="CertificateFile">PEM with the broker's certificate, and those between it and the root, if any.</param>
/// <param name="KeyFile">PEM with its private key; null means the key is in <paramref name="CertificateFile"/>.</param>
/// <param name="CaFile">PEM with the only roots that clients' certificates may come from.</param>
internal sealed record BrokerTls(IPEndPoint Listen, string CertificateFile, string? KeyFile, string CaFile);

/// <summary>TLS 1.2 or newer, and a certificate from every client.</summary>
internal sealed class TlsDoor
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly SslStreamCertificateContext _own;
    private readonly X509Certificate2Collection _roots = [];
    private readonly TimeProvider _time;

    /// <exception cref="BrokerStartException">The files cannot be used; the message says which and what to do.</exception>
    public TlsDoor(BrokerTls settings, TimeProvider time)
    {
        _time = time;
        Listen = settings.Listen;
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(settings.CertificateFile);
            _own = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile), chain, offline: true);
            _roots.ImportFromPemFile(settings.CaFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BrokerStartException(
                $"The broker cannot speak TLS with certificateFile '{settings.CertificateFile}', keyFile '{settings.KeyFile ?? settings.CertificateFile}' and caFile '{settings.CaFile}': {e.Message.TrimEnd('.')}. "
                + "Name a certificate, the key that belongs to it and the authority of the clients, as PEM, readable by this account.", e);
        }

        if (_roots.Count == 0) throw new BrokerStartException($"There is no certificate in caFile '{settings.CaFile}'. Put the authority's there, as PEM.");
    }

    public IPEndPoint Listen { get; }

    /// <summary>Settings of one handshake.</summary>
    /// <param name="refused">Told why a client's certificate is not accepted.</param>
    public SslServerAuthenticationOptions Options(Action<string> refused) => new()
    {
        ServerCertificateContext = _own,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        // When the network has failed, revocation servers are out of reach too; a lost site is shut out by its keys.
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate as X509Certificate2, chain, errors, refused),
    };

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ForClients));
        policy.CustomTrustStore.AddRange(_roots);
        return policy;
    }

    private bool Judge(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, Action<string> refused)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (certificate is null) refused("it showed no certificate");
        else
        {
            var flaws = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
            refused(flaws.HasFlag(X509ChainStatusFlags.NotTimeValid)
                ? $"its certificate '{certificate.Subject}' is valid from {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd}, and the clock here says {_time.GetUtcNow():yyyy-MM-dd}; renew it, or set the clock"
                : $"its certificate '{certificate.Subject}', from '{certificate.Issuer}', is not of an authority in caFile, or not for a client ({flaws})");
        }

        return false;
    }
}
