using System.Diagnostics;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>
/// Two ways to do a thing, measured in turns within one process: what else the machine does meanwhile falls on both alike, so
/// that their ratio holds where the two figures do not.
/// </summary>
/// <param name="First">Nanoseconds for once, the median.</param>
/// <param name="Second">The same of the other.</param>
/// <param name="Ratio">How many times as long the second takes as the first: the median of the rounds.</param>
internal sealed record Pair(double First, double Second, double Ratio)
{
    private const int Rounds = 301;
    private static readonly TimeSpan Turn = TimeSpan.FromMicroseconds(500);

    /// <summary>Long enough for the compiler to have done what it will do.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(1000);

    /// <summary>Measures; takes about two seconds.</summary>
    /// <param name="first">Does it as often as it is told.</param>
    /// <param name="second">The same of the other.</param>
    public static Pair Measure(Action<int> first, Action<int> second)
    {
        var (firsts, seconds) = (Count(first), Count(second));
        var rounds = new (double First, double Second)[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            // Who goes first changes, so that neither always finds the caches as the other left them.
            var early = i % 2 == 0 ? Once(first, firsts) : 0;
            var late = Once(second, seconds);
            rounds[i] = (i % 2 == 0 ? early : Once(first, firsts), late);
        }

        return new Pair(Median(rounds.Select(round => round.First)), Median(rounds.Select(round => round.Second)), Median(rounds.Select(round => round.Second / round.First)));
    }

    /// <summary>Warms up, and finds how often it is done in one turn.</summary>
    private static int Count(Action<int> action)
    {
        var start = Stopwatch.GetTimestamp();
        for (var count = 64; ;)
        {
            var once = Once(action, count);
            count = Math.Max(1, (int)(Turn.TotalNanoseconds / once));
            if (Stopwatch.GetElapsedTime(start) > WarmUp) return count;
        }
    }

    private static double Once(Action<int> action, int count)
    {
        var start = Stopwatch.GetTimestamp();
        action(count);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
