using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Node;

/// <summary>
/// Publishes to applications what was committed (design §6.3), in order, behind the loop and not in it. The queue is
/// bounded: when applications cannot keep up, the loop waits, and so in the end do the clients that hand messages in.
/// </summary>
internal sealed class Publisher(Site self, MqttBroker? broker, TimeProvider time)
{
    private const string Json = "application/json";
    private const int Capacity = 4_096;

    private readonly Channel<Publication> _queue = Channel.CreateBounded<Publication>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ConcurrentQueue<EnvelopeKey> _announced = new();

    private readonly record struct Publication(string Topic, byte[] Payload, bool Retain, EnvelopeKey? Announces);

    /// <summary>A message that was delivered here.</summary>
    public async ValueTask DeliveredAsync(StoredEnvelope envelope, Message? message, TimeSpan now)
    {
        var topic = $"weerbaarheid/v1/out/{envelope.Key.Origin}/{MessageDocument.NameOf(envelope.Header.Type)}";
        var isStatus = envelope.Header.Type == MessageType.Status;
        // Told to nobody is told.
        if (!isStatus && broker?.IsWanted(topic) == false) _announced.Enqueue(envelope.Key);
        else
        {
            var document = MessageDocument.ToBytes(envelope, message, now);
            await PublishAsync(topic, document, retain: false, envelope.Key);
            if (isStatus) await PublishAsync($"weerbaarheid/v1/status/{envelope.Key.Origin}", document, IsReal(envelope), null);
        }

        if (message is Sitrap sitrap) await RowsAsync(envelope, sitrap, now);
    }

    /// <summary>The newest status of a site, told again after a restart because the broker keeps nothing on disk.</summary>
    public ValueTask StatusAsync(StoredEnvelope envelope, Message message, TimeSpan now) =>
        PublishAsync($"weerbaarheid/v1/status/{envelope.Key.Origin}", MessageDocument.ToBytes(envelope, message, now), IsReal(envelope), null);

    /// <summary>What a Sitrap says of each of its sites, as their newest status.</summary>
    public async ValueTask RowsAsync(StoredEnvelope envelope, Sitrap sitrap, TimeSpan now)
    {
        foreach (var row in sitrap.Rows)
            await PublishAsync($"weerbaarheid/v1/status/{row.Site}", MessageDocument.RowToBytes(envelope, sitrap, row, now), IsReal(envelope), null);
    }

    /// <summary>The broker keeps what is real: what is practised must not take its place.</summary>
    private static bool IsReal(StoredEnvelope envelope) => envelope.Header.Exercise == Exercise.Actueel;

    /// <summary>A message that was made here came a step further.</summary>
    public ValueTask ProgressedAsync(Output.Progressed step)
    {
        var topic = string.Create(CultureInfo.InvariantCulture, $"weerbaarheid/v1/receipt/{step.Key.Origin}/{step.Key.Number}");
        return broker is null || !broker.IsWanted(topic) ? ValueTask.CompletedTask : PublishAsync(topic, NodeDocument.Receipt(step, time.GetUtcNow()), retain: false, null);
    }

    public ValueTask ReportAsync(byte[] report) => PublishAsync("weerbaarheid/v1/report", report, retain: true, null);

    public ValueTask NodeAsync(byte[] node) => PublishAsync($"weerbaarheid/v1/node/{self.Id}", node, retain: true, null);

    /// <summary>The envelopes published since the last call.</summary>
    public IEnumerable<EnvelopeKey> TakeAnnounced()
    {
        while (_announced.TryDequeue(out var key)) yield return key;
    }

    /// <summary>Whether <see cref="TakeAnnounced"/> has something.</summary>
    public bool HasAnnounced => !_announced.IsEmpty;

    /// <summary>Publishes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var publication in _queue.Reader.ReadAllAsync(cancellationToken))
        {
            await broker!.DeliverAsync(publication.Topic, publication.Payload, publication.Retain, Json, cancellationToken);
            if (publication.Announces is { } key) _announced.Enqueue(key);
        }
    }

    private ValueTask PublishAsync(string topic, byte[] payload, bool retain, EnvelopeKey? announces) =>
        broker is null ? ValueTask.CompletedTask : _queue.Writer.WriteAsync(new Publication(topic, payload, retain, announces));
}
