namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>A Dutch postcode as a number: (digits - 1000) x 676 + letters in base 26, 0 to 6083999 (FORMAT.md §8).</summary>
internal static class PostcodeCode
{
    /// <summary>How many postcodes the number can hold.</summary>
    public const uint Values = 9000 * Letters;

    private const uint Letters = 26 * 26;

    /// <summary>Whether a text is 4 digits from 1000 and 2 capitals, nothing else.</summary>
    public static bool IsPostcode(string text) => Pack(text) >= 0;

    /// <returns>The number, or -1 when the text is not 4 digits from 1000 and 2 capitals.</returns>
    public static int Pack(string text)
    {
        if (text.Length != 6) return -1;
        uint thousands = text[0] - (uint)'1', hundreds = text[1] - (uint)'0', tens = text[2] - (uint)'0', units = text[3] - (uint)'0';
        uint first = text[4] - (uint)'A', second = text[5] - (uint)'A';
        // A character below the first one wraps round to a large number, so one comparison each is enough.
        if (thousands > 8 || hundreds > 9 || tens > 9 || units > 9 || first > 25 || second > 25) return -1;
        var digits = (((((thousands * 10) + hundreds) * 10) + tens) * 10) + units;
        return (int)((digits * Letters) + (first * 26) + second);
    }

    /// <param name="code">0 to <see cref="Values"/> - 1.</param>
    public static string Unpack(int code) => string.Create(6, code, static (text, value) => Unpack(value, text));

    /// <param name="code">0 to <see cref="Values"/> - 1.</param>
    /// <param name="text">Room for six characters.</param>
    public static void Unpack(int code, Span<char> text)
    {
        var (digits, letters) = Math.DivRem((uint)code, Letters);
        var (hundreds, rest) = Math.DivRem(digits + 1000, 100);
        // From the last on, so that one bounds check does for all.
        text[5] = (char)('A' + (letters % 26));
        text[4] = (char)('A' + (letters / 26));
        text[3] = (char)('0' + (rest % 10));
        text[2] = (char)('0' + (rest / 10));
        text[1] = (char)('0' + (hundreds % 10));
        text[0] = (char)('0' + (hundreds / 10));
    }
}
