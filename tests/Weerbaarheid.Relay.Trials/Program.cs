using System.Diagnostics;
using System.Globalization;
using Weerbaarheid.Relay.Tests.Architecture;
using Weerbaarheid.Relay.Trials.Crash;
using Weerbaarheid.Relay.Trials.LongTier;
using Weerbaarheid.Relay.Trials.Planted;

namespace Weerbaarheid.Relay.Trials;

/// <summary><c>long [--hours H] [--results FOLDER]</c> for the long tier, <c>NAME [--first N] [--count N] [--option TEXT]</c> for one trial, <c>planted [--option NAME,…]</c>, or <c>planted --list</c>.</summary>
internal static class Program
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    private static int Main(string[] arguments)
    {
        if (arguments is [Recorder.Verb, var folder])
        {
            Recorder.RunScript(folder);
            return Ok;
        }

        var options = arguments.Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : "", StringComparer.Ordinal);
        if (arguments is ["long", ..]) return RunLong(options);
        if (arguments is ["planted", "--list"]) return Tell(PlantedText.Write(PlantedBug.Read(SourceTree.Root)));
        if (arguments is ["planted", ..]) return new PlantedRun(SourceTree.Root, Console.Out).Run(options.GetValueOrDefault("--option", "")) ? Ok : Failed;
        var trial = Trials.All.FirstOrDefault(one => arguments.Length > 0 && one.Name == arguments[0]);
        if (trial is null || options.Keys.Except(["--first", "--count", "--workers", "--option"]).Any()) return Usage();
        return Run(trial, Whole(options, "--first", 1), Whole(options, "--count", trial.Long), options).Failures.Count == 0 ? Ok : Failed;
    }

    private static int RunLong(Dictionary<string, string> options)
    {
        if (options.Keys.Except(["--hours", "--results", "--workers"]).Any()) return Usage();
        double? hours = options.TryGetValue("--hours", out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;
        return new LongRun(options.GetValueOrDefault("--results", "trial-results"), hours, Workers(options), (trial, first, count) => Run(trial, first, count, options)).Run() ? Ok : Failed;
    }

    private static TrialResult Run(Trial trial, long first, long count, Dictionary<string, string> options)
    {
        var (clock, told) = (Stopwatch.StartNew(), -1L);
        void Progress(long done)
        {
            var second = clock.ElapsedMilliseconds / 1_000;
            if (Interlocked.Exchange(ref told, second) != second)
                Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{trial.Name}: {done:N0} of {count:N0}, {done / Math.Max(0.001, clock.Elapsed.TotalSeconds):N1} a second "));
        }

        var result = trial.Run(new TrialRun(trial.Name, first, count, Workers(options), Progress, options.GetValueOrDefault("--option", "")));
        Console.Error.Write("\r");
        var rate = result.Cases / Math.Max(0.001, clock.Elapsed.TotalSeconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trial.Name}: {result.Cases:N0} cases from {first} in {clock.Elapsed.TotalSeconds:N0} s ({rate:N1} a second), {result.Failures.Count} broken promises"));
        foreach (var line in result.Summary) Console.WriteLine($"  {line}");
        foreach (var failure in result.Failures) Console.WriteLine($"BROKEN {failure}");
        return result;
    }

    private static int Workers(Dictionary<string, string> options) => (int)Whole(options, "--workers", Environment.ProcessorCount);

    private static long Whole(Dictionary<string, string> options, string name, long fallback) =>
        options.TryGetValue(name, out var text) ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : fallback;

    private static int Tell(string text)
    {
        Console.Write(text);
        return Ok;
    }

    private static int Usage()
    {
        Console.Error.WriteLine("usage: long [--hours H] [--results FOLDER] [--workers N], NAME [--first N] [--count N] [--workers N] [--option TEXT], planted [--option BUGS-OR-TRIALS], or planted --list");
        foreach (var trial in Trials.All) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {trial.Name}: {trial.What} ({trial.Quick:N0} quick, {trial.Long:N0} long)"));
        return WrongUse;
    }
}
