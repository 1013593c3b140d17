namespace Weerbaarheid.Relay.Outbox;

/// <summary>What an erasure did.</summary>
/// <param name="Outcome">Of the one record that was named; <see cref="ErasureOutcome.Erased"/> when none was.</param>
/// <param name="Erased">Records that are gone, and what was said later about them.</param>
/// <param name="Kept">Records that were meant and are still owed to somebody.</param>
/// <param name="Stores">Broken stores that are gone.</param>
/// <param name="StoresLeft">Broken stores that are still there; anything may be in them.</param>
/// <param name="Problem">Why it was not finished; null when it was.</param>
internal sealed record ErasureReport(ErasureOutcome Outcome, int Erased, int Kept, int Stores, int StoresLeft, string? Problem)
{
    /// <summary>How many of those that are gone were said later about the one record that was named.</summary>
    public int Words { get; init; }

    /// <summary>Released situation reports that are gone.</summary>
    public int Papers { get; init; }

    /// <summary>Released situation reports that are still there; they may hold words of any record.</summary>
    public int PapersLeft { get; init; }
}
