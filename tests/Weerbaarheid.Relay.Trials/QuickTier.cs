using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace Weerbaarheid.Relay.Trials;

/// <summary>The quick tier of every trial, one after the other, at the lowest priority: other tests that run meanwhile keep their pace.</summary>
public sealed class QuickTier(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Trials.All.Select(trial => trial.Name)];

#pragma warning disable CA2255 // The test host has no other place that runs before the first test.
    [ModuleInitializer]
    internal static void StepBack() => Process.GetCurrentProcess().PriorityClass = ProcessPriorityClass.Idle;
#pragma warning restore CA2255

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Keeps_every_promise(string name)
    {
        var trial = Trials.All.Single(one => one.Name == name);
        var clock = Stopwatch.StartNew();
        var result = trial.Run(new TrialRun(trial.Name, 1, trial.Quick, Environment.ProcessorCount, null));
        output.WriteLine($"{result.Cases} cases in {clock.Elapsed.TotalSeconds:N1} s");
        foreach (var line in result.Summary) output.WriteLine(line);
        Assert.True(result.Failures.Count == 0, string.Join("\n\n", result.Failures));
        Assert.True(result.Cases >= trial.Quick, $"only {result.Cases} of {trial.Quick} cases were run");
    }
}
