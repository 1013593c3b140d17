namespace Weerbaarheid.Relay.Links;

/// <summary>That an operator lets a transmitter go on the air, for a limited time.</summary>
/// <param name="Operator">Call sign and name, as in <c>PD1ABC Jan de Vries</c>.</param>
/// <param name="Until">When it ends by itself; shown to people, measured by a clock that nobody sets.</param>
internal sealed record Arming(string Operator, DateTimeOffset Until)
{
    /// <summary>The longest that one operator answers for.</summary>
    public const int MostHours = 24;

    private const int LongestOperator = 60;

    /// <summary>Whether this is a call sign and a name.</summary>
    public static bool IsOperator(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return text.Length <= LongestOperator && space > 0 && !text.Any(char.IsControl) && IsCallSign(text[..space]) && text[space..].Any(char.IsLetter);
    }

    /// <summary>Whether it has the form of a call sign (ITU Radio Regulations, article 19): capitals and digits, a digit among them, a letter at the end.</summary>
    public static bool IsCallSign(string text) =>
        text.Length is >= 3 and <= 7 && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)) && text.Any(char.IsAsciiDigit) && char.IsAsciiLetterUpper(text[^1]);
}
