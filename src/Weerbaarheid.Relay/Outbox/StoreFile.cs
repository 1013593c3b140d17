using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Lives;
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

    /// <summary>Bytes in a page of a store that was made here.</summary>
    public const int PageSize = 1024;

    /// <summary>ENOSPC and EDQUOT: the runtime gives the system's number where it has no word of its own.</summary>
    private const int NoSpace = 28, OverQuota = 122;

    private readonly List<Statement> _prepared = [];
    private LogDamage? _logDamage;

    private StoreFile(string path, SqliteConnection connection)
    {
        Path = path;
        Connection = connection;
    }

    public string Path { get; }

    public SqliteConnection Connection { get; }

    /// <summary>Where its files should be; null for files that are not the system's.</summary>
    public StorePlace? Place { get; private init; }

    /// <summary>Bytes on disk: the database and its write-ahead log.</summary>
    public static long Bytes(string path) => Length(path) + Length(path + "-wal");

    /// <summary>Bytes of the log beside a database.</summary>
    public static long LogBytes(string path) => Length(path + "-wal");

    /// <summary>Whether there is a log of at least so many bytes beside a database.</summary>
    public static bool HasLog(string path, long least) => LogBytes(path) >= least && LogRepair.IsLog(path + "-wal", PageSize);

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="OutboxException">A start-up error: the sentence names the file, the cause and the remedy.</exception>
    public static StoreFile Open(string path, long maxBytes, string? vfs = null, StoreBytes? bytes = null)
    {
        Batteries_V2.Init();
        RequireLibrary(raw.sqlite3_libversion_number());
        SqliteConnection? connection = null;
        try
        {
            if (vfs is null)
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
                RequireFiles(path);
                KeepToOwner(path);
            }

            var damage = HealLog(path + "-wal", bytes);
            var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
            if (vfs is not null) settings.Vfs = vfs;
            connection = new SqliteConnection(settings.ToString());
            connection.Open();
            // Only a file without pages takes the page size. Exclusive before the first read, and no setting that
            // writes before it is known whose file it is.
            Pragma.Execute(connection, $"PRAGMA page_size={PageSize}; PRAGMA locking_mode=EXCLUSIVE;");
            var schema = Schema.Identify(connection, path);
            Pragma.Apply(connection, path);
            Schema.Upgrade(connection, schema);
            var file = new StoreFile(path, connection) { _logDamage = damage, Place = vfs is null ? new StorePlace(connection) : null };
            file.Limit(maxBytes);
            return file;
        }
        catch (Exception e) when (e is SqliteException or OutboxException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw e as OutboxException ?? Translate(path, "be opened", e);
        }
    }

    /// <summary>What was wrong with the log when it was opened, once.</summary>
    public LogDamage? TakeLogDamage()
    {
        var damage = _logDamage;
        _logDamage = null;
        return damage;
    }

    /// <summary>Sets the size at which the database counts as full.</summary>
    public void Limit(long maxBytes) =>
        Pragma.Execute(Connection, $"PRAGMA max_page_count={maxBytes / Number("page_size")};");

    /// <summary>Bytes that still fit under a limit, in pages that are free and in those that may be added.</summary>
    public long RoomUnder(long maxBytes) => maxBytes - ((Number("page_count") - Number("freelist_count")) * Number("page_size"));

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

    /// <summary>Messages and keys are for this account alone. SQLite gives its log the mode of the database.</summary>
    public static void KeepToOwner(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!File.Exists(path)) new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = owner }).Dispose();
        else if ((File.GetUnixFileMode(path) & ~owner) != 0) File.SetUnixFileMode(path, File.GetUnixFileMode(path) & owner);
    }

    /// <summary>Says what a failure means for people, and what to do about it.</summary>
    /// <param name="path">The store.</param>
    /// <param name="action">What it cannot, as "be read".</param>
    /// <param name="cause">What went wrong.</param>
    /// <param name="mayHold"><see cref="OutboxException.MayHold"/>.</param>
    public static OutboxException Translate(string path, string action, Exception cause, bool mayHold = false)
    {
        var (failure, meaning) = (cause as SqliteException)?.SqliteErrorCode switch
        {
            _ when IsNoRoom(cause) => (OutboxFailure.Full, "there is no room; free space on the disk or raise the limit"),
            raw.SQLITE_READONLY => (OutboxFailure.ReadOnly, "it is read-only; check the mount and the owner of the folder"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (OutboxFailure.InUse, "another node uses this data folder; stop it or choose another folder"),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => (OutboxFailure.Damaged, "it is damaged or not a database"),
            _ when RefusesFiles(path) => (OutboxFailure.ReadOnly, "its folder takes no files; check that the disk is not mounted read-only, and the owner of the folder"),
            _ => (OutboxFailure.Failed, "the disk or the folder gave an error; look in the system's log what it was"),
        };
        return new OutboxException($"The store {path} cannot {action}: {meaning} ({cause.Message})", cause, failure) { MayHold = mayHold };
    }

    /// <summary>Whether something was not written for want of room: SQLite's word for it, or the system's (ENOSPC, EDQUOT) for the small files beside the store.</summary>
    public static bool IsNoRoom(Exception cause) => cause is SqliteException { SqliteErrorCode: raw.SQLITE_FULL } or IOException { HResult: NoSpace or OverQuota };

    /// <summary>SQLite says only that something went wrong where it cannot make its log.</summary>
    private static bool RefusesFiles(string path)
    {
        // A simulated disk has no such folder.
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)))) return false;
        var probe = path + ".probe";
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
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

    /// <summary>Meets at once what would make every commit fail: SQLite reads a file that it will not write, be it for one bit in its header.</summary>
    /// <exception cref="SqliteException">It will not.</exception>
    public void RequireWritable()
    {
        if (raw.sqlite3_db_readonly(Connection.Handle, "main") != 0) throw new SqliteException("SQLite will not write the file.", raw.SQLITE_READONLY);
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

    private static LogDamage? HealLog(string path, StoreBytes? bytes)
    {
        if (bytes?.Read(path) is not { } log || LogRepair.Heal(log, PageSize, isWhole: log.Length < StoreBytes.Most) is not { } damage) return null;
        if (damage.IsHealed) bytes.Write(path, log);
        return damage;
    }

    private long Number(string name) => long.Parse(Pragma.Read(Connection, name), CultureInfo.InvariantCulture);

    /// <summary>A pipe would hold the start up for ever, and SQLite would write over a device.</summary>
    private static void RequireFiles(string path)
    {
        foreach (var part in Breakage.PartsOf(path))
            if (!Directory.Exists(part) && OddFile.Describe(part) is { } odd)
                throw new OutboxException($"{part} is {odd}, not a file.", null, OutboxFailure.Damaged);
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static string Readable(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1000 % 1000}.{version % 1000}");
}
