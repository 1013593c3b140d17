using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Trials.Windows;

/// <summary>The set of numbers that is dedup, replay protection and gap knowledge in one, against a plain set.</summary>
internal static class WindowTrial
{
    private const int Steps = 200;
    private const ulong Reach = 300;

    public static Trial Trial { get; } = new("windows", "replay windows against a plain set of numbers", 2_000, 1_000_000, run => run.ForEach(Attempt));

    private static string? Attempt(long number)
    {
        var random = new SplitMix64((ulong)number);
        var (ranges, plain) = (new SequenceRanges(), new HashSet<ulong>());
        for (var step = 0; step < Steps; step++)
        {
            var sequence = 1 + (random.Next() % Reach);
            if (random.Next() % 40 == 0)
            {
                ranges.AddUpTo(sequence);
                for (var one = 1UL; one <= sequence; one++) plain.Add(one);
            }
            else if (ranges.Add(sequence) != plain.Add(sequence)) return $"step {step}: adding {sequence} said otherwise than a plain set";
            if (random.Next() % 20 == 0) ranges = SequenceRanges.FromBytes(ranges.ToBytes());
            if (ranges.Size != (ulong)plain.Count) return $"step {step}: {ranges.Size} numbers instead of {plain.Count}";
        }

        for (var sequence = 1UL; sequence <= Reach; sequence++)
            if (ranges.Contains(sequence) != plain.Contains(sequence)) return $"number {sequence} is {(plain.Contains(sequence) ? "missing" : "too many")}";
        return null;
    }
}
