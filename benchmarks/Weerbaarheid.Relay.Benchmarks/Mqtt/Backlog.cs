namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>What a deep queue does: the next node is down, meldingen pile up, it comes back, and all of them arrive.</summary>
/// <param name="Filling">Intake while the last tenth of the queue was filled, in messages per second.</param>
/// <param name="FillingEmpty">Intake while the first tenth was.</param>
/// <param name="Draining">Arrivals per second once the way was back, connecting and warming up left out.</param>
/// <param name="Megabytes">Resident memory of the first node with the queue full.</param>
/// <param name="MegabytesBefore">The same with it empty.</param>
internal sealed record Backlog(double Filling, double FillingEmpty, double Draining, double Megabytes, double MegabytesBefore)
{
    public const int Messages = 100_000;

    private const int WarmUp = 10_000;

    /// <summary>One round on a pair that has been used before.</summary>
    public static Backlog Measure(Hop hop)
    {
        var before = hop.First.ResidentMegabytes;
        hop.CutWay();
        var first = hop.Fill(Messages / 10, 256);
        hop.Fill(Messages * 8 / 10, 256);
        var last = hop.Fill(Messages / 10, 256);
        var full = hop.First.ResidentMegabytes;
        var (arrived, took) = hop.Drain(WarmUp);
        return new Backlog(Messages / 10 / last.TotalSeconds, Messages / 10 / first.TotalSeconds, arrived / took.TotalSeconds, full, before);
    }
}
