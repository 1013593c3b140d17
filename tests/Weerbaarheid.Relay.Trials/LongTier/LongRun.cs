using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Weerbaarheid.Relay.Trials.LongTier;

/// <summary>
/// Every trial with the count of the long tier, in goes of about a minute in turns, until all is done, the hours are over or somebody stops it
/// (SIGINT or SIGTERM; then the go that is under way is finished first). Another start goes on where this one stopped.
/// </summary>
/// <param name="folder">Where the results are kept.</param>
/// <param name="hours">Null for as long as it takes.</param>
/// <param name="workers">Threads.</param>
/// <param name="run">Runs cases of a trial: from which, and how many.</param>
internal sealed class LongRun(string folder, double? hours, int workers, Func<Trial, long, long, TrialResult> run)
{
    /// <summary>As the build noted it, and whether the tree was as committed when the run began: a result of anything else cannot be had again.</summary>
    private static readonly string Commit = SourceState.Describe(
        typeof(LongRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion, SourceState.Changes(AppContext.BaseDirectory));

    private readonly ResultsFile _file = new(folder);
    private volatile bool _isStopped;

    /// <returns>Whether every promise was kept, in earlier starts too.</returns>
    public bool Run()
    {
        Directory.CreateDirectory(folder);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var (clock, chunks) = (Stopwatch.StartNew(), _file.Read().ToList());
        var all = Trials.All.Select(trial => Progress.Of(trial, chunks)).ToList();
        while (!_isStopped && !(clock.Elapsed.TotalHours >= hours) && Progress.Choose(all) is { } next)
        {
            if (Go(next) is not { } chunk) break;
            _file.Add(chunk);
            chunks.Add(chunk);
            all[all.IndexOf(next)] = next.With(chunk);
            Tell(all, chunks);
        }

        Console.WriteLine(Tell(all, chunks));
        return all.TrueForAll(one => one.Failures.Count == 0);
    }

    /// <returns>
    /// Null when it does not count: a program that a trial started hears the keyboard's SIGINT too, and what that broke proves nothing. These
    /// cases are run again by the next start.
    /// </returns>
    private Chunk? Go(Progress next)
    {
        var clock = Stopwatch.StartNew();
        var result = run(next.Trial, next.Next, next.Go(workers));
        if (_isStopped && result.Failures.Count > 0) return null;
        return new Chunk(next.Trial.Name, next.Next, result.Cases, clock.Elapsed.TotalSeconds, result.Failures, Commit, DateTimeOffset.UtcNow, Machine());
    }

    private string Tell(List<Progress> all, List<Chunk> chunks)
    {
        var (text, path) = (Summary.Write(all, chunks), Path.Combine(folder, "summary.md"));
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
        return text;
    }

    /// <summary>A second time ends at once.</summary>
    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = !_isStopped;
        _isStopped = true;
        Console.Error.WriteLine("\nStops after the cases that are under way; once more to stop at once.");
    }

    private static string Machine()
    {
        var model = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal) || line.StartsWith("Model", StringComparison.Ordinal)) : null;
        return string.Create(CultureInfo.InvariantCulture, $"{model?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()} × {Environment.ProcessorCount}");
    }
}
