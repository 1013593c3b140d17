namespace Weerbaarheid.Relay.Trials;

/// <summary>All trials there are. Each has a folder of its own; the quick tier of each is one test.</summary>
internal static class Trials
{
    public static IReadOnlyList<Trial> All { get; } =
    [
        Simulation.SeedTrial.Trial,
        Windows.WindowTrial.Trial,
        Crash.CrashTrial.Trial,
        Crash.LyingTrial.Trial,
        Kill.KillTrial.Trial,
        Fuzz.FuzzTrial.Trial,
        Epochs.EpochTrial.Trial,
        Flips.FlipTrial.Trial,
        Flips.KeyFlipTrial.Trial,
    ];
}
