using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>When a node is killed.</summary>
/// <param name="FromStart">Counted from its start, so that start-up and recovery are hit; else from its first CONNACK.</param>
/// <param name="After">How long after that.</param>
internal readonly record struct KillMoment(bool FromStart, TimeSpan After)
{
    /// <summary>About what a start takes.</summary>
    private const double StartMilliseconds = 300;

    public static KillMoment Next(ref SplitMix64 random, double mostMilliseconds)
    {
        var fromStart = random.Next() % 3 == 0;
        return new KillMoment(fromStart, TimeSpan.FromMilliseconds(random.NextDouble() * (fromStart ? StartMilliseconds : mostMilliseconds)));
    }
}
