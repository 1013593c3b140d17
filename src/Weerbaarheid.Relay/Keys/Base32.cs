namespace Weerbaarheid.Relay.Keys;

/// <summary>
/// RFC 4648 §6 without padding: capitals and digits alone, so that a QR code takes it in its dense mode, and no space or sign that
/// is lost when a person copies it. Base 45 would be 7 % shorter, with a space and a % among its signs.
/// </summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + 4) / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var (at, shift) = (i * 5 / 8, 11 - (i * 5 % 8));
            var pair = (bytes[at] << 8) | (at + 1 < bytes.Length ? bytes[at + 1] : 0);
            text[i] = Alphabet[(pair >> shift) & 31];
        }

        return new string(text);
    }

    /// <summary>Capitals or not; white space and hyphens are passed over.</summary>
    /// <returns>Null when there is anything else, or bits are left over.</returns>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>();
        var (bits, held) = (0, 0);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || c == '-') continue;
            var value = char.IsAscii(c) ? Alphabet.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal) : -1;
            if (value < 0) return null;
            (bits, held) = ((bits << 5) | value, held + 5);
            if (held < 8) continue;
            held -= 8;
            bytes.Add((byte)(bits >> held));
            bits &= (1 << held) - 1;
        }

        return bits == 0 && held < 5 ? [.. bytes] : null;
    }
}
