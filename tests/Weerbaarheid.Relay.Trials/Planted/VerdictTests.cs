namespace Weerbaarheid.Relay.Trials.Planted;

public sealed class VerdictTests
{
    private const string Passed = "Passed!  - Failed:     0, Passed:    12, Skipped:     1, Total:    13, Duration: 1 s - Weerbaarheid.Relay.Tests.dll (net10.0)\n";
    private const string Failed = "  Failed Weerbaarheid.Relay.Tests.Lives.LifeFileTests.A_life(kind: \"old [1]\") [12 ms]\n  Error Message:\n  Failed Other [1 ms]\nFailed!  - Failed:     2, Passed:    12, Skipped:     0, Total:    14, Duration: 1 s - Weerbaarheid.Relay.Tests.dll (net10.0)\n";
    private const string Clean = "seeds: 1,008 cases from 1 in 3 s (336.0 a second), 0 broken promises\n";
    private const string Broken = "seeds: 8 cases from 1 in 3 s (2.7 a second), 2 broken promises\n";
    private const string Case = "BROKEN case 3: \n\n  00:10:00 site 11 did it\n  00:20:00 site 12 did another thing\n  replay: dotnet run\n";

    [Theory]
    [InlineData(0, Passed, Fate.Missed)]
    [InlineData(1, Failed, Fate.Caught)]
    [InlineData(0, "No test matches the given testcase filter `FullyQualifiedName~Nothing` in Weerbaarheid.Relay.Tests.dll\n", Fate.NotRun)]
    [InlineData(0, "Passed!  - Failed:     0, Passed:     0, Skipped:     3, Total:     3, Duration: 1 s - a.dll\n", Fate.NotRun)]
    [InlineData(1, "The active test run was aborted. Reason: Test host process crashed\n" + Failed + "Test Run Aborted.\n", Fate.NotRun)]
    [InlineData(1, "MSBUILD : error MSB1009: Project file does not exist.\n", Fate.NotRun)]
    [InlineData(null, Passed, Fate.TimedOut)]
    public void Of_tests_only_one_that_failed_is_a_catch(int? code, string text, object fate) => Assert.Equal(fate, Verdict.OfTests(code, text).Fate);

    [Theory]
    [InlineData(0, Clean, Fate.Missed)]
    [InlineData(1, Broken + Case, Fate.Caught)]
    [InlineData(0, "seeds: 0 cases from 1 in 0 s (0.0 a second), 0 broken promises\n", Fate.NotRun)]
    [InlineData(1, "fuzz: 0 cases from 1 in 0 s (0.0 a second), 1 broken promises\nBROKEN There is no target 'x'; there are y.\n", Fate.NotRun)]
    [InlineData(1, Broken + "BROKEN case 3: it threw System.InvalidOperationException: no\n   at Simulator.Run()\n", Fate.NotRun)]
    [InlineData(134, "Unhandled exception. System.InvalidOperationException: no\n" + Broken + Case, Fate.NotRun)]
    [InlineData(2, "usage: NAME [--first N]\n", Fate.NotRun)]
    [InlineData(null, Broken + Case, Fate.TimedOut)]
    public void Of_trials_only_a_broken_promise_is_a_catch(int? code, string text, object fate) => Assert.Equal(fate, Verdict.OfTrial(code, text, null).Fate);

    [Fact]
    public void What_caught_it_is_told()
    {
        Assert.Equal("Weerbaarheid.Relay.Tests.Lives.LifeFileTests.A_life(kind: \"old [1]\")", Verdict.OfTests(1, Failed).What);
        Assert.Equal("00:10:00 site 11 did it", Verdict.OfTrial(1, Broken + Case, null).What);
        Assert.Equal("00:20:00 site 12 did another thing", Verdict.OfTrial(1, Broken + Case, "another thing").What);
    }

    [Fact]
    public void Another_promise_than_the_one_that_was_meant_is_no_catch() => Assert.Equal(Fate.Missed, Verdict.OfTrial(1, Broken + Case, "nonce was used twice").Fate);
}
