namespace Weerbaarheid.Relay.Outbox;

/// <summary>Whole files of a store, read and written beside SQLite while it has none of them open.</summary>
/// <param name="Read">The bytes of a file; null when there is none.</param>
/// <param name="Write">Writes a file over, byte for byte in its place, and syncs it. Its length stays.</param>
internal sealed record StoreBytes(Func<string, byte[]?> Read, Action<string, byte[]> Write)
{
    /// <summary>The system's files.</summary>
    public static StoreBytes OfSystem { get; } = new(
        path => File.Exists(path) ? File.ReadAllBytes(path) : null,
        (path, bytes) =>
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        });
}
