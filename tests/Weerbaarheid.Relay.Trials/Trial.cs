namespace Weerbaarheid.Relay.Trials;

/// <summary>A way to look for broken promises that can go on for seconds or for a night: numbered cases, each made from a seed alone.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="What">One sentence for people.</param>
/// <param name="Quick">Cases in the quick tier, which is part of the tests.</param>
/// <param name="Long">Cases in the long tier, when the command line names no other count.</param>
/// <param name="Run">Runs the cases that it is given.</param>
internal sealed record Trial(string Name, string What, long Quick, long Long, Func<TrialRun, TrialResult> Run);

/// <summary>What a trial found.</summary>
/// <param name="Cases">Cases that were run.</param>
/// <param name="Failures">For each broken promise all that a person needs to understand it, the first ones.</param>
/// <param name="Summary">Lines with what was met on the way: how many of each outcome.</param>
internal sealed record TrialResult(long Cases, IReadOnlyList<string> Failures, IReadOnlyList<string> Summary);
