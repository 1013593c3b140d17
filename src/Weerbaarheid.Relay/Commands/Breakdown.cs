using System.Text.Json;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary>A run of bytes in an envelope that stands for one thing.</summary>
/// <param name="Name">The field, as <c>sentAt</c> or <c>rows[0].state</c>.</param>
/// <param name="Offset">From the first byte of the envelope.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Meaning">What the bytes say.</param>
internal readonly record struct EnvelopePart(string Name, int Offset, int Length, string Meaning);

/// <summary>
/// Explains every byte of an envelope exactly once: header, body and proof. Sealing keeps the length of the body (RFC 3610), so
/// a field stands at the same place in the ciphertext as in the clear.
/// </summary>
internal sealed class Breakdown
{
    private static readonly Dictionary<MessageType, string[]> Fields = new()
    {
        [MessageType.Melding] = ["sentAt", "category", "location", "text", "victims"],
        [MessageType.Hulpvraag] = ["sentAt", "category", "location", "text", "people"],
        [MessageType.Hulpaanbod] = ["sentAt", "category", "location", "text", "quantity", "availableHours"],
        [MessageType.Status] = ["state", "present", "capacity", "staff", "powerHours", "supplies", "comms", "needs"],
        [MessageType.Bulletin] = ["sentAt", "number", "validHours", "text", "kind", "replaces", "grip"],
        [MessageType.Amend] = ["sentAt", "forSite", "forSequence", "kind", "text"],
        [MessageType.Heartbeat] = ["lastRecord", "waiting", "uptimeHours", "closed", "firstWaiting"],
        [MessageType.Receipt] = ["upTo", "bitmap", "takenUp"],
        [MessageType.Sitrap] = ["number", "periodMinutes", "grip", "counts", "rows"],
        [MessageType.Revocation] = ["serial", "epoch", "oldestEpoch", "revoked"],
        [MessageType.Rekey] = ["epoch", "siteKey", "networkKey"],
    };

    private static readonly string[] Row = ["site", "state", "present", "powerHours", "supplies", "open"];

    private readonly List<EnvelopePart> _parts = [];
    private readonly OpenedEnvelope _opened;

    private Breakdown(OpenedEnvelope opened) => _opened = opened;

    /// <summary>The parts in order; they cover the envelope without holes or overlap.</summary>
    public static IReadOnlyList<EnvelopePart> Of(OpenedEnvelope opened)
    {
        var breakdown = new Breakdown(opened);
        breakdown.AddHeader();
        breakdown.AddBody();
        breakdown.AddProof();
        return breakdown._parts;
    }

    /// <summary>Writes <c>length</c> and <c>parts</c> into an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, OpenedEnvelope opened)
    {
        json.WriteNumber("length", opened.Length);
        json.WriteStartArray("parts");
        foreach (var part in Of(opened))
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            json.WriteNumber("offset", part.Offset);
            json.WriteNumber("length", part.Length);
            json.WriteString("meaning", part.Meaning);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void AddHeader()
    {
        var header = _opened.Header;
        var mode = header.Mode switch { SealMode.Signature => "signed", SealMode.Clear => "in clear", _ => "sealed" };
        Add("version, mode, epoch", 1, $"version {EnvelopeHeader.Version}, {(header.Life is null ? mode : "mode told below")}, key epoch {header.Epoch}");
        Add("type, priority, exercise", 1, $"{MessageRules.NameOf(header.Type)}, priority {header.Priority}, {header.Exercise.ToString().ToLowerInvariant()}");
        Add("origin", 2, $"site {header.Origin}");
        var series = header.Series == Series.Records ? "records" : "states";
        Add("sequence", 3, $"low 24 bits of {_opened.Sequence}, in the series of {series}");
        if (EnvelopeHeader.HasDestination(header.Type)) Add("destination", 2, $"for site {header.Destination}");
        if (header.Life is not { } life) return;
        Add("mode", 1, $"{mode}, told here because the life is told too");
        Add("life", 3, $"life {life} of the origin's counter: the upper 24 bits of {_opened.Sequence}");
    }

    private void AddProof()
    {
        var signed = _opened.Header.Mode == SealMode.Signature;
        Add(signed ? "signature" : "tag", signed ? Envelope.SignatureSize : Envelope.TagSize, signed ? "ECDSA P-256 over sequence, header and body" : "AES-CCM over header and body");
    }

    private void AddBody()
    {
        using var message = JsonDocument.Parse(JsonLine.ObjectBytes(json => MessageJson.Write(json, _opened.Message)));
        var body = new PackReader(_opened.Body);
        AddArray(ref body, "body", "fields", out var count);
        var names = Fields[_opened.Header.Type];
        for (var i = 0; i < count; i++)
        {
            if (i >= names.Length) AddValue(ref body, $"field {i + 1}", "of a newer version");
            else AddField(ref body, names[i], message.RootElement);
        }
    }

    private void AddField(ref PackReader body, string name, JsonElement message)
    {
        var isList = body.Next == PackKind.Array && name is "closed" or "takenUp" or "counts" or "rows" or "revoked";
        if (!isList)
        {
            AddValue(ref body, name, MeaningOf(name, message));
            return;
        }

        var list = message.TryGetProperty(name, out var found) ? found : default;
        AddArray(ref body, name, "values", out var count);
        for (var i = 0; i < count; i++)
        {
            if (name == "rows") AddRow(ref body, $"rows[{i}]", At(list, i));
            else if (name == "revoked") AddValue(ref body, $"revoked[{i}]", $"site {Show(At(list, i))}");
            else if (name == "counts") AddValue(ref body, $"counts[{i}]", $"{Show(At(list, i))} open of priority {i + 1}");
            else AddHalfOfPair(ref body, name, i, At(list, i / 2));
        }
    }

    /// <summary>Lists of pairs are flat on the wire: number, then what is said of it.</summary>
    private void AddHalfOfPair(ref PackReader body, string name, int place, JsonElement pair)
    {
        var half = place % 2 == 0 ? "sequence" : name == "closed" ? "reason" : "reference";
        AddValue(ref body, $"{name}[{place / 2}].{half}", MeaningOf(half, pair));
    }

    private void AddRow(ref PackReader body, string path, JsonElement row)
    {
        AddArray(ref body, path, "fields", out var count);
        for (var i = 0; i < count; i++)
        {
            if (i >= Row.Length) AddValue(ref body, $"{path}.field {i + 1}", "of a newer version");
            else AddValue(ref body, $"{path}.{Row[i]}", MeaningOf(Row[i], row));
        }
    }

    private void AddArray(ref PackReader body, string name, string what, out int count)
    {
        var start = body.Position;
        body.ReadArrayHeader(out count);
        Add(name, body.Position - start, $"array of {count} {what}");
    }

    private void AddValue(ref PackReader body, string name, string meaning)
    {
        var (start, isNil) = (body.Position, body.Next == PackKind.Nil);
        if (body.Skip() != PackOutcome.Read) throw new InvalidOperationException("A body that was decoded cannot be walked.");
        Add(name, body.Position - start, isNil ? "not known" : meaning);
    }

    private string MeaningOf(string name, JsonElement json) => (name, _opened.Message) switch
    {
        ("siteKey" or "networkKey", Rekey) => "a key, which is not shown",
        ("forSite", Amend amend) => $"site {amend.ForSite}",
        ("forSequence", Amend amend) => $"{amend.ForSequence}",
        ("sentAt", RecordMessage { SentAt: { } sent }) => $"{Show(Of(json, name))}, by a clock that {(sent.Trusted ? "can" : "cannot")} be trusted",
        _ => Show(Of(json, name)),
    };

    private static JsonElement Of(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    private static JsonElement At(JsonElement json, int place) =>
        json.ValueKind == JsonValueKind.Array && place < json.GetArrayLength() ? json[place] : default;

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => "nothing",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    private void Add(string name, int length, string meaning)
    {
        var offset = _parts.Count == 0 ? 0 : _parts[^1].Offset + _parts[^1].Length;
        _parts.Add(new EnvelopePart(name, offset, length, meaning));
    }
}
