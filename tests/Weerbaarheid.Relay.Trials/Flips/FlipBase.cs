using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation.Disk;
using Weerbaarheid.Relay.Tests.Outbox;
using Weerbaarheid.Relay.Trials.Crash;

namespace Weerbaarheid.Relay.Trials.Flips;

/// <summary>The files of a whole store, in which bits will flip.</summary>
/// <param name="Name">For people.</param>
/// <param name="Files">What each file holds.</param>
/// <param name="Commits">How many commits they hold.</param>
/// <param name="LastCommitAt">Where in the log the last commit begins; a log that ends in the middle of it is what a power cut leaves.</param>
internal sealed record FlipBase(string Name, IReadOnlyList<(string Name, byte[] Content)> Files, int Commits, int LastCommitAt)
{
    private const string Log = Recorder.Database + "-wal";

    /// <summary>A store that was stopped, one in the middle of its work, and one that has only a log.</summary>
    public static IReadOnlyList<FlipBase> All { get; } =
    [
        Make("stopped", 120, checkpoint: 60, dispose: true),
        Make("at work", 140, checkpoint: 100, dispose: false),
        Make("log only", 60, checkpoint: 0, dispose: false),
    ];

    /// <summary>The same store, all of it.</summary>
    public Snapshot Expected(IReadOnlyList<Snapshot> after) => after[Commits];

    private static FlipBase Make(string name, int commits, int checkpoint, bool dispose)
    {
        using var disk = new SimulatedDisk(1);
        using var outbox = SqliteOutbox.Open(disk.PathOf(Recorder.Database), Sample.Site, StoreScript.Options with { Vfs = SimulatedDisk.Vfs });
        outbox.Load(StoreScript.DeliveredLimit);
        var lastCommitAt = 0;
        for (var commit = 1; commit <= commits; commit++)
        {
            lastCommitAt = disk.Read(Log)?.Length ?? 0;
            outbox.Commit(StoreScript.Batch(commit), StoreScript.At(commit));
            if (commit == checkpoint) outbox.Checkpoint();
        }

        if (dispose) outbox.Dispose();
        return new FlipBase(name, [.. disk.Names.Select(file => (file, disk.Read(file)!))], commits, lastCommitAt);
    }
}
