using System.Text.Json;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Node;

/// <summary>What was delivered in an earlier life, and perhaps not published before it ended, is told to the applications after the start.</summary>
public sealed class UnsaidTests : IDisposable
{
    private const ushort Origin = 11;

    private static readonly Site Meldkamer = new(1, "Meldkamer", Role.Meldkamer, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-unsaid-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_delivery_that_was_never_announced_is_published_after_the_start_with_its_id()
    {
        using (var outbox = SqliteOutbox.Open(Path.Combine(_folder.FullName, "outbox.db"), Meldkamer.Id))
        {
            outbox.Load(10);
            outbox.Commit([new StoreChange.Put(Delivered(7, announced: true)), new StoreChange.Put(Delivered(8, announced: false))], TimeSpan.FromSeconds(1));
        }

        await using var node = await new TestNode(Meldkamer, _folder.FullName).StartAsync();
        // An application comes back in the first seconds after a start. The first that it hears is not what was announced already.
        await using var application = await MqttProbe.ConnectAsync(new Uri($"mqtt://127.0.0.1:{node.Port}"), $"weerbaarheid/v1/out/{Origin}/melding");
        using var heard = JsonDocument.Parse(await application.HearAsync($"weerbaarheid/v1/out/{Origin}/melding"));
        Assert.Equal(("11-8", "Nummer 8"), (heard.RootElement.GetProperty("id").GetString(), heard.RootElement.GetProperty("text").GetString()));
    }

    private static StoredEnvelope Delivered(ulong sequence, bool announced)
    {
        using var keys = KeyRing.Demonstration();
        var (message, body, bytes) = (new Melding { Category = 3, Text = $"Nummer {sequence}" }, new byte[MessageLimits.Body], new byte[1024]);
        var length = MessageCodec.Encode(message, body);
        var header = EnvelopeHeader.For(message, keys.Epoch, Origin, sequence);
        var size = Envelope.Seal(keys, header, sequence, body.AsSpan(0, length), bytes);
        return new StoredEnvelope(
            new EnvelopeKey(Origin, Series.Records, sequence), header, bytes.AsMemory(0, size), TimeSpan.Zero, DateTimeOffset.UtcNow, Custody: false,
            MessageState.Ontvangen, Delivered: true, announced, ClientRef: null, Reference: null);
    }
}
