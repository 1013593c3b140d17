using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>Airtime that was spent is never forgotten while it counts, whatever is damaged, and never piles up after.</summary>
public sealed class AirtimeStoreTests : IDisposable
{
    private const int PageSize = 1024;
    private const string BandP = "EU868 P";
    private const string BandM = "EU868 M";
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(500);
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Minutes_that_no_longer_count_go_when_the_next_is_written_whatever_their_band()
    {
        using var outbox = _folder.Open();
        var memory = new MemoryOutbox();
        outbox.Load(10);
        memory.Load(10);
        for (var minute = 0; minute < 300; minute++)
        {
            // The first band is renamed after an hour and a half.
            StoreChange[] batch = [Set(minute < 90 ? BandM : BandP, minute, 1), Set("EU868 K", minute, 2)];
            outbox.Commit(batch, TimeSpan.FromMinutes(minute));
            memory.Commit(batch, TimeSpan.FromMinutes(minute));
        }

        var left = outbox.Load(10).Airtime;
        Assert.Equal(memory.Load(10).Airtime, left);
        Assert.Equal(2 * (StoredAirtime.Kept + 1), left.Count);
        Assert.DoesNotContain(left, one => one.Band == BandM);
        Assert.Equal(299 - StoredAirtime.Kept, left.Min(one => one.Minute));
    }

    [Theory]
    [InlineData("UPDATE airtime SET spent=1 WHERE minute=480")]
    [InlineData("UPDATE airtime SET minute=3 WHERE minute=480")]
    [InlineData("UPDATE airtime SET minute=9000 WHERE minute=480")]
    [InlineData("UPDATE airtime SET band='EU868 Q' WHERE minute=480")]
    [InlineData("UPDATE airtime SET crc=crc+1 WHERE minute=480")]
    public void A_damaged_minute_counts_in_full_in_every_band_from_the_restart_on(string damage)
    {
        Store(Set(BandP, 480, 50), Set(BandP, 495, 7), Set(BandM, 495, 2));
        _folder.Sql(damage);

        using (var outbox = _folder.Open())
        {
            var snapshot = outbox.Load(10);
            Assert.Equal(Now, snapshot.Time);
            Assert.Equal(DamagedTable.Airtime, Assert.Single(outbox.Quarantined).Table);
            var ledger = new AirtimeLedger(snapshot.Airtime);
            Assert.Equal(TimeSpan.FromSeconds(67), ledger.SpentLastHour(BandP, Now));
            Assert.Equal(TimeSpan.FromSeconds(62), ledger.SpentLastHour(BandM, Now));
            // An hour after the restart at the earliest: the damaged row may have been the last one.
            Assert.Equal(TimeSpan.FromSeconds(60), ledger.SpentLastHour(BandP, Now + TimeSpan.FromMinutes(60)));
            Assert.Equal(TimeSpan.Zero, ledger.SpentLastHour(BandP, Now + TimeSpan.FromMinutes(64)));
        }

        // What was lost is still counted when the node starts once more.
        using (var again = _folder.Open())
        {
            Assert.Equal(TimeSpan.FromSeconds(67), new AirtimeLedger(again.Load(10).Airtime).SpentLastHour(BandP, Now));
            Assert.Empty(again.Quarantined);
        }

        Assert.Equal("airtime", _folder.Sql("SELECT source FROM quarantine"));
        Assert.Equal("ok", _folder.Sql("PRAGMA integrity_check"));
    }

    [Fact]
    public void A_bit_flipped_in_the_key_on_disk_leaves_no_row_that_is_met_again()
    {
        Store([.. Enumerable.Range(440, 60).Select(minute => Set(BandP, minute, 3))]);

        _folder.FlipBitAt("EU868 P"u8, 6, last: true);
        using (var outbox = _folder.Open())
        {
            var spent = new AirtimeLedger(outbox.Load(10).Airtime).SpentLastHour(BandP, Now);
            Assert.Equal(TimeSpan.FromSeconds((59 * 3) + 60), spent);
            Assert.Equal(DamagedTable.Airtime, Assert.Single(outbox.Quarantined).Table);
            outbox.Load(10);
            Assert.Empty(outbox.Quarantined);
        }

        Assert.Equal("1", _folder.Sql("SELECT COUNT(*) FROM quarantine"));
        Assert.Equal("ok", _folder.Sql("PRAGMA integrity_check"));
    }

    [Fact]
    public void A_bit_flipped_in_the_bookkeeping_of_its_page_hides_no_minute()
    {
        Store(Set(BandP, 470, 11), Set(BandP, 480, 12), Set(BandP, 490, 13));
        var pristine = File.ReadAllBytes(_folder.Database);
        var page = pristine.AsSpan().LastIndexOf("EU868 P"u8) / PageSize * PageSize;
        var noticed = 0;
        // 8 bytes of header, a pointer of 2 bytes to each of three rows.
        for (var bit = 0; bit < (8 + (3 * 2)) * 8; bit++)
        {
            var file = pristine.ToArray();
            file[page + (bit / 8)] ^= (byte)(1 << (bit % 8));
            File.Delete(_folder.Database + "-wal");
            File.WriteAllBytes(_folder.Database, file);
            try
            {
                using var outbox = _folder.Open();
                Assert.True(new AirtimeLedger(outbox.Load(10).Airtime).SpentLastHour(BandP, Now) >= TimeSpan.FromSeconds(36), $"Bit {bit} made the store forget airtime.");
                noticed += outbox.Quarantined.Count > 0 ? 1 : 0;
            }
            catch (OutboxException e) when (e.Failure == OutboxFailure.Damaged)
            {
                noticed++;
            }
        }

        Assert.True(noticed > 50, $"Only {noticed} were noticed.");
    }

    [Fact]
    public void Damage_in_one_life_after_another_adds_up()
    {
        Store(Set(BandP, 480, 5), Set(BandP, 481, 5), Set(BandP, 482, 5));
        for (var lost = 1; lost <= 2; lost++)
        {
            _folder.Sql($"UPDATE airtime SET spent=0 WHERE band<>'' AND minute={479 + lost}");
            using var outbox = _folder.Open();
            var spent = new AirtimeLedger(outbox.Load(10).Airtime).SpentLastHour(BandP, Now);
            Assert.Equal(TimeSpan.FromSeconds((lost * 60) + ((3 - lost) * 5)), spent);
        }
    }

    [Theory]
    [InlineData("UPDATE mark_a SET time=1; UPDATE mark_b SET time=1")]
    [InlineData("DELETE FROM mark_b; DELETE FROM mark_a")]
    public void Without_marks_node_time_goes_on_near_the_last_transmission_so_that_nobody_is_silent_for_days(string damage)
    {
        Store(Set(BandP, 500, 50));
        _folder.Sql(damage);
        using var outbox = _folder.Open();
        Assert.Equal(TimeSpan.FromMinutes(500 - AirtimeLedger.Ahead), outbox.Load(10).Time);
    }

    private static StoreChange.SetAirtime Set(string band, long minute, int seconds) => new(band, minute, TimeSpan.FromSeconds(seconds));

    private void Store(params StoreChange[] changes)
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        outbox.Commit(changes, Now);
        outbox.Commit([], Now);
        outbox.Checkpoint();
    }
}
