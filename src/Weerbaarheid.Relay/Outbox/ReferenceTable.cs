using System.Text;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The table <c>reference</c>. The core says one by one which references may go.</summary>
internal sealed class ReferenceTable(StoreFile file)
{
    private readonly Statement _put = file.Prepare("""
        INSERT INTO reference(reference, origin, series, sequence, at, crc) VALUES(?1,?2,?3,?4,?5,?6)
        ON CONFLICT(reference) DO UPDATE SET origin=?2, series=?3, sequence=?4, at=?5, crc=?6
        """);

    private readonly Statement _remove = file.Prepare("DELETE FROM reference WHERE reference=?1");

    private readonly Statement _old = file.Prepare("SELECT reference FROM reference WHERE at<?1");

    private readonly Statement _of = file.Prepare("SELECT reference FROM reference WHERE origin=?1 AND series=?2 AND sequence=?3");

    /// <summary>The sum of its rows.</summary>
    public TableSum<string> Sum { get; } = new();

    public void Put(StoreChange.PutReference change)
    {
        var check = new RowCheck();
        _put.BindText(1, change.Reference, ref check);
        Column(2, change.Key.Origin, ref check);
        Column(3, (long)change.Key.Series, ref check);
        Column(4, (long)change.Key.Sequence, ref check);
        Column(5, change.At.Ticks, ref check);
        _put.Bind(6, check.Value);
        _put.Run();
        Sum.Set(change.Reference, check.Value);
    }

    public void Remove(string reference)
    {
        var check = new RowCheck();
        _remove.BindText(1, reference, ref check);
        _remove.Run();
        Sum.Remove(reference);
    }

    /// <summary>Forgets the references that were given before a moment.</summary>
    public void RemoveOlder(TimeSpan at)
    {
        _old.Bind(1, at.Ticks);
        RemoveAll(_old);
    }

    /// <summary>Forgets the references of one message.</summary>
    public void RemoveOf(EnvelopeKey key)
    {
        _of.Bind(1, key.Origin);
        _of.Bind(2, (long)key.Series);
        _of.Bind(3, (long)key.Sequence);
        RemoveAll(_of);
    }

    private void RemoveAll(Statement found)
    {
        var references = new List<string>();
        while (found.Step()) references.Add(Encoding.UTF8.GetString(found.Bytes(0)));
        found.Reset();
        foreach (var reference in references) Remove(reference);
    }

    public static List<StoredReference> Load(SqliteConnection connection, Quarantine quarantine, TableSum<string>? sum = null)
    {
        var references = new List<StoredReference>();
        using var rows = new Statement(connection, "SELECT reference, origin, series, sequence, at, crc FROM reference ORDER BY reference");
        while (rows.Step())
        {
            var text = Encoding.UTF8.GetString(rows.Bytes(0));
            var check = new RowCheck();
            check.Add(rows.Bytes(0));
            for (var column = 1; column <= 4; column++) check.Add(rows.Integer(column));
            if (check.Value != rows.Integer(5))
            {
                quarantine.Note(new DamagedRow(DamagedTable.Reference, text, "check", Text: rows.Bytes(0).ToArray(), Carried: rows.Integer(5)));
                continue;
            }

            var key = new EnvelopeKey((ushort)rows.Integer(1), (Series)rows.Integer(2), (ulong)rows.Integer(3));
            sum?.Set(text, check.Value);
            references.Add(new StoredReference(text, key, new TimeSpan(rows.Integer(4))));
        }

        return references;
    }

    private void Column(int index, long value, ref RowCheck check)
    {
        _put.Bind(index, value);
        check.Add(value);
    }
}
