using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Reports;

/// <summary>
/// What the desk sees: how many messages of what kind, what is missing of whom, when each site was heard last, the
/// newest status of each, and the messages that matter most. Kept in memory from what was delivered; its numbers come
/// from the store, so that a restart changes nothing.
/// </summary>
internal sealed class SituationReport(Site self)
{
    /// <summary>Messages kept at hand.</summary>
    public const int Kept = 500;

    private const int Shown = 100;
    private const int BulletinsShown = 20;

    private readonly LinkedList<Entry> _recent = new();
    private readonly Dictionary<EnvelopeKey, LinkedListNode<Entry>> _byKey = [];
    private readonly Dictionary<(ushort Site, Exercise Exercise), Entry> _statuses = [];
    private readonly Dictionary<ushort, DateTimeOffset> _lastArrival = [];

    /// <summary>What is told of a site by each kind, and under which name: what is practised does not hide what is real.</summary>
    private static readonly (Exercise Exercise, string Name)[] StatusNames = [(Exercise.Actueel, "status"), (Exercise.Oefening, "exerciseStatus"), (Exercise.Test, "testStatus")];

    private sealed record Entry(StoredEnvelope Envelope, Message? Message);

    /// <summary>A message belongs in the report from now on.</summary>
    public void Add(StoredEnvelope envelope, Message? message)
    {
        var entry = new Entry(envelope, message);
        var origin = envelope.Key.Origin;
        if (envelope.ReceivedAt > _lastArrival.GetValueOrDefault(origin)) _lastArrival[origin] = envelope.ReceivedAt;
        if (envelope.Header.Type == MessageType.Status) _statuses[(origin, envelope.Header.Exercise)] = entry;
        if (message is Sitrap sitrap) AddRows(envelope, sitrap);
        if (envelope.Key.Series == Series.States) return;
        if (_byKey.Remove(envelope.Key, out var older)) _recent.Remove(older);
        _byKey[envelope.Key] = _recent.AddFirst(entry);
        if (_recent.Count <= Kept) return;
        _byKey.Remove(_recent.Last!.Value.Envelope.Key);
        _recent.RemoveLast();
    }

    /// <summary>What a coördinatiepunt tells of its sites counts as their status, unless they told more themselves since.</summary>
    private void AddRows(StoredEnvelope envelope, Sitrap sitrap)
    {
        foreach (var row in sitrap.Rows)
        {
            if (_statuses.TryGetValue((row.Site, sitrap.Exercise), out var known) && known.Envelope.ReceivedAt > envelope.ReceivedAt) continue;
            _statuses[(row.Site, sitrap.Exercise)] = new Entry(envelope, MessageDocument.StatusOf(sitrap, row));
            if (envelope.ReceivedAt > _lastArrival.GetValueOrDefault(row.Site)) _lastArrival[row.Site] = envelope.ReceivedAt;
        }
    }

    /// <summary>A message goes on under another id.</summary>
    public void Rename(EnvelopeKey before, StoredEnvelope envelope, Message message)
    {
        if (_byKey.Remove(before, out var node)) _recent.Remove(node);
        Add(envelope, message);
    }

    /// <summary>A message was erased.</summary>
    public void Remove(EnvelopeKey key)
    {
        if (_byKey.Remove(key, out var node)) _recent.Remove(node);
    }

    /// <summary>A message came a step further.</summary>
    public void Progress(EnvelopeKey key, MessageState state, string? reference)
    {
        if (!_byKey.TryGetValue(key, out var node)) return;
        var envelope = node.Value.Envelope;
        node.Value = node.Value with { Envelope = envelope with { State = state, Reference = reference ?? envelope.Reference } };
    }

    /// <summary>The report as a JSON document.</summary>
    /// <param name="status">The core's own state.</param>
    /// <param name="counts">The store's counts.</param>
    /// <param name="at">The moment.</param>
    /// <param name="store">How the store is doing.</param>
    public byte[] ToJson(RelayStatus status, IReadOnlyDictionary<EnvelopeGroup, int> counts, Instant at, StoreHealth store) => JsonBytes.Write(json =>
    {
        var all = counts.Where(pair => pair.Key.Delivered && EnvelopeHeader.SeriesOf(pair.Key.Type) == Series.Records).ToList();
        var (records, exercise) = (all.Where(pair => pair.Key.Exercise == Exercise.Actueel).ToList(), all.Where(pair => pair.Key.Exercise != Exercise.Actueel).ToList());
        var missing = status.Origins.Aggregate(0UL, (sum, origin) => sum + origin.Missing);
        json.WriteStartObject();
        json.WriteString("at", at.Wall);
        json.WriteBoolean("clockTrusted", at.WallTrusted);
        WriteSite(json, self);
        WriteKeys(json, status.Keys);
        json.WriteBoolean("exercise", _recent.Any(entry => entry.Envelope.Header.Exercise != Exercise.Actueel));
        WriteCounts(json, records);
        // What is not real has counts of its own, and none in those of what is.
        json.WriteStartObject("exercises");
        WriteCounts(json, exercise);
        json.WriteEndObject();
        json.WriteNumber("missing", missing);
        json.WriteString("missingText", MissingText(missing));
        NodeDocument.WriteStore(json, store);
        WriteSites(json, status, all, at);
        json.WriteStartArray("messages");
        foreach (var entry in _recent.Where(entry => entry.Message is not Bulletin).OrderBy(Urgency).Take(Shown)) MessageDocument.Write(json, entry.Envelope, entry.Message, at.Now);
        json.WriteEndArray();
        json.WriteStartArray("bulletins");
        foreach (var entry in _recent.Where(entry => entry.Message is Bulletin).Take(BulletinsShown)) MessageDocument.Write(json, entry.Envelope, entry.Message, at.Now);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Writes who a node is.</summary>
    public static void WriteSite(Utf8JsonWriter json, Site site)
    {
        json.WriteNumber("site", site.Id);
        json.WriteString("name", site.Name);
        json.WriteString("role", site.Role.ToString().ToLowerInvariant());
        json.WriteString("region", site.Region);
    }

    /// <summary>Writes which key epoch holds and who is shut out; never a key.</summary>
    public static void WriteKeys(Utf8JsonWriter json, KeyStatus keys)
    {
        json.WriteStartObject("keyEpoch");
        json.WriteNumber("epoch", keys.Epoch);
        json.WriteNumber("oldestEpoch", keys.OldestEpoch);
        json.WriteNumber("serial", keys.Serial);
        if (keys.Revoked.Count > 0)
        {
            json.WriteStartArray("revoked");
            foreach (var site in keys.Revoked) json.WriteNumberValue(site);
            json.WriteEndArray();
        }

        json.WriteBoolean("thisSiteRevoked", keys.IsRevoked);
        json.WriteEndObject();
    }

    /// <summary>The sentence that the desk reads.</summary>
    public static string MissingText(ulong missing) => missing switch
    {
        0 => "niets gemist",
        1 => "1 bericht mist",
        _ => string.Create(CultureInfo.InvariantCulture, $"{missing} berichten missen"),
    };

    /// <summary>Real before exercise, waiting before taken up, then by priority; the list itself is newest first and the sort keeps that.</summary>
    private static int Urgency(Entry entry) => (entry.Envelope.Header.Exercise == Exercise.Actueel ? 0 : 16) + ((entry.Envelope.State >= MessageState.InBehandeling ? 1 : 0) * 8) + entry.Envelope.Header.Priority;

    private static void WriteCounts(Utf8JsonWriter json, List<KeyValuePair<EnvelopeGroup, int>> records)
    {
        json.WriteNumber("total", records.Sum(pair => pair.Value));
        WriteCounts(json, "byType", records, group => MessageDocument.NameOf(group.Type));
        WriteCounts(json, "byPriority", records, group => group.Priority.ToString(CultureInfo.InvariantCulture));
        WriteCounts(json, "byState", records, group => MessageDocument.NameOf(group.State));
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, List<KeyValuePair<EnvelopeGroup, int>> counts, Func<EnvelopeGroup, string> by)
    {
        json.WriteStartObject(name);
        foreach (var group in counts.GroupBy(pair => by(pair.Key)).OrderBy(group => group.Key, StringComparer.Ordinal))
            json.WriteNumber(group.Key, group.Sum(pair => pair.Value));
        json.WriteEndObject();
    }

    private void WriteSites(Utf8JsonWriter json, RelayStatus status, List<KeyValuePair<EnvelopeGroup, int>> records, Instant at)
    {
        json.WriteStartArray("sites");
        var known = status.Origins.ToDictionary(origin => origin.Site);
        foreach (var site in known.Keys.Union(_statuses.Keys.Select(key => key.Site)).Union(_lastArrival.Keys).Order())
        {
            var origin = known.GetValueOrDefault(site) ?? new OriginStatus(site, 0, 0, [], null);
            json.WriteStartObject();
            json.WriteNumber("site", site);
            WriteLastContact(json, origin, at);
            json.WriteNumber("received", records.Where(pair => pair.Key.Origin == site && pair.Key.Exercise == Exercise.Actueel).Sum(pair => pair.Value));
            if (records.Where(pair => pair.Key.Origin == site && pair.Key.Exercise != Exercise.Actueel).Sum(pair => pair.Value) is > 0 and var exercised) json.WriteNumber("exercised", exercised);
            json.WriteNumber("missing", origin.Missing);
            json.WriteString("missingText", MissingText(origin.Missing));
            json.WriteStartArray("gaps");
            foreach (var (first, last) in origin.Gaps) json.WriteStringValue(first == last ? Sequence.NameOf(first) : $"{Sequence.NameOf(first)}-{Sequence.NameOf(last)}");
            json.WriteEndArray();
            if (origin.Epoch is { } epoch) json.WriteNumber("epoch", epoch);
            if (origin.IsRevoked) json.WriteBoolean("revoked", true);
            if (origin.Waiting is { } waiting) json.WriteNumber("waiting", waiting);
            foreach (var (kind, name) in StatusNames) WriteStatus(json, site, kind, name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteLastContact(Utf8JsonWriter json, OriginStatus origin, Instant at)
    {
        var last = origin.LastHeard is { } heard ? at.Wall - (at.Now - heard)
            : _lastArrival.TryGetValue(origin.Site, out var arrival) ? arrival : (DateTimeOffset?)null;
        if (last is null)
        {
            json.WriteNull("lastContact");
            return;
        }

        json.WriteString("lastContact", last.Value);
        json.WriteNumber("secondsSinceContact", (long)Math.Max(0, (at.Wall - last.Value).TotalSeconds));
    }

    private void WriteStatus(Utf8JsonWriter json, ushort site, Exercise kind, string name)
    {
        if (!_statuses.TryGetValue((site, kind), out var entry) || entry.Message is null)
        {
            if (kind == Exercise.Actueel) json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        MessageJson.Write(json, entry.Message);
        json.WriteEndObject();
        json.WriteString($"{name}At", entry.Envelope.ReceivedAt);
        if (entry.Envelope.Key.Origin != site) json.WriteNumber($"{name}Via", entry.Envelope.Key.Origin);
    }
}
