using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>Envelopes and comparisons for the tests of the store.</summary>
internal static class Sample
{
    public const ushort Site = 11;

    /// <summary>An envelope with a readable header and a body of its own, not sealed: the store never looks inside.</summary>
    public static StoredEnvelope Envelope(
        ulong sequence, ushort origin = Site, MessageType type = MessageType.Melding, byte priority = 2, bool custody = true,
        bool delivered = false, string? clientRef = null, int bodyLength = 40)
    {
        var header = new EnvelopeHeader(
            0, SealMode.Sealed, type, priority, Exercise.Test, origin, Sequence.Low(sequence), type == MessageType.Receipt ? (ushort)12 : (ushort)0);
        var bytes = new byte[header.Length + bodyLength];
        header.Write(bytes);
        new Random((int)sequence).NextBytes(bytes.AsSpan(header.Length));
        return new StoredEnvelope(
            new EnvelopeKey(origin, header.Series, sequence), header, bytes, TimeSpan.FromSeconds(sequence % 1000),
            DateTimeOffset.UnixEpoch.AddHours(sequence % 1000), custody, MessageState.Opgeslagen, delivered, false, clientRef, null);
    }

    public static StoreChange Put(StoredEnvelope envelope) => new StoreChange.Put(envelope);

    /// <summary>Text that is equal when two snapshots hold the same, byte for byte.</summary>
    public static string Describe(Snapshot snapshot) => string.Join('\n',
    [
        $"{snapshot.Time.Ticks} {snapshot.Records} {snapshot.States}",
        .. snapshot.Envelopes.Select(Describe),
        .. snapshot.Windows.Select(w => $"{w.Key} {w.Highest} {Convert.ToHexString(w.Seen.Span)}"),
        .. snapshot.References.Select(r => r.ToString()),
        .. snapshot.Tallies.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.ToString()),
        .. snapshot.Airtime.Select(a => a.ToString()),
        .. snapshot.Keys.Select(k => $"{k.Epoch} {Convert.ToHexString(k.SiteKey.Span)} {Convert.ToHexString(k.NetworkKey.Span)}"),
    ]);

    public static string Describe(StoredEnvelope e) => $"{e with { Bytes = default }} {Convert.ToHexString(e.Bytes.Span)}";

    public static string Describe(IReadOnlyDictionary<EnvelopeGroup, int> counts) =>
        string.Join('\n', counts.Select(c => $"{c.Key}: {c.Value}").Order(StringComparer.Ordinal));
}
