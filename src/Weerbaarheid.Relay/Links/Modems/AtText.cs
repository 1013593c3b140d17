namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// Bytes as text for modems that take only text: four bytes as five characters, a rest of n bytes as n + 1. Costs 1.25 bytes on
/// the air for each byte, base-64 costs 1.33 and hexadecimal 2, and airtime is what a radio has least of.
/// </summary>
/// <remarks>
/// The alphabet is every visible ASCII character but those that command parsers give a meaning (<c>" % ' + , ; = ? \</c>), which
/// leaves exactly 85. So a frame never looks like an answer of the modem (<c>+OK</c>) or a command either.
/// </remarks>
internal static class AtText
{
    private const string Alphabet = "!#$&()*-./0123456789:<>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    private const int Base = 85;

    /// <summary>Characters for so many bytes.</summary>
    internal static int Length(int bytes) => (bytes / 4 * 5) + (bytes % 4 is > 0 and var rest ? rest + 1 : 0);

    internal static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[Length(bytes.Length)];
        Span<char> five = stackalloc char[5];
        for (var (at, to) = (0, 0); at < bytes.Length; at += 4, to += 5)
        {
            var group = bytes[at..Math.Min(at + 4, bytes.Length)];
            uint value = 0;
            for (var i = 0; i < 4; i++) value = (value << 8) | (i < group.Length ? group[i] : 0u);
            for (var i = 4; i >= 0; i--, value /= Base) five[i] = Alphabet[(int)(value % Base)];
            five[..(group.Length + 1)].CopyTo(text.AsSpan(to));
        }

        return new string(text);
    }

    /// <returns>False when the text was not made by <see cref="Encode"/>.</returns>
    internal static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var rest = text.Length % 5;
        bytes = new byte[(text.Length / 5 * 4) + Math.Max(rest - 1, 0)];
        if (rest == 1) return false;
        for (var (at, to) = (0, 0); at < text.Length; at += 5, to += 4)
        {
            ulong value = 0;
            for (var i = 0; i < 5; i++)
            {
                var digit = at + i < text.Length ? Alphabet.IndexOf(text[at + i], StringComparison.Ordinal) : Base - 1;
                if (digit < 0) return false;
                value = (value * Base) + (ulong)digit;
            }

            if (value > uint.MaxValue) return false;
            for (var i = 0; i < 4 && to + i < bytes.Length; i++) bytes[to + i] = (byte)(value >> (24 - (8 * i)));
        }

        return true;
    }
}
