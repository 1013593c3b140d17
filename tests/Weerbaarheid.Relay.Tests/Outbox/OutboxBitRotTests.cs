using CsCheck;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>Bits flipped anywhere in the file: the same data, or a report, or a store put aside with most of it saved. Never wrong bytes, never a silent loss.</summary>
public sealed class OutboxBitRotTests : IDisposable
{
    private const ulong Records = 40;

    /// <summary>
    /// Envelopes that one bit may cost where the tree itself is damaged: those on a leaf page, or on two where the way to them is gone. The
    /// smallest of these rows lie a dozen to a page. Where the tree is whole it costs the row that it is in.
    /// </summary>
    private const int LostToATree = 16;

    /// <summary>The last value of each of the three minutes.</summary>
    private static readonly TimeSpan Spent = TimeSpan.FromSeconds(19 + 39 + 40);

    private readonly StoreFolder _folder = new();
    private readonly Dictionary<EnvelopeKey, string> _written = [];
    private readonly byte[] _pristine;

    public OutboxBitRotTests()
    {
        using (var outbox = _folder.Open())
        {
            outbox.Load(10);
            for (var i = 1UL; i <= Records; i++)
            {
                var type = i % 4 == 0 ? MessageType.Status : MessageType.Melding;
                var envelope = Sample.Envelope(i, i % 3 == 0 ? (ushort)12 : Sample.Site, type, custody: true, delivered: i % 2 == 0, bodyLength: (int)i * 12);
                _written[envelope.Key] = Sample.Describe(envelope);
                outbox.Commit(
                [
                    Sample.Put(envelope), new StoreChange.SetCounter(Series.Records, i), new StoreChange.SetWindow(new WindowKey(12, 0, 0), i, new byte[16]),
                    new StoreChange.PutReference($"ref-{i}", envelope.Key, TimeSpan.FromSeconds(i)), new StoreChange.SetTally("expired", (long)i),
                    new StoreChange.SetAirtime("EU868 P", (long)i / 20, TimeSpan.FromSeconds(i)),
                ], TimeSpan.FromSeconds(i));
            }

            outbox.Checkpoint();
        }

        _pristine = File.ReadAllBytes(_folder.Database);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Flipped_bits_anywhere_never_give_wrong_bytes_or_lose_an_envelope_in_silence() =>
        Gen.Int[0, (_pristine.Length * 8) - 1].Array[1, 8].Sample(Survives, iter: 400, threads: 1);

    private void Survives(int[] bits)
    {
        var file = _pristine.ToArray();
        foreach (var bit in bits) file[bit / 8] ^= (byte)(1 << (bit % 8));
        File.Delete(_folder.Database + "-wal");
        File.WriteAllBytes(_folder.Database, file);
        using var outbox = _folder.Open();
        var snapshot = outbox.Load((int)Records);
        Assert.All(snapshot.Envelopes, e => Assert.Equal(_written[e.Key], Sample.Describe(e)));
        Assert.True(snapshot.Records >= Records, "A number could be given out again.");
        Assert.InRange(snapshot.Envelopes.Count, (int)Records - (bits.Length * (outbox.HasJustLost ? LostToATree : 1)), (int)Records);
        var spent = snapshot.Airtime.Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Spent);
        Assert.True(spent >= Spent || outbox.Quarantined.Count > 0, "Airtime was forgotten in silence.");
        if (outbox.Quarantined.Any(row => row.Table is DamagedTable.Airtime or DamagedTable.AirtimeTotal)) Assert.True(spent >= Spent, "Damaged airtime counts for less than it was.");
        if (outbox.Quarantined.Count > 0) return;
        Assert.Equal((int)Records, snapshot.Envelopes.Count);
        Assert.Equal((Records, 16), (snapshot.Windows.Single().Highest, snapshot.Windows.Single().Seen.Length));
        Assert.Equal((int)Records, snapshot.References.Count);
        Assert.Equal((long)Records, snapshot.Tallies["expired"]);
        Assert.Equal(TimeSpan.FromSeconds(Records), snapshot.Time);
    }
}
