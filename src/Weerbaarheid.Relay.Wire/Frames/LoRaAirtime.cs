namespace Weerbaarheid.Relay.Wire.Frames;

/// <summary>How a LoRa modem is set. A default-initialised value is of no use; use the constructor.</summary>
/// <param name="SpreadingFactor">7 to 12.</param>
/// <param name="Bandwidth">In hertz, 7,800 to 500,000.</param>
/// <param name="CodingRate">The denominator: 5 for 4/5, up to 8 for 4/8.</param>
/// <param name="Preamble">Symbols, as programmed into the modem (it adds 4.25), 6 to 65,535.</param>
/// <param name="ExplicitHeader">Whether the length travels with every packet.</param>
/// <param name="Crc">Whether the modem adds its own 16-bit checksum.</param>
/// <param name="LowDataRate">Low data rate optimisation; null for what Semtech prescribes, on when a symbol takes more than 16 ms.</param>
public readonly record struct LoRaSettings(
    int SpreadingFactor, int Bandwidth = 125_000, int CodingRate = 5, int Preamble = 8, bool ExplicitHeader = true, bool Crc = true, bool? LowDataRate = null);

/// <summary>
/// How long a packet keeps the channel busy, and how many fit in an hour. Whole numbers only, exact to 100 ns:
/// Semtech AN1200.13 and the SX1276 data sheet, §4.1.1.7. The formula holds for spreading factors 7 to 12.
/// </summary>
public static class LoRaAirtime
{
    /// <summary>The most bytes that one LoRa packet carries.</summary>
    public const int MaxPayload = 255;

    /// <summary>Symbols the modem adds to the programmed preamble, in quarters.</summary>
    private const int PreambleTail = 17;

    /// <summary>Symbols of a payload before the first coded block.</summary>
    private const int FirstSymbols = 8;

    /// <summary>Time on air of one packet.</summary>
    /// <param name="settings">The modem's settings.</param>
    /// <param name="bytes">Payload, 0 to <see cref="MaxPayload"/>.</param>
    /// <returns>Rounded up to 100 ns; exact for bandwidths of 62.5, 125, 250 and 500 kHz.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No modem can be set like that.</exception>
    public static TimeSpan Of(in LoRaSettings settings, int bytes)
    {
        Check(settings, bytes);
        var quarters = (4L * settings.Preamble) + PreambleTail + (4L * (FirstSymbols + CodedSymbols(settings, bytes)));
        // One symbol takes 2^SF / bandwidth seconds.
        return TimeSpan.FromTicks(DivideUp((quarters << settings.SpreadingFactor) * TimeSpan.TicksPerSecond, 4L * settings.Bandwidth));
    }

    /// <summary>How many such packets fit in an hour.</summary>
    /// <param name="airtime">Time on air of one packet, more than 0.</param>
    /// <param name="permille">Duty cycle in thousandths, 1 to 1,000: 10 is 1 %, 100 is 10 % (EN 300 220-2).</param>
    public static long PerHour(TimeSpan airtime, int permille)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(airtime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(permille, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permille, 1000);
        return TimeSpan.TicksPerHour / 1000 * permille / airtime.Ticks;
    }

    private static int CodedSymbols(in LoRaSettings settings, int bytes)
    {
        var bits = (8 * bytes) - (4 * settings.SpreadingFactor) + 28 + (settings.Crc ? 16 : 0) - (settings.ExplicitHeader ? 0 : 20);
        var perBlock = 4 * (settings.SpreadingFactor - (LowDataRate(settings) ? 2 : 0));
        return bits <= 0 ? 0 : (int)DivideUp(bits, perBlock) * settings.CodingRate;
    }

    /// <summary>On when 2^SF / bandwidth is more than 16 ms.</summary>
    private static bool LowDataRate(in LoRaSettings settings) =>
        settings.LowDataRate ?? (1000L << settings.SpreadingFactor) > 16L * settings.Bandwidth;

    private static long DivideUp(long dividend, long divisor) => (dividend + divisor - 1) / divisor;

    private static void Check(in LoRaSettings settings, int bytes)
    {
        Require(settings.SpreadingFactor, 7, 12, nameof(settings.SpreadingFactor));
        Require(settings.Bandwidth, 7_800, 500_000, nameof(settings.Bandwidth));
        Require(settings.CodingRate, 5, 8, nameof(settings.CodingRate));
        Require(settings.Preamble, 6, ushort.MaxValue, nameof(settings.Preamble));
        Require(bytes, 0, MaxPayload, nameof(bytes));
    }

    private static void Require(int value, int least, int most, string name)
    {
        if (value < least || value > most) throw new ArgumentOutOfRangeException(name, value, $"must be {least} to {most}");
    }
}
