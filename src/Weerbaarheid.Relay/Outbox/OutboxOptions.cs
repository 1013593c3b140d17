using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>Limits of a store.</summary>
/// <param name="Retention">Records out of custody that are kept for the report; the oldest go first. At least 1.</param>
/// <param name="MaxBytes">Size at which the database file counts as full, in bytes; the write-ahead log (about 5 MiB at most) comes on top.</param>
/// <param name="Vfs">SQLite's name of what lies under the store, such as the disks of the simulation; null for the system's files. Only a store of the system's files is put aside when it is broken.</param>
internal sealed record OutboxOptions(int Retention = 200_000, long MaxBytes = 2L << 30, string? Vfs = null)
{
    /// <summary>Most rows that one commit deletes to come back under <see cref="Retention"/>, so that no commit stalls.</summary>
    public const int RemovedPerCommit = 256;

    /// <summary>Delivered records that are read out of a broken store, the newest; all that is owed to somebody comes on top.</summary>
    public const int Salvaged = 50_000;

    /// <summary>Records out of custody that are kept while the disk or the store is full, the newest: more than the report shows.</summary>
    public const int KeptWhenTight = 1_000;

    /// <summary>Bytes that are held to be given away when the disk is full, and left out of the limit until it is reached; 0 for none.</summary>
    public long Ballast { get; init; }

    /// <summary>Days that records out of custody are kept at most, in node time; null for as many as <see cref="Retention"/> and the disk allow.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>The size that counts as full as long as lower priorities are taken in.</summary>
    public long NormalBytes => MaxBytes - Math.Min(Ballast, MaxBytes / 8);

    /// <summary>Where the lives of this node's counters are kept; null where no numbers are sealed under keys that outlive the store.</summary>
    public LifeFiles? Lives { get; init; }

    /// <summary>How the log is looked at before SQLite opens it; null for not at all.</summary>
    public StoreBytes? Bytes { get; init; } = Vfs is null ? StoreBytes.OfSystem : null;

    /// <summary>Tells people when a store was put aside; nothing is decided by it.</summary>
    public TimeProvider? Clock { get; init; }

    public static OutboxOptions Default { get; } = new();
}
