using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

public sealed class SqliteOutboxTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_committed_is_there_after_a_restart()
    {
        var put = Sample.Envelope(1, clientRef: "b7c1 é");
        using (var outbox = _folder.Open())
        {
            Assert.Equal(Sample.Describe(Snapshot.Empty), Sample.Describe(outbox.Load(10)));
            outbox.Commit([Sample.Put(put), new StoreChange.SetCounter(Series.Records, 1)], TimeSpan.FromSeconds(5));
        }

        using var again = _folder.Open();
        var snapshot = again.Load(10);
        Assert.Equal(Sample.Describe(put), Sample.Describe(Assert.Single(snapshot.Envelopes)));
        Assert.Equal((TimeSpan.FromSeconds(5), 1UL), (snapshot.Time, snapshot.Records));
        Assert.Empty(again.Quarantined);
    }

    [Fact]
    public void Empty_and_absent_texts_and_bytes_stay_what_they_are()
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        var empty = Sample.Envelope(1, bodyLength: 0) with { ClientRef = "", Reference = "" };
        var window = new StoreChange.SetWindow(new WindowKey(3, 0, 0), ulong.MaxValue, ReadOnlyMemory<byte>.Empty);
        outbox.Commit([Sample.Put(empty), window], TimeSpan.Zero);
        var snapshot = outbox.Load(10);
        Assert.Equal(Sample.Describe(empty), Sample.Describe(Assert.Single(snapshot.Envelopes)));
        Assert.Equal((ulong.MaxValue, 0), (snapshot.Windows[0].Highest, snapshot.Windows[0].Seen.Length));
        Assert.Empty(outbox.Quarantined);
    }

    [Fact]
    public void A_null_reference_leaves_the_one_that_is_there()
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        var key = Sample.Envelope(1).Key;
        outbox.Commit(
        [
            Sample.Put(Sample.Envelope(1)),
            new StoreChange.SetProgress(key, MessageState.InBehandeling, true, "GMK-2026-81"),
            new StoreChange.SetProgress(key, MessageState.InBehandeling, true, null),
            new StoreChange.SetAnnounced(key),
        ], TimeSpan.Zero);
        var stored = Assert.Single(outbox.Load(10).Envelopes);
        Assert.Equal(("GMK-2026-81", MessageState.InBehandeling, true), (stored.Reference, stored.State, stored.Announced));
    }

    [Fact]
    public void A_store_must_be_loaded_before_it_is_used()
    {
        using var outbox = _folder.Open();
        Assert.Throws<OutboxException>(() => outbox.Commit([], TimeSpan.Zero));
        Assert.Throws<OutboxException>(() => outbox.ReadDelivered(1));
    }

    [Fact]
    public void Bytes_that_are_not_the_envelope_of_their_key_are_refused_and_nothing_of_the_batch_is_kept()
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        var other = Sample.Envelope(2) with { Bytes = Sample.Envelope(3, origin: 99).Bytes };
        Assert.Throws<ArgumentException>(() => outbox.Commit([Sample.Put(Sample.Envelope(1)), Sample.Put(other)], TimeSpan.Zero));
        Assert.Empty(outbox.Load(10).Envelopes);
    }

    [Fact]
    public void Who_reads_on_misses_nothing_when_the_last_of_a_page_goes_meanwhile()
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        for (var i = 1UL; i <= 25; i++) outbox.Commit([Sample.Put(Sample.Envelope(i, delivered: true))], TimeSpan.Zero);

        var (place, read) = (long.MaxValue, new List<ulong>());
        while (outbox.ReadDelivered(10, ref place) is { Count: > 0 } page)
        {
            read.AddRange(page.Select(envelope => envelope.Key.Sequence));
            outbox.Commit([new StoreChange.Remove(page[^1].Key), Sample.Put(Sample.Envelope(100 + (ulong)read.Count, delivered: true))], TimeSpan.Zero);
        }

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(i => (ulong)i), read);
    }

    [Fact]
    public void Delivered_envelopes_are_read_in_pages_newest_first()
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        for (var i = 1UL; i <= 25; i++)
            outbox.Commit([Sample.Put(Sample.Envelope(i, origin: (ushort)(20 + (i % 2)), delivered: true, type: i % 5 == 0 ? MessageType.Hulpvraag : MessageType.Melding))], TimeSpan.Zero);

        var pages = new List<ulong>();
        EnvelopeKey? before = null;
        while (outbox.ReadDelivered(10, before) is { Count: > 0 } page)
        {
            pages.AddRange(page.Select(e => e.Key.Sequence));
            before = page[^1].Key;
        }

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(i => (ulong)i), pages);
        Assert.Equal([24UL, 22UL], outbox.ReadDelivered(2, site: 20).Select(e => e.Key.Sequence));
        Assert.Equal([25UL, 15UL, 5UL], outbox.ReadDelivered(10, site: 21, type: MessageType.Hulpvraag).Select(e => e.Key.Sequence));
    }

    [Fact]
    public void The_oldest_records_out_of_custody_go_first_a_bounded_number_at_a_time()
    {
        using var outbox = _folder.Open(new OutboxOptions(Retention: 100));
        outbox.Load(10);
        var held = Sample.Envelope(1);
        var state = Sample.Envelope(2, origin: 12, type: MessageType.Status, custody: false, delivered: true);
        var many = Enumerable.Range(3, 500).Select(i => Sample.Put(Sample.Envelope((ulong)i, delivered: true, custody: false)));
        outbox.Commit([Sample.Put(held), Sample.Put(state), .. many], TimeSpan.Zero);
        Assert.Equal(500 - OutboxOptions.RemovedPerCommit, outbox.Counts.Where(c => !c.Key.Custody && c.Key.Type == MessageType.Melding).Sum(c => c.Value));

        outbox.Commit([], TimeSpan.Zero);
        Assert.Equal(102, outbox.Load(1000).Envelopes.Count);
        outbox.Commit([new StoreChange.SetProgress(held.Key, MessageState.Ontvangen, false, null)], TimeSpan.Zero);
        var left = outbox.Load(1000).Envelopes;
        Assert.Equal(101, left.Count);
        Assert.DoesNotContain(left, e => e.Key == held.Key);
        Assert.Contains(left, e => e.Key == state.Key);
        Assert.Equal(502UL, left[^1].Key.Sequence);
    }

    [Fact]
    public void A_checkpoint_empties_the_log_and_keeps_what_was_in_it()
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        outbox.Commit([Sample.Put(Sample.Envelope(1))], TimeSpan.Zero);
        Assert.True(new FileInfo(_folder.Database + "-wal").Length > 0);
        outbox.Checkpoint();
        Assert.Equal(0, new FileInfo(_folder.Database + "-wal").Length);
        Assert.Equal(new FileInfo(_folder.Database).Length, outbox.FileBytes);
        Assert.Single(outbox.Load(10).Envelopes);
    }
}
