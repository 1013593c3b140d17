using System.Globalization;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>What goes wrong, in words.</summary>
internal static class Faults
{
    public static string Describe(ScenarioEvent happening) => happening switch
    {
        ScenarioEvent.Cut { OneWay: true, Between: { } pair } cut => $"link {cut.Link} cut from {pair.A} to {pair.B}",
        ScenarioEvent.Cut cut => $"link {cut.Link} cut{Between(cut.Between)}",
        ScenarioEvent.Restore restore => $"link {restore.Link} restored{Between(restore.Between)}",
        ScenarioEvent.Weather weather => Text($"link {weather.Link} loses {weather.Loss:P0} of the frames and one bit in {OneIn(weather.BitErrors)} for {Clock.Text(weather.For)}"),
        ScenarioEvent.ModemFails failure => $"site {failure.Site}: modem of {failure.Link} {How(failure.How)} for {Clock.Text(failure.For)}",
        ScenarioEvent.PowerOff off => $"site {off.Site} off",
        ScenarioEvent.PowerOn on => $"site {on.Site} on",
        ScenarioEvent.ClockJumps jump => $"site {jump.Site}: the wall clock jumps by {Clock.Text(jump.By)}",
        ScenarioEvent.StoreFails failure => $"site {failure.Site}: the next write to the store fails",
        _ => happening.ToString(),
    };

    private static string How(ModemFault how) => how switch
    {
        ModemFault.Down => "is gone",
        ModemFault.Silent => "takes frames and neither sends nor hears",
        ModemFault.Deaf => "sends and hears nothing",
        ModemFault.Restarts => "starts anew every few minutes",
        _ => "holds frames back",
    };

    private static string Between((ushort A, ushort B)? pair) => pair is { } two ? $" between {two.A} and {two.B}" : "";

    private static string OneIn(double share) => share > 0 ? (1 / share).ToString("N0", CultureInfo.InvariantCulture) : "none";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
