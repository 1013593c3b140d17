using System.Globalization;
using System.Text.Json;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Reads what a node published without believing that anything is there; what is missing is shown as a dash.</summary>
internal sealed class NodeJson : IDisposable
{
    private const string Missing = "-";
    private readonly JsonDocument? _document;
    private readonly JsonElement _element;

    private NodeJson(JsonDocument document) => (_document, _element) = (document, document.RootElement);

    private NodeJson(JsonElement element) => _element = element;

    /// <summary>The same JSON without line ends.</summary>
    public string OnOneLine => JsonLine.Object(json =>
    {
        foreach (var property in _element.EnumerateObject()) property.WriteTo(json);
    });

    /// <returns>Null when there is no JSON object.</returns>
    public static NodeJson? Parse(byte[]? payload)
    {
        if (payload is null) return null;
        try
        {
            var document = JsonDocument.Parse(payload);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new NodeJson(document);
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An object inside this one; empty when there is none.</summary>
    public NodeJson Inner(string name) => new(Take(name));

    /// <summary>The objects of a list.</summary>
    public IEnumerable<NodeJson> Rows(string name) =>
        Take(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(row => new NodeJson(row)) : [];

    /// <summary>Whether a field has a value.</summary>
    public bool Has(string name) => Take(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>A flag; null when it is not there.</summary>
    public bool? Flag(string name) => Take(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public long Number(string name) => Take(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;

    /// <summary>A text or number as people read it; a dash when it is not there.</summary>
    public string Text(string name) => Show(Take(name));

    /// <summary>The elements of a list, separated by commas; a dash when there are none.</summary>
    public string Joined(string name)
    {
        var texts = Take(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(Show).ToList() : [];
        return texts.Count == 0 ? Missing : string.Join(", ", texts);
    }

    /// <summary>Names and values of an object: <c>melding 10, status 2</c>.</summary>
    public string Counts(string name, string prefix = "")
    {
        var counts = Take(name) is { ValueKind: JsonValueKind.Object } pairs ? pairs.EnumerateObject().Select(pair => $"{prefix}{pair.Name} {Show(pair.Value)}").ToList() : [];
        return counts.Count == 0 ? Missing : Clean(string.Join(", ", counts));
    }

    /// <summary>A moment in the time of this machine.</summary>
    public string Moment(string name) =>
        DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToLocalTime().ToString("dd-MM-yyyy HH:mm:ss", CultureInfo.InvariantCulture) : Missing;

    /// <summary>Seconds as a duration that people can read: <c>12 s</c>, <c>3 min</c>, <c>2 u 05</c>, <c>3 d</c>.</summary>
    public string Duration(string name)
    {
        if (!Has(name)) return Missing;
        var seconds = Number(name);
        return seconds switch
        {
            < 60 => $"{seconds} s",
            < 3600 => $"{seconds / 60} min",
            < 86400 => $"{seconds / 3600} u {seconds % 3600 / 60:00}",
            _ => $"{seconds / 86400} d {seconds % 86400 / 3600} u",
        };
    }

    public void Dispose() => _document?.Dispose();

    private JsonElement Take(string name) =>
        _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out var value) ? value : default;

    private static string Show(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Undefined or JsonValueKind.Null => Missing,
                JsonValueKind.String => Clean(value.GetString()!),
                _ => Clean(value.GetRawText()),
            };
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD"; // Half a surrogate pair.
        }
    }

    /// <summary>A message is somebody else's text: it must not steer the terminal.</summary>
    private static string Clean(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
