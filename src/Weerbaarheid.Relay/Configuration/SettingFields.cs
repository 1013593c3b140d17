using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Wire.Json;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>
/// The keys of one object of the configuration, taken one by one. Whatever is wrong is added to a list, and the taking goes on.
/// A key that was asked for is a known one; <see cref="Finish"/> reports the rest.
/// </summary>
internal sealed class SettingFields(IConfiguration values, string path, ConfigurationSources sources, ConfigurationErrors errors)
{
    private readonly List<string> _known = [];

    /// <summary>Adds an error about one key.</summary>
    public void Error(string key, string problem, string remedy) =>
        errors.Add(new ConfigurationError(sources.Where(PathOf(key)), Shown(PathOf(key)), problem, remedy));

    /// <summary>Whether a key was given.</summary>
    public bool Has(string key) => Take(key).Exists();

    public string? Text(string key)
    {
        var section = Take(key);
        if (!section.GetChildren().Any()) return section.Value;
        Error(key, "is an object or a list", "write text between quotes");
        return null;
    }

    /// <summary>A text of 1 to <paramref name="limit"/> characters.</summary>
    public string? Text(string key, int limit)
    {
        if (Text(key) is not { } text) return null;
        if (text.Trim().Length is > 0 && text.Length <= limit && !text.Any(char.IsControl)) return text;
        Error(key, text.Trim().Length == 0 ? "is empty" : $"has {text.Length} characters or a control character", $"write 1 to {limit} characters");
        return null;
    }

    public int? Number(string key, int least, int most)
    {
        if (Text(key) is not { } text) return null;
        var remedy = $"write a whole number from {least} to {most}";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) Error(key, $"'{Cut(text)}' is not a whole number", remedy);
        else if (number < least || number > most) Error(key, $"{number} is out of range", remedy);
        else return (int)number;
        return null;
    }

    /// <summary>A share: above 0, to 1.</summary>
    public double? Share(string key)
    {
        if (Text(key) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is > 0 and <= 1) return share;
        Error(key, $"'{Cut(text)}' is not a share", "write a number above 0, to 1, such as 0.1 for 10 %");
        return null;
    }

    /// <summary>Degrees, with a point.</summary>
    public double? Degrees(string key, double least, double most)
    {
        if (Text(key) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var degrees) && degrees >= least && degrees <= most) return degrees;
        Error(key, $"'{Cut(text)}' is not in the Netherlands", string.Create(CultureInfo.InvariantCulture, $"write degrees (WGS 84) from {least} to {most}"));
        return null;
    }

    /// <summary>Metres, with a point.</summary>
    public double? Metres(string key, int least, int most)
    {
        if (Text(key) is not { } text) return null;
        var remedy = string.Create(CultureInfo.InvariantCulture, $"write metres of the Dutch grid, from {least} to {most}");
        if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var metres)) Error(key, $"'{Cut(text)}' is not a number", remedy);
        else if (!(metres >= least && metres <= most)) Error(key, $"'{Cut(text)}' is out of range", remedy);
        else return metres;
        return null;
    }

    public bool? Flag(string key)
    {
        if (Text(key) is not { } text) return null;
        if (bool.TryParse(text, out var flag)) return flag;
        Error(key, $"'{Cut(text)}' is neither true nor false", "write true or false");
        return null;
    }

    /// <summary>The place of a word in a list of words.</summary>
    public int? Choice(string key, string what, IReadOnlyList<string> words)
    {
        if (Text(key) is not { } text) return null;
        for (var place = 0; place < words.Count; place++)
            if (words[place] == text) return place;
        var near = Spelling.Nearest(text, words);
        Error(key, $"'{Cut(text)}' is not {what}", near is null ? $"write one of {string.Join(", ", words)}" : $"did you mean '{near}'? Known are {string.Join(", ", words)}");
        return null;
    }

    /// <summary>Address and port; null when it is <c>off</c> or wrong.</summary>
    public IPEndPoint? Endpoint(string key, string standard)
    {
        var text = Text(key) ?? standard;
        if (text == "off") return null;
        var given = text.StartsWith("localhost:", StringComparison.Ordinal) ? string.Concat("127.0.0.1", text.AsSpan(9)) : text;
        var colon = given.LastIndexOf(':');
        // IPEndPoint itself takes "1883" for the address 0.0.7.91 and a missing port for 0.
        if (colon > 0 && given[..colon].AsSpan().ContainsAny('.', ':') && IPEndPoint.TryParse(given, out var endpoint)
            && ushort.TryParse(given.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && endpoint.Port == port)
            return endpoint;
        Error(key, $"'{Cut(text)}' is not an address and a port", $"write it as {standard}, or \"off\"");
        return null;
    }

    /// <summary>A path, made full: relative to the file when the file says it, otherwise to the current folder.</summary>
    public string? FilePath(string key)
    {
        if (Text(key, 4096) is not { } given) return null;
        return sources.IsFromFile(PathOf(key)) ? Path.GetFullPath(given, Path.GetDirectoryName(sources.File)!) : Path.GetFullPath(given);
    }

    /// <summary>As <see cref="FilePath"/>, of a file that must exist.</summary>
    public string? ExistingFile(string key)
    {
        if (FilePath(key) is not { } full) return null;
        var odd = OddFile.Describe(full);
        if (odd is null && File.Exists(full)) return full;
        Error(key, odd is null ? $"there is no file '{full}'" : $"'{full}' is {odd}, not a file", "name an existing file");
        return null;
    }

    /// <summary>The keys of an object inside this one; no keys when it was not given.</summary>
    public SettingFields Inner(string key, string example)
    {
        var section = Take(key);
        if (!string.IsNullOrEmpty(section.Value)) Error(key, $"'{Cut(section.Value)}' is not an object", $"write it as {example}");
        return new SettingFields(section, PathOf(key), sources, errors);
    }

    /// <summary>The places of a list; none when it was not given.</summary>
    public IReadOnlyList<string> List(string key, int limit, string example)
    {
        var section = Take(key);
        var places = section.GetChildren().Select(child => child.Key).ToList();
        if (!string.IsNullOrEmpty(section.Value)) Error(key, $"'{Cut(section.Value)}' is not a list", $"write it as {example}");
        else if (places.Any(place => !int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _))) Error(key, "is an object", $"write a list, as {example}");
        else if (places.Count > limit) Error(key, $"has {places.Count} elements", $"write at most {limit}");
        else return places;
        return [];
    }

    /// <summary>Adds an error for a key that must be there and is not.</summary>
    public void Require(string key, string remedy)
    {
        // A value that was given and refused has its own error already.
        if (!Has(key)) Error(key, "is missing", remedy);
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var child in values.GetChildren())
        {
            if (_known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) continue;
            var near = Spelling.Nearest(child.Key, _known);
            var remedy = near is null ? $"known here are {string.Join(", ", _known)}" : $"did you mean '{Shown(PathOf(near))}'?";
            Error(child.Key, "unknown key", remedy);
        }
    }

    private static string Cut(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    /// <summary><c>links:0:uri</c> as people write it: <c>links[0].uri</c>.</summary>
    private static string Shown(string path)
    {
        var parts = path.Split(':').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"[{part}]" : $".{part}");
        return string.Concat(parts).TrimStart('.');
    }

    private IConfigurationSection Take(string key)
    {
        if (!_known.Contains(key)) _known.Add(key);
        return values.GetSection(key);
    }

    private string PathOf(string key) => path.Length == 0 ? key : $"{path}:{key}";
}
