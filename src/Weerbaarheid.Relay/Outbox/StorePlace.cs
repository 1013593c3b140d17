using System.Text;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// Whether the files at a store's path are the ones that are open. A file that is deleted or moved while it is open goes on taking all that is
/// written and synced, and is gone with the process: what was acknowledged would be gone with it.
/// </summary>
internal sealed class StorePlace
{
    private readonly string _path;
    private readonly FileIdentity? _database;
    private readonly FileIdentity? _log;

    /// <param name="connection">Open, with its log. SQLite says where a link leads: the log lies beside the file and not beside the link.</param>
    public StorePlace(SqliteConnection connection)
    {
        _path = connection.DataSource;
        (_database, _log) = (OddFile.IdentityOf(_path), OddFile.IdentityOf(_path + "-wal"));
    }

    /// <summary>Whether nobody took them away. Where the system does not tell files apart, nobody is taken to have.</summary>
    public bool IsKept => IsAt(_path, _database) && IsAt(_path + "-wal", _log);

    /// <summary>
    /// Writes all that the connection holds to the path, whole or not at all. What lies there and is not ours is put aside first: a log of another
    /// file would be read into the new one. The connection must be abandoned after it.
    /// </summary>
    /// <exception cref="IOException">The folder does not take it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="SqliteException">What is open cannot be read, or there is no room.</exception>
    public void WriteBack(SqliteConnection connection)
    {
        var folder = Path.GetDirectoryName(_path)!;
        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        var next = _path + ".new";
        OddFile.Clear(next);
        StoreFile.KeepToOwner(next);
        using (var copy = new Statement(connection, "VACUUM INTO ?1"))
        {
            copy.BindText(1, Encoding.UTF8.GetBytes(next));
            copy.Run();
        }

        using (var file = new FileStream(next, FileMode.Open, FileAccess.ReadWrite)) file.Flush(flushToDisk: true);
        foreach (var part in Breakage.PartsOf(_path)) MakeWay(part);
        File.Move(next, _path, overwrite: true);
        FolderSync.Sync(folder);
        if (isNew && Path.GetDirectoryName(folder) is { } parent) FolderSync.Sync(parent);
    }

    private static bool IsAt(string path, FileIdentity? known) => known is null || OddFile.IdentityOf(path) == known;

    /// <summary>A part of the store that is still in its place is in the copy; anything else is somebody's.</summary>
    private void MakeWay(string part)
    {
        if (!OddFile.IsThere(part)) return;
        var found = OddFile.IdentityOf(part);
        if (part == _path && found == _database) return;
        if (found == _log) File.Delete(part);
        else OddFile.PutAside(part);
    }
}
