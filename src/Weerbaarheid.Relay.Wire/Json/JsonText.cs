using System.Text.Json;

namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>Names and values out of JSON, for use and for showing in an error.</summary>
internal static class JsonText
{
    private const int Shown = 40;

    /// <summary>A string's value, or null when an escape in it stands for half a surrogate pair, which no encoding of ours can carry.</summary>
    public static string? ValueOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A field's name, or null as for <see cref="ValueOf"/>.</summary>
    public static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A value as it was given, cut to a length that fits in a sentence.</summary>
    public static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Cut(value.GetRawText()),
    };

    /// <summary>A text cut to a length that fits in a sentence.</summary>
    public static string Cut(string text)
    {
        if (text.Length <= Shown) return text;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Shown - 1]) ? Shown - 1 : Shown), "…");
    }

    /// <summary>The known name that was most likely meant, or null when none comes close.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length > Shown) return null;
        var (best, least) = ((string?)null, 3);
        foreach (var candidate in known)
        {
            var distance = string.Equals(name, candidate, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(name, candidate);
            // Two changes in a word of three letters make any word of any other.
            if (distance >= least || distance > candidate.Length / 2) continue;
            (best, least) = (candidate, distance);
        }

        return best;
    }

    /// <summary>Insertions, deletions and replacements between two words (Levenshtein 1966).</summary>
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
