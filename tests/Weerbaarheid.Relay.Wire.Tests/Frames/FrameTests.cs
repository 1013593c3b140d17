using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Frames;

public sealed class FrameTests
{
    [Fact]
    public void A_frame_comes_back_item_by_item()
    {
        using var keys = KeyRing.Demonstration();
        var writer = new FrameWriter(keys, 11, 200);
        Assert.True(writer.IsEmpty);
        Assert.True(writer.TryAddBeacon(new Beacon(1, true, 2, 900, 300)));
        Assert.Equal(2, writer.AddAcknowledgements(12, Series.States, [4711, 0xFFFFFF]));
        Assert.True(writer.TryAddEnvelope([1, 2, 3], 70_000));
        Assert.True(writer.TryAddEnvelope([], 0));
        var frame = writer.Finish();
        Assert.True(writer.IsEmpty);

        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(keys, frame, out var reader));
        Assert.Equal(11, reader.Sender);
        Assert.Equal(FrameItem.Beacon, reader.Next());
        Assert.Equal(new Beacon(1, true, 2, 900, 300), reader.Beacon);
        Assert.Equal(FrameItem.Acknowledgement, reader.Next());
        Assert.Equal(new HopAcknowledgement(12, Series.States, 4711), reader.Acknowledgement);
        Assert.Equal(FrameItem.Acknowledgement, reader.Next());
        Assert.Equal(new HopAcknowledgement(12, Series.States, 0xFFFFFF), reader.Acknowledgement);
        Assert.Equal(FrameItem.Envelope, reader.Next());
        Assert.Equal([1, 2, 3], reader.Envelope.ToArray());
        Assert.Equal(70_000UL, reader.AgeSeconds);
        Assert.Equal(FrameItem.Envelope, reader.Next());
        Assert.True(reader.Envelope.IsEmpty);
        Assert.Equal(FrameItem.End, reader.Next());
        Assert.Equal(FrameItem.End, reader.Next());
    }

    [Fact]
    public void A_frame_never_grows_beyond_its_link()
    {
        using var keys = KeyRing.Demonstration();
        var random = new RandomMessages(21);
        for (var i = 0; i < 300; i++)
        {
            var most = 32 + random.Below(220);
            var writer = new FrameWriter(keys, 11, most);
            for (var item = 0; item < 40; item++)
            {
                var room = writer.Room;
                var envelope = random.Bytes(random.Below(60));
                var age = random.Sequence();
                switch (random.Below(3))
                {
                    case 0: Assert.Equal(FrameWriter.EnvelopeCost(envelope.Length, age) <= room, writer.TryAddEnvelope(envelope, age)); break;
                    case 1: writer.AddAcknowledgements(random.Site(), Series.Records, new uint[random.Below(50)]); break;
                    default: writer.TryAddBeacon(new Beacon(0, false, 15, 0, 1 + random.Below(3600))); break;
                }
            }

            var frame = writer.Finish();
            Assert.InRange(frame.Length, FrameWriter.Overhead, most);
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(keys, frame, out var reader));
            FrameItem read;
            do read = reader.Next();
            while (read is not (FrameItem.End or FrameItem.Unreadable));
            Assert.Equal(FrameItem.End, read);
        }
    }

    [Fact]
    public void Every_flipped_bit_and_every_cut_is_refused()
    {
        using var keys = KeyRing.Demonstration();
        var frame = FrameWith(keys);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(FrameOutcome.Opened, FrameReader.TryOpen(keys, frame, out _));
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < frame.Length; length++)
            Assert.NotEqual(FrameOutcome.Opened, FrameReader.TryOpen(keys, frame.AsSpan(0, length), out _));
    }

    [Fact]
    public void A_site_and_its_region_share_the_network_key_and_a_stranger_does_not()
    {
        var region = SHA256.HashData("a region of these tests"u8);
        using var desk = KeyRing.ForRegion(0, region, null, false);
        using var site = KeyRing.ForSite(0, 11, KeyRing.SiteKey(region, 11, 0), KeyRing.NetworkKey(region, 0), null);
        using var stranger = KeyRing.Demonstration();
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(site, FrameWith(desk), out _));
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(desk, FrameWith(site), out _));
        Assert.Equal(FrameOutcome.NotAuthentic, FrameReader.TryOpen(stranger, FrameWith(site), out _));
    }

    [Theory]
    [InlineData("04")]
    [InlineData("0105")]
    [InlineData("01000901")]
    [InlineData("0100FFFFFFFFFFFFFFFFFF0100")]
    [InlineData("02000B0000")]
    [InlineData("02000B0003000001")]
    [InlineData("02000B0201000001")]
    [InlineData("0300010000")]
    [InlineData("030001000000")]
    [InlineData("0300010000917C")]
    public void An_item_that_makes_no_sense_ends_the_reading_and_nothing_worse(string items)
    {
        using var keys = KeyRing.Demonstration();
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(keys, FrameOf(keys, Convert.FromHexString(items)), out var reader));
        Assert.Equal(FrameItem.Unreadable, reader.Next());
        Assert.Equal(FrameItem.End, reader.Next());
    }

    /// <summary>A frame under the right key with any items, as a neighbour with a defect could send.</summary>
    internal static byte[] FrameOf(KeyRing keys, byte[] items)
    {
        byte[] frame = [(byte)(0x40 | keys.Epoch), 0, 11, .. items, .. new byte[8]];
        keys.FrameTag(frame.AsSpan(0, frame.Length - 8), frame.AsSpan(frame.Length - 8));
        return frame;
    }

    private static byte[] FrameWith(KeyRing keys)
    {
        var writer = new FrameWriter(keys, 11, 64);
        writer.TryAddBeacon(new Beacon(0, false, 1, 900, 60));
        writer.TryAddEnvelope([1, 2, 3, 4], 5);
        return writer.Finish();
    }
}
