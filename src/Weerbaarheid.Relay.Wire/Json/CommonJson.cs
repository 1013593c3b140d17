using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>Fields that several types of message share.</summary>
internal static class CommonJson
{
    private const string MomentFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>
    /// <c>sentAt</c> and <c>clockTrusted</c>. Read so that what was written can be read back; a node that takes a message
    /// in from an application replaces them with its own clock.
    /// </summary>
    public static Moment? ReadMoment(JsonFields fields)
    {
        const string remedy = "write UTC to the second, such as 2026-11-24T07:30:00Z, from 2026-01-01T00:00:01Z";
        var trusted = fields.Flag("clockTrusted") ?? false;
        if (fields.Text("sentAt", MessageLimits.Text) is not { } text) return null;
        var read = DateTimeOffset.TryParseExact(text, MomentFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        var moment = read ? Moment.From(time, trusted) : null;
        if (moment is null) fields.Error("sentAt", $"\"{JsonText.Cut(text)}\" is not a moment", remedy);
        return moment;
    }

    public static void WriteMoment(Utf8JsonWriter json, Moment? moment)
    {
        if (moment is not { } known) return;
        json.WriteString("sentAt", known.ToDateTimeOffset().ToString(MomentFormat, CultureInfo.InvariantCulture));
        json.WriteBoolean("clockTrusted", known.Trusted);
    }

    /// <summary>The id of a record: <c>site-sequence</c>.</summary>
    public static (ushort Site, ulong Sequence) ReadId(JsonFields fields, string name)
    {
        const string remedy = "write site-sequence, such as 11-4711";
        var given = fields.Text(name, MessageLimits.Text);
        if (given is null)
        {
            if (!fields.Has(name)) fields.Error(name, "is missing", remedy);
            return default;
        }

        var dash = given.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && ushort.TryParse(given.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var site)
            && ulong.TryParse(given.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0)
            return (site, sequence);
        fields.Error(name, $"\"{JsonText.Cut(given)}\" is not the id of a message", remedy);
        return default;
    }

    /// <summary>Stock of five things, each 0 to 4.</summary>
    public static Supplies ReadSupplies(JsonFields fields)
    {
        if (fields.Inner("supplies", "{\"water\": 3, \"food\": 2}") is not { } stock) return Supplies.Unknown;
        var supplies = new Supplies(
            stock.Number("water", 0, MessageLimits.Supply), stock.Number("food", 0, MessageLimits.Supply),
            stock.Number("firstAid", 0, MessageLimits.Supply), stock.Number("fuel", 0, MessageLimits.Supply),
            stock.Number("heat", 0, MessageLimits.Supply));
        stock.Finish();
        return supplies;
    }

    public static void WriteSupplies(Utf8JsonWriter json, in Supplies supplies)
    {
        if (supplies == Supplies.Unknown) return;
        json.WriteStartObject("supplies");
        WriteNumber(json, "water", supplies.Water);
        WriteNumber(json, "food", supplies.Food);
        WriteNumber(json, "firstAid", supplies.FirstAid);
        WriteNumber(json, "fuel", supplies.Fuel);
        WriteNumber(json, "heat", supplies.Heat);
        json.WriteEndObject();
    }

    /// <summary>A set given as a list of names; a number is a bit that a newer table has a name for.</summary>
    public static uint ReadSet(JsonFields fields, string name, string what, IReadOnlyList<string> names)
    {
        var set = 0u;
        var elements = fields.List(name, 32, $"[\"{names[0]}\"]");
        for (var i = 0; i < elements.Count; i++)
        {
            var (element, path) = (elements[i], JsonFields.Place(name, i));
            var text = element.ValueKind == JsonValueKind.String ? JsonText.ValueOf(element) : null;
            var bit = -1;
            for (var place = 0; place < names.Count; place++)
                if (names[place] == text) bit = place;
            if (element.ValueKind == JsonValueKind.Number) bit = (int)(fields.WholeOf(path, element, 0, 31) ?? 0);
            else if (bit < 0) fields.Error(path, $"{JsonText.Show(element)} is not {what}", $"write one of {string.Join(", ", names)}");
            if (bit >= 0) set |= 1u << bit;
        }

        return set;
    }

    public static void WriteSet(Utf8JsonWriter json, string name, uint set, IReadOnlyList<string> names)
    {
        if (set == 0) return;
        json.WriteStartArray(name);
        for (var bit = 0; bit < 32; bit++)
        {
            if ((set & (1u << bit)) == 0) continue;
            if (bit < names.Count) json.WriteStringValue(names[bit]);
            else json.WriteNumberValue(bit);
        }

        json.WriteEndArray();
    }

    public static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } known) json.WriteNumber(name, known);
    }

    public static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }
}
