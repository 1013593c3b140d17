namespace Weerbaarheid.Relay.Trials.LongTier;

/// <summary>How far a trial is on its way to the count of the long tier.</summary>
/// <param name="Trial">Which.</param>
/// <param name="Next">Number of the next case: a start goes on where the one before it stopped.</param>
/// <param name="Cases">Cases that were run.</param>
/// <param name="Seconds">How long they took together.</param>
/// <param name="Failures">What they broke.</param>
internal sealed record Progress(Trial Trial, long Next, long Cases, double Seconds, IReadOnlyList<string> Failures)
{
    /// <summary>How long one go may take: what is lost at most when the machine stops, and how long somebody waits who stops it.</summary>
    private const double SecondsInAGo = 60;

    /// <summary>Cases a second; 0 when nothing is known yet.</summary>
    public double Rate => Seconds > 0 ? Cases / Seconds : 0;

    /// <summary>1 when all are done.</summary>
    public double Share => (double)Cases / Trial.Long;

    /// <summary>Too many failures say nothing new; somebody must look first.</summary>
    public bool Rests => Failures.Count >= TrialRun.MaxFailures;

    public static Progress Of(Trial trial, IEnumerable<Chunk> chunks)
    {
        var progress = new Progress(trial, 1, 0, 0, []);
        foreach (var chunk in chunks.Where(one => one.Trial == trial.Name)) progress = progress.With(chunk);
        return progress;
    }

    public Progress With(Chunk chunk) =>
        this with { Next = Math.Max(Next, chunk.First + chunk.Cases), Cases = Cases + chunk.Cases, Seconds = Seconds + chunk.Seconds, Failures = [.. Failures, .. chunk.Failures] };

    /// <summary>The trial to go on with: the one that is least far, so that all come to their count together. Null when there is nothing left to do.</summary>
    public static Progress? Choose(IEnumerable<Progress> all) => all.Where(one => one.Cases < one.Trial.Long && !one.Rests).MinBy(one => one.Share);

    /// <summary>How many cases to run in one go, about a minute of them.</summary>
    /// <param name="least">As many as there are workers, or some of them have nothing to do.</param>
    public long Go(int least)
    {
        var fitting = Rate > 0 ? (long)(Rate * SecondsInAGo) : Trial.Quick / 100;
        return Math.Min(Trial.Long - Cases, Math.Max(least, fitting));
    }
}
