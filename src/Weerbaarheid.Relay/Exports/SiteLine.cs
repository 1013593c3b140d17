using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Exports;

/// <summary>A site as the situation report has it, in the words of a Sitrap.</summary>
/// <param name="Site">Its number.</param>
/// <param name="Heard">When it was heard last.</param>
/// <param name="State">Open, closed and so on.</param>
/// <param name="Present">People present, of how many it can hold.</param>
/// <param name="Power">Hours of emergency power.</param>
/// <param name="Supplies">What there is.</param>
/// <param name="Needs">What it asks for.</param>
/// <param name="Missing">What did not arrive.</param>
internal sealed record SiteLine(int Site, string Heard, string State, string Present, string Power, string Supplies, string Needs, string Missing)
{
    private const string Nothing = "–";

    private static readonly Dictionary<string, string> Words = new()
    {
        ["water"] = "water",
        ["food"] = "voedsel",
        ["firstAid"] = "EHBO",
        ["fuel"] = "brandstof",
        ["heat"] = "warmte",
        ["staff"] = "mensen",
        ["power"] = "stroom",
        ["transport"] = "vervoer",
        ["medication"] = "medicijnen",
        ["police"] = "politie",
    };

    /// <summary>How full a stock is, from 0.</summary>
    private static readonly string[] Stocks = ["op", "bijna op", "weinig", "genoeg", "ruim"];

    /// <summary>Under which names the report has the newest status of each kind.</summary>
    private static readonly string[] StatusNames = ["status", "exerciseStatus", "testStatus"];

    /// <summary>A site in the situation report (<c>sites[]</c>). What its status says counts only when it is of the same kind, real or exercise.</summary>
    public static SiteLine From(JsonElement site, Exercise exercise)
    {
        var known = StatusNames.Select(name => site.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Object ? found : (JsonElement?)null).OfType<JsonElement>().ToList();
        var line = new SiteLine(site.GetProperty("site").GetInt32(), HeardOf(site), "niet gemeld", Nothing, Nothing, Nothing, Nothing, site.GetProperty("missingText").GetString() ?? "");
        if (known.Count == 0) return line;
        if (known.FindIndex(status => string.Equals(KindOf(status), exercise.ToString(), StringComparison.OrdinalIgnoreCase)) is var at && at < 0) return line with { State = $"alleen {KindOf(known[0])}" };
        var told = known[at];
        return line with
        {
            State = told.GetProperty("state").GetString() ?? "",
            Present = Number(told, "present") is { } present ? Number(told, "capacity") is { } capacity ? $"{present} van {capacity}" : present : Nothing,
            Power = Number(told, "powerHours") is { } hours ? $"{hours} uur" : Nothing,
            Supplies = Listed(told, "supplies", stocks => stocks.EnumerateObject().Select(stock => $"{WordOf(stock.Name)} {Stocks[Math.Clamp(stock.Value.GetInt32(), 0, Stocks.Length - 1)]}")),
            Needs = Listed(told, "needs", needs => needs.EnumerateArray().Select(need => WordOf(need.ToString()))),
        };
    }

    private static string KindOf(JsonElement status) => status.TryGetProperty("exercise", out var flag) ? flag.GetString() ?? "" : "actueel";

    private static string HeardOf(JsonElement site)
    {
        if (!site.TryGetProperty("secondsSinceContact", out var seconds)) return "nog nooit";
        var time = TimeSpan.FromSeconds(seconds.GetInt64());
        if (time < TimeSpan.FromMinutes(2)) return "net";
        return time < TimeSpan.FromHours(2) ? $"{(int)time.TotalMinutes} min geleden" : time < TimeSpan.FromDays(2) ? $"{(int)time.TotalHours} uur geleden" : $"{(int)time.TotalDays} dagen geleden";
    }

    private static string? Number(JsonElement status, string name) => status.TryGetProperty(name, out var value) ? value.GetInt64().ToString(CultureInfo.InvariantCulture) : null;

    private static string Listed(JsonElement status, string name, Func<JsonElement, IEnumerable<string>> read) =>
        status.TryGetProperty(name, out var value) && string.Join(", ", read(value)) is { Length: > 0 } list ? list : Nothing;

    private static string WordOf(string name) => Words.GetValueOrDefault(name, name);
}
