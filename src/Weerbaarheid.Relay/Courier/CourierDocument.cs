using System.Text.Json;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Courier;

/// <summary>What became of a courier's file, as JSON for programs: how many were new, known and refused, and why.</summary>
internal static class CourierDocument
{
    /// <summary>How a courier's file is called over HTTP; no form of a page can send it.</summary>
    public const string FileType = "application/vnd.weerbaarheid.courier";

    private const string State = "state";

    public static byte[] ToBytes(CourierFileState state, CourierTaking taking) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString(State, NameOf(state));
        Write(json, taking);
        json.WriteEndObject();
    });

    /// <summary>Writes the counts as fields of an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, CourierTaking taking)
    {
        json.WriteNumber("new", taking.Of(CourierVerdict.New));
        json.WriteNumber("known", taking.Of(CourierVerdict.Known));
        json.WriteNumber("refused", taking.Refused);
        json.WriteStartObject("reasons");
        foreach (var (verdict, count) in taking.Counts.OrderBy(one => one.Key))
            if (verdict is not (CourierVerdict.New or CourierVerdict.Known)) json.WriteNumber(NameOf(verdict.ToString()), count);
        json.WriteEndObject();
        json.WriteNumber("received", taking.Received);
        if (taking.Problem is { } problem) json.WriteString("problem", problem);
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <returns>Null when it is something else.</returns>
    public static (CourierFileState State, CourierTaking Taking)? Read(byte[] document)
    {
        try
        {
            using var parsed = JsonDocument.Parse(document);
            var json = parsed.RootElement;
            var counts = json.GetProperty("reasons").EnumerateObject()
                .ToDictionary(one => Enum.Parse<CourierVerdict>(one.Name, ignoreCase: true), one => one.Value.GetInt32());
            counts[CourierVerdict.New] = json.GetProperty("new").GetInt32();
            counts[CourierVerdict.Known] = json.GetProperty("known").GetInt32();
            var problem = json.TryGetProperty("problem", out var said) ? said.GetString() : null;
            return (Enum.Parse<CourierFileState>(json.GetProperty(State).GetString()!, ignoreCase: true), new CourierTaking(counts, json.GetProperty("received").GetInt32(), problem));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    public static string NameOf(CourierFileState state) => NameOf(state.ToString());

    private static string NameOf(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
