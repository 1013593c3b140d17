namespace Weerbaarheid.Relay.Trials.LongTier;

/// <summary>Some cases of a trial that were run in one go: a line in the results file.</summary>
/// <param name="Trial">Which.</param>
/// <param name="First">Number of the first case.</param>
/// <param name="Cases">How many were run.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="Failures">Each broken promise, with the command that replays it.</param>
/// <param name="Commit">What was tried.</param>
/// <param name="At">When it was done.</param>
/// <param name="Machine">Where.</param>
internal sealed record Chunk(string Trial, long First, long Cases, double Seconds, IReadOnlyList<string> Failures, string Commit, DateTimeOffset At, string Machine);
