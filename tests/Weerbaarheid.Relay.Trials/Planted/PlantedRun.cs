using System.Diagnostics;
using System.Globalization;

namespace Weerbaarheid.Relay.Trials.Planted;

/// <summary>Plants each bug in a copy of the repository, builds it, and sees whether its tests or trial notice it.</summary>
internal sealed class PlantedRun(string root, TextWriter output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs them.</summary>
    /// <param name="only">Names of those to plant, or of trials whose bugs to plant, with commas between; empty for all.</param>
    /// <returns>Whether every one was caught.</returns>
    public bool Run(string only)
    {
        var wanted = only.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var bugs = PlantedBug.Read(root).Where(bug => wanted.Length == 0 || wanted.Contains(bug.Name) || wanted.Contains(bug.TrialName)).ToList();
        var copy = Directory.CreateTempSubdirectory("relay-planted-").FullName;
        try
        {
            Copy(copy);
            // Who fails without a bug would seem to catch every one; who runs nothing would miss every one.
            var unfit = bugs.DistinctBy(bug => (bug.Project, bug.Catcher)).Count(catcher => !IsFit(copy, catcher));
            var missed = unfit > 0 ? bugs.Count : bugs.Count(bug => !Plant(copy, bug));
            return Say(missed == 0 && bugs.Count > 0, string.Create(CultureInfo.InvariantCulture, $"{bugs.Count - missed} of {bugs.Count} planted bugs were caught"));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private bool IsFit(string copy, PlantedBug catcher)
    {
        var verdict = Build(copy, catcher) ?? Judge(copy, catcher);
        return verdict.Fate == Fate.Missed || Say(false, $"without any bug: {verdict.Fate}: {catcher.Catcher}: {verdict.What}");
    }

    private bool Plant(string copy, PlantedBug bug)
    {
        var clock = Stopwatch.StartNew();
        var (fate, what) = Try(copy, bug);
        return Say(fate == Fate.Caught, string.Create(CultureInfo.InvariantCulture, $"{fate}: {bug.Name} ({clock.Elapsed.TotalSeconds:N0} s) by {bug.Catcher}: {bug.Mistake}\n    {what}"));
    }

    private static Verdict Try(string copy, PlantedBug bug)
    {
        if (bug.Occurrences(copy) is not 1 and var times) return new Verdict(Fate.NotFound, string.Create(CultureInfo.InvariantCulture, $"{times} times in {bug.File}"));
        var path = Path.Combine(copy, bug.File);
        var before = File.ReadAllText(path);
        File.WriteAllText(path, before.Replace(bug.Find, bug.Replace, StringComparison.Ordinal));
        try
        {
            return Build(copy, bug) ?? Judge(copy, bug);
        }
        finally
        {
            File.WriteAllText(path, before);
        }
    }

    private void Copy(string copy)
    {
        foreach (var name in Execute(root, "git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).Output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!File.Exists(Path.Combine(root, name))) continue;
            var target = Path.Combine(copy, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(root, name), target);
        }
    }

    /// <returns>Null when it built. A planted bug may leave something unused, so warnings do not count.</returns>
    private static Verdict? Build(string copy, PlantedBug bug)
    {
        var (code, text) = Execute(copy, "dotnet", ["build", bug.Project, "-c", "Release", "-v", "q", "-nodeReuse:false", "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false"]);
        return code == 0 ? null : new Verdict(Fate.NotBuilt, text);
    }

    private static Verdict Judge(string copy, PlantedBug bug)
    {
        if (bug.Filter is { } filter)
        {
            var (code, text) = Execute(copy, "dotnet", ["test", bug.Project, "-c", "Release", "--no-build", "--filter", filter]);
            return Verdict.OfTests(code, text);
        }

        var trial = Execute(copy, "dotnet", ["run", "--no-build", "-c", "Release", "--project", bug.Project, "--", .. bug.Trial!.Split(' ')]);
        return Verdict.OfTrial(trial.Code, trial.Output, bug.Promise);
    }

    /// <returns>The exit code, null when it came to no end, and all that it wrote.</returns>
    private static (int? Code, string Output) Execute(string folder, string program, string[] arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        process.StartInfo.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        process.StartInfo.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        process.Start();
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEndAsync();
        var ended = process.WaitForExit(Patience);
        if (!ended) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (ended ? process.ExitCode : null, error.Result + text.Result);
    }

    private bool Say(bool good, string line)
    {
        output.WriteLine(line);
        return good;
    }
}
