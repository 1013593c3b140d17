using System.Text;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The table <c>tally</c>.</summary>
internal sealed class TallyTable(StoreFile file)
{
    private readonly Statement _set = file.Prepare("INSERT INTO tally(name, value, crc) VALUES(?1,?2,?3) ON CONFLICT(name) DO UPDATE SET value=?2, crc=?3");

    /// <summary>The sum of its rows.</summary>
    public TableSum<string> Sum { get; } = new();

    public void Set(StoreChange.SetTally change)
    {
        var check = new RowCheck();
        _set.BindText(1, change.Name, ref check);
        _set.Bind(2, change.Value);
        check.Add(change.Value);
        _set.Bind(3, check.Value);
        _set.Run();
        Sum.Set(change.Name, check.Value);
    }

    public static Dictionary<string, long> Load(SqliteConnection connection, Quarantine quarantine, TableSum<string>? sum = null)
    {
        var tallies = new Dictionary<string, long>();
        using var rows = new Statement(connection, "SELECT name, value, crc FROM tally");
        while (rows.Step())
        {
            var name = Encoding.UTF8.GetString(rows.Bytes(0));
            var check = new RowCheck();
            check.Add(rows.Bytes(0));
            check.Add(rows.Integer(1));
            if (check.Value == rows.Integer(2))
            {
                tallies[name] = rows.Integer(1);
                sum?.Set(name, check.Value);
                continue;
            }

            quarantine.Note(new DamagedRow(DamagedTable.Tally, name, "check", Text: rows.Bytes(0).ToArray(), Carried: rows.Integer(2)));
        }

        return tallies;
    }
}
