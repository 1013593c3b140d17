using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// An open database file: one connection, exclusively ours, under the settings of <see cref="Pragma"/>. Nothing else in
/// this process may open and close the file: POSIX gives up a lock when any descriptor of the process is closed.
/// </summary>
internal sealed class StoreFile : IDisposable
{
    /// <summary>The first SQLite without the WAL-reset corruption that 3.7.0 to 3.51.2 have.</summary>
    public const int OldestLibrary = 3_051_003;

    private const int PageSize = 1024;

    private readonly List<Statement> _prepared = [];

    private StoreFile(string path, SqliteConnection connection)
    {
        Path = path;
        Connection = connection;
    }

    public string Path { get; }

    public SqliteConnection Connection { get; }

    /// <summary>Bytes on disk: the database and its write-ahead log.</summary>
    public static long Bytes(string path) => Length(path) + Length(path + "-wal");

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="OutboxException">A start-up error: the sentence names the file, the cause and the remedy.</exception>
    public static StoreFile Open(string path, long maxBytes)
    {
        Batteries_V2.Init();
        RequireLibrary(raw.sqlite3_libversion_number());
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            // Only a file without pages takes the page size. Exclusive before the first read, and no setting that
            // writes before it is known whose file it is.
            Pragma.Execute(connection, $"PRAGMA page_size={PageSize}; PRAGMA locking_mode=EXCLUSIVE;");
            var schema = Schema.Identify(connection, path);
            Pragma.Apply(connection, path);
            Schema.Upgrade(connection, schema);
            var pages = maxBytes / long.Parse(Pragma.Read(connection, "page_size"), CultureInfo.InvariantCulture);
            Pragma.Execute(connection, $"PRAGMA max_page_count={pages};");
            return new StoreFile(path, connection);
        }
        catch (Exception e) when (e is SqliteException or OutboxException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw e as OutboxException ?? Translate(path, "be opened", e);
        }
    }

    /// <summary>Refuses an SQLite that can damage a store by itself.</summary>
    /// <param name="version">As <c>sqlite3_libversion_number</c> gives it: 3051003 is 3.51.3.</param>
    public static void RequireLibrary(int version)
    {
        if (version >= OldestLibrary) return;
        var (found, needed) = (Readable(version), Readable(OldestLibrary));
        throw new OutboxException(
            $"SQLite {found} can damage a store when its log is reset; {needed} or newer is needed. Use the library that comes with this program (e_sqlite3), not the system's.",
            null, OutboxFailure.Unsupported);
    }

    /// <summary>Says what a failure means for people, and what to do about it.</summary>
    public static OutboxException Translate(string path, string action, Exception cause)
    {
        var (failure, meaning) = (cause as SqliteException)?.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => (OutboxFailure.Full, "there is no room; free space on the disk or raise the limit"),
            raw.SQLITE_READONLY => (OutboxFailure.ReadOnly, "it is read-only; check the mount and the owner of the folder"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (OutboxFailure.InUse, "another node uses this data folder; stop it or choose another folder"),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => (OutboxFailure.Damaged, "it is damaged or not a database; move it away, with its -wal, to start anew"),
            _ => (OutboxFailure.Failed, "the disk or the folder gave an error"),
        };
        return new OutboxException($"The store {path} cannot {action}: {meaning} ({cause.Message})", cause, failure);
    }

    /// <summary>
    /// Copies the log into the database, syncs both and empties the log. After this nothing in the log rests on a sync
    /// that may have failed in an earlier life: the pages were written anew.
    /// </summary>
    public void Checkpoint()
    {
        using var statement = new Statement(Connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        statement.Run();
    }

    /// <summary>Prepares a statement that lives until <see cref="Release"/> or the end.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(Connection, sql);
        _prepared.Add(statement);
        return statement;
    }

    /// <summary>Ends the prepared statements: one that is left keeps the connection, and with it the lock, alive.</summary>
    public void Release()
    {
        foreach (var statement in _prepared) statement.Dispose();
        _prepared.Clear();
    }

    /// <summary>Closes without touching the disk: after a failed write, only a fresh open may decide what is true.</summary>
    public void Abandon()
    {
        raw.sqlite3_db_config(Connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        Dispose();
    }

    public void Dispose()
    {
        Release();
        Connection.Dispose();
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static string Readable(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1000 % 1000}.{version % 1000}");
}
