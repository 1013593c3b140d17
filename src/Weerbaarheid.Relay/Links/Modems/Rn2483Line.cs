using System.Globalization;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>The lines of an RN2483 (Microchip DS40001784, "RN2483 LoRa technology module command reference").</summary>
internal static class Rn2483Line
{
    /// <summary>"radio_rx", two spaces, and 255 bytes as digits.</summary>
    internal const int Longest = 530;

    /// <summary>Symbols; as LoRa modems have it.</summary>
    internal const int Preamble = 8;

    /// <summary>Goes with a name and a version, when the modem starts.</summary>
    internal const string Banner = "RN2483 ";

    /// <summary>The sister for another continent.</summary>
    internal const string OtherBanner = "RN2903 ";
    internal const string Listen = "radio rx 0";
    internal const string StopListening = "radio rxstop";

    /// <summary>Changes nothing and is answered with a number.</summary>
    internal const string Question = "radio get snr";

    /// <summary>For private networks; 0x34 is LoRaWAN's.</summary>
    private const int OwnSyncWord = 0x12;
    private const string Packet = "radio_rx ";

    /// <summary>LoRaWAN is paused, because the radio belongs to it otherwise; no watchdog, because it would end listening.</summary>
    internal static string[] SetUp(LoRaRadioOptions options) =>
    [
        "sys reset",
        "mac pause",
        "radio set mod lora",
        $"radio set freq {options.Frequency}",
        $"radio set pwr {options.TxPower}",
        $"radio set sf sf{options.SpreadingFactor}",
        $"radio set bw {options.Bandwidth / 1000}",
        $"radio set cr 4/{options.CodingRate}",
        $"radio set prlen {Preamble}",
        "radio set crc on",
        "radio set iqi off",
        $"radio set sync {options.SyncWord ?? OwnSyncWord:x2}",
        "radio set wdt 0",
    ];

    internal static string Transmit(ReadOnlySpan<byte> frame) => $"radio tx {Convert.ToHexString(frame)}";

    internal static bool IsNumber(string line) => long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    internal static bool IsPacket(string line) => line.StartsWith(Packet, StringComparison.Ordinal);

    /// <summary>The bytes of a packet; null when its digits are damaged.</summary>
    internal static byte[]? Bytes(string packet)
    {
        var digits = packet[Packet.Length..].Trim(' ');
        return digits.Length > 0 && digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }
}
