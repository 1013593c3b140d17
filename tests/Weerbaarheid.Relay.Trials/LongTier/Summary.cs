using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Trials.LongTier;

/// <summary>What the long tier has done so far, for people.</summary>
internal static class Summary
{
    /// <summary>A seed is three days of fifteen sites; the quiet hours behind them are left out.</summary>
    private const double NodeYearsInASeed = 15 * 72 / 8_766.0;

    public static double NodeYearsAnHour(Progress seeds) => seeds.Rate * 3_600 * NodeYearsInASeed;

    public static string Write(IReadOnlyList<Progress> all, IReadOnlyList<Chunk> chunks)
    {
        var text = new StringBuilder("# The long tier\n\n| trial | cases | of | | a second | hours | broken promises |\n|---|---|---|---|---|---|---|\n");
        foreach (var one in all)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {one.Trial.Name} | {one.Cases:N0} | {one.Trial.Long:N0} | {Math.Floor(one.Share * 1_000) / 10:N1} % | {one.Rate:N1} | {one.Seconds / 3_600:N2} | {one.Failures.Count}{(one.Rests ? ", rests" : "")} |");
        text.AppendLine();
        foreach (var one in all) text.AppendLine(CultureInfo.InvariantCulture, $"- {one.Trial.Name}: {one.Trial.What}");
        if (all.FirstOrDefault(one => one.Trial.Name == "seeds") is { Cases: > 0 } seeds)
            text.AppendLine(CultureInfo.InvariantCulture, $"\nSeeds: {seeds.Cases * NodeYearsInASeed:N0} node-years, {NodeYearsAnHour(seeds):N0} node-years an hour.");
        text.AppendLine("\n| commit | machine | from | to | cases |\n|---|---|---|---|---|");
        foreach (var run in chunks.GroupBy(one => (one.Commit, one.Machine)))
            text.AppendLine(CultureInfo.InvariantCulture, $"| {run.Key.Commit} | {run.Key.Machine} | {run.Min(one => one.At):u} | {run.Max(one => one.At):u} | {run.Sum(one => one.Cases):N0} |");
        foreach (var failure in all.SelectMany(one => one.Failures.Select(failure => $"\n## {one.Trial.Name}\n\n```\n{failure}\n```")))
            text.AppendLine(failure);
        return text.ToString();
    }
}
