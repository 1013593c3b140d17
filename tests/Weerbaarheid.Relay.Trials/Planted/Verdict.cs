using System.Globalization;
using System.Text.RegularExpressions;

namespace Weerbaarheid.Relay.Trials.Planted;

/// <summary>What became of a planted bug. Only one of these is good.</summary>
internal enum Fate
{
    /// <summary>A test failed, or a trial told of a broken promise.</summary>
    Caught,

    /// <summary>All went on as if nothing were wrong.</summary>
    Missed,

    /// <summary>It came to no end, which may have other reasons.</summary>
    TimedOut,

    /// <summary>Nothing was tried: no test matched, the host of the tests crashed, or the trial ended in an exception.</summary>
    NotRun,

    /// <summary>The compiler noticed it.</summary>
    NotBuilt,

    /// <summary>The text to be replaced is not in its file once.</summary>
    NotFound,
}

/// <summary>How tests or a trial ended, read from their exit code and from what they wrote.</summary>
/// <param name="Fate">What became of the bug.</param>
/// <param name="What">The first test that failed, the first promise that was broken, or why neither is known.</param>
internal sealed partial record Verdict(Fate Fate, string What)
{
    private const int Failed = 1;
    private const int MostShown = 240;

    /// <param name="code">The exit code; null after a time-out.</param>
    /// <param name="text">What <c>dotnet test</c> wrote.</param>
    public static Verdict OfTests(int? code, string text)
    {
        if (code is null) return new Verdict(Fate.TimedOut, LastLine(text));
        var counts = TestCounts().Match(text);
        // A host that crashed may have counted tests before.
        if (!counts.Success || text.Contains("Test Run Aborted", StringComparison.OrdinalIgnoreCase)) return new Verdict(Fate.NotRun, LastLine(text));
        var (failed, passed) = (Count(counts.Groups["failed"]), Count(counts.Groups["passed"]));
        if (code == 0 && failed == 0 && passed > 0) return new Verdict(Fate.Missed, string.Create(CultureInfo.InvariantCulture, $"{passed} tests passed"));
        return code == Failed && failed > 0 && FailedTest().Match(text) is { Success: true } first
            ? new Verdict(Fate.Caught, first.Groups["name"].Value) : new Verdict(Fate.NotRun, LastLine(text));
    }

    /// <param name="code">The exit code; null after a time-out.</param>
    /// <param name="text">What the trial wrote.</param>
    /// <param name="promise">Words of the promise that must be named as broken; null for any.</param>
    public static Verdict OfTrial(int? code, string text, string? promise)
    {
        if (code is null) return new Verdict(Fate.TimedOut, LastLine(text));
        if (TrialCounts().Match(text) is not { Success: true } counts || Count(counts.Groups["cases"]) == 0) return new Verdict(Fate.NotRun, LastLine(text));
        if (code == 0) return new Verdict(Fate.Missed, counts.Value);
        var broken = BrokenCase().Matches(text).Select(match => match.Groups["what"].Value.Trim()).Where(what => !what.StartsWith(TrialRun.Threw, StringComparison.Ordinal)).ToList();
        if (code != Failed || broken.Count == 0) return new Verdict(Fate.NotRun, LastLine(text));
        if (promise is null) return new Verdict(Fate.Caught, Shortened(broken[0]));
        var named = text.Split('\n').FirstOrDefault(line => line.Contains(promise, StringComparison.Ordinal));
        return named is null ? new Verdict(Fate.Missed, $"another promise was broken: {Shortened(broken[0])}") : new Verdict(Fate.Caught, Shortened(named.Trim()));
    }

    private static long Count(Group digits) => long.Parse(digits.ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it wrote nothing";

    private static string Shortened(string line) => line.Length <= MostShown ? line : $"{line[..MostShown]}…";

    [GeneratedRegex(@"^(Passed|Failed)! +- Failed: +(?<failed>\d+), Passed: +(?<passed>\d+),", RegexOptions.Multiline)]
    private static partial Regex TestCounts();

    [GeneratedRegex(@"^ +Failed (?<name>\S.*?) \[[^\]]*\]\r?$", RegexOptions.Multiline)]
    private static partial Regex FailedTest();

    [GeneratedRegex(@"\b\w+: (?<cases>[\d,]+) cases from [^\n]* broken promises", RegexOptions.Multiline)]
    private static partial Regex TrialCounts();

    // A case may tell what it is about on the lines below.
    [GeneratedRegex(@"^BROKEN case \d+:\s+(?<what>\S[^\n]*)", RegexOptions.Multiline)]
    private static partial Regex BrokenCase();
}
