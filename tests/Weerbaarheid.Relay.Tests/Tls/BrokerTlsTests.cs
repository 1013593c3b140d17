using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Tls;

/// <summary>The broker's listener with TLS: who gets in, and what a certificate allows.</summary>
public sealed class BrokerTlsTests : IAsyncDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly ListLogger _log = new();
    private readonly List<IMqttClient> _clients = [];
    private MqttBroker? _broker;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        if (_broker is not null) await _broker.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task A_site_publishes_frames_and_its_presence_and_nothing_else()
    {
        await StartAsync();
        var site = await ConnectAsync("11");
        foreach (var topic in new[] { "weerbaarheid/v1/wire/all", "weerbaarheid/v1/wire/to/12", "weerbaarheid/v1/node/11" }) Assert.True((await PublishAsync(site, topic)).IsSuccess, topic);
        foreach (var topic in new[] { "weerbaarheid/v1/node/12", "weerbaarheid/v1/in/melding", "weerbaarheid/v1/amateur/arm", "weerbaarheid/v1/report", "x" })
        {
            var result = await PublishAsync(site, topic);
            Assert.False(result.IsSuccess, topic);
            Assert.Contains("certificate of site 11", result.ReasonString, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_site_hears_its_own_frames_and_gets_no_others()
    {
        await StartAsync();
        var twelve = await ConnectAsync("12");
        var heard = Channel.CreateUnbounded<string>();
        twelve.ApplicationMessageReceivedAsync += e =>
        {
            heard.Writer.TryWrite(e.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        await twelve.SubscribeAsync("weerbaarheid/v1/wire/to/12", MqttQualityOfServiceLevel.AtLeastOnce);
        var nosy = await ConnectAsync("11");
        foreach (var filter in new[] { "weerbaarheid/v1/wire/to/12", "weerbaarheid/v1/wire/#", "#", "weerbaarheid/v1/out/#", "$share/x/weerbaarheid/v1/wire/all", "+/v1/wire/all" })
            Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, (await nosy.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce)).Items.Single().ResultCode);
        Assert.Contains(_log.Lines, line => line.Contains("The certificate of site 11 lets it subscribe to", StringComparison.Ordinal));

        await PublishAsync(await ConnectAsync("11"), "weerbaarheid/v1/wire/to/12");
        Assert.Equal("weerbaarheid/v1/wire/to/12", await heard.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Limit));
    }

    [Fact]
    public async Task An_application_hands_in_and_listens_and_never_touches_a_frame()
    {
        await StartAsync();
        var application = await ConnectAsync("dashboard");
        Assert.True((await PublishAsync(application, "weerbaarheid/v1/in/melding", """{"text":"brand"}""")).IsSuccess);
        Assert.True((await application.SubscribeAsync("weerbaarheid/v1/out/#")).Items.All(item => (int)item.ResultCode < 0x80));
        foreach (var topic in new[] { "weerbaarheid/v1/wire/all", "weerbaarheid/v1/node/12", "weerbaarheid/v1/amateur/arm" }) Assert.False((await PublishAsync(application, topic)).IsSuccess, topic);
        foreach (var filter in new[] { "#", "weerbaarheid/v1/#", "weerbaarheid/v1/+/all", "weerbaarheid/v1/wire/to/12", "$share/g/weerbaarheid/#" })
            Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, (await application.SubscribeAsync(filter)).Items.Single().ResultCode);
    }

    [Fact]
    public async Task Nobody_takes_over_the_session_of_another_by_its_name()
    {
        await StartAsync();
        var eleven = await ConnectAsync("11", id: "weerbaarheid-11-internet");
        await ConnectAsync("12", id: "weerbaarheid-11-internet");
        await ConnectAsync("dashboard", id: "weerbaarheid-11-internet");
        Assert.True((await PublishAsync(eleven, "weerbaarheid/v1/wire/all")).IsSuccess);
        Assert.Equal(3, _broker!.Sessions);
    }

    [Fact]
    public async Task A_last_will_in_the_name_of_another_is_not_accepted()
    {
        await StartAsync();
        var problem = await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync("11", more: builder => builder.WithWillTopic("weerbaarheid/v1/node/12").WithWillPayload("{}")));
        Assert.Contains("NotAuthorized", problem.ToString(), StringComparison.Ordinal);
        await ConnectAsync("11", more: builder => builder.WithWillTopic("weerbaarheid/v1/node/11").WithWillPayload("{}"));
    }

    [Fact]
    public async Task An_expired_certificate_is_turned_away_with_a_sentence_on_both_sides()
    {
        await StartAsync();
        var (certificate, key) = _certificates.Client("11", expired: true);
        await using var link = new RunningLink(Options(11) with { CertificateFile = certificate, KeyFile = key });
        var reason = (await link.Events.NextAsync<LinkEvent.Down>()).Reason;
        Assert.Matches(@"the broker may not accept this site's certificate 'CN=11', valid from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \(the clock here says", reason);
        await Eventually.TrueAsync(() => _log.Lines.Any(line => line.Contains("its certificate 'CN=11' is valid from", StringComparison.Ordinal) && line.Contains("renew it, or set the clock", StringComparison.Ordinal)), () => string.Join('\n', _log.Lines));
        Assert.Equal(0, _broker!.Sessions);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_turned_away_with_a_sentence()
    {
        await StartAsync();
        using var others = new TestCertificates();
        var (certificate, key) = others.Client("11");
        await using var link = new RunningLink(Options(11) with { CertificateFile = certificate, KeyFile = key });
        await link.Events.NextAsync<LinkEvent.Down>();
        await Eventually.TrueAsync(() => _log.Lines.Any(line => line.Contains("is not of an authority in caFile", StringComparison.Ordinal)), () => string.Join('\n', _log.Lines));
        Assert.Equal(0, _broker!.Sessions);
    }

    [Fact]
    public async Task An_expired_certificate_of_the_broker_is_refused_with_its_dates()
    {
        var (certificate, key) = _certificates.ExpiredServer();
        await StartAsync(new BrokerTls(new IPEndPoint(IPAddress.Loopback, 0), certificate, key, _certificates.CaFile));
        var (own, ownKey) = _certificates.Client("11");
        await using var link = new RunningLink(Options(11) with { CertificateFile = own, KeyFile = ownKey });
        Assert.Matches(@"the certificate is not trusted: it is valid from .* to .* \(the clock here says .*\); renew it, or set the clock", (await link.Events.NextAsync<LinkEvent.Down>()).Reason);
    }

    [Fact]
    public async Task Connections_that_never_shake_hands_are_dropped_and_hold_up_nobody()
    {
        await StartAsync(connectTimeout: TimeSpan.FromSeconds(1));
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < 40; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(_broker!.TlsEndpoint!);
                // A handshake that begins and never goes on.
                if (i % 2 == 0) await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00 });
                silent.Add(socket);
            }

            Assert.True((await PublishAsync(await ConnectAsync("11"), "weerbaarheid/v1/wire/all")).IsSuccess);
            await Eventually.TrueAsync(() => _broker!.Connections == 1, "the silent ones are gone");
        }
        finally
        {
            foreach (var socket in silent) socket.Dispose();
        }
    }

    [Fact]
    public async Task Large_packets_and_many_at_once_pass_through_tls_whole()
    {
        await StartAsync();
        var twelve = await ConnectAsync("12");
        var heard = Channel.CreateUnbounded<byte[]>();
        twelve.ApplicationMessageReceivedAsync += e =>
        {
            heard.Writer.TryWrite(System.Buffers.BuffersExtensions.ToArray(e.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await twelve.SubscribeAsync("weerbaarheid/v1/wire/to/12", MqttQualityOfServiceLevel.AtLeastOnce);
        var eleven = await ConnectAsync("11");
        var frames = Enumerable.Range(0, 60).Select(i => Enumerable.Repeat((byte)i, i % 3 == 0 ? 16_384 : 50 + i).ToArray()).ToList();
        await Task.WhenAll(frames.Select(frame => eleven.PublishAsync(new MqttApplicationMessageBuilder().WithTopic("weerbaarheid/v1/wire/to/12").WithPayload(frame).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build())));
        var received = new List<byte[]>();
        while (received.Count < frames.Count) received.Add(await heard.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Limit));
        Assert.Equal(frames.OrderBy(frame => frame[0]), received.OrderBy(frame => frame[0]));
    }

    [Fact]
    public void Files_that_do_not_belong_together_stop_the_start_with_their_names()
    {
        var (certificate, _) = _certificates.Client("11");
        var problem = Assert.Throws<BrokerStartException>(() => Make(new BrokerTls(new IPEndPoint(IPAddress.Loopback, 0), certificate, _certificates.ServerKeyFile, _certificates.CaFile)));
        Assert.Contains($"keyFile '{_certificates.ServerKeyFile}'", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("11", true)]
    [InlineData("011", true)]
    [InlineData("65534", true)]
    [InlineData("65535", false)]
    [InlineData("+11", false)]
    [InlineData("11 ", false)]
    [InlineData("site-11", false)]
    public void Only_a_number_is_a_site(string name, bool isSite) => Assert.Equal(isSite, new Guest(name).Site is not null);

    private async Task StartAsync(BrokerTls? tls = null, TimeSpan? connectTimeout = null)
    {
        _broker = Make(tls ?? new BrokerTls(new IPEndPoint(IPAddress.Loopback, 0), _certificates.ServerFile, _certificates.ServerKeyFile, _certificates.CaFile), connectTimeout);
        await _broker.StartAsync();
    }

    private MqttBroker Make(BrokerTls tls, TimeSpan? connectTimeout = null)
    {
        var options = new BrokerOptions(new IPEndPoint(IPAddress.Loopback, 0), 1) { Tls = tls, ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(20) };
        return new MqttBroker(options, (_, _) => new(Task.FromResult(SubmitOutcome.Accepted(new EnvelopeKey(1, Wire.Sealing.Series.Records, 1)))), TimeProvider.System, _log);
    }

    private MqttLinkOptions Options(ushort site) => RunningLink.Options(new Uri($"mqtts://localhost:{_broker!.TlsEndpoint!.Port}"), site, "5") with { CaFile = _certificates.CaFile };

    private async Task<IMqttClient> ConnectAsync(string name, string? id = null, Action<MqttClientOptionsBuilder>? more = null)
    {
        var (certificate, key) = _certificates.Client(name);
        var client = new MqttClientFactory().CreateMqttClient();
        _clients.Add(client);
        var builder = new MqttClientOptionsBuilder().WithTcpServer("localhost", _broker!.TlsEndpoint!.Port).WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(id ?? $"t{_clients.Count}").WithTimeout(Eventually.Limit)
            .WithTlsOptions(tls => tls.UseTls().WithClientCertificates(new X509Certificate2Collection(X509Certificate2.CreateFromPemFile(certificate, key)))
                .WithCertificateValidationHandler(_ => true));
        more?.Invoke(builder);
        var result = await client.ConnectAsync(builder.Build());
        if (result.ResultCode != MqttClientConnectResultCode.Success) throw new MqttCommunicationException(result.ResultCode.ToString());
        return client;
    }

    private static Task<MqttClientPublishResult> PublishAsync(IMqttClient client, string topic, string payload = "{}") =>
        client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
}
