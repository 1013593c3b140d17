namespace Weerbaarheid.Relay.Links.Simulated;

/// <summary>What a simulated medium does to frames.</summary>
/// <param name="MaxFrame">The most bytes in one frame.</param>
/// <param name="BitRate">Bits per second.</param>
/// <param name="Loss">Share of the frames that one receiver misses, 0 to 1; each receiver misses others.</param>
/// <param name="Duplication">Share of the frames that a receiver gets twice, 0 to 1.</param>
/// <param name="Delay">From the end of the transmission until it is received.</param>
/// <param name="Jitter">At most this much more delay, drawn per arrival; more than the air time makes frames overtake each other.</param>
/// <param name="BitErrorRate">Chance that a bit arrives flipped, 0 to 1. The frame is delivered with its errors.</param>
/// <param name="Overhead">Air time before the first bit of every frame (preamble, key-up).</param>
/// <param name="AddressedOnly">False as on a radio: everybody hears everything. True as on a network: a frame with an
/// address reaches only that site.</param>
/// <param name="Window">Frames that may wait for the sender's transmitter, the one on the air included.</param>
/// <param name="ReportsCuts">Whether links notice a cut of the whole medium; a radio does not.</param>
/// <param name="DutyCycle">Share of any hour that a station may transmit, above 0 to 1; kept by the nodes, not by the medium.</param>
/// <param name="Reordering">Share of the arrivals that come later than those after them, 0 to 1.</param>
/// <param name="ReorderedBy">At most how much later.</param>
internal sealed record SimulatedMediumOptions(
    int MaxFrame,
    int BitRate,
    double Loss = 0,
    double Duplication = 0,
    TimeSpan Delay = default,
    TimeSpan Jitter = default,
    double BitErrorRate = 0,
    TimeSpan Overhead = default,
    bool AddressedOnly = false,
    int Window = 4,
    bool ReportsCuts = false,
    double DutyCycle = 1,
    double Reordering = 0,
    TimeSpan ReorderedBy = default)
{
    /// <summary>What the medium asks for a frame; null where each frame goes to one receiver, as on a network.</summary>
    /// <param name="band">Whose airtime it is.</param>
    internal Air? AirOf(string band) => AddressedOnly ? null : new Air(band, DutyCycle, AirTime);

    /// <summary>The time on the air of a frame of this size; rounded up to 100 ns.</summary>
    internal TimeSpan AirTime(int bytes)
    {
        var bits = bytes * 8L;
        return Overhead + TimeSpan.FromTicks(((bits * TimeSpan.TicksPerSecond) + BitRate - 1) / BitRate);
    }

    /// <summary>What is wrong, each with its remedy; empty when the medium can be made.</summary>
    internal IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (MaxFrame is < 1 or > 65_536)
            problems.Add($"maxFrame {MaxFrame}: use 1 to 65536 bytes");
        if (BitRate < 1)
            problems.Add($"bitRate {BitRate}: use 1 bit/s or more");
        if (Window is < 1 or > 1_024)
            problems.Add($"window {Window}: use 1 to 1024");
        if (!(DutyCycle is > 0 and <= 1))
            problems.Add($"dutyCycle {DutyCycle}: use more than 0 and at most 1");
        CheckShare("loss", Loss, problems);
        CheckShare("duplication", Duplication, problems);
        CheckShare("bitErrorRate", BitErrorRate, problems);
        CheckShare("reordering", Reordering, problems);
        CheckTime("reorderedBy", ReorderedBy, problems);
        CheckTime("delay", Delay, problems);
        CheckTime("jitter", Jitter, problems);
        CheckTime("overhead", Overhead, problems);
        return problems;
    }

    private static void CheckShare(string key, double value, List<string> problems)
    {
        if (!(value is >= 0 and <= 1))
            problems.Add($"{key} {value}: use 0 to 1");
    }

    private static void CheckTime(string key, TimeSpan value, List<string> problems)
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromHours(1))
            problems.Add($"{key} {value}: use 0 to 1 hour");
    }
}
