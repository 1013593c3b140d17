namespace Weerbaarheid.Relay.Outbox;

/// <summary>Limits of a store.</summary>
/// <param name="Retention">Records out of custody that are kept for the report; the oldest go first. At least 1.</param>
/// <param name="MaxBytes">Size at which the database file counts as full, in bytes; the write-ahead log (about 5 MiB at most) comes on top.</param>
internal sealed record OutboxOptions(int Retention = 200_000, long MaxBytes = 2L << 30)
{
    /// <summary>Most rows that one commit deletes to come back under <see cref="Retention"/>, so that no commit stalls.</summary>
    public const int RemovedPerCommit = 256;

    public static OutboxOptions Default { get; } = new();
}
