using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class ReceiptTests
{
    private static Receipt Write(params ulong[] seen)
    {
        var window = new ReplayWindow();
        window.Know(seen.Max());
        foreach (var sequence in seen) window.Seen.Add(sequence);
        return new ReceiptDesk().Write(11, window, isFast: false);
    }

    [Fact]
    public void It_says_up_to_where_all_is_there_and_what_lies_beyond_the_hole()
    {
        var receipt = Write(1, 2, 3, 5, 6, 9, 250);
        Assert.Equal(3UL, receipt.UpTo);
        Assert.Equal([1UL, 2, 3, 5, 6, 9, 250], Enumerable.Range(1, 400).Select(i => (ulong)i).Where(receipt.Covers));
    }

    [Fact]
    public void It_never_says_more_than_what_is_there_and_fits_a_radio_frame_however_many_holes()
    {
        var seen = Enumerable.Range(1, 2_000).Select(i => (ulong)i * 2).ToArray();
        var receipt = Write(seen);
        var body = new byte[MessageLimits.Body];
        Assert.InRange(MessageCodec.Encode(receipt, body), 1, 160);
        Assert.All(Enumerable.Range(1, 5_000).Select(i => (ulong)i).Where(receipt.Covers), sequence => Assert.Contains(sequence, seen));
        Assert.True(receipt.Covers(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_turn_they_name_everything_that_arrived_beyond_the_holes_the_newest_first(bool isFast)
    {
        var (desk, window) = (new ReceiptDesk(), new ReplayWindow());
        var seen = Enumerable.Range(1, 3_000).Select(i => (ulong)i * 3).ToList();
        foreach (var sequence in seen)
        {
            window.Seen.Add(sequence);
            desk.Arrived(new EnvelopeKey(11, Series.Records, sequence));
        }

        var covered = new HashSet<ulong>();
        for (var i = 0; i == 0 || desk.HasUntold(11); i++)
        {
            Assert.True(i < 100, "the receipts do not come to an end");
            var receipt = desk.Write(11, window, isFast);
            var body = new byte[MessageLimits.Body];
            Assert.InRange(MessageCodec.Encode(receipt, body), 1, isFast ? 260 : 165);
            if (i == 0) Assert.True(receipt.Covers(9_000));
            covered.UnionWith(Enumerable.Range(1, 10_000).Select(n => (ulong)n).Where(receipt.Covers));
        }

        Assert.Equal(seen, covered.Order());
    }

    [Fact]
    public void Receipts_for_one_origin_keep_their_pause_and_none_is_forgotten()
    {
        var desk = new ReceiptDesk();
        var pause = TimeSpan.FromSeconds(8);
        desk.Owe(11, TimeSpan.Zero, pause);
        Assert.Equal([(ushort)11], desk.TakeDue(TimeSpan.Zero));
        desk.Owe(11, TimeSpan.FromSeconds(1), pause);
        desk.Owe(12, TimeSpan.FromSeconds(1), pause);
        Assert.Equal([(ushort)12], desk.TakeDue(TimeSpan.FromSeconds(1)));
        Assert.Equal(pause, desk.NextDue);
        Assert.Equal([(ushort)11], desk.TakeDue(pause));
        Assert.Equal(TimeSpan.MaxValue, desk.NextDue);
    }
}
