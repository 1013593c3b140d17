using System.Globalization;
using System.Text.Json;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Reads the fields of one JSON object and gathers what is wrong, each with its place, value and remedy.</summary>
internal sealed class ScenarioFields(string path, JsonElement element, List<string> errors)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public string Path { get; } = path;

    public bool Has(string key) => Find(key) is not null;

    public void Fail(string key, string value, string remedy) => errors.Add($"{Name(key)} is {value}; {remedy}.");

    public string Text(string key, string? fallback, string remedy)
    {
        if (Find(key) is not { } value) return Missing(key, fallback, remedy);
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 100 } text) return text;
        Fail(key, Show(value), remedy);
        return fallback ?? "";
    }

    public int Whole(string key, int? fallback, int least, int most)
    {
        var remedy = string.Create(CultureInfo.InvariantCulture, $"use a whole number from {least} to {most}");
        if (Find(key) is not { } value) return Missing(key, fallback, remedy);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most) return number;
        Fail(key, Show(value), remedy);
        return fallback ?? least;
    }

    public double Number(string key, double fallback, double least, double most)
    {
        if (Find(key) is not { } value) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most) return number;
        Fail(key, Show(value), string.Create(CultureInfo.InvariantCulture, $"use a number from {least} to {most}"));
        return fallback;
    }

    /// <summary>A time: seconds as a number, or text such as <c>1d 04:00</c>.</summary>
    public TimeSpan Time(string key, TimeSpan? fallback)
    {
        const string Remedy = "use seconds, or a text such as \"04:30\" or \"1d 04:00\"";
        if (Find(key) is not { } value) return Missing(key, fallback, Remedy);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= 315_360_000) return FromSeconds(seconds);
        if (value.ValueKind == JsonValueKind.String && Clock.TryRead(value.GetString()!, out var time)) return time;
        Fail(key, Show(value), Remedy);
        return fallback ?? TimeSpan.Zero;
    }

    /// <summary>A time that may lie before as well as after: seconds, or a text such as <c>-3650d</c> or <c>+01:30</c>.</summary>
    public TimeSpan Shift(string key, TimeSpan? fallback)
    {
        const string Remedy = "use seconds, or a text such as \"-3650d\" or \"+01:30\"; ten years at most";
        if (Find(key) is not { } value) return Missing(key, fallback, Remedy);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && Math.Abs(seconds) <= 315_360_000) return FromSeconds(seconds);
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && Clock.TryRead(text.TrimStart('+', '-'), out var time) && time.TotalDays <= 3_650)
            return text[0] == '-' ? -time : time;
        Fail(key, Show(value), Remedy);
        return fallback ?? TimeSpan.Zero;
    }

    public bool Truth(string key, bool fallback)
    {
        if (Find(key) is not { } value) return fallback;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fail(key, Show(value), "use true or false");
        return fallback;
    }

    /// <summary>One of a few words.</summary>
    public T Word<T>(string key, IReadOnlyDictionary<string, T> words, T? fallback) where T : struct
    {
        var remedy = $"use {string.Join(", ", words.Keys.SkipLast(1))} or {words.Keys.Last()}";
        if (Find(key) is not { } value) return Missing(key, fallback, remedy);
        if (value.ValueKind == JsonValueKind.String && words.TryGetValue(value.GetString()!, out var word)) return word;
        Fail(key, Show(value), remedy);
        return fallback ?? default;
    }

    /// <summary>The objects in an array.</summary>
    public List<ScenarioFields> Objects(string key, bool required)
    {
        if (Find(key) is not { } array)
        {
            if (required) errors.Add($"{Name(key)} is missing; give a list of objects.");
            return [];
        }

        if (array.ValueKind == JsonValueKind.Array && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            return [.. array.EnumerateArray().Select((item, index) => new ScenarioFields(string.Create(CultureInfo.InvariantCulture, $"{Name(key)}[{index}]"), item, errors))];
        Fail(key, Show(array), "give a list of objects");
        return [];
    }

    /// <summary>The site ids in an array.</summary>
    public List<ushort> Sites(string key)
    {
        const string Remedy = "give a list of site ids";
        if (Find(key) is not { } array)
        {
            errors.Add($"{Name(key)} is missing; {Remedy}.");
            return [];
        }

        var sites = new List<ushort>();
        if (array.ValueKind != JsonValueKind.Array) Fail(key, Show(array), Remedy);
        else
        {
            foreach (var item in array.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Number && item.TryGetUInt16(out var site)) sites.Add(site);
                else Fail(key, Show(item), Remedy);
            }
        }

        return sites;
    }

    /// <summary>A key that nobody asked for is a spelling mistake.</summary>
    public void RequireNoMore()
    {
        foreach (var property in element.EnumerateObject())
            if (!_read.Contains(property.Name)) errors.Add($"{Name(property.Name)} is not known here; use {string.Join(", ", _read.Order(StringComparer.Ordinal))}.");
    }

    // To the tick: a scenario that was written comes back as it was.
    private static TimeSpan FromSeconds(double seconds) => TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));

    private string Name(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private JsonElement? Find(string key)
    {
        _read.Add(key);
        return element.TryGetProperty(key, out var value) ? value : null;
    }

    private T Missing<T>(string key, T? fallback, string remedy) where T : struct
    {
        if (fallback is { } value) return value;
        errors.Add($"{Name(key)} is missing; {remedy}.");
        return default;
    }

    private string Missing(string key, string? fallback, string remedy)
    {
        if (fallback is null) errors.Add($"{Name(key)} is missing; {remedy}.");
        return fallback ?? "";
    }

    private static string Show(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "..." : value.GetRawText();
}
