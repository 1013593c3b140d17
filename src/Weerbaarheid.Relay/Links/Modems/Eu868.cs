namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// The sub-bands for short-range devices around 868 MHz that anybody may use for data: EN 300 220-2 V3.2.1 table B.1, bands K to Q.
/// Leaves out 868.6 to 868.7, 869.2 to 869.4 and 869.65 to 869.7 MHz, which are for alarms.
/// </summary>
internal static class Eu868
{
    /// <summary>One sub-band.</summary>
    /// <param name="Name">For a ledger, such as <c>EU868 P</c>: every link in a sub-band shares its duty cycle.</param>
    /// <param name="Low">In Hz.</param>
    /// <param name="High">In Hz.</param>
    /// <param name="DutyCycle">Share of any hour that one station may transmit, 0 to 1.</param>
    /// <param name="MaxErp">Effective radiated power, in dBm.</param>
    internal sealed record SubBand(string Name, int Low, int High, double DutyCycle, int MaxErp)
    {
        /// <summary>As people write it: <c>EU868 P (869.4 to 869.65 MHz)</c>.</summary>
        public override string ToString() => FormattableString.Invariant($"{Name} ({Low / 1e6:0.0##} to {High / 1e6:0.0##} MHz)");
    }

    internal static readonly IReadOnlyList<SubBand> SubBands =
    [
        new("EU868 K", 863_000_000, 865_000_000, 0.001, 14),
        new("EU868 L", 865_000_000, 868_000_000, 0.01, 14),
        new("EU868 M", 868_000_000, 868_600_000, 0.01, 14),
        new("EU868 N", 868_700_000, 869_200_000, 0.001, 14),
        new("EU868 P", 869_400_000, 869_650_000, 0.1, 27),
        new("EU868 Q", 869_700_000, 870_000_000, 0.01, 14),
    ];

    /// <summary>The sub-band that holds a whole channel; null when there is none.</summary>
    /// <param name="frequency">Middle of the channel, in Hz.</param>
    /// <param name="bandwidth">In Hz; 0 asks where the middle lies.</param>
    internal static SubBand? Find(int frequency, int bandwidth) =>
        SubBands.FirstOrDefault(band => frequency - (bandwidth / 2) >= band.Low && frequency + (bandwidth / 2) <= band.High);
}
