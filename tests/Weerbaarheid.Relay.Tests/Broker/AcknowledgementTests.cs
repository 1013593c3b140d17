using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Broker;

public sealed class AcknowledgementTests
{
    [Fact]
    public async Task An_acknowledgement_waits_for_the_commit_and_names_the_message()
    {
        await using var bench = await Bench.StartAsync(answers: false);
        var client = await bench.ConnectAsync();

        var publishing = client.PublishAsync(Bench.Melding());
        var submitted = await bench.NextSubmittedAsync();
        // The ping goes out and comes back behind the publish; were the acknowledgement on its way, it would be here before.
        await client.PingAsync();
        Assert.False(publishing.IsCompleted);

        submitted.Accept(4711);
        var result = await publishing.WaitAsync(Bench.Patience);
        Assert.Equal(MqttClientPublishReasonCode.Success, result.ReasonCode);
        Assert.Equal("11-4711", Assert.Single(result.UserProperties, p => p.Name == "id").ReadValueAsString());
    }

    [Fact]
    public async Task All_publishes_in_flight_are_handed_in_before_the_first_is_committed_and_are_acknowledged_in_order()
    {
        await using var bench = await Bench.StartAsync(answers: false);
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("raw"));
        Assert.Equal(0x20, (await Raw.ReadAsync(stream)).First);
        for (ushort i = 1; i <= 64; i++) await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"x"}""", i));

        var submitted = new List<Submitted>();
        for (var i = 0; i < 64; i++) submitted.Add(await bench.NextSubmittedAsync());
        for (var i = 63; i >= 0; i--) submitted[i].Accept((ulong)i);

        for (ushort i = 1; i <= 64; i++)
        {
            var (first, body) = await Raw.ReadAsync(stream);
            Assert.Equal(0x40, first);
            Assert.Equal(i, (ushort)((body[0] << 8) | body[1]));
        }
    }

    [Theory]
    [InlineData((int)Refusal.Invalid, 0x99)]
    [InlineData((int)Refusal.Full, 0x97)]
    [InlineData((int)Refusal.NotAllowed, 0x87)]
    [InlineData((int)Refusal.StoreFailed, 0x83)]
    public async Task A_refusal_reaches_a_version_5_client_with_reason_and_sentence(int refusal, int reason)
    {
        await using var bench = await Bench.StartAsync(answer: _ => SubmitOutcome.Refused((Refusal)refusal, "Daarom niet."));
        var client = await bench.ConnectAsync();
        foreach (var quality in new[] { 1, 2 })
        {
            var result = await client.PublishAsync(Bench.Melding(quality: quality)).WaitAsync(Bench.Patience);
            Assert.Equal(reason, (int)result.ReasonCode);
            // This client library drops the sentence of a PUBREC; the next test looks at the bytes.
            if (quality == 1) Assert.Equal("Daarom niet.", result.ReasonString);
        }
    }

    [Fact]
    public async Task A_refused_QoS_2_publish_gets_its_sentence_in_the_PUBREC_and_frees_its_identifier()
    {
        await using var bench = await Bench.StartAsync(answer: _ => SubmitOutcome.Refused(Refusal.Full, "Vol."));
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("v5", version: 5));
        Assert.Equal(0x20, (await Raw.ReadAsync(stream)).First);
        for (var i = 0; i < 2; i++)
        {
            await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"x"}""", 3, quality: 2, version: 5));
            var (first, body) = await Raw.ReadAsync(stream);
            Assert.Equal(0x50, first);
            Assert.Equal([0, 3, 0x97], body[..3]);
            Assert.Contains("Vol.", System.Text.Encoding.UTF8.GetString(body));
            await bench.NextSubmittedAsync();
        }
    }

    [Fact]
    public async Task A_client_that_wants_no_problem_information_gets_none()
    {
        await using var bench = await Bench.StartAsync(answer: _ => SubmitOutcome.Refused(Refusal.Full, "Vol."));
        var client = await bench.ConnectAsync(more: b => b.WithRequestProblemInformation(false));
        var result = await client.PublishAsync(Bench.Melding()).WaitAsync(Bench.Patience);
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, result.ReasonCode);
        Assert.True(string.IsNullOrEmpty(result.ReasonString));
    }

    [Fact]
    public async Task An_invalid_message_is_refused_without_being_handed_in()
    {
        await using var bench = await Bench.StartAsync();
        var client = await bench.ConnectAsync();
        var message = new MqttApplicationMessageBuilder().WithTopic("weerbaarheid/v1/in/melding").WithPayload("{}")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        var result = await client.PublishAsync(message).WaitAsync(Bench.Patience);
        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, result.ReasonCode);
        Assert.Contains("text", result.ReasonString);
        Assert.Equal(0, bench.Waiting);
    }

    [Fact]
    public async Task A_refusal_closes_a_version_3_connection_without_acknowledgement_after_those_before_it()
    {
        await using var bench = await Bench.StartAsync(answer: s => ((Wire.Messages.Melding)s.Message).Text == "fout"
            ? SubmitOutcome.Refused(Refusal.Invalid, "Nee.")
            : SubmitOutcome.Accepted(new EnvelopeKey(11, Series.Records, 1)));
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("oud"));
        Assert.Equal(0x20, (await Raw.ReadAsync(stream)).First);
        await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"goed"}""", 1));
        await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"fout"}""", 2));

        var (first, body) = await Raw.ReadAsync(stream);
        Assert.Equal(0x40, first);
        Assert.Equal([0, 1], body);
        Assert.Equal(0, (await Raw.ReadAsync(stream)).First);
    }

    [Fact]
    public async Task A_message_with_QoS_0_is_taken_in_too()
    {
        await using var bench = await Bench.StartAsync();
        var client = await bench.ConnectAsync(MqttProtocolVersion.V311);
        await client.PublishAsync(Bench.Melding("los", quality: 0));
        Assert.Equal("los", ((Wire.Messages.Melding)(await bench.NextSubmittedAsync()).Submission.Message).Text);
    }

    [Fact]
    public async Task A_QoS_2_publish_sent_twice_before_its_release_is_handed_in_once()
    {
        await using var bench = await Bench.StartAsync(answers: false);
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("twee"));
        await Raw.ReadAsync(stream);
        const string topic = "weerbaarheid/v1/in/melding";
        await stream.WriteAsync(Raw.Publish(topic, """{"type":"melding","text":"a"}""", 7, quality: 2));
        await stream.WriteAsync(Raw.Publish(topic, """{"type":"melding","text":"a"}""", 7, quality: 2, duplicate: true));
        (await bench.NextSubmittedAsync()).Accept(1);
        Assert.Equal(0x50, (await Raw.ReadAsync(stream)).First);
        Assert.Equal(0x50, (await Raw.ReadAsync(stream)).First);
        Assert.Equal(0, bench.Waiting);

        await stream.WriteAsync(Raw.PubRel(7));
        Assert.Equal(0x70, (await Raw.ReadAsync(stream)).First);
        await stream.WriteAsync(Raw.Publish(topic, """{"type":"melding","text":"b"}""", 7, quality: 2));
        Assert.Equal("b", ((Wire.Messages.Melding)(await bench.NextSubmittedAsync()).Submission.Message).Text);
    }

    [Fact]
    public async Task A_redelivery_says_that_it_may_be_one_and_has_the_same_fingerprint()
    {
        await using var bench = await Bench.StartAsync();
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("dup"));
        await Raw.ReadAsync(stream);
        await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"a"}""", 1));
        await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"a"}""", 1, duplicate: true));
        var first = (await bench.NextSubmittedAsync()).Submission;
        var second = (await bench.NextSubmittedAsync()).Submission;
        Assert.False(first.MayBeRepeat);
        Assert.True(second.MayBeRepeat);
        Assert.Equal(first.Fingerprint, second.Fingerprint);
    }

    [Theory]
    [InlineData("weerbaarheid/v1/out/11/melding")]
    [InlineData("weerbaarheid/v1/receipt/11/1")]
    [InlineData("weerbaarheid/v1/report")]
    [InlineData("weerbaarheid/v1/rejected")]
    [InlineData("weerbaarheid/v1/node/11")]
    [InlineData("weerbaarheid/v1/node/0")]
    [InlineData("weerbaarheid/v1/node/12/x")]
    [InlineData("weerbaarheid/v1/wire/elsewhere")]
    [InlineData("huis/lamp")]
    public async Task A_topic_that_belongs_to_the_node_is_refused_and_reaches_nobody(string topic)
    {
        await using var bench = await Bench.StartAsync();
        var heard = await bench.ListenAsync("#");
        var client = await bench.ConnectAsync();
        var result = await client.PublishAsync(Bench.Melding(topic: topic)).WaitAsync(Bench.Patience);
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, result.ReasonCode);
        // What is heard first is the entry about it, and not the publication itself.
        var entry = await heard.ReadAsync().AsTask().WaitAsync(Bench.Patience);
        Assert.Equal("weerbaarheid/v1/rejected", entry.Topic);
        Assert.Contains("notAllowed", entry.ConvertPayloadToString());
    }

    [Fact]
    public async Task Reading_stops_while_too_many_publishes_await_their_acknowledgement_and_goes_on_afterwards()
    {
        await using var bench = await Bench.StartAsync(answers: false, options: Bench.Options with { MaxPendingAcknowledgements = 4, PacketTimeout = TimeSpan.FromSeconds(1) });
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("druk", keepAlive: 1));
        await Raw.ReadAsync(stream);
        for (ushort i = 1; i <= 20; i++) await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"x"}""", i));

        // One is being waited for, four are queued, one more waits for room in the queue.
        var submitted = new List<Submitted>();
        for (var i = 0; i < 6; i++) submitted.Add(await bench.NextSubmittedAsync());
        // A client that waits for the node is not silent: one that is, and came later, is dropped before it.
        await using var silent = await bench.OpenAsync();
        await silent.WriteAsync(Raw.Connect("stil", keepAlive: 1));
        await Raw.ReadAsync(silent);
        Assert.Equal(0, (await Raw.ReadAsync(silent)).First);
        Assert.Equal(0, bench.Waiting);

        for (ushort i = 1; i <= 20; i++)
        {
            if (i > 6) submitted.Add(await bench.NextSubmittedAsync());
            submitted[i - 1].Accept(i);
            Assert.Equal(0x40, (await Raw.ReadAsync(stream)).First);
        }
    }

    [Fact]
    public async Task Two_connections_under_one_name_never_share_an_acknowledgement()
    {
        await using var bench = await Bench.StartAsync(answers: false);
        await using var first = await bench.OpenAsync();
        await first.WriteAsync(Raw.Connect("zelfde", clean: false));
        await Raw.ReadAsync(first);
        await first.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"oud"}""", 1));
        var old = await bench.NextSubmittedAsync();
        await using var second = await bench.OpenAsync();
        await second.WriteAsync(Raw.Connect("zelfde", clean: false));
        Assert.Equal(0x20, (await Raw.ReadAsync(second)).First);
        await second.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"nieuw"}""", 1));
        var renewed = await bench.NextSubmittedAsync();
        old.Accept(1);
        await second.WriteAsync(new byte[] { 0xC0, 0 });
        Assert.Equal(0xD0, (await Raw.ReadAsync(second)).First);
        renewed.Accept(2);
        Assert.Equal(0x40, (await Raw.ReadAsync(second)).First);
    }

    [Fact]
    public async Task An_intake_that_fails_ends_the_connection_without_an_acknowledgement()
    {
        await using var bench = await Bench.StartAsync(answers: false);
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("pech", version: 5));
        await Raw.ReadAsync(stream);
        await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"x"}""", 1, version: 5));
        (await bench.NextSubmittedAsync()).Outcome.SetException(new InvalidOperationException("a defect"));
        Assert.Equal(0, (await Raw.ReadAsync(stream)).First);
    }

    [Fact]
    public async Task The_broker_stops_while_clients_await_their_acknowledgement()
    {
        var bench = await Bench.StartAsync(answers: false);
        await using var stream = await bench.OpenAsync();
        await stream.WriteAsync(Raw.Connect("wacht"));
        await Raw.ReadAsync(stream);
        await stream.WriteAsync(Raw.Publish("weerbaarheid/v1/in/melding", """{"type":"melding","text":"x"}""", 1));
        await bench.NextSubmittedAsync();
        await bench.DisposeAsync().AsTask().WaitAsync(Bench.Patience);
        Assert.Equal(0, (await Raw.ReadAsync(stream)).First);
    }
}
