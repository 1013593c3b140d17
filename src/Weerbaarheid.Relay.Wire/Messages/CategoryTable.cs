using System.Text.Json;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// The names behind the wire codes: data with a version, not code (<c>categories.json</c>). Names are only ever appended,
/// so that an older receiver shows a code it does not know as a number and a newer one reads everything.
/// </summary>
public sealed class CategoryTable
{
    private readonly Dictionary<string, byte> _melding;
    private readonly Dictionary<string, byte> _hulp;

    private CategoryTable(int version, string[] melding, string[] hulp, string[] comms, string[] needs)
    {
        Version = version;
        Melding = melding;
        Hulp = hulp;
        Comms = comms;
        Needs = needs;
        _melding = Index(melding);
        _hulp = Index(hulp);
    }

    /// <summary>The table in this assembly.</summary>
    public static CategoryTable Current { get; } = Load();

    public int Version { get; }

    /// <summary>Categories of a melding; wire code = place + 1, and 0 stands for none.</summary>
    public IReadOnlyList<string> Melding { get; }

    /// <summary>Categories of a hulpvraag and a hulpaanbod; wire code = place + 1, and 0 stands for none.</summary>
    public IReadOnlyList<string> Hulp { get; }

    /// <summary>Means of communication; bit = place.</summary>
    public IReadOnlyList<string> Comms { get; }

    /// <summary>What a site asks for; bit = place.</summary>
    public IReadOnlyList<string> Needs { get; }

    /// <summary>The code of a category, or null when there is none of that name.</summary>
    public byte? Code(MessageType type, string name) =>
        (type == MessageType.Melding ? _melding : _hulp).TryGetValue(name, out var code) ? code : null;

    /// <summary>The name of a code, or null when it is 0 or newer than this table.</summary>
    public string? Name(MessageType type, byte code)
    {
        var names = type == MessageType.Melding ? Melding : Hulp;
        return code >= 1 && code <= names.Count ? names[code - 1] : null;
    }

    private static Dictionary<string, byte> Index(string[] names) =>
        names.Select((name, place) => (name, code: (byte)(place + 1))).ToDictionary(pair => pair.name, pair => pair.code, StringComparer.Ordinal);

    private static CategoryTable Load()
    {
        using var resource = typeof(CategoryTable).Assembly.GetManifestResourceStream("categories.json")!;
        using var document = JsonDocument.Parse(resource);
        string[] Names(string key) => [.. document.RootElement.GetProperty(key).EnumerateArray().Select(name => name.GetString()!)];
        return new CategoryTable(document.RootElement.GetProperty("version").GetInt32(), Names("melding"), Names("hulp"), Names("comms"), Names("needs"));
    }
}
