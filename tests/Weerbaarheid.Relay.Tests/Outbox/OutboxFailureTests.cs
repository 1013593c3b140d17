using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Outbox;

public sealed class OutboxFailureTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_full_store_says_so_keeps_what_it_had_and_works_again_once_there_is_room()
    {
        using var outbox = _folder.Open(new OutboxOptions(MaxBytes: 64 * 1024));
        outbox.Load(10);
        outbox.Commit([Sample.Put(Sample.Envelope(1))], TimeSpan.FromSeconds(1));
        var big = Enumerable.Range(2, 300).Select(i => Sample.Put(Sample.Envelope((ulong)i, bodyLength: 500))).ToList();

        var error = Assert.Throws<OutboxException>(() => outbox.Commit(big, TimeSpan.FromSeconds(2)));
        Assert.Equal(OutboxFailure.Full, error.Failure);
        Assert.Contains(_folder.Database, error.Message, StringComparison.Ordinal);
        Assert.Throws<OutboxException>(() => outbox.Commit([], TimeSpan.FromSeconds(3)));

        var snapshot = outbox.Load(10);
        Assert.Equal((TimeSpan.FromSeconds(1), 1), (snapshot.Time, snapshot.Envelopes.Count));
        outbox.Commit([Sample.Put(Sample.Envelope(2))], TimeSpan.FromSeconds(4));
        Assert.Equal(2, outbox.Load(10).Envelopes.Count);
    }

    [SkippableTheory]
    [InlineData(DiskFault.Full, OutboxFailure.Full)]
    [InlineData(DiskFault.SyncFails, OutboxFailure.Failed)]
    public void A_commit_that_the_disk_refuses_changes_nothing(string device, object failure)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs /proc and device files");
        using var outbox = _folder.Open();
        outbox.Load(10);
        outbox.Commit([Sample.Put(Sample.Envelope(1)), new StoreChange.SetTally("expired", 1)], TimeSpan.FromSeconds(1));
        var before = Sample.Describe(outbox.Load(10));
        outbox.Commit([], TimeSpan.FromSeconds(1));

        DiskFault.PutInPlaceOfLog(_folder.Database, device);
        StoreChange[] batch = [Sample.Put(Sample.Envelope(2)), new StoreChange.SetTally("expired", 2), new StoreChange.Remove(Sample.Envelope(1).Key)];
        var error = Assert.Throws<OutboxException>(() => outbox.Commit(batch, TimeSpan.FromSeconds(2)));
        Assert.Equal((OutboxFailure)failure, error.Failure);
        Assert.Throws<OutboxException>(() => outbox.Commit(batch, TimeSpan.FromSeconds(2)));

        Assert.Equal(before, Sample.Describe(outbox.Load(10)));
        outbox.Commit(batch, TimeSpan.FromSeconds(3));
        outbox.Dispose();
        using var again = _folder.Open();
        Assert.Equal(2UL, Assert.Single(again.Load(10).Envelopes).Key.Sequence);
        Assert.Equal("ok", Integrity(again));
    }

    [Fact]
    public void A_memory_store_fails_when_told_to_and_then_must_be_loaded()
    {
        var outbox = new MemoryOutbox();
        outbox.Load(10);
        outbox.Commit([Sample.Put(Sample.Envelope(1))], TimeSpan.FromSeconds(1));
        outbox.FailNextCommit(OutboxFailure.Full);
        var error = Assert.Throws<OutboxException>(() => outbox.Commit([Sample.Put(Sample.Envelope(2))], TimeSpan.FromSeconds(2)));
        Assert.Equal(OutboxFailure.Full, error.Failure);
        Assert.Throws<OutboxException>(() => outbox.Commit([], TimeSpan.FromSeconds(3)));
        Assert.Single(outbox.Load(10).Envelopes);
        outbox.Commit([Sample.Put(Sample.Envelope(2))], TimeSpan.FromSeconds(4));
        Assert.Equal(2, outbox.Load(10).Envelopes.Count);
    }

    private string Integrity(SqliteOutbox outbox)
    {
        outbox.Dispose();
        return _folder.Sql("PRAGMA integrity_check");
    }
}
