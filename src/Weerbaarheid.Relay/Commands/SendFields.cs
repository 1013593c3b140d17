using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Weerbaarheid.Relay.Commands;

/// <summary>The fields of a message as options of <c>send</c>. They are checked as JSON is, by the same rules.</summary>
internal sealed class SendFields
{
    /// <summary>Option, place in the JSON, and what it says.</summary>
    private static readonly (string Option, string Path, string Description)[] Known =
    [
        ("--text", "text", "The melder's own words."),
        ("--category", "category", "Category, such as brand (melding) or water (hulpvraag)."),
        ("--priority", "priority", "1 (highest) to 4."),
        ("--exercise", "exercise", "actueel, oefening or test."),
        ("--client-ref", "clientRef", "Own reference; sending again with the same one is the same message."),
        ("--victims", "victims", "Number of victims."),
        ("--people", "people", "For how many people (hulpvraag)."),
        ("--quantity", "quantity", "How many (hulpaanbod)."),
        ("--available-hours", "availableHours", "For how long (hulpaanbod)."),
        ("--postcode", "location.postcode", "Where: postcode."),
        ("--number", "location.number", "Where: house number; of a bulletin its number."),
        ("--letter", "location.letter", "Where: house letter."),
        ("--lat", "location.lat", "Where: degrees north."),
        ("--lon", "location.lon", "Where: degrees east."),
        ("--rd-x", "location.rdX", "Where: metres on the RD grid."),
        ("--rd-y", "location.rdY", "Where: metres on the RD grid."),
        ("--at-site", "location.site", "Where: at a site."),
        ("--place", "location.text", "Where: in words."),
        ("--state", "state", "State of this site (status)."),
        ("--present", "present", "People present (status)."),
        ("--capacity", "capacity", "People it can hold (status)."),
        ("--staff", "staff", "Staff and volunteers (status)."),
        ("--power-hours", "powerHours", "Hours of emergency power left (status)."),
        ("--valid-hours", "validHours", "How long it holds (bulletin)."),
        ("--kind", "kind", "Kind (bulletin, amend)."),
        ("--replaces", "replaces", "Number of the bulletin it replaces."),
        ("--grip", "grip", "GRIP level (bulletin)."),
        ("--for", "for", "Id of the message meant (amend)."),
    ];

    private static readonly string[] Words = ["text", "category", "exercise", "clientRef", "location.postcode", "location.letter", "location.text", "state", "kind", "for"];

    private readonly List<(Option<string?> Option, string Path)> _options = [];

    public void AddTo(Command verb)
    {
        foreach (var (name, path, description) in Known)
        {
            var option = new Option<string?>(name) { Description = description, HelpName = Words.Contains(path) ? "TEXT" : "N" };
            _options.Add((option, path));
            verb.Add(option);
        }
    }

    /// <summary>The message as JSON; null when no field was given.</summary>
    public byte[]? ToJson(ParseResult line, bool isBulletin)
    {
        var given = _options.Select(field => (Path: isBulletin && field.Path == "location.number" ? "number" : field.Path, Value: line.GetValue(field.Option)))
            .Where(field => field.Value is not null).ToLookup(field => field.Path.StartsWith("location.", StringComparison.Ordinal));
        if (given[true].Concat(given[false]).FirstOrDefault().Path is null) return null;
        return JsonLine.ObjectBytes(json =>
        {
            foreach (var (path, value) in given[false]) Write(json, path, path, value!);
            if (!given[true].Any()) return;
            json.WriteStartObject("location");
            foreach (var (path, value) in given[true]) Write(json, path, path["location.".Length..], value!);
            json.WriteEndObject();
        });
    }

    /// <summary>What is not a number where one belongs is handed on as it is: the rules of the message say what is wrong with it.</summary>
    private static void Write(Utf8JsonWriter json, string path, string name, string value)
    {
        if (Words.Contains(path)) json.WriteString(name, value);
        else if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) json.WriteNumber(name, whole);
        else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) && double.IsFinite(fraction)) json.WriteNumber(name, fraction);
        else json.WriteString(name, value);
    }
}
