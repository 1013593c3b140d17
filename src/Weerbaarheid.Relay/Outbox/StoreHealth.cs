namespace Weerbaarheid.Relay.Outbox;

/// <summary>How a store is doing, for people.</summary>
/// <param name="Bytes">Bytes on disk: the database and its log.</param>
/// <param name="Ballast">Bytes kept to give away when the disk is full.</param>
/// <param name="Damaged">Rows that the last load found damaged, and lives that it began.</param>
/// <param name="IsTight">The disk or the store is full: only priority 1 is taken in.</param>
/// <param name="Problem">Why nothing can be written now; null when it can.</param>
/// <param name="Loss">The store that was put aside last; null when there was none.</param>
internal sealed record StoreHealth(long Bytes, long Ballast, int Damaged, bool IsTight, string? Problem, StoreLoss? Loss);
