using Microsoft.Data.Sqlite;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>What every commit writes: its number, node time, and the last number given out in each series.</summary>
internal readonly record struct Mark(long Number, TimeSpan Time, ulong Records, ulong States);

/// <summary>
/// The tables <c>mark_a</c> and <c>mark_b</c>: one row each, on a page of its own, written in turn. It costs what one
/// row would, and damage to either leaves the other, one commit older.
/// </summary>
internal sealed class MarkTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement[] _write = [Writer(connection, "mark_a"), Writer(connection, "mark_b")];

    public void Write(Mark mark)
    {
        var write = _write[mark.Number & 1];
        write.Bind(1, mark.Number);
        write.Bind(2, mark.Time.Ticks);
        write.Bind(3, (long)mark.Records);
        write.Bind(4, (long)mark.States);
        write.Bind(5, Check(mark.Number, mark.Time.Ticks, (long)mark.Records, (long)mark.States));
        write.Run();
    }

    /// <summary>The newest mark that is whole, and how many of the two are lost. Null when none is whole: in a new store too.</summary>
    public static (Mark? Newest, int Lost) Load(SqliteConnection connection, Quarantine quarantine)
    {
        Mark? newest = null;
        var (whole, damaged) = (0, 0);
        foreach (var table in (DamagedTable[])[DamagedTable.MarkA, DamagedTable.MarkB])
        {
            using var row = new Statement(connection, $"SELECT number, time, records, states, crc FROM {Quarantine.NameOf(table)} WHERE id=1");
            if (!row.Step()) continue;
            var mark = new Mark(row.Integer(0), new TimeSpan(row.Integer(1)), (ulong)row.Integer(2), (ulong)row.Integer(3));
            if (Check(row.Integer(0), row.Integer(1), row.Integer(2), row.Integer(3)) != row.Integer(4))
            {
                damaged++;
                quarantine.Note(new DamagedRow(table, "1", "check", 1));
                continue;
            }

            whole++;
            if (newest is null || mark.Number > newest.Value.Number) newest = mark;
        }

        // A store with one commit has one mark, and nothing is lost.
        return (newest, newest is { Number: 1 } && damaged == 0 ? 0 : 2 - whole);
    }

    public void Dispose()
    {
        foreach (var statement in _write) statement.Dispose();
    }

    private static Statement Writer(SqliteConnection connection, string table) => new(connection, $"""
        INSERT INTO {table}(id, number, time, records, states, crc) VALUES(1,?1,?2,?3,?4,?5)
        ON CONFLICT(id) DO UPDATE SET number=?1, time=?2, records=?3, states=?4, crc=?5
        """);

    private static long Check(long number, long time, long records, long states)
    {
        var check = new RowCheck();
        check.Add(number);
        check.Add(time);
        check.Add(records);
        check.Add(states);
        return check.Value;
    }
}
