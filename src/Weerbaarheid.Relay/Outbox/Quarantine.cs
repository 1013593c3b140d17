using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The tables whose rows carry a check.</summary>
internal enum DamagedTable
{
    Envelope,
    Window,
    Reference,
    Tally,
    Airtime,
    Keys,
    MarkA,
    MarkB,

    /// <summary>Not a row: an index no longer led to its rows, and was built anew.</summary>
    Index,

    /// <summary>Not a row: the rows of a table are not all, or not all of them as new, as the last commit left them.</summary>
    Total,

    /// <summary>Not a row: the table of airtime may miss rows, so the hour counts as spent.</summary>
    AirtimeTotal,

    /// <summary>Not a row: the write-ahead log was damaged, and commits lay behind it.</summary>
    Log,

    /// <summary>Not a row: the counters were rebuilt from what else is known.</summary>
    Counters,
}

/// <summary>A row that is not what was written.</summary>
/// <param name="Table">Where it lay.</param>
/// <param name="Name">What it says it is; may itself be damaged.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="First">First column of its primary key, when that is a number.</param>
/// <param name="Second">Second column of its primary key.</param>
/// <param name="Third">Third column of its primary key.</param>
/// <param name="Text">Its primary key, when that is a text.</param>
/// <param name="Carried">The check that it carries.</param>
internal sealed record DamagedRow(
    DamagedTable Table, string Name, string Reason, long First = 0, long Second = 0, long Third = 0, byte[]? Text = null,
    long Carried = 0);

/// <summary>Collects the damaged rows that a load meets, and moves them out of the way as they lay.</summary>
internal sealed class Quarantine
{
    /// <summary>Most rows that one load notes, and that the table keeps. Beyond it the file itself is beyond repair by row.</summary>
    public const int Limit = 10_000;

    private readonly List<DamagedRow> _rows = [];

    /// <summary>What was met, oldest first.</summary>
    public IReadOnlyList<DamagedRow> Rows => _rows;

    /// <summary>Whether they were moved, and what had to be repaired was.</summary>
    public bool IsMoved { get; private set; }

    public static string NameOf(DamagedTable table) => table switch
    {
        DamagedTable.MarkA => "mark_a",
        DamagedTable.MarkB => "mark_b",
        DamagedTable.Envelope => "envelope",
        DamagedTable.Window => "window",
        DamagedTable.Reference => "reference",
        DamagedTable.Airtime => "airtime",
        DamagedTable.Keys => "epoch_key",
        _ => "tally",
    };

    public void Note(DamagedRow row)
    {
        if (_rows.Count < Limit) _rows.Add(row);
    }

    /// <summary>Moves the rows, all or none, with every column as it lay. Without room they stay; the next load meets them again.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="repair">What must be written in the same transaction.</param>
    /// <returns>False when there was no room: nothing was changed.</returns>
    public bool Move(SqliteConnection connection, Action repair)
    {
        try
        {
            Pragma.Execute(connection, "BEGIN IMMEDIATE");
            // A damaged key no longer matches its index entry, and deleting such a row is an error; the index follows the rows.
            if (_rows.Exists(row => row.Table is DamagedTable.Envelope or DamagedTable.Index)) Pragma.Execute(connection, "REINDEX envelope");
            foreach (var row in _rows.Where(row => row.Table <= DamagedTable.MarkB)) Move(connection, row);
            Pragma.Execute(connection, $"DELETE FROM quarantine WHERE id <= (SELECT MAX(id) FROM quarantine) - {Limit}");
            repair();
            Pragma.Execute(connection, "COMMIT");
            return IsMoved = true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_FULL)
        {
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0) Pragma.Execute(connection, "ROLLBACK");
            return false;
        }
    }

    // By its key first. Damage to the key itself breaks the order by which a key is found, so then in all rows; and a whole row that
    // really has that key is not the one that is meant.
    private static void Move(SqliteConnection connection, DamagedRow row)
    {
        if (TryMove(connection, row, "") || TryMove(connection, row, "+")) return;
        throw new OutboxException($"The damaged row {row.Name} of the table {NameOf(row.Table)} cannot be taken out.", null, OutboxFailure.Damaged);
    }

    private static bool TryMove(SqliteConnection connection, DamagedRow row, string everywhere)
    {
        var (columns, key) = row.Table switch
        {
            DamagedTable.Envelope => (16, $"{everywhere}arrival=?1"),
            DamagedTable.Window => (6, $"{everywhere}origin=?1 AND {everywhere}type=?2 AND {everywhere}destination=?3"),
            DamagedTable.Reference => (6, $"{everywhere}reference=CAST(?1 AS TEXT)"),
            DamagedTable.Airtime => (4, $"{everywhere}band=CAST(?1 AS TEXT) AND {everywhere}minute=?2"),
            DamagedTable.Tally => (3, $"{everywhere}name=CAST(?1 AS TEXT)"),
            DamagedTable.Keys => (4, $"{everywhere}epoch=?1"),
            _ => (12, $"{everywhere}id=?1"),
        };
        var names = string.Join(", ", Enumerable.Range(1, columns).Select(n => $"c{n}"));
        var (table, where) = (NameOf(row.Table), $"{key} AND +crc=?4");
        using var copy = new Statement(connection,
            $"INSERT INTO quarantine(source, reason, {names}) SELECT '{table}', '{row.Reason}', * FROM {table} WHERE {where}");
        using var delete = new Statement(connection, $"DELETE FROM {table} WHERE {where}");
        return Run(copy, row) && Run(delete, row);
    }

    private static bool Run(Statement statement, DamagedRow row)
    {
        if (row.Text is { } text) statement.BindBlob(1, text);
        else statement.Bind(1, row.First);
        if (row.Table is DamagedTable.Window or DamagedTable.Airtime) statement.Bind(2, row.Second);
        if (row.Table is DamagedTable.Window) statement.Bind(3, row.Third);
        statement.Bind(4, row.Carried);
        statement.Run();
        return statement.Changes > 0;
    }
}
