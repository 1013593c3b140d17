using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>JSON of the messages that are numbered without holes (design §6.4).</summary>
internal static class RecordJson
{
    public static Melding ReadMelding(JsonFields fields) => new()
    {
        SentAt = CommonJson.ReadMoment(fields),
        Category = ReadCategoryOrText(fields, MessageType.Melding, out var text),
        Text = text,
        Location = LocationJson.Read(fields),
        Victims = fields.Number("victims", 0, MessageLimits.Count),
    };

    public static void Write(Utf8JsonWriter json, Melding melding)
    {
        WriteCategory(json, melding.Type, melding.Category);
        CommonJson.WriteNumber(json, "victims", melding.Victims);
        LocationJson.Write(json, melding.Location);
        CommonJson.WriteText(json, "text", melding.Text);
    }

    public static Hulpvraag ReadHulpvraag(JsonFields fields) => new()
    {
        SentAt = CommonJson.ReadMoment(fields),
        Category = ReadCategoryOrText(fields, MessageType.Hulpvraag, out var text),
        Text = text,
        Location = LocationJson.Read(fields),
        People = fields.Number("people", 0, MessageLimits.Count),
    };

    public static void Write(Utf8JsonWriter json, Hulpvraag hulpvraag)
    {
        WriteCategory(json, hulpvraag.Type, hulpvraag.Category);
        CommonJson.WriteNumber(json, "people", hulpvraag.People);
        LocationJson.Write(json, hulpvraag.Location);
        CommonJson.WriteText(json, "text", hulpvraag.Text);
    }

    public static Hulpaanbod ReadHulpaanbod(JsonFields fields) => new()
    {
        SentAt = CommonJson.ReadMoment(fields),
        Category = ReadCategoryOrText(fields, MessageType.Hulpaanbod, out var text),
        Text = text,
        Location = LocationJson.Read(fields),
        Quantity = fields.Number("quantity", 0, MessageLimits.Count),
        AvailableHours = fields.Number("availableHours", 0, MessageLimits.Count),
    };

    public static void Write(Utf8JsonWriter json, Hulpaanbod hulpaanbod)
    {
        WriteCategory(json, hulpaanbod.Type, hulpaanbod.Category);
        CommonJson.WriteNumber(json, "quantity", hulpaanbod.Quantity);
        CommonJson.WriteNumber(json, "availableHours", hulpaanbod.AvailableHours);
        LocationJson.Write(json, hulpaanbod.Location);
        CommonJson.WriteText(json, "text", hulpaanbod.Text);
    }

    public static Bulletin ReadBulletin(JsonFields fields)
    {
        var kind = (BulletinKind)(fields.Choice("kind", "a kind of bulletin", JsonNames.Bulletin) ?? 0);
        var bulletin = new Bulletin
        {
            SentAt = CommonJson.ReadMoment(fields),
            Number = fields.Required("number", fields.Number("number", 1, MessageLimits.Count), "write the region's number of the bulletin, from 1"),
            ValidHours = fields.Number("validHours", 1, MessageLimits.ValidHours) ?? 24,
            Kind = kind,
            Replaces = fields.Number("replaces", 1, MessageLimits.Count),
            Grip = fields.Number("grip", 0, MessageLimits.Grip),
            Text = fields.Text("text", MessageLimits.BulletinText),
        };
        if (kind != BulletinKind.Intrekking) RequireText(fields, bulletin.Text, "write what everybody must know");
        return bulletin;
    }

    public static void Write(Utf8JsonWriter json, Bulletin bulletin)
    {
        json.WriteNumber("number", bulletin.Number);
        json.WriteNumber("validHours", bulletin.ValidHours);
        json.WriteString("kind", JsonNames.Bulletin[(int)bulletin.Kind]);
        CommonJson.WriteNumber(json, "replaces", bulletin.Replaces);
        CommonJson.WriteNumber(json, "grip", bulletin.Grip);
        CommonJson.WriteText(json, "text", bulletin.Text);
    }

    public static Amend ReadAmend(JsonFields fields)
    {
        var kind = (AmendKind)fields.Required("kind", fields.Choice("kind", "a kind of amend", JsonNames.Amend), $"write one of {string.Join(", ", JsonNames.Amend)}");
        // What the desk writes here travels in a receipt, where there is room for a reference only.
        var text = fields.Text("text", kind == AmendKind.InBehandeling ? MessageLimits.Reference : MessageLimits.Text);
        if (kind is AmendKind.Aanvulling or AmendKind.Correctie) RequireText(fields, text, "write what is added or corrected");
        var (site, sequence) = CommonJson.ReadId(fields, "for");
        return new Amend { SentAt = CommonJson.ReadMoment(fields), ForSite = site, ForSequence = sequence, Kind = kind, Text = text };
    }

    public static void Write(Utf8JsonWriter json, Amend amend)
    {
        json.WriteString("for", $"{amend.ForSite}-{amend.ForSequence}");
        json.WriteString("kind", JsonNames.Amend[(int)amend.Kind]);
        CommonJson.WriteText(json, "text", amend.Text);
    }

    private static byte ReadCategoryOrText(JsonFields fields, MessageType type, out string? text)
    {
        text = fields.Text("text", MessageLimits.Text);
        var names = type == MessageType.Melding ? CategoryTable.Current.Melding : CategoryTable.Current.Hulp;
        if (fields.Take("category") is not { } value)
        {
            if (string.IsNullOrWhiteSpace(text) && !(fields.Has("text") && text is null))
                fields.Error("category", "is missing, and there is no text either", $"write a text, or one of {string.Join(", ", names)}");
            return 0;
        }

        // A number is a code from a newer table, written back as it came.
        if (value.ValueKind == JsonValueKind.Number) return (byte)(fields.Number("category", 1, byte.MaxValue) ?? 0);
        return (byte)(fields.Choice("category", $"a category of a {MessageRules.NameOf(type)}", names) + 1 ?? 0);
    }

    private static void WriteCategory(Utf8JsonWriter json, MessageType type, byte category)
    {
        if (CategoryTable.Current.Name(type, category) is { } name) json.WriteString("category", name);
        else if (category != 0) json.WriteNumber("category", category);
    }

    private static void RequireText(JsonFields fields, string? text, string remedy)
    {
        if (string.IsNullOrWhiteSpace(text) && !(fields.Has("text") && text is null)) fields.Error("text", "is missing", remedy);
    }
}
