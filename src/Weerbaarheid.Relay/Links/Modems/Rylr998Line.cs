using System.Globalization;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>The lines of a RYLR998 (REYAX AT command guide 56312E33, October 2023).</summary>
internal static class Rylr998Line
{
    /// <summary>The most characters in a packet.</summary>
    internal const int MaxText = 240;

    /// <summary>The longest is a packet: its start, the text, strength and noise.</summary>
    internal const int Longest = 300;

    private const string Packet = "+RCV=";

    /// <summary>Comma, RSSI, comma, SNR.</summary>
    private const int ShortestEnd = 4;

    /// <summary>How long a line that begins like this must be at least: a packet's text may hold anything, so its length counts.</summary>
    internal static int Least(ReadOnlySpan<byte> begin)
    {
        // Address, length, text.
        if (!begin.StartsWith("+RCV="u8)) return 0;
        var address = begin.IndexOf((byte)',');
        var length = address < 0 ? -1 : begin[(address + 1)..].IndexOf((byte)',');
        if (length <= 0 || !int.TryParse(begin.Slice(address + 1, length), NumberStyles.None, CultureInfo.InvariantCulture, out var characters)) return 0;
        return characters > MaxText ? 0 : address + 1 + length + 1 + characters + ShortestEnd;
    }

    /// <summary>A packet that came in: <c>+RCV=address,length,text,RSSI,SNR</c>.</summary>
    internal static bool TryPacket(string line, out string text, out int rssi, out int snr)
    {
        (text, rssi, snr) = ("", 0, 0);
        if (!line.StartsWith(Packet, StringComparison.Ordinal)) return false;
        var parts = line[Packet.Length..].Split(',', 3);
        if (parts.Length < 3 || !TryNumber(parts[0], out _) || !TryNumber(parts[1], out var length)) return false;
        if (length is < 1 or > MaxText || parts[2].Length < length + ShortestEnd) return false;
        var end = parts[2][length..].Split(',');
        if (end.Length != 3 || end[0].Length > 0 || !TryNumber(end[1], out rssi) || !TryNumber(end[2], out snr)) return false;
        text = parts[2][..length];
        return true;
    }

    /// <summary>The code in <c>+ERR=code</c>.</summary>
    internal static bool TryError(string line, out int code)
    {
        code = 0;
        return line.StartsWith("+ERR=", StringComparison.Ordinal) && TryNumber(line["+ERR=".Length..], out code);
    }

    /// <summary>Whether a code tells of what was received, so that it answers no command.</summary>
    internal static bool IsOfReception(int code) => code is 11 or 12 or 19;

    /// <summary>A code in words.</summary>
    internal static string ErrorText(int code) => code switch
    {
        1 => "+ERR=1, the command has no end",
        2 => "+ERR=2, the command does not begin with AT",
        3 => "+ERR=3, the command has no =",
        4 => "+ERR=4, it does not know the command",
        5 => "+ERR=5, the length does not fit the data",
        10 => "+ERR=10, transmitting took too long",
        11 => "+ERR=11, receiving took too long",
        12 => "+ERR=12, a packet came in damaged",
        13 => "+ERR=13, more than 240 characters",
        14 => "+ERR=14, its memory for settings failed",
        15 => "+ERR=15, unknown failure",
        17 => "+ERR=17, still transmitting",
        18 => "+ERR=18, the preamble is not allowed",
        19 => "+ERR=19, a packet came in with a damaged header",
        20 => "+ERR=20, the time of smart power is not allowed",
        _ => $"+ERR={code}",
    };

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
