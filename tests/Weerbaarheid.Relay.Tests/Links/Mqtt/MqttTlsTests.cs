using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class MqttTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [SkippableFact]
    public async Task A_broker_of_the_named_authority_is_trusted()
    {
        await using var broker = await MosquittoBroker.StartAsync(_certificates);
        await using var a = await RunningLink.UpAsync(Options(broker.TlsPort) with { CaFile = _certificates.CaFile });
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12));

        Assert.True(a.Send(12, 1, 2));
        Assert.Equal([1, 2], await b.ReceivedAsync());
    }

    [SkippableFact]
    public async Task A_broker_of_another_authority_is_refused_and_the_reason_is_given()
    {
        using var others = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(_certificates);
        await using var a = new RunningLink(Options(broker.TlsPort) with { CaFile = others.CaFile });

        await AssertNeverUpAsync(a, "not trusted");
    }

    [SkippableFact]
    public async Task Without_an_authority_of_our_own_a_home_made_certificate_is_refused()
    {
        await using var broker = await MosquittoBroker.StartAsync(_certificates);
        await using var a = new RunningLink(Options(broker.TlsPort));

        await AssertNeverUpAsync(a, "not trusted");
    }

    [SkippableFact]
    public async Task A_certificate_for_another_name_is_refused_and_both_names_are_given()
    {
        using var wrongName = new TestCertificates("broker.example");
        await using var broker = await MosquittoBroker.StartAsync(wrongName);
        await using var a = new RunningLink(Options(broker.TlsPort) with { CaFile = wrongName.CaFile });

        await AssertNeverUpAsync(a, "'CN=broker.example' is not for 'localhost'");
    }

    [SkippableFact]
    public async Task A_broker_that_asks_for_a_certificate_gets_ours()
    {
        await using var broker = await MosquittoBroker.StartAsync(_certificates, requireClientCertificate: true);
        var options = Options(broker.TlsPort) with { CaFile = _certificates.CaFile };
        await using var without = new RunningLink(options);
        await without.Events.NextAsync<LinkEvent.Down>();
        await without.StopAsync();

        options = options with { CertificateFile = _certificates.ClientFile, KeyFile = _certificates.ClientKeyFile };
        await using var with = await RunningLink.UpAsync(options);
    }

    [SkippableFact]
    public async Task A_missing_authority_file_is_the_reason_and_putting_it_there_is_the_remedy()
    {
        await using var broker = await MosquittoBroker.StartAsync(_certificates);
        var path = Path.Combine(Path.GetDirectoryName(_certificates.CaFile)!, "later.pem");
        await using var a = new RunningLink(Options(broker.TlsPort) with { CaFile = path });

        Assert.Contains("later.pem", (await a.Events.NextAsync<LinkEvent.Down>()).Reason, StringComparison.Ordinal);
        File.Copy(_certificates.CaFile, path);
        await a.Events.NextAsync<LinkEvent.Up>();
    }

    private static MqttLinkOptions Options(int port) => RunningLink.Options(new($"mqtts://localhost:{port}"), 11);

    // The second Down cannot come for the same reason, so three attempts are counted by what the link tried.
    private static async Task AssertNeverUpAsync(RunningLink link, string reason)
    {
        var first = Assert.IsType<LinkEvent.Down>(await link.Events.NextAsync<LinkEvent>());
        Assert.Contains(reason, first.Reason, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => link.Link.Attempts >= 3, "a third attempt");
        Assert.False(link.Events.TryPeek(out _));
        Assert.False(link.Send(null, 1));
    }
}
