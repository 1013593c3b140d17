using System.Collections.Concurrent;
using System.Globalization;

namespace Weerbaarheid.Relay.Trials;

/// <summary>Which cases of a trial to run, on how many threads, and where to tell how far it is.</summary>
/// <param name="trial">Its name, for the line that replays a failure.</param>
/// <param name="first">Number of the first case.</param>
/// <param name="count">How many.</param>
/// <param name="workers">Threads.</param>
/// <param name="progress">Told after every case how many are done; null for silence.</param>
/// <param name="option">What else the command line named, such as a target; empty for all.</param>
internal sealed class TrialRun(string trial, long first, long count, int workers, Action<long>? progress, string option = "")
{
    /// <summary>Failures that are kept; after so many a trial stops.</summary>
    public const int MaxFailures = 20;

    /// <summary>How a case is told that ended in an exception: nobody looked for it, so it does not show that the trial can see.</summary>
    public const string Threw = "it threw ";

    private long _done;

    public long First { get; } = first;

    public long Count { get; } = count;

    public int Workers { get; } = workers;

    public string Option { get; } = option;

    /// <summary>The command that runs one case alone.</summary>
    public string Replay(long number) => string.Create(CultureInfo.InvariantCulture,
        $"dotnet run -c Release --project tests/Weerbaarheid.Relay.Trials -- {trial} {(Option.Length > 0 ? $"--option {Option} " : "")}--first {number} --count 1");

    /// <summary>Runs every case, each on some worker, until there are too many failures.</summary>
    /// <param name="attempt">Runs the case with this number; null when every promise was kept, else what was broken, in words.</param>
    /// <param name="summary">Made when all are done.</param>
    public TrialResult ForEach(Func<long, string?> attempt, Func<IReadOnlyList<string>>? summary = null)
    {
        var failures = new ConcurrentQueue<string>();
        var next = First - 1;
        void Work()
        {
            while (failures.Count < MaxFailures)
            {
                var number = Interlocked.Increment(ref next);
                if (number >= First + Count) return;
                if (Attempt(attempt, number) is { } broken) failures.Enqueue($"case {number}: {broken}\n  replay: {Replay(number)}");
                var done = Interlocked.Increment(ref _done);
                progress?.Invoke(done);
            }
        }

        var threads = Enumerable.Range(0, Workers).Select(_ => new Thread(Work, 16 * 1024 * 1024)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return new TrialResult(Interlocked.Read(ref _done), [.. failures], summary?.Invoke() ?? []);
    }

    // An exception is a defect that the case found, and must not end the others.
    private static string? Attempt(Func<long, string?> attempt, long number)
    {
        try
        {
            return attempt(number);
        }
        catch (Exception e)
        {
            return Threw + e;
        }
    }
}
