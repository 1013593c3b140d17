using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Trials.Simulation;

/// <summary>Three bad days and a quiet phase for fifteen sites, a seed each: the production core, its store and its frames, in simulated time.</summary>
internal static class SeedTrial
{
    /// <summary>Every so many seeds one is run twice: the same seed must give the same trace.</summary>
    private const long Repeated = 50;
    private const int TimelineShown = 60;
    private const int ViolationsShown = 5;

    public static Trial Trial { get; } = new("seeds", "three bad days for fifteen sites in simulated time", 300, 20_000, Run);

    private static TrialResult Run(TrialRun run)
    {
        var met = new SeedCounts();
        var clock = Stopwatch.StartNew();
        return run.ForEach(number => Attempt((ulong)number, met), () => met.Lines(clock.Elapsed));
    }

    private static string? Attempt(ulong seed, SeedCounts met)
    {
        var scenario = BadDays.Make(seed);
        var result = Simulate(scenario, null);
        met.Count(result);
        if (result.Broken.Count > 0) return Explain(scenario, result);
        if (seed % Repeated != 0) return null;
        var again = Simulate(BadDays.Make(seed), null);
        return again.TraceHash == result.TraceHash ? null
            : string.Create(CultureInfo.InvariantCulture, $"seed {seed} gave trace {result.TraceHash:x16} and then {again.TraceHash:x16}");
    }

    private static SimulationResult Simulate(Scenario scenario, Magnifier? magnifier)
    {
        using var simulator = new Simulator(scenario, magnifier: magnifier);
        return simulator.Run();
    }

    /// <summary>Runs it once more and tells all that happened to the messages and sites that it is about.</summary>
    private static string Explain(Scenario scenario, SimulationResult result)
    {
        var text = new StringBuilder();
        foreach (var violation in result.Broken.Take(ViolationsShown)) text.AppendLine(CultureInfo.InvariantCulture, $"\n  {violation}");
        if (result.Broken.Count > ViolationsShown) text.AppendLine(CultureInfo.InvariantCulture, $"  and {result.Broken.Count - ViolationsShown} more");
        var first = result.Broken[0];
        var closely = Simulate(scenario, new Magnifier([first]));
        text.AppendLine(CultureInfo.InvariantCulture, $"  trace {result.TraceHash:x16}; what led to the first:");
        foreach (var entry in closely.Timeline.Where(entry => entry.At <= first.At && IsAbout(entry.What, first)).TakeLast(TimelineShown))
            text.AppendLine(CultureInfo.InvariantCulture, $"    {Clock.Text(entry.At)} {entry.What}");
        text.Append(CultureInfo.InvariantCulture, $"  scenario: {Export(scenario)} (weerbaarheid-relay simulate FILE)");
        return text.ToString();
    }

    private static bool IsAbout(string what, Violation violation) =>
        what.StartsWith("link ", StringComparison.Ordinal) || what.StartsWith("all ", StringComparison.Ordinal)
        || (violation.Site is { } site && IsOf(what, string.Create(CultureInfo.InvariantCulture, $"site {site}")))
        || (violation.Key is { } key && what.Contains(key.ToString(), StringComparison.Ordinal));

    /// <summary>Site 2, and not site 20.</summary>
    private static bool IsOf(string what, string site) => what.StartsWith(site, StringComparison.Ordinal) && (what.Length == site.Length || !char.IsAsciiDigit(what[site.Length]));

    private static string Export(Scenario scenario)
    {
        var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"seed-{scenario.Seed}.scenario.json"));
        File.WriteAllText(path, ScenarioWriter.Write(scenario));
        return path;
    }
}
