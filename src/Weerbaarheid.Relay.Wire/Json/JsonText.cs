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
}
