using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A certificate authority made on the spot, with a server for <c>localhost</c> and a client, as PEM files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _ca;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certificates-");

    /// <param name="serverName">The only name in the server's certificate.</param>
    internal TestCertificates(string serverName = "localhost")
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _ca = MakeCa(caKey);
        CaFile = Write("ca.pem", _ca.ExportCertificatePem());
        (ServerFile, ServerKeyFile) = MakeLeaf("server", serverName, ForServers, DateTimeOffset.UtcNow.AddHours(12));
        (ClientFile, ClientKeyFile) = Client("site-11");
    }

    /// <summary>A client's certificate.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="expired">Whether it ended an hour ago.</param>
    internal (string Certificate, string Key) Client(string name, bool expired = false) =>
        MakeLeaf($"client-{name}{(expired ? "-expired" : "")}", name, ForClients, DateTimeOffset.UtcNow.AddHours(expired ? -1 : 12));

    /// <summary>The server's certificate as it was before it was renewed.</summary>
    internal (string Certificate, string Key) ExpiredServer(string name = "localhost") => MakeLeaf("server-expired", name, ForServers, DateTimeOffset.UtcNow.AddHours(-1));

    internal string CaFile { get; }

    internal string ServerFile { get; }

    internal string ServerKeyFile { get; }

    internal string ClientFile { get; }

    internal string ClientKeyFile { get; }

    public void Dispose()
    {
        _ca.Dispose();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 MakeCa(ECDsa key)
    {
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private (string Certificate, string Key) MakeLeaf(string file, string name, string usage, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_ca, true, false));
        using var certificate = request.Create(_ca, DateTimeOffset.UtcNow.AddHours(-20), until, RandomNumberGenerator.GetBytes(8));
        return (Write(file + ".pem", certificate.ExportCertificatePem()), Write(file + ".key", key.ExportPkcs8PrivateKeyPem()));
    }

    private string Write(string file, string text)
    {
        var path = Path.Combine(_folder.FullName, file);
        File.WriteAllText(path, text);
        return path;
    }
}
