using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Outbox;

public sealed class StoreFileTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_setting_reads_back_as_it_was_set_at_each_open()
    {
        for (var open = 0; open < 2; open++)
        {
            using var file = StoreFile.Open(_folder.Database, OutboxOptions.Default.MaxBytes);
            Assert.Equal("2", Pragma.Read(file.Connection, "synchronous"));
            Assert.Equal("wal", Pragma.Read(file.Connection, "journal_mode"));
            Assert.Equal("exclusive", Pragma.Read(file.Connection, "locking_mode"));
            Assert.Equal("1024", Pragma.Read(file.Connection, "page_size"));
            foreach (var (name, _, readsAs) in Pragma.Settings) Assert.Equal(readsAs, Pragma.Read(file.Connection, name));
        }
    }

    [Fact]
    public void No_shared_memory_file_is_made()
    {
        using var outbox = _folder.Open();
        outbox.Load(1);
        outbox.Commit([], TimeSpan.Zero);
        Assert.False(File.Exists(_folder.Database + "-shm"));
    }

    [Fact]
    public void A_first_start_that_was_killed_before_the_first_page_was_there_is_no_lost_store()
    {
        using var elsewhere = new StoreFolder();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = elsewhere.Database, Pooling = false }.ToString());
        connection.Open();
        Pragma.Execute(connection, "BEGIN; CREATE TABLE something(x)");
        foreach (var part in (string[])["", "-journal"])
            using (var from = new FileStream(elsewhere.Database + part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            using (var to = File.Create(_folder.Database + part)) from.CopyTo(to);
        Assert.True(new FileInfo(_folder.Database + "-journal").Length > 0);
        Assert.Equal(0, new FileInfo(_folder.Database).Length);

        using var outbox = _folder.Open();
        outbox.Load(1);

        Assert.Null(outbox.LastLoss);
        Assert.Empty(outbox.Quarantined);
    }

    [Theory]
    [InlineData(3_040_001, false)]
    [InlineData(3_051_002, false)]
    [InlineData(3_051_003, true)]
    public void A_library_that_can_damage_a_store_is_refused(int version, bool accepted)
    {
        var error = Record.Exception(() => StoreFile.RequireLibrary(version)) as OutboxException;
        Assert.Equal(accepted, error is null);
        if (accepted) return;
        Assert.Equal(OutboxFailure.Unsupported, error!.Failure);
        Assert.Contains("3.51.3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_node_on_the_same_folder_is_refused()
    {
        using var first = _folder.Open();
        first.Load(1);
        var error = Assert.Throws<OutboxException>(() => _folder.Open());
        Assert.Equal(OutboxFailure.InUse, error.Failure);
        Assert.Contains("another node uses this data folder", error.Message, StringComparison.Ordinal);
        first.Commit([Sample.Put(Sample.Envelope(1))], TimeSpan.Zero);
        Assert.Single(first.Load(1).Envelopes);
    }

    [Fact]
    public void A_second_node_is_refused_even_before_the_first_has_loaded()
    {
        using var first = _folder.Open();
        Assert.Equal(OutboxFailure.InUse, Assert.Throws<OutboxException>(() => _folder.Open()).Failure);
    }

    [Fact]
    public void A_database_of_another_program_is_put_aside_whole()
    {
        _folder.Sql("CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)");
        var before = File.ReadAllBytes(_folder.Database);
        using var outbox = _folder.Open();
        Assert.Empty(outbox.Load(1).Envelopes);
        Assert.Contains("another program", outbox.LastLoss!.Reason, StringComparison.Ordinal);
        Assert.True(outbox.LastLoss.IsForeign);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(outbox.LastLoss.Folder, Path.GetFileName(_folder.Database))));
    }

    [Fact]
    public void A_newer_schema_is_refused()
    {
        _folder.Open().Dispose();
        _folder.Sql("CREATE TABLE later(x); PRAGMA user_version=99");
        var error = Assert.Throws<OutboxException>(() => _folder.Open());
        Assert.Equal(OutboxFailure.Unsupported, error.Failure);
        Assert.Contains("schema 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_version_or_owner_is_set_right_by_what_is_in_the_file()
    {
        using (var outbox = _folder.Open())
        {
            outbox.Load(1);
            outbox.Commit([Sample.Put(Sample.Envelope(1))], TimeSpan.Zero);
        }

        foreach (var flip in (string[])["PRAGMA user_version=18", "PRAGMA user_version=0", "PRAGMA application_id=1465011289"])
        {
            _folder.Sql(flip);
            using var outbox = _folder.Open();
            Assert.Single(outbox.Load(1).Envelopes);
            Assert.Null(outbox.LastLoss);
        }
    }

    [Fact]
    public void A_store_that_version_1_wrote_is_read_and_takes_airtime_and_keys()
    {
        using (var written = File.Create(_folder.Database))
        using (var resource = typeof(StoreFileTests).Assembly.GetManifestResourceStream("store-v1.db")!) resource.CopyTo(written);
        Assert.Equal("1", _folder.Sql("PRAGMA user_version"));

        var minute = new StoredAirtime("EU868 P", 0, TimeSpan.FromSeconds(3));
        using (var outbox = _folder.Open())
        {
            var snapshot = outbox.Load(10);
            Assert.Equal((TimeSpan.FromSeconds(9), 1UL, 1024UL), (snapshot.Time, snapshot.Records, snapshot.States));
            Assert.Equal(
                [Sample.Describe(Sample.Envelope(1, clientRef: "b7c1")), Sample.Describe(Sample.Envelope(2, origin: 12, delivered: true))],
                snapshot.Envelopes.Select(Sample.Describe));
            Assert.Equal((5UL, "010203"), (snapshot.Windows.Single().Highest, Convert.ToHexString(snapshot.Windows.Single().Seen.Span)));
            Assert.Equal(("b7c1", 1L), (snapshot.References.Single().Reference, snapshot.Tallies["accepted"]));
            Assert.Empty(snapshot.Airtime);
            outbox.Commit([new StoreChange.SetAirtime(minute.Band, minute.Minute, minute.Spent)], TimeSpan.FromSeconds(10));
            Assert.Empty(snapshot.Keys);
            outbox.Commit([new StoreChange.PutKeys(1, new byte[32], new byte[32])], TimeSpan.FromSeconds(11));
        }

        using (var again = _folder.Open())
        {
            var snapshot = again.Load(10);
            Assert.Equal((minute, 1), (Assert.Single(snapshot.Airtime), Assert.Single(snapshot.Keys).Epoch));
            Assert.Empty(again.Quarantined);
        }

        Assert.Equal(($"{Schema.Version}", "ok"), (_folder.Sql("PRAGMA user_version"), _folder.Sql("PRAGMA integrity_check")));
    }

    [Fact]
    public void A_file_that_is_no_database_is_put_aside()
    {
        File.WriteAllText(_folder.Database, new string('x', 5000));
        using var outbox = _folder.Open();
        Assert.Empty(outbox.Load(1).Envelopes);
        Assert.Equal(new string('x', 5000), File.ReadAllText(Path.Combine(outbox.LastLoss!.Folder, Path.GetFileName(_folder.Database))));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_clear_error()
    {
        File.WriteAllText(_folder.Database, "a file where a folder should be");
        var error = Assert.Throws<OutboxException>(() => SqliteOutbox.Open(Path.Combine(_folder.Database, "outbox.db"), Sample.Site));
        Assert.Contains(_folder.Database, error.Message, StringComparison.Ordinal);
    }
}
