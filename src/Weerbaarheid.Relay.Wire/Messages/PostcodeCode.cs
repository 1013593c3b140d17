namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>A Dutch postcode as a number: (digits - 1000) x 676 + letters in base 26, 0 to 6083999 (FORMAT.md §8).</summary>
internal static class PostcodeCode
{
    /// <summary>How many postcodes the number can hold.</summary>
    public const int Values = 9000 * Letters;

    private const int Letters = 26 * 26;

    /// <summary>Whether a text is 4 digits from 1000 and 2 capitals, nothing else.</summary>
    public static bool IsPostcode(string text) =>
        text.Length == 6 && text[0] is >= '1' and <= '9' && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2])
        && char.IsAsciiDigit(text[3]) && char.IsAsciiLetterUpper(text[4]) && char.IsAsciiLetterUpper(text[5]);

    /// <param name="postcode">One for which <see cref="IsPostcode"/> holds.</param>
    public static int Pack(string postcode)
    {
        var digits = ((postcode[0] - '0') * 1000) + ((postcode[1] - '0') * 100) + ((postcode[2] - '0') * 10) + (postcode[3] - '0');
        return ((digits - 1000) * Letters) + ((postcode[4] - 'A') * 26) + (postcode[5] - 'A');
    }

    /// <param name="code">0 to <see cref="Values"/> - 1.</param>
    public static string Unpack(int code) => string.Create(6, code, static (text, value) =>
    {
        var digits = (value / Letters) + 1000;
        for (var i = 3; i >= 0; i--, digits /= 10) text[i] = (char)('0' + (digits % 10));
        text[4] = (char)('A' + (value % Letters / 26));
        text[5] = (char)('A' + (value % 26));
    });
}
