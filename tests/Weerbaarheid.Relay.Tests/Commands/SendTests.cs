using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Broker;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Commands;

public sealed class SendTests
{
    private static readonly SubmitOutcome Accepted = SubmitOutcome.Accepted(new EnvelopeKey(11, Series.Records, 4711));

    [Fact]
    public async Task Fields_become_a_message_and_its_id_is_all_that_is_printed()
    {
        await using var node = await Bench.StartAsync();
        var left = await SendAsync(node, "", "melding", "--category", "brand", "--priority", "1", "--victims", "2", "--postcode", "9351 ab", "--number", "12", "--text", "Rook");

        Assert.Equal((0, "11-4711\n", ""), (left.Code, left.Out, left.Error));
        var submission = (await node.NextSubmittedAsync()).Submission;
        var melding = Assert.IsType<Melding>(submission.Message);
        Assert.Equal(("brand", 1, 2, "Rook"), (CategoryTable.Current.Name(MessageType.Melding, melding.Category)!, (int)melding.Priority, melding.Victims!.Value, melding.Text!));
        Assert.Equal(new AddressLocation("9351AB", 12, null), melding.Location);
        Assert.Equal(32, submission.ClientRef!.Length);
    }

    [Theory]
    [InlineData("hulpvraag", "{\"category\":\"water\",\"clientRef\":\"b7c1\",\"people\":4}")]
    [InlineData("status", "{\"type\":\"status\",\"state\":\"open\",\"clientRef\":\"b7c1\"}")]
    [InlineData("bulletin", "{\"number\":8,\"text\":\"Kook het water\",\"clientRef\":\"b7c1\"}")]
    public async Task JSON_on_standard_input_goes_to_the_topic_of_its_type_with_its_own_reference(string type, string json)
    {
        await using var node = await Bench.StartAsync();
        Assert.Equal(0, (await SendAsync(node, json, type)).Code);
        var submission = (await node.NextSubmittedAsync()).Submission;
        Assert.Equal((type, "b7c1"), (MessageRules.NameOf(submission.Message.Type), submission.ClientRef));
    }

    [Fact]
    public async Task Number_is_the_bulletins_own_for_a_bulletin()
    {
        await using var node = await Bench.StartAsync();
        Assert.Equal(0, (await SendAsync(node, "", "bulletin", "--number", "8", "--valid-hours", "12", "--text", "Kook het water")).Code);
        Assert.Equal(8, Assert.IsType<Bulletin>((await node.NextSubmittedAsync()).Submission.Message).Number);
    }

    [Fact]
    public async Task A_file_is_read_too()
    {
        await using var node = await Bench.StartAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"text":"uit een bestand"}""");
        Assert.Equal(0, (await SendAsync(node, "", "melding", "--file", file)).Code);
        Assert.Equal("uit een bestand", ((Melding)(await node.NextSubmittedAsync()).Submission.Message).Text);
        File.Delete(file);
    }

    [Fact]
    public async Task What_breaks_a_rule_never_leaves_and_every_mistake_is_said()
    {
        await using var node = await Bench.StartAsync();
        var left = await SendAsync(node, "", "melding", "--category", "brandje", "--priority", "9", "--victims", "veel");
        Assert.Equal((2, ""), (left.Code, left.Out));
        Assert.Equal(3, left.ErrorLines.Length);
        Assert.Contains("priority: 9 is out of range; write a whole number from 1 to 4", left.ErrorLines);
        Assert.Equal(0, node.Waiting);
    }

    [Fact]
    public async Task A_refusal_gives_the_nodes_own_reason()
    {
        await using var node = await Bench.StartAsync(answer: _ => SubmitOutcome.Refused(Refusal.Full, "The outbox is full for priority 3."));
        var left = await SendAsync(node, "", "melding", "--text", "x");
        Assert.Equal((1, "", "The outbox is full for priority 3.\n"), (left.Code, left.Out, left.Error));
    }

    [Fact]
    public async Task Without_a_node_it_says_how_to_start_one()
    {
        var port = FreePort.Take();
        var left = await Terminal.RunAsync("", "send", "melding", "--text", "x", "--set", $"broker.listen=127.0.0.1:{port}");
        Assert.Equal((1, "", $"no node answers on 127.0.0.1:{port}; start it with: weerbaarheid-relay run\n"), (left.Code, left.Out, left.Error));
    }

    [Theory]
    [InlineData("ontvangen", 0, "verzonden", "ontvangen")]
    [InlineData("verzonden", 0, "in behandeling")]
    [InlineData("in-behandeling", 0, "ontvangen", "verzonden", "in behandeling")]
    [InlineData("opgeslagen", 0)]
    [InlineData("ontvangen", 1, "verzonden", "vervallen")]
    [InlineData("verzonden", 1, "afgewezen")]
    public async Task Waiting_ends_with_the_state_or_a_later_one_or_a_loss(string wanted, int code, params string[] states)
    {
        await using var node = await Bench.StartAsync(answers: false);
        var sending = SendAsync(node, "", "melding", "--text", "x", "--wait", wanted, "--timeout", "30", "--json");
        var submitted = await node.NextSubmittedAsync();
        // The very fast come before the acknowledgement; what belongs to another message must not count.
        await ReceiptAsync(node, "11-4711", "status", "in behandeling");
        await ReceiptAsync(node, "11-4710", "melding", "in behandeling");
        foreach (var state in states) await ReceiptAsync(node, "11-4711", "melding", state);
        submitted.Outcome.SetResult(Accepted);

        var left = await sending;
        Assert.True(code == left.Code, left.Error);
        using var said = JsonDocument.Parse(left.Out);
        Assert.Equal(("11-4711", states.Length == 0 ? "opgeslagen" : states[^1]), (said.RootElement.GetProperty("id").GetString(), said.RootElement.GetProperty("state").GetString()));
        if (code == 1) Assert.Equal($"11-4711 is {states[^1]}\n", left.Error);
    }

    [Fact]
    public async Task What_does_not_come_in_time_is_said_with_how_far_it_came()
    {
        await using var node = await Bench.StartAsync(answers: false);
        var sending = SendAsync(node, "", "melding", "--text", "x", "--wait", "ontvangen", "--timeout", "1");
        var submitted = await node.NextSubmittedAsync();
        await ReceiptAsync(node, "11-4711", "melding", "verzonden");
        submitted.Outcome.SetResult(Accepted);
        var left = await sending;
        Assert.Equal((1, "11-4711\n", "11-4711 came no further than 'verzonden' within 1 s\n"), (left.Code, left.Out, left.Error));
    }

    [Fact]
    public async Task A_message_that_was_there_already_is_found_in_the_report()
    {
        await using var node = await Bench.StartAsync(answer: _ => SubmitOutcome.Accepted(Accepted.Key, repeated: true));
        const string report = """{"messages":[{"id":"11-4710","type":"melding","state":"ontvangen"},{"id":"11-4711","type":"melding","state":"in behandeling"}]}""";
        await node.Broker.PublishAsync("weerbaarheid/v1/report", Encoding.UTF8.GetBytes(report), retain: true, "application/json");
        var left = await SendAsync(node, "", "melding", "--text", "x", "--client-ref", "b7c1", "--wait", "ontvangen", "--timeout", "30");
        Assert.Equal((0, "11-4711\n", ""), (left.Code, left.Out, left.Error));
    }

    [Fact]
    public async Task A_real_node_is_told_and_followed_and_asked()
    {
        var folder = Directory.CreateTempSubdirectory("relay-send-");
        await using (var node = await new TestNode(new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), folder.FullName).StartAsync())
        {
            string[] address = ["--set", $"broker.listen=127.0.0.1:{node.Port}"];
            foreach (var again in (int[])[1, 2])
            {
                var sent = await Terminal.RunAsync("", ["send", "melding", "--text", "Rook", "--client-ref", "b7c1", "--wait", "ontvangen", "--timeout", "30", .. address]);
                Assert.True(sent is { Code: 0, Out: "1-1\n" }, $"time {again}: {sent}");
            }

            // What is published follows the facts by a moment.
            await Eventually.TrueAsync(
                () => node.Status.GetProperty("links")[0].GetProperty("up").GetBoolean() && node.Report.GetProperty("total").GetInt32() == 1, () => node.Status.ToString());
            var status = await Terminal.RunAsync("", ["status", .. address]);
            Assert.True(status.Code == 0, status.Out + status.Error);
            var report = await Terminal.RunAsync("", ["report", "--json", .. address]);
            using var said = JsonDocument.Parse(report.Out);
            Assert.Equal(1, said.RootElement.GetProperty("total").GetInt32());
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_id_that_the_acknowledgement_does_not_carry_comes_from_the_receipt()
    {
        await using var node = await Bench.StartAsync(answers: false);
        var sending = SendAsync(node, "", "melding", "--text", "x", "--client-ref", "b7c1");
        var submitted = await node.NextSubmittedAsync();
        await ReceiptAsync(node, "11-9", "melding", "opgeslagen", clientRef: "b7c1");
        submitted.Outcome.SetResult(SubmitOutcome.Accepted(default));
        var left = await sending;
        Assert.Equal((0, "11-9\n"), (left.Code, left.Out));
    }

    [Fact]
    public async Task A_node_that_stops_before_the_commit_leaves_it_open_whether_it_has_the_message()
    {
        var node = await Bench.StartAsync(answers: false);
        var sending = SendAsync(node, "", "melding", "--text", "x", "--client-ref", "b7c1");
        (await node.NextSubmittedAsync()).Outcome.SetCanceled();
        await node.DisposeAsync();
        var left = await sending;
        Assert.Equal((1, ""), (left.Code, left.Out));
        Assert.Equal("the node did not confirm it, so it may or may not have it; send it again with --client-ref b7c1, and it stays one message\n", left.Error);
    }

    [Fact]
    public async Task Nobody_is_left_waiting_at_a_terminal_that_expects_JSON()
    {
        var left = await Terminal.RunAsync(null, "", ["send", "melding"], terminal: true);
        Assert.Equal(2, left.Code);
        Assert.Contains("there is no message", left.Error, StringComparison.Ordinal);
    }

    private static Task<Left> SendAsync(Bench node, string input, params string[] arguments) =>
        Task.Run(() => Terminal.RunAsync(input, ["send", .. arguments, "--set", "site.id=11", "--set", $"broker.listen=127.0.0.1:{node.Broker.Endpoint.Port}"]));

    private static async Task ReceiptAsync(Bench node, string id, string type, string state, string? clientRef = null)
    {
        var reference = clientRef is null ? "" : $",\"clientRef\":\"{clientRef}\"";
        var json = $"{{\"id\":\"{id}\",\"type\":\"{type}\",\"state\":\"{state}\"{reference}}}";
        await node.Broker.PublishAsync($"weerbaarheid/v1/receipt/{id.Replace('-', '/')}", Encoding.UTF8.GetBytes(json), retain: false, "application/json");
    }
}
