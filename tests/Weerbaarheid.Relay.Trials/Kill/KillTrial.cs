using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>
/// The real program on a real disk with a real client, killed again and again. A case is a chain of lives on one store. The seed gives the
/// moments of the kills and what is handed in; what the machine makes of them differs from run to run.
/// </summary>
internal static class KillTrial
{
    /// <summary>Kills in a chain: enough for a store that has been through checkpoints, few enough to open it after each.</summary>
    public const int KillsInChain = 20;

    public static Trial Trial { get; } = new("kill", $"chains of {KillsInChain} SIGKILLs of the running program under load", 16, 1_000, Run);

    private static TrialResult Run(TrialRun run)
    {
        var tally = new Tally();
        return run.ForEach(number => Attempt(number, tally), tally.Lines);
    }

    private static string? Attempt(long number, Tally tally)
    {
        var folder = Directory.CreateTempSubdirectory("relay-kill-").FullName;
        var random = new SplitMix64((ulong)number);
        var wrong = (number % 4) switch
        {
            0 => PairChain.Run(number, folder, random, tally),
            2 => AloneChain.Run(number, "meldkamer", folder, random, tally),
            _ => AloneChain.Run(number, "noodsteunpunt", folder, random, tally),
        };
        if (wrong is not null) return $"{wrong}\n  stores, configurations and logs are kept in {folder}; the seed gives the same moments again, not the same interleaving";
        Directory.Delete(folder, recursive: true);
        return null;
    }
}
