using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>Reads the links that have a modem. A key that is wrong is reported, and its default stands in for it.</summary>
/// <param name="site">Whose node this is.</param>
internal sealed class ModemReader(ushort site)
{
    private const int StandardBaud = 9_600;
    private const int StandardPacketRate = 1_200;
    private const int LongestBand = 32;
    private const string StandardDestination = "APZWRB";

    /// <summary>KISS counts in 10 ms, in a byte.</summary>
    private const int MostKissTime = 2_550;

    // Port to the link that has it.
    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal);

    public UartOptions ReadUart(SettingFields fields, string name, IReadOnlyList<ushort> peers, string place)
    {
        var port = ReadPort(fields, place);
        var baud = ReadBaud(fields, StandardBaud);
        var airRate = fields.Number("airRate", 50, 10_000_000) ?? baud;
        var maxFrame = fields.Number("maxFrame", 32, 1_024) ?? 233;
        return new UartOptions(name, port, baud, airRate, maxFrame, ReadBand(fields, name), fields.Share("dutyCycle") ?? 1, peers);
    }

    public KissOptions ReadKiss(SettingFields fields, string name, IReadOnlyList<ushort> peers, string place)
    {
        const string remedy = "write the call sign of the station that transmits, such as PD1ABC-7: 1 to 6 capitals and digits, then perhaps - and 0 to 15";
        var port = ReadPort(fields, place);
        fields.Require("callSign", remedy);
        var options = new KissOptions(
            name, port, ReadBaud(fields, StandardBaud), fields.Number("airRate", 50, 10_000_000) ?? StandardPacketRate,
            ReadAddress(fields, "callSign", remedy) ?? default, ReadAddress(fields, "destination", $"write one such as {StandardDestination}") ?? Standard(),
            TimeSpan.FromMilliseconds(fields.Number("txDelay", 0, MostKissTime) ?? 300), fields.Number("persist", 0, byte.MaxValue) ?? 63,
            TimeSpan.FromMilliseconds(fields.Number("slotTime", 0, MostKissTime) ?? 100), ReadBand(fields, name), fields.Share("dutyCycle") ?? 1, peers)
        {
            Amateur = fields.Flag("amateur") ?? false,
        };
        if (options is { Amateur: true, CallSign: { CallSign: { } sign } station } && !Arming.IsCallSign(sign))
            fields.Error("callSign", $"'{station}' is no call sign of an amateur station", remedy);
        return options;
    }

    public LoRaRadioOptions ReadLoRa(SettingFields fields, string type, string name, IReadOnlyList<ushort> peers, string place)
    {
        var limits = LoRaLimits.Of(type);
        var options = new LoRaRadioOptions(
            name, type, ReadPort(fields, place), ReadBaud(fields, limits.Baud),
            fields.Number("frequency", Eu868.SubBands[0].Low, Eu868.SubBands[^1].High) ?? 869_525_000, ReadBandwidth(fields, limits) ?? 125_000,
            fields.Number("spreadingFactor", limits.LeastSpreading, limits.MostSpreading) ?? 9, fields.Number("codingRate", 5, 8) ?? 5,
            fields.Number("txPower", limits.LeastPower, limits.MostPower) ?? 14,
            type == "rylr998" ? ReadNetwork(fields) : null, type == "rylr998" ? fields.Number("address", 0, ushort.MaxValue) ?? site : null,
            type == "rn2483" ? fields.Number("syncWord", 0, byte.MaxValue) : null, peers);
        CheckBand(fields, options);
        if (type == "rylr998") CheckSpreading(fields, options);
        return options;
    }

    /// <summary>What may be transmitted where: the channel must lie in a sub-band with all its width, and the power must be allowed there.</summary>
    private static void CheckBand(SettingFields fields, LoRaRadioOptions options)
    {
        if (Eu868.Find(options.Frequency, 0) is not { } middle)
        {
            fields.Error("frequency", $"{options.Frequency} Hz is in no sub-band that may be used", $"choose one in {string.Join(", ", Eu868.SubBands)}, such as 869525000");
            return;
        }

        if (Eu868.Find(options.Frequency, options.Bandwidth) is null)
        {
            var room = 2 * Math.Min(options.Frequency - middle.Low, middle.High - options.Frequency);
            fields.Error("bandwidth", $"{options.Bandwidth} Hz around {options.Frequency} Hz reaches outside sub-band {middle}", room > 0 ? $"write at most {room}, or another frequency" : "move the frequency away from the edge");
        }

        if (options.TxPower > middle.MaxErp)
            fields.Error("txPower", $"{options.TxPower} dBm is more than sub-band {middle} allows", $"write at most {middle.MaxErp}; an antenna with gain asks for less");
    }

    /// <summary>How slow a RYLR998 may be depends on how wide it is.</summary>
    private static void CheckSpreading(SettingFields fields, LoRaRadioOptions options)
    {
        var most = options.Bandwidth switch
        {
            125_000 => 9,
            250_000 => 10,
            _ => 11,
        };
        if (options.SpreadingFactor > most) fields.Error("spreadingFactor", $"{options.SpreadingFactor} is not one that the modem has at {options.Bandwidth} Hz", $"write 7 to {most}, or a larger bandwidth");
    }

    private static int? ReadBandwidth(SettingFields fields, LoRaLimits limits)
    {
        if (fields.Number("bandwidth", limits.Bandwidths[0], limits.Bandwidths[^1]) is not { } bandwidth) return null;
        if (limits.Bandwidths.Contains(bandwidth)) return bandwidth;
        fields.Error("bandwidth", $"{bandwidth} Hz is not one that the modem has", $"write one of {string.Join(", ", limits.Bandwidths)}");
        return null;
    }

    private static int? ReadNetwork(SettingFields fields)
    {
        if (fields.Number("networkId", 3, 18) is not { } network) return null;
        if (network is <= 15 or 18) return network;
        fields.Error("networkId", $"{network} is not one that the modem has", "write 3 to 15, or 18");
        return null;
    }

    private static Ax25Address Standard() => new(StandardDestination, 0);

    private static Ax25Address? ReadAddress(SettingFields fields, string key, string remedy)
    {
        if (fields.Text(key, 9) is not { } text) return null;
        if (Ax25Address.TryParse(text, out var address)) return address;
        fields.Error(key, $"'{text}' is not an AX.25 address", remedy);
        return null;
    }

    private static string ReadBand(SettingFields fields, string name) => fields.Text("band", LongestBand) ?? name;

    private static int ReadBaud(SettingFields fields, int standard) => fields.Number("baud", 300, 4_000_000) ?? standard;

    private string ReadPort(SettingFields fields, string place)
    {
        const string remedy = "write the full path of the device, such as /dev/serial/by-id/usb-..., or tcp://host:port";
        fields.Require("port", remedy);
        if (fields.Text("port", 4_096) is not { } port) return "";
        if (!ModemPort.IsPossible(port)) fields.Error("port", $"'{port}' is neither the path of a device nor an address", remedy);
        else if (!_ports.TryAdd(port, place)) fields.Error("port", $"'{port}' is the port of links[{_ports[port]}] too", "give each modem a link of its own");
        return port;
    }
}

/// <summary>What the settings of a LoRa modem may be, by its own documents.</summary>
/// <param name="Baud">As it leaves the factory.</param>
/// <param name="Bandwidths">In Hz, rising.</param>
/// <param name="LeastSpreading">Spreading factor.</param>
/// <param name="MostSpreading">Spreading factor.</param>
/// <param name="LeastPower">In dBm.</param>
/// <param name="MostPower">In dBm.</param>
internal sealed record LoRaLimits(
    int Baud, IReadOnlyList<int> Bandwidths, int LeastSpreading, int MostSpreading, int LeastPower, int MostPower)
{
    private static readonly int[] OfModules = [125_000, 250_000, 500_000];

    /// <summary>
    /// By the chips behind RNode (SX1262, SX1276), the AT command guide of the RYLR998, and Microchip DS40001784. Factors 5 and 6 are
    /// left out: their time on air follows another formula.
    /// </summary>
    public static LoRaLimits Of(string type) => type switch
    {
        "rnode" => new(115_200, [7_800, 10_400, 15_600, 20_800, 31_250, 41_700, 62_500, .. OfModules], 7, 12, 0, 22),
        "rylr998" => new(115_200, OfModules, 7, 11, 0, 22),
        "rn2483" => new(57_600, OfModules, 7, 12, -3, 15),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a LoRa modem"),
    };
}
