using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The table <c>airtime</c>.</summary>
internal sealed class AirtimeTable(StoreFile file)
{
    private readonly Statement _set = file.Prepare(
        "INSERT INTO airtime(band, minute, spent, crc) VALUES(?1,?2,?3,?4) ON CONFLICT(band, minute) DO UPDATE SET spent=?3, crc=?4");

    private readonly Statement _forget = file.Prepare("DELETE FROM airtime WHERE minute<?1");
    private readonly Statement _clear = file.Prepare("DELETE FROM airtime");

    /// <summary>The sum of its rows.</summary>
    public TableSum<(string Band, long Minute)> Sum { get; } = new();

    public void Set(StoreChange.SetAirtime change)
    {
        _forget.Bind(1, change.Minute - StoredAirtime.Kept);
        _forget.Run();
        Sum.RemoveWhere(key => key.Minute < change.Minute - StoredAirtime.Kept);
        Write(change.Band, change.Minute, change.Spent);
    }

    /// <summary>Writes the table anew: where a key is damaged, nothing else finds its row for certain.</summary>
    public void Replace(IReadOnlyList<StoredAirtime> minutes)
    {
        _clear.Run();
        Sum.RemoveWhere(_ => true);
        foreach (var one in minutes) Write(one.Band, one.Minute, one.Spent);
    }

    /// <summary>Takes the sum from what is there, after changes that were taken back.</summary>
    public void ReadSum()
    {
        Sum.RemoveWhere(_ => true);
        Load(file.Connection, new Quarantine(), Sum);
    }

    public static AirtimeRows Load(SqliteConnection connection, Quarantine quarantine, TableSum<(string Band, long Minute)>? sum = null)
    {
        var (whole, lost) = (new List<StoredAirtime>(), 0);
        using var rows = new Statement(connection, "SELECT band, minute, spent, crc FROM airtime ORDER BY band, minute");
        while (rows.Step())
        {
            var band = Encoding.UTF8.GetString(rows.Bytes(0));
            var check = new RowCheck();
            check.Add(rows.Bytes(0));
            check.Add(rows.Integer(1));
            check.Add(rows.Integer(2));
            if (check.Value == rows.Integer(3))
            {
                sum?.Set((band, rows.Integer(1)), check.Value);
                whole.Add(new StoredAirtime(band, rows.Integer(1), new TimeSpan(rows.Integer(2))));
                continue;
            }

            lost++;
            var name = string.Create(CultureInfo.InvariantCulture, $"{band}/{rows.Integer(1)}");
            quarantine.Note(new DamagedRow(DamagedTable.Airtime, name, "check", Second: rows.Integer(1), Text: rows.Bytes(0).ToArray(), Carried: rows.Integer(3)));
        }

        // A row that the page no longer counts has no check that fails; the page's own bookkeeping gives it away.
        var structure = Pragma.ReadQuery(connection, "PRAGMA quick_check(airtime)");
        if (structure == "ok") return new AirtimeRows(whole, lost);
        quarantine.Note(new DamagedRow(DamagedTable.AirtimeTotal, "airtime", structure));
        return new AirtimeRows(whole, AirtimeLedger.Lifetime);
    }

    private void Write(string band, long minute, TimeSpan spent)
    {
        var check = new RowCheck();
        _set.BindText(1, band, ref check);
        _set.Bind(2, minute);
        check.Add(minute);
        _set.Bind(3, spent.Ticks);
        check.Add(spent.Ticks);
        _set.Bind(4, check.Value);
        _set.Run();
        Sum.Set((band, minute), check.Value);
    }
}

/// <summary>What a load found of the airtime.</summary>
/// <param name="Whole">Rows that are what was written.</param>
/// <param name="Lost">How many minutes may be missing: one for each damaged row, the whole hour when the table itself is damaged.</param>
internal sealed record AirtimeRows(IReadOnlyList<StoredAirtime> Whole, int Lost)
{
    /// <summary>A node time that the last commit had certainly reached: bookings lie a bounded number of minutes ahead.</summary>
    public TimeSpan LatestMoment =>
        TimeSpan.FromMinutes(Math.Max(0, Whole.Select(one => one.Minute).DefaultIfEmpty().Max() - AirtimeLedger.Ahead));

    /// <summary>
    /// What counts from now on. A damaged row no longer says which band was used, when, or how much, and what is forgotten could
    /// be transmitted twice. So each lost minute counts in full, in every band, at the newest minute that can have been booked.
    /// </summary>
    /// <param name="time">Node time at which this life starts.</param>
    public IReadOnlyList<StoredAirtime> Settle(TimeSpan time)
    {
        if (Lost == 0) return Whole;
        var minute = AirtimeBand.MinuteOf(time) + AirtimeLedger.Ahead;
        var known = Whole.FirstOrDefault(one => one.Band == StoredAirtime.UnknownBand && one.Minute == minute);
        var worth = TimeSpan.FromMinutes(Lost) + (known?.Spent ?? TimeSpan.Zero);
        return [new StoredAirtime(StoredAirtime.UnknownBand, minute, worth), .. Whole.Where(one => one != known)];
    }
}
