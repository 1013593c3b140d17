using System.Globalization;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>What <c>radio set</c> sets and <c>radio get</c> tells on an RN2483.</summary>
internal sealed class Rn2483Settings
{
    /// <summary>As after <c>sys reset</c>.</summary>
    private readonly Dictionary<string, string> _values = new()
    {
        ["mod"] = "lora",
        ["freq"] = "868100000",
        ["sf"] = "sf12",
        ["bw"] = "125",
        ["cr"] = "4/5",
        ["pwr"] = "1",
        ["crc"] = "on",
        ["iqi"] = "off",
        ["sync"] = "34",
        ["prlen"] = "8",
        ["wdt"] = "15000",
    };

    /// <summary>Zero for never.</summary>
    internal TimeSpan Watchdog => TimeSpan.FromMilliseconds(Number("wdt"));

    internal LoRaTuning Tuning => new(
        Frequency: Number("freq"),
        Bandwidth: (int)Number("bw") * 1_000,
        SpreadingFactor: int.Parse(_values["sf"].AsSpan(2), CultureInfo.InvariantCulture),
        CodingRate: _values["cr"][2] - '0',
        SyncWord: int.Parse(_values["sync"], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        Preamble: (int)Number("prlen"))
    {
        HasChecksum = _values["crc"] == "on",
    };

    internal string? Get(string name) => _values.GetValueOrDefault(name);

    /// <returns>Whether there is such a setting, and the value is one of its values.</returns>
    internal bool TrySet(string name, string value)
    {
        var isValid = name switch
        {
            "mod" => value == "lora",
            "freq" => IsWithin(value, 433_050_000, 434_790_000) || IsWithin(value, 863_000_000, 870_000_000),
            "sf" => value is "sf7" or "sf8" or "sf9" or "sf10" or "sf11" or "sf12",
            "bw" => value is "125" or "250" or "500",
            "cr" => value is "4/5" or "4/6" or "4/7" or "4/8",
            "pwr" => IsWithin(value, -3, 15),
            "crc" or "iqi" => value is "on" or "off",
            "sync" => value.Length is 1 or 2 && value.All(char.IsAsciiHexDigit),
            "prlen" => IsWithin(value, 0, ushort.MaxValue),
            "wdt" => IsWithin(value, 0, uint.MaxValue),
            _ => false,
        };
        if (isValid) _values[name] = value;
        return isValid;
    }

    private static bool IsWithin(string value, long least, long most) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;

    private long Number(string name) => long.Parse(_values[name], CultureInfo.InvariantCulture);
}
