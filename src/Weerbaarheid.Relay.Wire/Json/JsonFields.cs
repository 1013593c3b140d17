using System.Globalization;
using System.Text.Json;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>
/// The fields of one JSON object, taken one by one. Whatever is wrong is added to a list, and the taking goes on, so that
/// a person sees every mistake at once. A name that was asked for is a known field; <see cref="Finish"/> reports the rest.
/// </summary>
internal sealed class JsonFields
{
    private const int MaxErrors = 20;

    private readonly string _path;
    private readonly List<FieldError> _errors;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    public JsonFields(JsonElement element, string path, List<FieldError> errors)
    {
        _path = path;
        _errors = errors;
        foreach (var property in element.EnumerateObject())
        {
            if (JsonText.NameOf(property) is not { } name) ErrorHere("a field's name holds half a surrogate pair", "write whole characters");
            else if (!_values.TryAdd(name, property.Value)) ErrorHere($"field '{JsonText.Cut(name)}' stands here twice", "give it once");
        }
    }

    /// <summary>Adds an error about one field.</summary>
    public void Error(string name, string problem, string remedy) => Add(new FieldError(PathOf(name), problem, remedy));

    /// <summary>Adds an error about the object as a whole.</summary>
    public void ErrorHere(string problem, string remedy) => Add(new FieldError(_path, problem, remedy));

    /// <summary>Whether a field was given with a value; null counts as not given.</summary>
    public bool Has(string name) => Take(name) is not null;

    /// <summary>A field's value, or null when it was not given.</summary>
    public JsonElement? Take(string name)
    {
        if (!_known.Contains(name)) _known.Add(name);
        return _values.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public int? Number(string name, int least, int most) => (int?)Whole(name, (ulong)least, (ulong)most);

    public ulong? Whole(string name, ulong least, ulong most) => Take(name) is { } value ? WholeOf(name, value, least, most) : null;

    /// <summary>A number that stands in a list; <paramref name="name"/> is its place.</summary>
    public ulong? WholeOf(string name, JsonElement value, ulong least, ulong most)
    {
        var remedy = $"write a whole number from {least} to {most}";
        if (value.ValueKind == JsonValueKind.String) Error(name, $"{JsonText.Show(value)} is text", remedy + ", without quotes");
        else if (value.ValueKind != JsonValueKind.Number) Error(name, $"{JsonText.Show(value)} is not a number", remedy);
        else if (!value.TryGetUInt64(out var number))
            Error(name, $"{JsonText.Show(value)} is {(value.TryGetInt64(out _) ? "out of range" : "not a whole number here")}", remedy);
        else if (number < least || number > most) Error(name, $"{number} is out of range", remedy);
        else return number;
        return null;
    }

    /// <summary>A number with a fraction.</summary>
    public double? Fraction(string name, string remedy)
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) return number;
        Error(name, $"{JsonText.Show(value)} is not a number", remedy);
        return null;
    }

    public bool? Flag(string name)
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Error(name, $"{JsonText.Show(value)} is neither true nor false", "write true or false, without quotes");
        return null;
    }

    /// <param name="name">The field.</param>
    /// <param name="limit">Characters (UTF-16 units).</param>
    public string? Text(string name, int limit) => Take(name) is { } value ? TextOf(name, value, limit) : null;

    public string? TextOf(string name, JsonElement value, int limit)
    {
        if (value.ValueKind != JsonValueKind.String) Error(name, $"{JsonText.Show(value)} is not text", "write text between quotes");
        else if (JsonText.ValueOf(value) is not { } text) Error(name, "holds half a surrogate pair", "write whole characters");
        else if (text.Length > limit) Error(name, $"has {text.Length} characters, {text.Length - limit} too many", $"write at most {limit}");
        else return text;
        return null;
    }

    /// <summary>The place of a name in a list of names.</summary>
    public int? Choice(string name, string what, IReadOnlyList<string> names)
    {
        if (Take(name) is not { } value) return null;
        var text = value.ValueKind == JsonValueKind.String ? JsonText.ValueOf(value) : null;
        for (var place = 0; place < names.Count; place++)
            if (names[place] == text) return place;
        Error(name, $"{JsonText.Show(value)} is not {what}", $"write one of {string.Join(", ", names)}");
        return null;
    }

    /// <summary>A field that is an object.</summary>
    public JsonFields? Inner(string name, string example)
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new JsonFields(value, PathOf(name), _errors);
        Error(name, $"{JsonText.Show(value)} is not an object", $"write an object, such as {example}");
        return null;
    }

    /// <summary>The elements of a field that is a list; none when it was not given.</summary>
    public IReadOnlyList<JsonElement> List(string name, int limit, string example)
    {
        if (Take(name) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Array) Error(name, $"{JsonText.Show(value)} is not a list", $"write a list, such as {example}");
        else if (value.GetArrayLength() > limit) Error(name, $"has {value.GetArrayLength()} elements, {value.GetArrayLength() - limit} too many", $"write at most {limit}");
        else return [.. value.EnumerateArray()];
        return [];
    }

    /// <summary>The objects of a field that is a list of objects.</summary>
    public IEnumerable<JsonFields> Rows(string name, int limit, string example)
    {
        var rows = List(name, limit, $"[{example}]");
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].ValueKind == JsonValueKind.Object) yield return new JsonFields(rows[i], PathOf(Place(name, i)), _errors);
            else Error(Place(name, i), $"{JsonText.Show(rows[i])} is not an object", $"write an object, such as {example}");
        }
    }

    /// <summary>Reports a field that must be there and is not.</summary>
    public T Required<T>(string name, T? value, string remedy)
        where T : struct
    {
        // A value that was given and refused has its own error already.
        if (value is null && !Has(name)) Error(name, "is missing", remedy);
        return value.GetValueOrDefault();
    }

    /// <summary>Reports the fields that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var name in _values.Keys)
        {
            if (_known.Contains(name)) continue;
            var near = Spelling.Nearest(name, _known);
            ErrorHere($"unknown field '{JsonText.Cut(name)}'", near is null ? $"known here are {string.Join(", ", _known)}" : $"did you mean '{near}'?");
        }
    }

    /// <summary>An element's name in a path: <c>needs[1]</c>.</summary>
    public static string Place(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]");

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private void Add(FieldError error)
    {
        if (_errors.Count < MaxErrors) _errors.Add(error);
    }
}
