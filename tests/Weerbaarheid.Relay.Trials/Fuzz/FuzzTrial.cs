using System.Collections.Concurrent;
using System.Diagnostics;
using Weerbaarheid.Relay.Wire.Tests;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>Nearly valid bytes for every decoder. A case is one input; its number makes it, and which target gets it unless one is named (<c>--option</c>).</summary>
internal static class FuzzTrial
{
    private const int MostTries = 4_000;

    private static readonly IReadOnlyList<FuzzTarget> Slots = [.. FuzzTargets.All.SelectMany(target => Enumerable.Repeat(target, target.Share))];

    public static Trial Trial { get; } = new("fuzz", "nearly valid bytes for every decoder", 2_100_000, 500_000_000, Run);

    private static TrialResult Run(TrialRun run)
    {
        var only = run.Option.Length == 0 ? null : FuzzTargets.All.FirstOrDefault(one => one.Name == run.Option);
        if (only is null && run.Option.Length > 0) return new TrialResult(0, [$"There is no target '{run.Option}'; there are {string.Join(", ", FuzzTargets.All.Select(one => one.Name))}."], []);
        var books = new ConcurrentDictionary<string, FuzzBook>(FuzzTargets.All.Select(one => KeyValuePair.Create(one.Name, new FuzzBook())));
        using var watch = new FuzzWatch();
        return run.ForEach(
            number =>
            {
                var target = only ?? Slots[(int)(Spread((ulong)number) % (ulong)Slots.Count)];
                return Attempt(target, number, books[target.Name], watch);
            },
            () => [.. FuzzTargets.All.Where(one => books[one.Name].Inputs > 0).Select(one => $"{one.Name,-10} {books[one.Name]}")]);
    }

    private static string? Attempt(FuzzTarget target, long number, FuzzBook book, FuzzWatch watch)
    {
        var input = Mutator.Make(target, (ulong)number);
        watch.Begin(target, number, input);
        var (begun, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            var accepted = target.Take(input);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            book.Note(accepted, Stopwatch.GetElapsedTime(begun), allocated);
            return allocated <= target.MostAllocated ? null : $"{target.Name} allocated {allocated:N0} bytes for {input.Length} bytes of input: {Convert.ToHexString(input)}";
        }
        catch (Exception e)
        {
            return $"{target.Name}: {e}\n  input {Convert.ToHexString(input)}\n  small {Convert.ToHexString(Shrink(target, input, e))}";
        }
        finally
        {
            watch.End();
        }
    }

    /// <summary>Takes pieces out, ever smaller ones, while the same exception still comes.</summary>
    private static byte[] Shrink(FuzzTarget target, byte[] input, Exception problem)
    {
        var tries = 0;
        for (var piece = Math.Max(1, input.Length / 2); piece > 0 && tries < MostTries; piece /= 2)
        {
            for (var at = 0; at + piece <= input.Length && tries++ < MostTries;)
            {
                byte[] smaller = [.. input[..at], .. input[(at + piece)..]];
                if (Fails(target, smaller, problem)) input = smaller;
                else at += piece;
            }
        }

        return input;
    }

    private static bool Fails(FuzzTarget target, byte[] input, Exception problem)
    {
        try
        {
            target.Take(input);
            return false;
        }
        catch (Exception e)
        {
            return e.GetType() == problem.GetType() && e.Message == problem.Message;
        }
    }

    private static ulong Spread(ulong number) => (number * 0x9E3779B97F4A7C15) >> 20;
}
