using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>The JSON form of a message, which applications use (design §6.4).</summary>
public static class MessageJson
{
    /// <summary>The most bytes of JSON that are looked at: every character of the longest text escaped, and room for the rest.</summary>
    public const int MaxSize = 16384;

    private const int MaxDepth = 8;

    /// <summary>Reads what an application handed in.</summary>
    /// <param name="utf8Json">One JSON object.</param>
    /// <param name="expected">The type that a topic or command already says, which may then be left out; or null.</param>
    /// <param name="parsed">The message, only when nothing was wrong.</param>
    /// <param name="errors">Everything that is wrong, at most 20; empty when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8Json, MessageType? expected, out ParsedMessage parsed, out IReadOnlyList<FieldError> errors) =>
        TryParse(utf8Json, expected, allowSystemTypes: false, out parsed, out errors);

    /// <summary>Reads a message; with <paramref name="allowSystemTypes"/> also a heartbeat, receipt, sitrap or revocation, which no application may hand in.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8Json, MessageType? expected, bool allowSystemTypes, out ParsedMessage parsed, out IReadOnlyList<FieldError> errors)
    {
        var found = new List<FieldError>();
        errors = found;
        parsed = default;
        using var document = ParseDocument(utf8Json, found);
        if (document is null) return false;
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            found.Add(new FieldError("", $"{JsonText.Show(document.RootElement)} is not a message", "write one JSON object between braces"));
            return false;
        }

        var fields = new JsonFields(document.RootElement, "", found);
        if (ReadType(fields, expected, allowSystemTypes) is not { } type) return false;
        var priority = fields.Number("priority", 1, 4) ?? JsonNames.DefaultPriority(type);
        var exercise = (Exercise)(fields.Choice("exercise", "an exercise flag", JsonNames.Exercise) ?? 0);
        var message = ReadFields(type, fields) with { Priority = (byte)priority, Exercise = exercise };
        var clientRef = fields.Text("clientRef", MessageLimits.ClientRef) is { Length: > 0 } given ? given : null;
        fields.Finish();
        if (found.Count > 0) return false;
        parsed = new ParsedMessage(message, clientRef);
        return true;
    }

    /// <summary>Whether bytes start a MessagePack map, which no JSON does.</summary>
    public static bool StartsMap(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && PackCode.KindOf(bytes[0]) == PackKind.Map;

    /// <summary>Reads the same message as a MessagePack map with the same keys (design §6.3).</summary>
    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, MessageType?, out ParsedMessage, out IReadOnlyList{FieldError})"/>
    public static bool TryParseMap(ReadOnlySpan<byte> map, MessageType? expected, out ParsedMessage parsed, out IReadOnlyList<FieldError> errors)
    {
        var pack = new PackReader(map);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        if (map.Length <= MaxSize && StartsMap(map) && MapJson.TryCopy(ref pack, json, MaxDepth) && pack.AtEnd)
        {
            json.Flush();
            return TryParse(buffer.WrittenSpan, expected, out parsed, out errors);
        }

        parsed = default;
        errors = [new FieldError("", $"this is not a MessagePack map of at most {MaxSize} bytes; reading stopped at byte {pack.Position}", "write one map with texts as keys, and no bytes or extensions in it")];
        return false;
    }

    /// <summary>Writes the fields of a message into an object that the caller has opened. What is unknown is left out.</summary>
    public static void Write(Utf8JsonWriter json, Message message)
    {
        json.WriteString("type", MessageRules.NameOf(message.Type));
        json.WriteNumber("priority", message.Priority);
        json.WriteString("exercise", JsonNames.Exercise[(int)message.Exercise]);
        if (message is RecordMessage record) CommonJson.WriteMoment(json, record.SentAt);
        switch (message)
        {
            case Melding melding: RecordJson.Write(json, melding); break;
            case Hulpvraag hulpvraag: RecordJson.Write(json, hulpvraag); break;
            case Hulpaanbod hulpaanbod: RecordJson.Write(json, hulpaanbod); break;
            case Bulletin bulletin: RecordJson.Write(json, bulletin); break;
            case Amend amend: RecordJson.Write(json, amend); break;
            case Status status: StateJson.Write(json, status); break;
            case Heartbeat heartbeat: StateJson.Write(json, heartbeat); break;
            case Receipt receipt: StateJson.Write(json, receipt); break;
            case Sitrap sitrap: StateJson.Write(json, sitrap); break;
            case Revocation revocation: KeyJson.Write(json, revocation); break;
            case Rekey rekey: KeyJson.Write(json, rekey); break;
        }
    }

    /// <summary>Type names that applications may hand in, and with <paramref name="system"/> all there are.</summary>
    private static IEnumerable<string> TypeNames(bool system) =>
        (system ? JsonNames.Submitted.Concat(JsonNames.System) : JsonNames.Submitted).Select(MessageRules.NameOf);

    private static Message ReadFields(MessageType type, JsonFields fields) => type switch
    {
        MessageType.Melding => RecordJson.ReadMelding(fields),
        MessageType.Hulpvraag => RecordJson.ReadHulpvraag(fields),
        MessageType.Hulpaanbod => RecordJson.ReadHulpaanbod(fields),
        MessageType.Status => StateJson.ReadStatus(fields),
        MessageType.Bulletin => RecordJson.ReadBulletin(fields),
        MessageType.Amend => RecordJson.ReadAmend(fields),
        MessageType.Heartbeat => StateJson.ReadHeartbeat(fields),
        MessageType.Receipt => StateJson.ReadReceipt(fields),
        MessageType.Sitrap => StateJson.ReadSitrap(fields),
        _ => KeyJson.ReadRevocation(fields),
    };

    private static MessageType? ReadType(JsonFields fields, MessageType? expected, bool allowSystemTypes)
    {
        if (fields.Take("type") is not { } value)
        {
            if (expected is null) fields.Error("type", "is missing", $"write one of {string.Join(", ", TypeNames(allowSystemTypes))}");
            return expected;
        }

        var name = value.ValueKind == JsonValueKind.String ? JsonText.ValueOf(value) : null;
        foreach (var type in JsonNames.Submitted.Concat(JsonNames.System))
        {
            if (MessageRules.NameOf(type) != name) continue;
            if (expected is { } only && type != only)
            {
                fields.Error("type", $"\"{name}\" does not belong here", $"write \"{MessageRules.NameOf(only)}\" or leave type out");
                return null;
            }

            if (allowSystemTypes || JsonNames.Submitted.Contains(type)) return type;
            fields.Error("type", $"\"{name}\" is made by the system itself", $"write one of {string.Join(", ", TypeNames(false))}");
            return null;
        }

        fields.Error("type", $"{JsonText.Show(value)} is not a type of message", $"write one of {string.Join(", ", TypeNames(allowSystemTypes))}");
        return null;
    }

    private static JsonDocument? ParseDocument(ReadOnlySpan<byte> utf8Json, List<FieldError> errors)
    {
        if (utf8Json.Length > MaxSize)
        {
            errors.Add(new FieldError("", $"the message has {utf8Json.Length} bytes", $"write at most {MaxSize}"));
            return null;
        }

        if (!Utf8.IsValid(utf8Json))
        {
            errors.Add(new FieldError("", "the message is not UTF-8", "encode it as UTF-8"));
            return null;
        }

        JsonDocument? document = null;
        try
        {
            var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaxDepth });
            document = JsonDocument.ParseValue(ref reader);
            // Asks for one token more, so that something after the object is an error and not ignored.
            reader.Read();
            return document;
        }
        catch (JsonException problem)
        {
            document?.Dispose();
            errors.Add(new FieldError(
                "", $"this is not JSON from line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1}", "write one JSON object; check quotes, commas and braces there"));
            return null;
        }
    }
}
