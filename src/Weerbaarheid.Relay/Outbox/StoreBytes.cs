using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>Files of a store, read and written beside SQLite while it has none of them open.</summary>
/// <param name="Read">The bytes of a file, the first <see cref="Most"/>; null when there is none.</param>
/// <param name="Write">Writes over the begin of a file, byte for byte in its place, and syncs it. Its length stays.</param>
internal sealed record StoreBytes(Func<string, byte[]?> Read, Action<string, byte[]> Write)
{
    /// <summary>
    /// Bytes that are read of a file. A log is cut back to <see cref="Pragma.LogLimit"/>, and one transaction comes on top: the largest pours what was
    /// saved of a broken store into a new one, and here is room for a quarter of a million records of it. What makes a log longer than that
    /// is most likely no log, and reading it would take longer than a start may.
    /// </summary>
    public const int Most = 64 << 20;

    /// <summary>The system's files.</summary>
    public static StoreBytes OfSystem { get; } = new(
        path => File.Exists(path) ? SmallFile.Begin(path, Most) : null,
        (path, bytes) =>
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        });
}
