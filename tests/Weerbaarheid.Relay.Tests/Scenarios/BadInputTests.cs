using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>What is wrong is refused, in words, and the node goes on.</summary>
[Collection("alone")]
public sealed class BadInputTests : IDisposable
{
    private const byte PayloadFormatInvalid = 0x99;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-bad-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_node_refuses_what_clients_send_wrong_and_goes_on_after_each()
    {
        await using var node = await Meldkamer().StartAsync();
        (string Topic, byte[] Payload, string? Says)[] wrong =
        [
            (Meldingen.Topic, "{\"text\":"u8.ToArray(), "JSON"),
            (Meldingen.Topic, [], "empty"),
            ("weerbaarheid/v1/in/meldingen", Encoding.UTF8.GetBytes(Meldingen.One(1)), "melding, hulpvraag"),
            (Meldingen.Topic, """{"text":"Rook","prioriteit":1}"""u8.ToArray(), "prioriteit"),
            (Meldingen.Topic, """{"text":"Rook","priority":9}"""u8.ToArray(), "priority"),
            (Meldingen.Topic, new byte[1 << 20], null),
        ];

        var accepted = 0;
        foreach (var version5 in new[] { true, false })
        {
            foreach (var (topic, payload, says) in wrong)
            {
                using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort, version5);
                var answers = await publisher.PublishAsync(topic, [payload], inFlight: 1);
                // 3.1.1 knows no refusal: the connection ends. So it does for a packet that is too large.
                if (!version5 || says is null) Assert.Empty(answers);
                else
                {
                    Assert.Equal(PayloadFormatInvalid, Assert.Single(answers).Reason);
                    Assert.Contains(says, answers[0].Sentence, StringComparison.Ordinal);
                }

                Assert.Equal($"1-{++accepted}", Assert.Single(await Meldingen.HandInAsync(node, Meldingen.Make(1))));
            }
        }

        await node.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == accepted, $"{accepted} in all");
    }

    [Fact]
    public async Task A_frame_that_lost_a_bit_or_its_end_changes_nothing_and_is_counted()
    {
        await using var node = await Meldkamer().StartAsync();
        var frame = FrameWithMelding();
        List<byte[]> damaged = [.. Enumerable.Range(1, frame.Length - 1).Select(length => frame[..length])];
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            damaged.Add([.. frame]);
            damaged[^1][bit / 8] ^= (byte)(1 << (bit % 8));
        }

        using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
        Assert.Equal(damaged.Count, (await publisher.PublishAsync("weerbaarheid/v1/wire/to/1", damaged, inFlight: 64)).Count);
        await Meldingen.HandInAsync(node, Meldingen.Make(1));
        await node.StatusSaysAsync(status => BrokerLink(status).GetProperty("framesRefused").GetInt32() == damaged.Count, $"{damaged.Count} frames refused");
        Assert.Equal(0, BrokerLink(await node.StatusAsync()).GetProperty("framesReceived").GetInt32());
        await node.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == 1, "only its own melding");

        // Untouched, twice: the same bytes do something, once.
        Assert.Equal(2, (await publisher.PublishAsync("weerbaarheid/v1/wire/to/1", [frame, frame], inFlight: 1)).Count);
        await node.StatusSaysAsync(status => status.GetProperty("counts").GetProperty("duplicates").GetInt32() == 1, "one duplicate");
        await node.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == 2, "the melding in the frame too");
    }

    [Fact]
    public async Task A_wrong_configuration_names_every_error_exits_2_and_starts_nothing()
    {
        var data = Path.Combine(_folder.FullName, "data");
        var file = Path.Combine(_folder.FullName, "relay.json");
        await File.WriteAllTextAsync(file, """{ "site": { "id": 0, "role": "noodsteunpnt" }, "borker": {}, "links": [ { "name": "net", "type": "mqtt", "uri": "http://x" } ] }""");

        var run = await RelayProgram.RunAsync("run", "--config", file, "--data", data, "--set", "http.listen=nergens");

        Assert.Equal(2, run.ExitCode);
        Assert.All(["site.id", "site.role", "did you mean 'noodsteunpunt'", "borker", "links[0].uri", "http.listen"], key => Assert.Contains(key, run.Error, StringComparison.Ordinal));
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task A_port_in_use_and_a_folder_in_use_are_told_in_a_sentence_and_exit_1()
    {
        await using var node = await Meldkamer().StartAsync();

        var port = await RelayProgram.RunAsync("run", "--data", Path.Combine(_folder.FullName, "other"),
            "--set", $"broker.listen=127.0.0.1:{node.BrokerPort}", "--set", $"http.listen=127.0.0.1:{FreePort.Take()}");
        Assert.Equal(1, port.ExitCode);
        Assert.Contains($"The broker cannot listen on 127.0.0.1:{node.BrokerPort}: another program does.", port.Error, StringComparison.Ordinal);

        var page = await RelayProgram.RunAsync("run", "--data", Path.Combine(_folder.FullName, "third"),
            "--set", $"broker.listen=127.0.0.1:{FreePort.Take()}", "--set", $"http.listen=127.0.0.1:{node.HttpPort}");
        Assert.Equal(1, page.ExitCode);
        Assert.Contains($"The page cannot listen on 127.0.0.1:{node.HttpPort}: another program does.", page.Error, StringComparison.Ordinal);

        var folder = await RelayProgram.RunAsync("run", "--data", node.Folder,
            "--set", $"broker.listen=127.0.0.1:{FreePort.Take()}", "--set", $"http.listen=127.0.0.1:{FreePort.Take()}");
        Assert.Equal(1, folder.ExitCode);
        Assert.Contains("another node uses this data folder; stop it or choose another folder", folder.Error, StringComparison.Ordinal);
        foreach (var run in new[] { port, page, folder }) Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Single(await Meldingen.HandInAsync(node, Meldingen.Make(1)));
    }

    private static JsonElement BrokerLink(JsonElement status) =>
        status.GetProperty("links").EnumerateArray().Single(link => link.GetProperty("name").GetString() == "broker");

    /// <summary>A melding of site 11 as site 21 would pass it on.</summary>
    private static byte[] FrameWithMelding()
    {
        using var keys = KeyRing.Demonstration();
        Span<byte> body = stackalloc byte[MessageLimits.Body];
        Span<byte> envelope = stackalloc byte[Envelope.MaxSize];
        var length = MessageCodec.Encode(new Melding { Priority = 2, Text = "Rook" }, body);
        var header = new EnvelopeHeader(keys.Epoch, SealMode.Sealed, MessageType.Melding, 2, Exercise.Actueel, 11, Sequence.Low(1), 0);
        var size = Envelope.Seal(keys, header, 1, body[..length], envelope);
        var writer = new FrameWriter(keys, 21, 16_384, FrameForm.Wide);
        Assert.True(writer.TryAddEnvelope(envelope[..size], 0));
        return writer.Finish();
    }

    private NodeProcess Meldkamer() => new("meldkamer", Path.Combine(_folder.FullName, "meldkamer"), up: null);
}
