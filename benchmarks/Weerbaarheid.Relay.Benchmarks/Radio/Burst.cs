using System.Diagnostics;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Benchmarks.Radio;

/// <summary>Meldingen handed in, until the last is acknowledged or patience is over.</summary>
/// <param name="Acknowledged">How many were.</param>
/// <param name="GivenUp">How many the noodsteunpunt called failed.</param>
/// <param name="Took">From handing in the first.</param>
/// <param name="Cost">In bytes or seconds, as the rig counts; of everything that was said meanwhile.</param>
internal sealed record Burst(int Acknowledged, int GivenUp, TimeSpan Took, double Cost)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The cost of each.</summary>
    internal double Each => Cost / Acknowledged;

    /// <summary>Each when the one before it is acknowledged.</summary>
    internal static Task<Burst> OneByOneAsync(NodePair pair, IReadOnlyList<string> texts, Func<double> cost) => MeasureAsync(pair, cost, async before =>
    {
        for (var i = 0; i < texts.Count; i++)
        {
            await pair.HandInAsync(texts[i]);
            if (!await pair.ReceivedAsync(before + i + 1, Patience)) break;
        }
    });

    internal static Task<Burst> AtOnceAsync(NodePair pair, IReadOnlyList<string> texts, Func<double> cost) => MeasureAsync(pair, cost, async before =>
    {
        await pair.HandInAsync(texts);
        await pair.ReceivedAsync(before + texts.Count, Patience);
    });

    private static async Task<Burst> MeasureAsync(NodePair pair, Func<double> cost, Func<int, Task> handInAsync)
    {
        var (before, givenUp, costBefore, began) = (pair.Received, pair.GivenUp, cost(), Stopwatch.GetTimestamp());
        await handInAsync(before);
        return new Burst(pair.Received - before, pair.GivenUp - givenUp, Stopwatch.GetElapsedTime(began), cost() - costBefore);
    }
}
