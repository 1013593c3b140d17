using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Observing;

/// <summary>
/// The way of a record as one span at its origin, from intake to receipt, and one at each node where it arrived. The trace id follows from the
/// record's id, so that the spans of all nodes join without a byte on the air. A span holds id, type, priority and states; nothing that
/// anybody wrote. One thread calls it, and without a listener it does nothing.
/// </summary>
internal sealed class RecordTraces(ushort self)
{
    /// <summary>The name of the source.</summary>
    public const string Name = "Weerbaarheid.Relay";

    /// <summary>Records under way that are followed; of more than these the oldest goes without a span.</summary>
    public const int MostUnderWay = 4_096;

    private static readonly ActivitySource Source = new(Name);

    private readonly Dictionary<EnvelopeKey, Journey> _underWay = [];
    private readonly Queue<EnvelopeKey> _order = new();

    private sealed record Journey(StoredEnvelope Envelope, List<(MessageState State, DateTimeOffset At)> Steps);

    /// <summary>A record was committed here: handed in, or arrived from elsewhere.</summary>
    public void Committed(StoredEnvelope envelope, in Instant at)
    {
        if (!Source.HasListeners() || envelope.Key.Series != Series.Records) return;
        if (envelope.Key.Origin == self && envelope.Custody) Follow(envelope);
        else Tell("relay.record.arrived", envelope, envelope.ReceivedAt, envelope.ReceivedAt, [], Math.Max(0, (at.Now - envelope.BornAt).TotalSeconds));
    }

    /// <summary>A record that was handed in here came a step further.</summary>
    public void Progressed(EnvelopeKey key, MessageState state, in Instant at)
    {
        if (!_underWay.TryGetValue(key, out var journey)) return;
        if (journey.Steps.Count == 0 || journey.Steps[^1].State != state) journey.Steps.Add((state, at.Wall));
        if (state < MessageState.Ontvangen) return;
        _underWay.Remove(key);
        Tell("relay.record", journey.Envelope, journey.Envelope.ReceivedAt, at.Wall, journey.Steps, age: null);
    }

    /// <summary>The trace that the spans of a record belong to, at every node.</summary>
    public static ActivityTraceId TraceOf(EnvelopeKey key) => ActivityTraceId.CreateFromBytes(Hash(key).AsSpan(0, 16));

    private void Follow(StoredEnvelope envelope)
    {
        while (_order.Count >= MostUnderWay) _underWay.Remove(_order.Dequeue());
        _order.Enqueue(envelope.Key);
        _underWay[envelope.Key] = new Journey(envelope, []);
    }

    private static byte[] Hash(EnvelopeKey key) => SHA256.HashData(Encoding.UTF8.GetBytes($"weerbaarheid-relay {key}"));

    private void Tell(string name, StoredEnvelope envelope, DateTimeOffset began, DateTimeOffset ended, List<(MessageState State, DateTimeOffset At)> steps, double? age)
    {
        var hash = Hash(envelope.Key);
        var above = new ActivityContext(ActivityTraceId.CreateFromBytes(hash.AsSpan(0, 16)), ActivitySpanId.CreateFromBytes(hash.AsSpan(16, 8)), ActivityTraceFlags.Recorded);
        using var span = Source.StartActivity(name, ActivityKind.Internal, above, startTime: began);
        if (span is null) return;
        span.SetTag("relay.site", (int)self);
        span.SetTag("relay.message.id", envelope.Key.ToString());
        span.SetTag("relay.message.type", MessageDocument.NameOf(envelope.Header.Type));
        span.SetTag("relay.message.priority", (int)envelope.Header.Priority);
        span.SetTag("relay.message.exercise", envelope.Header.Exercise.ToString().ToLower(CultureInfo.InvariantCulture));
        if (age is { } seconds) span.SetTag("relay.message.age", seconds);
        foreach (var (state, at) in steps) span.AddEvent(new ActivityEvent(MessageDocument.NameOf(state), at));
        if (steps is [.., var last]) span.SetTag("relay.message.state", MessageDocument.NameOf(last.State));
        // The wall clock may have been set back meanwhile.
        span.SetEndTime((ended > began ? ended : began).UtcDateTime);
    }
}
