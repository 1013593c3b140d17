using Microsoft.Data.Sqlite;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>What every commit writes: its number, node time, the last number given out in each series, how many envelopes there are, and the sums
/// of the tables, which a store of schema 3 or older does not have.</summary>
internal readonly record struct Mark(long Number, TimeSpan Time, ulong Records, ulong States, long Envelopes, TableSums? Sums);

/// <summary>
/// The tables <c>mark_a</c> and <c>mark_b</c>: one row each, on a page of its own, written in turn. It costs what one
/// row would, and damage to either leaves the other, one commit older.
/// </summary>
internal sealed class MarkTable(StoreFile file)
{
    private const string Sums = "envelope_sum, window_sum, reference_sum, tally_sum, airtime_sum";

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
        BindSums(write, mark.Sums);
        write.Run();
    }

    /// <summary>The newest mark that is whole, and how many of the two are lost. Null when none is whole: in a new store too.</summary>
    public static (Mark? Newest, int Lost) Load(SqliteConnection connection, Quarantine quarantine)
    {
        Mark? newest = null;
        var (whole, damaged) = (0, 0);
        foreach (var table in (DamagedTable[])[DamagedTable.MarkA, DamagedTable.MarkB])
        {
            using var row = new Statement(connection, $"SELECT number, time, records, states, envelopes, crc, {Sums} FROM {Quarantine.NameOf(table)} WHERE id=1");
            if (!row.Step()) continue;
            var mark = new Mark(row.Integer(0), new TimeSpan(row.Integer(1)), (ulong)row.Integer(2), (ulong)row.Integer(3), row.Integer(4),
                row.IsNull(6) ? null : new TableSums(row.Integer(6), row.Integer(7), row.Integer(8), row.Integer(9), row.Integer(10)));
            if (Check(mark) != row.Integer(5))
            {
                damaged++;
                quarantine.Note(new DamagedRow(table, "1", "check", 1, Carried: row.Integer(5)));
                continue;
            }

            whole++;
            if (newest is null || mark.Number > newest.Value.Number) newest = mark;
        }

        // A store with one commit has one mark, and nothing is lost.
        return (newest, newest is { Number: 1 } && damaged == 0 ? 0 : 2 - whole);
    }

    private static void BindSums(Statement write, TableSums? sums)
    {
        if (sums is not { } known)
        {
            for (var column = 7; column <= 11; column++) write.BindNull(column);
            return;
        }

        write.Bind(7, known.Envelopes);
        write.Bind(8, known.Windows);
        write.Bind(9, known.References);
        write.Bind(10, known.Tallies);
        write.Bind(11, known.Airtime);
    }

    private static Statement Writer(StoreFile file, string table) => file.Prepare($"""
        INSERT INTO {table}(id, number, time, records, states, envelopes, crc, {Sums}) VALUES(1,?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)
        ON CONFLICT(id) DO UPDATE SET number=?1, time=?2, records=?3, states=?4, envelopes=?5, crc=?6,
            envelope_sum=?7, window_sum=?8, reference_sum=?9, tally_sum=?10, airtime_sum=?11
        """);

    private static long Check(Mark mark)
    {
        var check = new RowCheck();
        check.Add(mark.Number);
        check.Add(mark.Time.Ticks);
        check.Add((long)mark.Records);
        check.Add((long)mark.States);
        check.Add(mark.Envelopes);
        if (mark.Sums is not { } sums) return check.Value;
        check.Add(sums.Envelopes);
        check.Add(sums.Windows);
        check.Add(sums.References);
        check.Add(sums.Tallies);
        check.Add(sums.Airtime);
        return check.Value;
    }
}
