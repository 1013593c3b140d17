using Weerbaarheid.Relay.Links;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// How fast things may go on a link: from its bit rate on IP, from what a frame costs on the air or a slow wire. What is
/// said without being asked takes a few hundredths of the allowed airtime, however slow the link is.
/// </summary>
internal static class LinkPace
{
    /// <summary>Bytes of a frame with a beacon in it, an acknowledgement, or a receipt.</summary>
    private const int SmallFrame = 16;
    private const int AnswerFrame = 48;

    /// <summary>Envelopes on their way over a narrow link: four full frames of them.</summary>
    private const int NarrowWindow = 16;

    /// <summary>Shortest useful frame when many are lost: one envelope with a short text.</summary>
    public const int ShortestFrame = 80;

    /// <summary>Time for the other side to store what came, and to write an answer.</summary>
    private static readonly TimeSpan Turnaround = TimeSpan.FromSeconds(2);

    /// <summary>Time between beacons.</summary>
    public static TimeSpan BeaconPeriod(LinkDescription link) => link.Air is { } air
        ? Share(air, SmallFrame, 0.02, 60, 3600)
        : TimeSpan.FromSeconds(link.BitRate >= 100_000 ? 10 : 60);

    /// <summary>Shortest time between beacons that something gave reason for.</summary>
    public static TimeSpan BeaconPause(LinkDescription link) => link.Air is { } air
        ? Share(air, SmallFrame, 0.1, 5, 600)
        : TimeSpan.FromSeconds(link.BitRate >= 100_000 ? 0.25 : 5);

    /// <summary>Time between beacons while nobody was ever heard: two that came up together did not hear each other.</summary>
    /// <param name="calls">Beacons sent so far.</param>
    public static TimeSpan CallPause(LinkDescription link, int calls)
    {
        var (pause, period) = (BeaconPause(link) * Math.Pow(2, Math.Min(calls, 8)), BeaconPeriod(link));
        return pause < period ? pause : period;
    }

    /// <summary>The longest wait before something is said unasked where all hear each other and many have reason at the same moment.</summary>
    public static TimeSpan Spread(LinkDescription link) => link.Air is { } air ? 6 * air.TimeOnAir(SmallFrame) : TimeSpan.Zero;

    /// <summary>Time between heartbeats of a site whose way up is this link.</summary>
    public static TimeSpan HeartbeatPeriod(LinkDescription link) => link.Air is { } air
        ? Share(air, AnswerFrame, 0.03, 600, 3600)
        : TimeSpan.FromSeconds(link.BitRate >= 100_000 ? 60 : 600);

    /// <summary>Shortest time between receipts for one origin that is not itself at the other end of this link.</summary>
    public static TimeSpan ReceiptPause(LinkDescription link) => link.Air is { } air
        ? Share(air, AnswerFrame, 0.1, 2, 600)
        : TimeSpan.FromSeconds(link.BitRate >= 100_000 ? 0.2 : 8);

    /// <summary>Envelopes that may be on their way to one neighbour without its acknowledgement: four seconds of the link.</summary>
    public static int Window(LinkDescription link) => link.Air is null ? (int)Math.Clamp(link.BitRate * 4L / 8 / 100, 4, 4_096) : NarrowWindow;

    /// <summary>How long to wait for a neighbour's acknowledgement: a round trip with the window ahead of it, doubled at each failure.</summary>
    public static TimeSpan Patience(LinkDescription link, int attempts)
    {
        var (first, most) = link.Air is { } air
            ? (Turnaround + (2 * air.TimeOnAir(link.MaxFrame)) + air.TimeOnAir(AnswerFrame), TimeSpan.FromSeconds(air.DutyCycle >= 1 ? 10 : 300))
            : (TimeSpan.FromSeconds(3 + (8.0 * link.MaxFrame * 4 / link.BitRate)), TimeSpan.FromSeconds(300));
        var wait = first * Math.Pow(2, Math.Min(attempts, 8));
        return wait < most ? wait : Longer(first, most);
    }

    /// <summary>How long an answer is held back for the rest of a burst that was announced.</summary>
    public static TimeSpan Hold(LinkDescription link) => link.Air is { } air ? Turnaround + (2 * air.TimeOnAir(link.MaxFrame)) : TimeSpan.Zero;

    /// <summary>The pause with which frames of this length take this share of what may be transmitted.</summary>
    private static TimeSpan Share(Air air, int bytes, double share, double least, double most) =>
        TimeSpan.FromSeconds(Math.Clamp(air.TimeOnAir(bytes).TotalSeconds / (share * Math.Min(air.DutyCycle, 1)), least, most));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
