namespace Weerbaarheid.Relay.Trials.LongTier;

public sealed class LongTierTests
{
    private static readonly Trial Slow = new("slow", "a slow one", 300, 1_000, _ => throw new NotSupportedException());
    private static readonly Trial Fast = new("fast", "a fast one", 20_000, 1_000_000, _ => throw new NotSupportedException());

    [Fact]
    public void A_start_goes_on_where_the_one_before_it_stopped_also_after_a_line_that_was_cut_off()
    {
        var file = string.Concat(new[] { Made(Slow, 1, 40, 80), Made(Fast, 1, 500, 10), Made(Slow, 41, 60, 120, "case 77") }.Select(ResultsFile.Line));
        var chunks = ResultsFile.Parse((file + ResultsFile.Line(Made(Slow, 101, 100, 200))[..30] + ResultsFile.Line(Made(Fast, 501, 20, 1))).Split('\n'));

        var slow = Progress.Of(Slow, chunks);
        Assert.Equal((101, 100, 200.0), (slow.Next, slow.Cases, slow.Seconds));
        Assert.Equal(["case 77"], slow.Failures);
        Assert.Equal((521, 520), (Progress.Of(Fast, chunks).Next, Progress.Of(Fast, chunks).Cases));
        Assert.Equal((1, 0), (Progress.Of(Slow, []).Next, Progress.Of(Slow, []).Cases));
    }

    [Fact]
    public void All_come_to_their_count_together_and_none_goes_beyond_it()
    {
        var all = new List<Progress> { Progress.Of(Slow, []), Progress.Of(Fast, []) };
        for (var go = 0; Progress.Choose(all) is { } next; go++)
        {
            Assert.True(go < 1_000, "it does not end");
            var count = next.Go(least: 2);
            // Ten slow cases a second and five thousand fast ones.
            all[all.IndexOf(next)] = next.With(Made(next.Trial, next.Next, count, count / (next.Trial == Slow ? 10.0 : 5_000)));
            if (go > 1 && all[0].Cases < Slow.Long) Assert.InRange(all[0].Share - all[1].Share, -0.7, 0.7);
        }

        Assert.All(all, one => Assert.Equal((one.Trial.Long, one.Trial.Long + 1), (one.Cases, one.Next)));
    }

    [Fact]
    public void A_go_takes_a_minute_and_the_least_far_has_its_turn()
    {
        var (slow, fast) = (Progress.Of(Slow, [Made(Slow, 1, 100, 50)]), Progress.Of(Fast, [Made(Fast, 1, 50_000, 10)]));
        Assert.Equal((120, 300_000), (slow.Go(2), fast.Go(2)));
        Assert.Equal(fast, Progress.Choose([slow, fast]));
        Assert.Equal(10, Progress.Of(Slow, [Made(Slow, 1, 990, 495)]).Go(2));
        Assert.Equal((3, 200), (Progress.Of(Slow, []).Go(2), Progress.Of(Fast, []).Go(2)));
        Assert.Equal(16, Progress.Of(Slow, []).Go(16));
    }

    [Fact]
    public void A_trial_with_too_many_failures_rests_and_the_others_go_on()
    {
        var slow = Progress.Of(Slow, [Made(Slow, 1, 100, 50, [.. Enumerable.Range(1, TrialRun.MaxFailures).Select(number => $"case {number}")])]);
        Assert.Equal("fast", Progress.Choose([slow, Progress.Of(Fast, [Made(Fast, 1, 900_000, 90)])])?.Trial.Name);
        Assert.Null(Progress.Choose([slow]));
    }

    [Fact]
    public void The_summary_tells_counts_failures_and_what_was_tried_where()
    {
        var seeds = Slow with { Name = "seeds" };
        List<Chunk> chunks = [Made(seeds, 1, 100, 50, "case 7: lost\n  replay: run 7")];
        var text = Summary.Write([Progress.Of(seeds, chunks), Progress.Of(Fast, chunks)], chunks);
        Assert.Contains("| seeds | 100 | 1,000 | 10.0 % | 2.0 | 0.01 | 1 |", text, StringComparison.Ordinal);
        Assert.Contains("| fast | 0 | 1,000,000 | 0.0 % | 0.0 | 0.00 | 0 |", text, StringComparison.Ordinal);
        // 100 seeds of 15 × 72 hours in 50 seconds.
        Assert.Contains("Seeds: 12 node-years, 887 node-years an hour.", text, StringComparison.Ordinal);
        Assert.Contains("| abc | board × 2 | 2026-01-02 03:04:05Z | 2026-01-02 03:04:05Z | 100 |", text, StringComparison.Ordinal);
        Assert.Contains("replay: run 7", text, StringComparison.Ordinal);
    }

    /// <summary>What was asked of the long tier.</summary>
    [Theory]
    [InlineData("seeds", 20_000)]
    [InlineData("crash", 5_000_000)]
    [InlineData("kill", 20_000 / Kill.KillTrial.KillsInChain)]
    [InlineData("flips", 1_000_000)]
    public void It_runs_as_many_cases_as_were_asked(string name, long cases) => Assert.Equal(cases, Trials.All.Single(one => one.Name == name).Long);

    private static Chunk Made(Trial trial, long first, long cases, double seconds, params string[] failures) =>
        new(trial.Name, first, cases, seconds, failures, "abc", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "board × 2");
}
