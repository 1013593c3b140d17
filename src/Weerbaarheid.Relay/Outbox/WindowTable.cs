using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The table <c>window</c>.</summary>
internal sealed class WindowTable(StoreFile file)
{
    private readonly Statement _set = file.Prepare("""
        INSERT INTO window(origin, type, destination, highest, seen, crc) VALUES(?1,?2,?3,?4,?5,?6)
        ON CONFLICT(origin, type, destination) DO UPDATE SET highest=?4, seen=?5, crc=?6
        """);

    /// <summary>The sum of its rows.</summary>
    public TableSum<WindowKey> Sum { get; } = new();

    public void Set(StoreChange.SetWindow change)
    {
        _set.Bind(1, change.Key.Origin);
        _set.Bind(2, change.Key.Type);
        _set.Bind(3, change.Key.Destination);
        _set.Bind(4, (long)change.Highest);
        _set.BindBlob(5, change.Seen.Span);
        var check = Check(change.Key.Origin, change.Key.Type, change.Key.Destination, (long)change.Highest, change.Seen.Span);
        _set.Bind(6, check);
        _set.Run();
        Sum.Set(change.Key, check);
    }

    public static List<StoredWindow> Load(SqliteConnection connection, Quarantine quarantine, TableSum<WindowKey>? sum = null)
    {
        var windows = new List<StoredWindow>();
        using var rows = new Statement(connection, "SELECT origin, type, destination, highest, seen, crc FROM window ORDER BY origin, type, destination");
        while (rows.Step())
        {
            var (origin, type, destination) = (rows.Integer(0), rows.Integer(1), rows.Integer(2));
            if (Check(origin, type, destination, rows.Integer(3), rows.Bytes(4)) == rows.Integer(5))
            {
                var key = new WindowKey((ushort)origin, (byte)type, (ushort)destination);
                windows.Add(new StoredWindow(key, (ulong)rows.Integer(3), rows.Bytes(4).ToArray()));
                sum?.Set(key, rows.Integer(5));
                continue;
            }

            quarantine.Note(new DamagedRow(DamagedTable.Window, $"{origin}/{type}/{destination}", "check", origin, type, destination, Carried: rows.Integer(5)));
        }

        return windows;
    }

    private static long Check(long origin, long type, long destination, long highest, ReadOnlySpan<byte> seen)
    {
        var check = new RowCheck();
        check.Add(origin);
        check.Add(type);
        check.Add(destination);
        check.Add(highest);
        check.Add(seen);
        return check.Value;
    }
}
