using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Measuring;

/// <summary>What one message costs on the air at 125 kHz, coding rate 4/5, 8 preamble symbols, explicit header and checksum.</summary>
/// <param name="Message">What it is.</param>
/// <param name="Bytes">Of the packet.</param>
/// <param name="SpreadingFactor">7 to 12.</param>
/// <param name="Milliseconds">Time on air.</param>
/// <param name="PerHourAtOnePercent">How many the 1 % duty cycle allows in an hour.</param>
/// <param name="PerHourAtTenPercent">How many the 10 % duty cycle allows in an hour.</param>
internal sealed record AirtimeRow(string Message, int Bytes, int SpreadingFactor, double Milliseconds, long PerHourAtOnePercent, long PerHourAtTenPercent)
{
    private static readonly int[] SpreadingFactors = [7, 9, 12];

    /// <summary>The rows of one message.</summary>
    public static IEnumerable<AirtimeRow> Of(string message, int bytes) => SpreadingFactors.Select(factor =>
    {
        var airtime = LoRaAirtime.Of(new LoRaSettings(factor), bytes);
        return new AirtimeRow(message, bytes, factor, airtime.TotalMilliseconds, LoRaAirtime.PerHour(airtime, 10), LoRaAirtime.PerHour(airtime, 100));
    });
}
