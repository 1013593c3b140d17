using System.Globalization;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The table <c>epoch_key</c>: keys that the region gave this site after its key file was written. What is said of a row never holds a key.</summary>
internal sealed class KeyTable(StoreFile file)
{
    private readonly Statement _put = file.Prepare(
        "INSERT INTO epoch_key(epoch, site_key, network_key, crc) VALUES(?1,?2,?3,?4) ON CONFLICT(epoch) DO UPDATE SET site_key=?2, network_key=?3, crc=?4");

    public void Put(StoreChange.PutKeys change)
    {
        _put.Bind(1, change.Epoch);
        _put.BindBlob(2, change.SiteKey.Span);
        _put.BindBlob(3, change.NetworkKey.Span);
        _put.Bind(4, Check(change.Epoch, change.SiteKey.Span, change.NetworkKey.Span));
        _put.Run();
    }

    public static List<StoredKeys> Load(SqliteConnection connection, Quarantine quarantine)
    {
        var whole = new List<StoredKeys>();
        using var rows = new Statement(connection, "SELECT epoch, site_key, network_key, crc FROM epoch_key ORDER BY epoch");
        while (rows.Step())
        {
            var epoch = rows.Integer(0);
            var isWhole = epoch is >= 0 and <= KeyRing.MaxEpoch && rows.Bytes(1).Length == KeyRing.KeySize && rows.Bytes(2).Length == KeyRing.KeySize
                && Check(epoch, rows.Bytes(1), rows.Bytes(2)) == rows.Integer(3);
            if (isWhole) whole.Add(new StoredKeys((byte)epoch, rows.Bytes(1).ToArray(), rows.Bytes(2).ToArray()));
            else quarantine.Note(new DamagedRow(DamagedTable.Keys, epoch.ToString(CultureInfo.InvariantCulture), "check", epoch, Carried: rows.Integer(3)));
        }

        return whole;
    }

    private static long Check(long epoch, ReadOnlySpan<byte> siteKey, ReadOnlySpan<byte> networkKey)
    {
        var check = new RowCheck();
        check.Add(epoch);
        check.Add(siteKey);
        check.Add(networkKey);
        return check.Value;
    }
}
