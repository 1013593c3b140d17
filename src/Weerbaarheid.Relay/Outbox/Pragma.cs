using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The settings a store runs under, and the reading back that proves them.</summary>
internal static class Pragma
{
    /// <summary>Bytes to which a log is cut back.</summary>
    public const long LogLimit = 4_194_304;

    private const string LogLimitText = "4194304";

    /// <summary>
    /// Set at every open, then read back. EXCLUSIVE comes first: set later, WAL would already use shared memory.
    /// FULL syncs the log at each commit; with NORMAL a power cut takes back what was acknowledged. A memory map has
    /// amplified damage in the field. The log stays near 1,000 pages and is cut back to 4 MiB. What is deleted is overwritten
    /// with zeros: it is what people said.
    /// </summary>
    public static IReadOnlyList<(string Name, string Value, string ReadsAs)> Settings { get; } =
    [
        ("locking_mode", "EXCLUSIVE", "exclusive"),
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", "2"),
        ("mmap_size", "0", "0"),
        ("cell_size_check", "ON", "1"),
        ("trusted_schema", "OFF", "0"),
        ("auto_vacuum", "NONE", "0"),
        ("wal_autocheckpoint", "1000", "1000"),
        ("journal_size_limit", LogLimitText, LogLimitText),
        ("temp_store", "MEMORY", "2"),
        ("secure_delete", "ON", "1"),
    ];

    public static void Apply(SqliteConnection connection, string file)
    {
        foreach (var (name, value, _) in Settings) Execute(connection, $"PRAGMA {name}={value};");
        foreach (var (name, value, readsAs) in Settings)
        {
            var found = Read(connection, name);
            if (!found.Equals(readsAs, StringComparison.OrdinalIgnoreCase))
                throw new OutboxException($"The store {file} must run with {name}={value}, but SQLite says {found}.", null, OutboxFailure.Damaged);
        }
    }

    public static string Read(SqliteConnection connection, string name) => ReadQuery(connection, $"PRAGMA {name}");

    // A key out of order is in one row, and that row is found by its own check.
    private static bool IsOfPages(string line) =>
        (line.StartsWith("Tree ", StringComparison.Ordinal) && !line.Contains("out of order", StringComparison.Ordinal))
        || line.StartsWith("Page ", StringComparison.Ordinal) || line.StartsWith("Freelist", StringComparison.Ordinal);

    /// <summary>The first column of the first row, as text; empty when there is none.</summary>
    public static string ReadQuery(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        var value = statement.Step() ? System.Text.Encoding.UTF8.GetString(statement.Bytes(0)) : "";
        statement.Reset();
        return value;
    }

    /// <summary>What is wrong with the pages themselves, beyond rows and keys that are not what they should be; null when nothing is.</summary>
    public static string? BrokenTree(SqliteConnection connection)
    {
        using var statement = new Statement(connection, "PRAGMA quick_check");
        while (statement.Step())
            foreach (var line in System.Text.Encoding.UTF8.GetString(statement.Bytes(0)).Split('\n'))
                if (IsOfPages(line)) return line;
        return null;
    }

    /// <summary>Runs statements that are part of this program; never with text from outside in them.</summary>
    public static void Execute(SqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);
}
