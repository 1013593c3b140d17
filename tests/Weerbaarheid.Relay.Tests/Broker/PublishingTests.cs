using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Broker;

public sealed class PublishingTests
{
    [Theory]
    [InlineData("weerbaarheid/v1/out/11/melding")]
    [InlineData("weerbaarheid/v1/out/+/melding")]
    [InlineData("weerbaarheid/v1/out/#")]
    [InlineData("#")]
    public async Task What_the_node_publishes_reaches_whoever_asked(string filter)
    {
        await using var bench = await Bench.StartAsync();
        var heard = await bench.ListenAsync(filter);
        await bench.Broker.PublishAsync("weerbaarheid/v1/out/11/melding", "{}"u8.ToArray(), retain: false, "application/json");
        var message = await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience);
        Assert.Equal("{}", message.ConvertPayloadToString());
        Assert.Equal("application/json", message.ContentType);
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, message.QualityOfServiceLevel);
    }

    [Fact]
    public async Task A_retained_publication_reaches_a_later_subscriber_until_it_is_taken_back()
    {
        await using var bench = await Bench.StartAsync();
        await bench.Broker.PublishAsync("weerbaarheid/v1/report", "1"u8.ToArray(), retain: true, "application/json");
        await bench.Broker.PublishAsync("weerbaarheid/v1/status/11", "2"u8.ToArray(), retain: true, "application/json");
        await bench.Broker.PublishAsync("weerbaarheid/v1/report", default, retain: true, "application/json");
        var heard = await bench.ListenAsync("weerbaarheid/v1/#");
        var message = await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience);
        Assert.Equal("weerbaarheid/v1/status/11", message.Topic);
        Assert.True(message.Retain);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311, 0)]
    [InlineData(MqttProtocolVersion.V500, 1)]
    public async Task A_refusal_is_published_with_its_errors(MqttProtocolVersion version, int quality)
    {
        await using var bench = await Bench.StartAsync();
        var heard = await bench.ListenAsync(Topics.Rejected);
        var client = await bench.ConnectAsync(version, id: "sensor");
        await client.PublishAsync(Bench.Melding(quality: quality, topic: "weerbaarheid/v1/in/raket"));
        using var entry = JsonDocument.Parse((await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience)).ConvertPayloadToString());
        Assert.Equal("weerbaarheid/v1/in/raket", entry.RootElement.GetProperty("topic").GetString());
        Assert.Equal("sensor", entry.RootElement.GetProperty("clientId").GetString());
        Assert.Equal("invalid", entry.RootElement.GetProperty("reason").GetString());
        Assert.Contains("hulpaanbod", Assert.Single(entry.RootElement.GetProperty("errors").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_subscriber_that_was_away_gets_what_it_missed()
    {
        await using var bench = await Bench.StartAsync();
        var client = await bench.ConnectAsync(MqttProtocolVersion.V311, "blijvend", more: b => b.WithCleanSession(false));
        await client.SubscribeAsync("weerbaarheid/v1/out/#", MqttQualityOfServiceLevel.AtLeastOnce);
        await client.DisconnectAsync();
        await bench.Broker.PublishAsync("weerbaarheid/v1/out/11/status", "gemist"u8.ToArray(), retain: false, "text/plain");
        var heard = Channel.CreateUnbounded<string>();
        await bench.ConnectAsync(MqttProtocolVersion.V311, "blijvend", more: b => b.WithCleanSession(false), received: e =>
        {
            heard.Writer.TryWrite(e.ApplicationMessage.ConvertPayloadToString());
            return Task.CompletedTask;
        });
        Assert.Equal("gemist", await heard.Reader.ReadAsync().AsTask().WaitAsync(Bench.Patience));
    }

    [Fact]
    public async Task A_subscriber_that_never_acknowledges_is_owed_no_more_than_the_limit()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxQueuedPerClient = 10 });
        var client = await bench.ConnectAsync(MqttProtocolVersion.V311, "weg", more: b => b.WithCleanSession(false));
        await client.SubscribeAsync("weerbaarheid/v1/out/#", MqttQualityOfServiceLevel.AtLeastOnce);
        await client.DisconnectAsync();
        for (var i = 0; i < 50; i++) await bench.Broker.PublishAsync("weerbaarheid/v1/out/11/status", new[] { (byte)('0' + i) }, retain: false, "text/plain");

        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("weg", clean: false));
        Assert.Equal(0x20, (await Raw.ReadAsync(stream)).First);
        for (var i = 0; i < 10; i++) Assert.Equal('0' + i, (await Raw.ReadAsync(stream)).Body[^1]);
        await stream.WriteAsync(new byte[] { 0xC0, 0 });
        Assert.Equal(0xD0, (await Raw.ReadAsync(stream)).First);
    }

    [Fact]
    public async Task A_subscriber_that_is_merely_slower_hears_everything_that_is_delivered()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxQueuedPerClient = 10, SubscriberPatience = Bench.Patience });
        var heard = await bench.ListenAsync("weerbaarheid/v1/out/#");
        for (var i = 0; i < 500; i++) await bench.Broker.DeliverAsync("weerbaarheid/v1/out/11/status", BitConverter.GetBytes(i), retain: false, "text/plain", CancellationToken.None);
        for (var i = 0; i < 500; i++) Assert.Equal(i, BitConverter.ToInt32((await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Payload.ToArray()));
    }

    [Fact]
    public async Task A_subscriber_that_stands_still_is_waited_for_once()
    {
        var patience = TimeSpan.FromSeconds(0.5);
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxQueuedPerClient = 10, SubscriberPatience = patience });
        var never = new TaskCompletionSource();
        var still = await bench.ConnectAsync(received: _ => never.Task);
        await still.SubscribeAsync("weerbaarheid/v1/out/#", MqttQualityOfServiceLevel.AtLeastOnce);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < 500; i++) await bench.Broker.DeliverAsync("weerbaarheid/v1/out/11/status", BitConverter.GetBytes(i), retain: false, "text/plain", CancellationToken.None);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), patience * 0.9, patience * 5);
        never.SetResult();
    }

    [Fact]
    public async Task However_many_subscribers_stand_still_they_are_waited_for_together_and_once()
    {
        var patience = TimeSpan.FromSeconds(1);
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxQueuedPerClient = 10, SubscriberPatience = patience });
        var never = new TaskCompletionSource();
        for (var i = 0; i < 10; i++)
        {
            var still = await bench.ConnectAsync(received: _ => never.Task);
            // Each has its own topic, so that they come to their limit one after the other.
            await still.SubscribeAsync($"weerbaarheid/v1/out/{i + 1}/#", MqttQualityOfServiceLevel.AtLeastOnce);
        }

        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < 500; i++)
            await bench.Broker.DeliverAsync($"weerbaarheid/v1/out/{(i / 50) + 1}/status", BitConverter.GetBytes(i), retain: false, "text/plain", CancellationToken.None);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), patience * 0.9, patience * 5);
        never.SetResult();
    }

    [Fact]
    public async Task Sessions_of_clients_that_are_away_are_kept_up_to_a_limit_the_newest_first()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxAbsentSessions = 1 });
        foreach (var id in new[] { "oud", "jong" })
        {
            var client = await bench.ConnectAsync(MqttProtocolVersion.V311, id, more: b => b.WithCleanSession(false));
            await client.SubscribeAsync("weerbaarheid/v1/out/#");
            await client.DisconnectAsync();
            await GuardingTests.WaitAsync(() => bench.Broker.Connections == 0);
        }

        await GuardingTests.WaitAsync(() => bench.Broker.Sessions == 1);
        await using var old = await bench.OpenAsync();
        await old.WriteAsync(Raw.Connect("oud", clean: false));
        Assert.Equal(0, (await Raw.ReadAsync(old)).Body[0]); // No session present.
        await using var young = await bench.OpenAsync();
        await young.WriteAsync(Raw.Connect("jong", clean: false));
        Assert.Equal(1, (await Raw.ReadAsync(young)).Body[0]);
    }

    [Fact]
    public async Task A_client_gets_no_more_subscriptions_than_the_limit()
    {
        await using var bench = await Bench.StartAsync(options: Bench.Options with { MaxSubscriptionsPerClient = 2 });
        var client = await bench.ConnectAsync();
        await client.SubscribeAsync("a");
        await client.SubscribeAsync("b");
        var result = await client.SubscribeAsync("c");
        Assert.Equal(MqttClientSubscribeResultCode.QuotaExceeded, Assert.Single(result.Items).ResultCode);
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS0, Assert.Single((await client.SubscribeAsync("b")).Items).ResultCode);
    }

    [Fact]
    public async Task A_last_will_obeys_the_same_rules_as_a_publication()
    {
        await using var bench = await Bench.StartAsync();
        var rejected = await bench.ListenAsync(Topics.Rejected);
        // Disposing this client breaks the connection without a DISCONNECT.
        (await bench.ConnectAsync(id: "stil", more: b => b.WithWillTopic("weerbaarheid/v1/in/melding").WithWillPayload("""{"type":"melding","text":"sensor weg"}"""))).Dispose();
        (await bench.ConnectAsync(id: "stout", more: b => b.WithWillTopic("weerbaarheid/v1/receipt/11/1").WithWillPayload("{}"))).Dispose();

        Assert.Equal("sensor weg", ((Wire.Messages.Melding)(await bench.NextSubmittedAsync()).Submission.Message).Text);
        Assert.Contains("receipt/11/1", (await rejected.ReadAsync().AsTask().WaitAsync(Bench.Patience)).ConvertPayloadToString());
    }

    [Fact]
    public async Task Another_node_may_say_that_it_is_there_and_leave_word_for_when_it_is_not()
    {
        await using var bench = await Bench.StartAsync();
        const string topic = "weerbaarheid/v1/node/12";
        var node = await bench.ConnectAsync(MqttProtocolVersion.V311, more: b => b.WithWillTopic(topic).WithWillPayload("weg").WithWillRetain());
        await node.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload("hier").WithRetainFlag()
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        var heard = await bench.ListenAsync("weerbaarheid/v1/node/+");
        Assert.Equal("hier", (await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience)).ConvertPayloadToString());
        node.Dispose();
        Assert.Equal("weg", (await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience)).ConvertPayloadToString());

        var chatty = await bench.ConnectAsync();
        var tooLong = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(new byte[PublishGate.MaxPresence + 1])
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, (await chatty.PublishAsync(tooLong).WaitAsync(Bench.Patience)).ReasonCode);
    }

    [Fact]
    public async Task Frames_go_to_the_site_meant_and_come_in_from_neighbours()
    {
        await using var bench = await Bench.StartAsync();
        var events = Channel.CreateBounded<LinkEvent>(8);
        using var stop = new CancellationTokenSource();
        var link = bench.Broker.Link;
        Assert.False(link.TrySend(new OutgoingFrame(1, null, new byte[] { 1 })));
        var running = link.RunAsync(events.Writer, stop.Token);
        Assert.IsType<LinkEvent.Up>(await events.Reader.ReadAsync().AsTask().WaitAsync(Bench.Patience));

        var neighbour = await bench.ListenAsync(Topics.WireToSite(12));
        var all = await bench.ListenAsync(Topics.WireAll, MqttProtocolVersion.V311);
        Assert.True(link.TrySend(new OutgoingFrame(2, 12, new byte[] { 12 })));
        Assert.True(link.TrySend(new OutgoingFrame(3, null, new byte[] { 13 })));
        Assert.Equal(12, (await neighbour.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Payload.First.Span[0]);
        Assert.Equal(13, (await all.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Payload.First.Span[0]);
        Assert.Equal(2, Assert.IsType<LinkEvent.Sent>(await events.Reader.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Number);
        Assert.Equal(3, Assert.IsType<LinkEvent.Sent>(await events.Reader.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Number);

        var client = await bench.ConnectAsync();
        foreach (var topic in new[] { Topics.WireToSite(11), Topics.WireToSite(12), Topics.WireAll })
        {
            var frame = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload([42]).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
            Assert.Equal(MqttClientPublishReasonCode.Success, (await client.PublishAsync(frame).WaitAsync(Bench.Patience)).ReasonCode);
        }

        Assert.Equal(42, (await neighbour.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Payload.First.Span[0]);
        Assert.Equal(42, (await all.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Payload.First.Span[0]);
        for (var i = 0; i < 2; i++) Assert.Equal([42], Assert.IsType<LinkEvent.Received>(await events.Reader.ReadAsync().AsTask().WaitAsync(Bench.Patience)).Bytes.ToArray());
        Assert.False(events.Reader.TryRead(out _));
        await stop.CancelAsync();
        await running.WaitAsync(Bench.Patience);
    }

    [Fact]
    public async Task A_publisher_does_not_hear_its_own_frame_for_all()
    {
        await using var bench = await Bench.StartAsync();
        var heard = Channel.CreateUnbounded<byte>();
        var client = await bench.ConnectAsync(MqttProtocolVersion.V311, received: e =>
        {
            heard.Writer.TryWrite(e.ApplicationMessage.Payload.First.Span[0]);
            return Task.CompletedTask;
        });
        await client.SubscribeAsync("weerbaarheid/v1/wire/#");
        await client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(Topics.WireAll).WithPayload([1]).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        await bench.Broker.PublishAsync(Topics.WireAll, new byte[] { 2 }, retain: false, "");
        Assert.Equal(2, await heard.Reader.ReadAsync().AsTask().WaitAsync(Bench.Patience));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_start_up_error_that_says_what_to_do()
    {
        await using var bench = await Bench.StartAsync();
        var taken = Bench.Options with { Listen = bench.Broker.Endpoint };
        var error = await Assert.ThrowsAsync<BrokerStartException>(() => Bench.StartAsync(options: taken));
        Assert.Contains(bench.Broker.Endpoint.ToString(), error.Message);
        Assert.Contains("another port", error.Message);
    }
}
