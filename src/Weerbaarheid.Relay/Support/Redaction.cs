using System.Text.Json;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Support;

/// <summary>Takes out of a document whatever a person may have written. Numbers and truth values stay, and the texts that are named here.</summary>
internal static class Redaction
{
    private const string Taken = "weggelaten";

    /// <summary>Texts that the program itself wrote, or whoever set it up.</summary>
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "at", "band", "category", "exercise", "gaps", "id", "keys", "kind", "lastContact", "level", "missingText", "name", "part", "problem", "receivedAt", "region",
        "remedy", "role", "state", "statusAt", "type", "until", "via", "wayUp", "words", "comms", "needs",
    };

    /// <summary>Where somebody is, and what things are called there: not even their numbers.</summary>
    private static readonly HashSet<string> TakenWhole = new(StringComparer.Ordinal) { "location", "clientRef", "reference", "text", "operator" };

    /// <param name="document">JSON.</param>
    /// <returns>The same, redacted; an empty object when it is no JSON.</returns>
    public static byte[] Redact(ReadOnlyMemory<byte> document) => JsonBytes.Write(json =>
    {
        try
        {
            using var parsed = JsonDocument.Parse(document);
            Write(json, parsed.RootElement, "");
        }
        catch (JsonException)
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }
    });

    private static void Write(Utf8JsonWriter json, JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var field in value.EnumerateObject())
                {
                    json.WritePropertyName(field.Name);
                    if (TakenWhole.Contains(field.Name) && field.Value.ValueKind != JsonValueKind.Null) json.WriteStringValue(Taken);
                    else Write(json, field.Value, field.Name);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var one in value.EnumerateArray()) Write(json, one, name);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(Kept.Contains(name) ? value.GetString() : Taken);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
