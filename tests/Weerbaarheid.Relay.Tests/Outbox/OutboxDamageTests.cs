using System.Buffers.Binary;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

public sealed class OutboxDamageTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20)]
    public void A_flipped_bit_in_an_envelope_puts_its_row_in_quarantine(int offset)
    {
        var (good, bad) = (Sample.Envelope(1, delivered: true), Sample.Envelope(2, delivered: true));
        Store(Sample.Put(good), Sample.Put(bad));
        _folder.FlipBitAt(bad.Bytes.Span, offset);

        using (var outbox = _folder.Open())
        {
            Assert.Equal(good.Key, Assert.Single(outbox.Load(10).Envelopes).Key);
            var damaged = Assert.Single(outbox.Quarantined);
            Assert.Equal((DamagedTable.Envelope, bad.Key.ToString()), (damaged.Table, damaged.Name));
            Assert.Equal(good.Key, Assert.Single(outbox.ReadDelivered(10)).Key);
            // The key is free again: the same envelope can come in anew.
            outbox.Commit([Sample.Put(bad)], TimeSpan.FromSeconds(2));
            Assert.Equal(2, outbox.Load(10).Envelopes.Count);
            Assert.Empty(outbox.Quarantined);
        }

        Assert.Equal("envelope", _folder.Sql("SELECT source FROM quarantine"));
        Assert.Equal("2", _folder.Sql("SELECT c4 FROM quarantine"));
    }

    [Theory]
    [InlineData(false, DamagedTable.Envelope)]
    [InlineData(true, DamagedTable.Index)]
    public void A_damaged_key_is_caught_in_the_row_and_in_the_index(bool inIndex, object expected)
    {
        var (good, bad) = (Sample.Envelope(1), Sample.Envelope(0x5A5B5C5D5E));
        Store(Sample.Put(good), Sample.Put(bad));
        var sequence = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(sequence, bad.Key.Sequence);
        // The table was made before its index, so its page comes first.
        _folder.FlipBitAt(sequence.AsSpan(3), 4, last: inIndex);
        using (var outbox = _folder.Open())
        {
            Assert.Equal(inIndex ? 2 : 1, outbox.Load(10).Envelopes.Count);
            Assert.Equal((DamagedTable)expected, Assert.Single(outbox.Quarantined).Table);
            outbox.Commit([Sample.Put(bad), new StoreChange.SetAnnounced(bad.Key)], TimeSpan.FromSeconds(2));
            var after = outbox.Load(10).Envelopes;
            Assert.Equal(2, after.Count);
            Assert.True(Assert.Single(after, e => e.Key == bad.Key).Announced);
            Assert.Empty(outbox.Quarantined);
        }

        Assert.Equal("ok", _folder.Sql("PRAGMA integrity_check"));
    }

    [Fact]
    public void A_change_to_a_damaged_row_fails_instead_of_renewing_its_check()
    {
        var bad = Sample.Envelope(1);
        using var file = StoreFile.Open(_folder.Database, OutboxOptions.Default.MaxBytes);
        var tables = new Tables(file);
        tables.Load(10, (Sample.Site, null), afterLoss: false, new Quarantine());
        tables.Commit([Sample.Put(bad)], TimeSpan.Zero, 100);
        Pragma.Execute(file.Connection, "UPDATE envelope SET priority=1");
        var error = Assert.Throws<OutboxException>(() => tables.Commit([new StoreChange.SetAnnounced(bad.Key)], TimeSpan.Zero, 100));
        Assert.Equal(OutboxFailure.Damaged, error.Failure);
        Assert.Empty(tables.ReadDelivered(10, null, null, null));
    }

    [Fact]
    public void Damaged_windows_references_and_tallies_are_never_given_as_data()
    {
        var (window, text) = (new byte[24], "a reference of some length");
        new Random(7).NextBytes(window);
        Store(
            new StoreChange.SetWindow(new WindowKey(11, 0, 0), 5, window), new StoreChange.SetWindow(new WindowKey(12, 0, 0), 5, new byte[3]),
            new StoreChange.PutReference(text, Sample.Envelope(1).Key, TimeSpan.Zero), new StoreChange.SetTally("expired", 0x1122334455));
        _folder.FlipBitAt(window, 9);
        _folder.FlipBitAt(System.Text.Encoding.UTF8.GetBytes(text), 7);
        _folder.FlipBitAt([0x11, 0x22, 0x33, 0x44, 0x55], 2);

        using var outbox = _folder.Open();
        var snapshot = outbox.Load(10);
        Assert.Equal(12, Assert.Single(snapshot.Windows).Key.Origin);
        Assert.Empty(snapshot.References);
        Assert.Empty(snapshot.Tallies);
        Assert.Equal([DamagedTable.Window, DamagedTable.Reference, DamagedTable.Tally], outbox.Quarantined.Select(q => q.Table));
        outbox.Load(10);
        Assert.Empty(outbox.Quarantined);
    }

    [Fact]
    public void With_one_mark_damaged_a_new_life_begins()
    {
        Store(new StoreChange.SetCounter(Series.Records, 700), new StoreChange.SetCounter(Series.States, 900));
        _folder.Sql("UPDATE mark_a SET records=3");
        using var outbox = _folder.Open();
        var snapshot = outbox.Load(10);
        Assert.Equal((Sequence.Of(1, 0), Sequence.Of(1, 0)), (snapshot.Records, snapshot.States));
        Assert.Contains(outbox.Quarantined, q => q.Table == DamagedTable.Counters);
        var again = outbox.Load(10);
        Assert.Equal((snapshot.Records, snapshot.States), (again.Records, again.States));
        Assert.Empty(outbox.Quarantined);
    }

    [Theory]
    [InlineData("UPDATE mark_a SET records=3; UPDATE mark_b SET records=4")]
    [InlineData("DELETE FROM mark_a; DELETE FROM mark_b")]
    public void Without_any_mark_a_life_begins_after_every_one_that_can_have_been_used(string damage)
    {
        var own = Sample.Envelope(4000);
        var reference = new StoreChange.PutReference("b7c1", new EnvelopeKey(Sample.Site, Series.Records, Sequence.Of(3, 4711)), TimeSpan.FromHours(3));
        Store(Sample.Put(own), reference, new StoreChange.SetCounter(Series.Records, 4711), new StoreChange.SetCounter(Series.States, 70));
        _folder.Sql(damage);

        using var outbox = _folder.Open();
        var snapshot = outbox.Load(10);
        Assert.Equal((Sequence.Of(4, 0), Sequence.Of(4, 0)), (snapshot.Records, snapshot.States));
        Assert.True(snapshot.Time >= TimeSpan.FromHours(3));
        Assert.Equal(snapshot.Records, outbox.Load(10).Records);
    }

    [Fact]
    public void A_counter_never_lies_below_an_own_envelope_or_reference()
    {
        Store(
            Sample.Put(Sample.Envelope(30)), Sample.Put(Sample.Envelope(9000, origin: 12)),
            new StoreChange.PutReference("r", new EnvelopeKey(Sample.Site, Series.Records, 31), TimeSpan.Zero));
        using var outbox = _folder.Open();
        Assert.Equal((31UL, 0UL), (outbox.Load(10).Records, outbox.Load(10).States));
    }

    private void Store(params StoreChange[] changes)
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        outbox.Commit(changes, TimeSpan.FromSeconds(1));
        outbox.Commit([], TimeSpan.FromSeconds(1));
        outbox.Checkpoint();
    }
}
