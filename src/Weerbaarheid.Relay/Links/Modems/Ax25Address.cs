namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>A station in AX.25: a call sign and a number that tells stations of one operator apart (AX.25 v2.0 §2.2.13).</summary>
/// <param name="CallSign">1 to 6 capitals and digits.</param>
/// <param name="Number">The secondary station identifier, 0 to 15.</param>
internal readonly record struct Ax25Address(string CallSign, int Number)
{
    /// <summary>Bytes of an address in a frame.</summary>
    internal const int Length = 7;

    private const int LongestCallSign = 6;
    private const byte LastAddress = 0x01;
    private const byte Reserved = 0x60;

    /// <summary>Reads <c>PD1ABC</c> or <c>PD1ABC-7</c>.</summary>
    internal static bool TryParse(string text, out Ax25Address address)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var (sign, number) = (dash < 0 ? text : text[..dash], 0);
        address = default;
        if (sign.Length is < 1 or > LongestCallSign || !sign.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))) return false;
        if (dash >= 0 && (text.Length - dash is < 2 or > 3 || !text[(dash + 1)..].All(char.IsAsciiDigit) || (number = int.Parse(text[(dash + 1)..], System.Globalization.CultureInfo.InvariantCulture)) > 15)) return false;
        address = new Ax25Address(sign, number);
        return true;
    }

    /// <param name="command">The C bit: set in the destination of a command.</param>
    /// <param name="last">Whether no further address follows.</param>
    internal void Write(Span<byte> to, bool command, bool last)
    {
        for (var i = 0; i < LongestCallSign; i++) to[i] = (byte)((i < CallSign.Length ? CallSign[i] : ' ') << 1);
        to[LongestCallSign] = (byte)((command ? 0x80 : 0) | Reserved | (Number << 1) | (last ? LastAddress : 0));
    }

    /// <summary>Whether an address in a frame is this one, whatever its flags.</summary>
    internal bool Is(ReadOnlySpan<byte> address)
    {
        for (var i = 0; i < LongestCallSign; i++)
            if (address[i] != (byte)((i < CallSign.Length ? CallSign[i] : ' ') << 1)) return false;
        return ((address[LongestCallSign] >> 1) & 0x0F) == Number;
    }

    /// <summary>Whether an address in a frame is the last one.</summary>
    internal static bool IsLast(ReadOnlySpan<byte> address) => (address[LongestCallSign] & LastAddress) != 0;

    public override string ToString() => Number == 0 ? CallSign : FormattableString.Invariant($"{CallSign}-{Number}");
}
