using CsCheck;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

public sealed class OutboxModelTests
{
    private const int Retention = 6;

    private static readonly Gen<StoredEnvelope> Envelopes = Gen.Select(
        Gen.ULong[1, 8], Gen.UShort[10, 12], OneOf(MessageType.Melding, MessageType.Amend, MessageType.Status, MessageType.Receipt),
        Gen.Byte[1, 4], Gen.Bool, Gen.Bool, OneOf<string?>(null, "", "ref é"), Gen.Int[0, 1200],
        (sequence, origin, type, priority, custody, delivered, clientRef, length) =>
            Sample.Envelope(sequence, origin, type, priority, custody, delivered, clientRef, length));

    private static readonly Gen<EnvelopeKey> Keys = Gen.Select(
        Gen.UShort[10, 12], OneOf(Series.Records, Series.States), Gen.ULong[1, 8], (o, s, n) => new EnvelopeKey(o, s, n));

    private static readonly Gen<MessageState> States = Gen.Byte[0, 5].Select(s => (MessageState)s);

    private static readonly Gen<TimeSpan> Moments = Gen.Long[-5, 50].Select(TimeSpan.FromTicks);

    // The own site is none of the origins here: then counters are what was set, not what the envelopes prove.
    private static readonly Gen<StoreChange> Changes = Gen.Frequency(
        (8, Envelopes.Select(Sample.Put)),
        (2, Keys.Select(k => (StoreChange)new StoreChange.Remove(k))),
        (5, Gen.Select(Keys, States, Gen.Bool, OneOf<string?>(null, "", "GMK-1"), (k, s, c, r) => (StoreChange)new StoreChange.SetProgress(k, s, c, r))),
        (3, Keys.Select(k => (StoreChange)new StoreChange.SetAnnounced(k))),
        (1, Gen.Select(OneOf(Series.Records, Series.States), Gen.ULong, (s, n) => (StoreChange)new StoreChange.SetCounter(s, n))),
        (2, Gen.Select(Gen.UShort[1, 3], Gen.Byte[0, 2], Gen.ULong, Gen.Byte.Array[0, 40],
            (o, t, h, seen) => (StoreChange)new StoreChange.SetWindow(new WindowKey(o, t, 0), h, seen))),
        (2, Gen.Select(OneOf("a", "b", "", "long reference"), Keys, Moments, (r, k, at) => (StoreChange)new StoreChange.PutReference(r, k, at))),
        (1, OneOf("a", "b", "", "never there").Select(r => (StoreChange)new StoreChange.RemoveReference(r))),
        (1, Gen.Select(OneOf("expired", "refused"), Gen.Long, (n, v) => (StoreChange)new StoreChange.SetTally(n, v))),
        (3, Gen.Select(OneOf("EU868 P", "EU868 M", "144 é"), Gen.Long[0, 200], Gen.Long[0, 900],
            (band, minute, spent) => (StoreChange)new StoreChange.SetAirtime(band, minute, TimeSpan.FromTicks(spent)))),
        (1, Gen.Select(Gen.Byte[0, 15], Gen.Byte, (epoch, fill) => (StoreChange)new StoreChange.PutKeys(epoch, Filled(fill), Filled((byte)(fill + 1))))));

    private enum Between
    {
        Nothing,
        Load,
        Checkpoint,
        Reopen,
    }

    private static readonly Gen<(StoreChange[] Batch, Between After)[]> Scripts = Gen.Select(
        Changes.Array[0, 6], Gen.Frequency((5, Gen.Const(Between.Nothing)), (1, Gen.Const(Between.Load)), (1, Gen.Const(Between.Checkpoint)), (1, Gen.Const(Between.Reopen))),
        (batch, after) => (batch, after)).Array[1, 15];

    [Fact]
    public void Disk_and_memory_agree_after_any_batches_and_restarts() => Scripts.Sample(Run, iter: 300, threads: 1);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static byte[] Filled(byte fill) => [.. Enumerable.Repeat(fill, 32)];

    private static void Run((StoreChange[] Batch, Between After)[] script)
    {
        using var folder = new StoreFolder();
        var options = new OutboxOptions(Retention);
        var memory = new MemoryOutbox(Retention);
        var disk = SqliteOutbox.Open(folder.Database, 500, options);
        try
        {
            memory.Load(3);
            disk.Load(3);
            var now = TimeSpan.Zero;
            foreach (var (batch, after) in script)
            {
                now += TimeSpan.FromTicks(7);
                memory.Commit(batch, now);
                disk.Commit(batch, now);
                if (after == Between.Checkpoint) disk.Checkpoint();
                if (after == Between.Reopen)
                {
                    disk.Dispose();
                    disk = SqliteOutbox.Open(folder.Database, 500, options);
                }

                if (after is Between.Load or Between.Reopen) Assert.Equal(Sample.Describe(memory.Load(3)), Sample.Describe(disk.Load(3)));
                Compare(memory, disk);
            }

            Assert.Equal(Sample.Describe(memory.Load(4)), Sample.Describe(disk.Load(4)));
            Compare(memory, disk);
            Assert.Empty(disk.Quarantined);
        }
        finally
        {
            disk.Dispose();
        }
    }

    private static void Compare(MemoryOutbox memory, SqliteOutbox disk)
    {
        Assert.Equal(Sample.Describe(memory.Counts), Sample.Describe(disk.Counts));
        Assert.Equal(memory.ReadDelivered(5).Select(Sample.Describe), disk.ReadDelivered(5).Select(Sample.Describe));
        var before = memory.ReadDelivered(2) is [_, var second] ? second.Key : (EnvelopeKey?)null;
        Assert.Equal(
            memory.ReadDelivered(3, before, 11, MessageType.Melding).Select(Sample.Describe),
            disk.ReadDelivered(3, before, 11, MessageType.Melding).Select(Sample.Describe));
    }
}
