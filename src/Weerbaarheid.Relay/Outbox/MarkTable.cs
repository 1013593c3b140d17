using Microsoft.Data.Sqlite;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>What every commit writes: its number, node time, the last number given out in each series, and how many envelopes there are.</summary>
internal readonly record struct Mark(long Number, TimeSpan Time, ulong Records, ulong States, long Envelopes);

/// <summary>
/// The tables <c>mark_a</c> and <c>mark_b</c>: one row each, on a page of its own, written in turn. It costs what one
/// row would, and damage to either leaves the other, one commit older.
/// </summary>
internal sealed class MarkTable(StoreFile file)
{
    private readonly Statement[] _write = [Writer(file, "mark_a"), Writer(file, "mark_b")];

    public void Write(Mark mark)
    {
        var write = _write[mark.Number & 1];
        write.Bind(1, mark.Number);
        write.Bind(2, mark.Time.Ticks);
        write.Bind(3, (long)mark.Records);
        write.Bind(4, (long)mark.States);
        write.Bind(5, mark.Envelopes);
        write.Bind(6, Check(mark));
        write.Run();
    }

    /// <summary>The newest mark that is whole, and how many of the two are lost. Null when none is whole: in a new store too.</summary>
    public static (Mark? Newest, int Lost) Load(SqliteConnection connection, Quarantine quarantine)
    {
        Mark? newest = null;
        var (whole, damaged) = (0, 0);
        foreach (var table in (DamagedTable[])[DamagedTable.MarkA, DamagedTable.MarkB])
        {
            using var row = new Statement(connection, $"SELECT number, time, records, states, envelopes, crc FROM {Quarantine.NameOf(table)} WHERE id=1");
            if (!row.Step()) continue;
            var mark = new Mark(row.Integer(0), new TimeSpan(row.Integer(1)), (ulong)row.Integer(2), (ulong)row.Integer(3), row.Integer(4));
            if (Check(mark) != row.Integer(5))
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

    private static Statement Writer(StoreFile file, string table) => file.Prepare($"""
        INSERT INTO {table}(id, number, time, records, states, envelopes, crc) VALUES(1,?1,?2,?3,?4,?5,?6)
        ON CONFLICT(id) DO UPDATE SET number=?1, time=?2, records=?3, states=?4, envelopes=?5, crc=?6
        """);

    private static long Check(Mark mark)
    {
        var check = new RowCheck();
        check.Add(mark.Number);
        check.Add(mark.Time.Ticks);
        check.Add((long)mark.Records);
        check.Add((long)mark.States);
        check.Add(mark.Envelopes);
        return check.Value;
    }
}
