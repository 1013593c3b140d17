using System.Globalization;

namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>What is set on a RYLR998; a copy of it is what its flash remembers.</summary>
internal sealed record Rylr998Settings
{
    /// <summary>The network on which the preamble may be chosen.</summary>
    private const int FreeNetwork = 18;

    private const int UsualPreamble = 12;

    /// <summary>Tells the family from other LoRa modems on the same frequency; the network makes the rest of the sync word.</summary>
    private const int Family = 0x5200;

    internal ushort Address { get; init; }

    internal int Network { get; init; } = FreeNetwork;

    internal long Band { get; init; } = 915_000_000;

    internal int SpreadingFactor { get; init; } = 9;

    /// <summary>7, 8 or 9, for 125, 250 and 500 kHz.</summary>
    internal int BandwidthCode { get; init; } = 7;

    /// <summary>1 to 4, for 4/5 to 4/8.</summary>
    internal int CodingRate { get; init; } = 1;

    internal int Preamble { get; init; } = UsualPreamble;

    internal int Power { get; init; } = 22;

    internal LoRaTuning Tuning => new(Band, 125_000 << (BandwidthCode - 7), SpreadingFactor, CodingRate + 4, Family + Network, Preamble);

    /// <returns>The answer to <c>AT+name?</c>; null when there is no such setting.</returns>
    internal string? Get(string name) => name switch
    {
        "MODE" => "+MODE=0",
        "IPR" => "+IPR=115200",
        "ADDRESS" => $"+ADDRESS={Address}",
        "NETWORKID" => $"+NETWORKID={Network}",
        "BAND" => $"+BAND={Band}",
        "PARAMETER" => $"+PARAMETER={SpreadingFactor},{BandwidthCode},{CodingRate},{Preamble}",
        "CRFOP" => $"+CRFOP={Power}",
        _ => null,
    };

    /// <param name="set">The settings as they are to be.</param>
    /// <returns>0, or the number of the error.</returns>
    internal int TrySet(string name, string value, out Rylr998Settings set)
    {
        set = this;
        var numbers = new List<long>();
        foreach (var part in value.Split(','))
        {
            if (part == "M" && name == "BAND") continue;
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Rylr998Error.BadValue;
            numbers.Add(number);
        }

        switch (name, numbers)
        {
            case ("MODE", [0]) or ("IPR", [115_200]):
                return 0;
            case ("ADDRESS", [>= 0 and <= 65_535 and var address]):
                set = this with { Address = (ushort)address };
                return 0;
            case ("NETWORKID", [(>= 3 and <= 15) or FreeNetwork]):
                set = this with { Network = (int)numbers[0] };
                return 0;
            case ("BAND", [> 0]):
                set = this with { Band = numbers[0] };
                return 0;
            case ("CRFOP", [>= 0 and <= 22]):
                set = this with { Power = (int)numbers[0] };
                return 0;
            case ("PARAMETER", [var factor, >= 7 and <= 9 and var bandwidth, >= 1 and <= 4 and var rate, >= 4 and <= 24 and var preamble]):
                // Two more spreading factors than the narrowest bandwidth has for every doubling: 7 to 9, 10 and 11.
                if (factor < 7 || factor > bandwidth + 2) return Rylr998Error.BadValue;
                if (preamble != UsualPreamble && Network != FreeNetwork) return Rylr998Error.PreambleNotAllowed;
                set = this with { SpreadingFactor = (int)factor, BandwidthCode = (int)bandwidth, CodingRate = (int)rate, Preamble = (int)preamble };
                return 0;
            default:
                return name is "MODE" or "IPR" || Get(name) is not null ? Rylr998Error.BadValue : Rylr998Error.UnknownCommand;
        }
    }
}

/// <summary>The number behind <c>+ERR=</c>.</summary>
internal static class Rylr998Error
{
    internal const int NoLineEnd = 1;
    internal const int NotAt = 2;
    internal const int UnknownCommand = 4;
    internal const int WrongLength = 5;
    internal const int Damaged = 12;
    internal const int TooLong = 13;
    internal const int BadValue = 15;
    internal const int StillSending = 17;
    internal const int PreambleNotAllowed = 18;
}
