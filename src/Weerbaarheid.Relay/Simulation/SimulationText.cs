using System.Globalization;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>A result as people read it.</summary>
internal static class SimulationText
{
    private const int Shown = 20;

    public static void Write(SimulationResult result, TextWriter output)
    {
        WriteTimeline(result.Timeline, output);
        output.WriteLine();
        output.WriteLine("priority  accepted  delivered      median         95%         max  expired");
        foreach (var one in result.Priorities)
            Line(output, $"{one.Priority,8}  {one.Accepted,8}  {one.Delivered,9}  {Clock.Text(one.Median),10}  {Clock.Text(one.P95),10}  {Clock.Text(one.Max),10}  {one.Expired,7}");
        output.WriteLine();
        foreach (var link in result.Links) Line(output, $"link {link.Name}: {link.Frames} frames, {link.Bytes} bytes");
        WriteAir(result, output);
        Line(output, $"duplicates recognised: {result.Duplicates}");
        foreach (var (reason, count) in result.Refusals.OrderBy(pair => pair.Key, StringComparer.Ordinal)) Line(output, $"refused {count} times: {reason}");
        Line(output, $"simulated {Clock.Text(result.Simulated)} with seed {result.Seed}, trace {result.TraceHash:x16}");
        foreach (var violation in result.Violations) output.WriteLine($"BROKEN {violation}");
        output.WriteLine(result.Violations.Count == 0 ? "Every promise was kept." : $"{result.Violations.Count} promises were broken.");
    }

    /// <summary>The first and the last lines, of arrivals and of other events apart, in order of time.</summary>
    private static void WriteTimeline(IReadOnlyList<TimelineEntry> timeline, TextWriter output)
    {
        var shown = new SortedSet<int>();
        foreach (var kind in new[] { true, false })
        {
            var places = Enumerable.Range(0, timeline.Count).Where(place => timeline[place].IsArrival == kind).ToList();
            shown.UnionWith(places.Take(Shown));
            shown.UnionWith(places.TakeLast(Shown));
        }

        var next = 0;
        foreach (var place in shown)
        {
            if (place > next) Line(output, $"          ... {place - next} lines left out ...");
            output.WriteLine($"{Clock.Text(timeline[place].At),12}  {timeline[place].What}");
            next = place + 1;
        }
    }

    /// <summary>What each modem did, all in all: what decides how long a battery lasts.</summary>
    private static void WriteAir(SimulationResult result, TextWriter output)
    {
        if (result.Air.Count == 0) return;
        output.WriteLine();
        output.WriteLine("site  link                  frames     on the air      receiving           idle");
        foreach (var last in result.Air.GroupBy(sample => (sample.Link, sample.Site)).Select(modem => modem.MaxBy(sample => sample.At)!).OrderBy(sample => sample.Site))
            Line(output, $"{last.Site,4}  {last.Link,-20}  {last.Frames,6}  {Clock.Text(last.Sending),13}  {Clock.Text(last.Receiving),13}  {Clock.Text(last.Idle),13}");
        output.WriteLine();
    }

    private static void Line(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
