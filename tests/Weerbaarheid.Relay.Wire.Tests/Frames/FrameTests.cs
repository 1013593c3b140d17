using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Frames;

public sealed class FrameTests
{
    private static readonly KeyRing Keys = KeyRing.Demonstration();

    [Theory]
    [InlineData(FrameForm.Wide)]
    [InlineData(FrameForm.Narrow)]
    public void A_frame_comes_back_item_by_item(FrameForm form)
    {
        var writer = new FrameWriter(Keys, 11, 200, form);
        Assert.True(writer.IsEmpty);
        string[] items =
        [
            "beacon role 1 distance 2 via 900 period 300 asks", "acknowledgement 12 states 4711,4767", "envelope age 70000 010203",
            "envelope age 0 ", "parts 65535 missing 255 bitmap ", "fragment 513 7 age 600 0405 last",
        ];
        foreach (var item in items) Assert.True(FrameText.Add(writer, item), item);
        Assert.Equal(0, writer.Room);
        var size = writer.Size;
        var frame = writer.Finish();
        Assert.Equal(size, frame.Length);
        Assert.True(writer.IsEmpty);
        var reader = Open(form, frame);
        Assert.Equal(((ushort)11, (ushort?)null, false), (reader.Sender, reader.To, reader.HasMore));
        Assert.Equal(items, FrameText.Read(ref reader));
        Assert.Equal(FrameItem.End, reader.Next());
    }

    [Fact]
    public void A_frame_never_grows_beyond_its_limit_and_tells_its_size()
    {
        var random = new RandomMessages(21);
        for (var i = 0; i < 600; i++)
        {
            var form = (FrameForm)(1 + random.Below(2));
            var most = 32 + random.Below(220);
            var writer = new FrameWriter(Keys, 11, most, form);
            var limit = random.Below(3) == 0 ? random.Below(most + 50) : int.MaxValue;
            writer.Address(random.Below(2) == 0 ? (ushort)12 : null, limit);
            for (var item = 0; item < 40; item++)
            {
                if (random.Below(20) == 0) writer.Limit(limit = random.Below(most + 50));
                var before = writer.Size;
                AddAnything(writer, random);
                Assert.True(writer.Size == before || writer.Size <= Math.Min(limit, most), $"case {i}: {writer.Size} bytes, limit {limit} of {most}");
            }

            var size = writer.Size;
            var frame = writer.Finish(more: random.Below(2) == 0);
            Assert.Equal(size, frame.Length);
            Assert.InRange(frame.Length, FrameWriter.OverheadOf(form), most);
            var reader = Open(form, frame);
            Assert.DoesNotContain("unreadable", FrameText.Read(ref reader));
        }
    }

    [Fact]
    public void What_did_not_fit_left_nothing_behind()
    {
        var writer = new FrameWriter(Keys, 11, 40, FrameForm.Narrow);
        Assert.True(writer.TryAddEnvelope([1, 2, 3], 5));
        Assert.False(writer.TryAddEnvelope(new byte[40], 5));
        Assert.False(writer.TryAddFragment(new FragmentName(1, 0, false), new byte[40], null));
        writer.Limit(0);
        Assert.False(writer.TryAddBeacon(new Beacon(0, false, 1, 2, 60)));
        Assert.False(writer.TryAddParts(1, 0, []));
        Assert.False(writer.TryAddFragment(new FragmentName(1, 0, true), [], 0));
        Assert.Equal(0, writer.AddAcknowledgements(11, Series.Records, [1]));
        Assert.Equal(0, writer.AddAcknowledgements(11, Series.Records, []));
        var reader = Open(FrameForm.Narrow, writer.Finish());
        Assert.Equal(["envelope age 5 010203"], FrameText.Read(ref reader));
    }

    [Theory]
    [InlineData(FrameForm.Wide)]
    [InlineData(FrameForm.Narrow)]
    public void Every_flipped_bit_and_every_cut_is_refused(FrameForm form)
    {
        var frame = FrameWith(Keys, form);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, frame, out _));
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < frame.Length; length++)
            Assert.NotEqual(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, frame.AsSpan(0, length), out _));
        Assert.NotEqual(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, (byte[])[.. frame, 0], out _));
    }

    /// <summary>Even with a tag that is right for the link: the form is under the tag, and one that is not the link's is not looked at.</summary>
    [Theory]
    [InlineData(FrameForm.Wide, FrameForm.Narrow)]
    [InlineData(FrameForm.Narrow, FrameForm.Wide)]
    public void A_frame_of_one_form_is_not_taken_as_the_other(FrameForm made, FrameForm read)
    {
        var frame = FrameWith(Keys, made);
        Assert.Equal(FrameOutcome.Malformed, FrameReader.TryOpen(Keys, read, frame, out _));
        var tag = FrameWriter.TagSizeOf(read);
        Keys.FrameTag(0, frame.AsSpan(0, frame.Length - tag), frame.AsSpan(frame.Length - tag));
        Assert.Equal(FrameOutcome.Malformed, FrameReader.TryOpen(Keys, read, frame, out _));
        frame[0] = (byte)((frame[0] & 0x3F) | ((int)read << 6));
        Assert.Equal(FrameOutcome.NotAuthentic, FrameReader.TryOpen(Keys, read, frame, out _));
        foreach (var none in (byte[])[0x00, 0xC0])
        {
            frame[0] = none;
            Assert.Equal(FrameOutcome.Malformed, FrameReader.TryOpen(Keys, read, frame, out _));
        }
    }

    [Theory]
    [InlineData(FrameForm.Wide)]
    [InlineData(FrameForm.Narrow)]
    public void A_site_and_its_region_share_the_network_key_and_a_stranger_does_not(FrameForm form)
    {
        var region = SHA256.HashData("a region of these tests"u8);
        using var desk = KeyRing.ForRegion(0, region, null, false);
        using var later = KeyRing.ForRegion(2, region, null, false);
        using var site = KeyRing.ForSite(0, 11, KeyRing.SiteKey(region, 11, 0), KeyRing.NetworkKey(region, 0), null);
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(site, form, FrameWith(desk, form), out _));
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(desk, form, FrameWith(site, form), out _));
        Assert.Equal(FrameOutcome.NotAuthentic, FrameReader.TryOpen(Keys, form, FrameWith(site, form), out _));
        Assert.Equal(FrameOutcome.NotAuthentic, FrameReader.TryOpen(later, form, FrameWith(desk, form), out _));
    }

    /// <summary>Each after one item that can be read, which counts.</summary>
    [Theory]
    [InlineData("00")]
    [InlineData("C0")]
    [InlineData("E0")]
    [InlineData("20")]
    [InlineData("2005")]
    [InlineData("200509")]
    [InlineData("24")]
    [InlineData("2402AA")]
    [InlineData("22")]
    [InlineData("228080")]
    [InlineData("20FFFFFFFFFFFFFFFFFF0201AA")]
    [InlineData("24FFFFFFFFFFFFFFFFFF01AA")]
    [InlineData("2700000B0012")]
    [InlineData("3600100000")]
    [InlineData("3710000B")]
    [InlineData("2F80038400004D63")]
    [InlineData("40000B0000")]
    [InlineData("41000B000001")]
    [InlineData("47000B000001FFFFFFFFFFFF")]
    [InlineData("50000001")]
    [InlineData("60")]
    [InlineData("60010384")]
    [InlineData("6001038400")]
    [InlineData("60010384911C")]
    [InlineData("6001038480")]
    [InlineData("80")]
    [InlineData("800102")]
    [InlineData("880102038080")]
    [InlineData("A0")]
    [InlineData("A00102")]
    [InlineData("A101020300A1010203")]
    public void An_item_that_makes_no_sense_ends_the_reading_and_nothing_worse(string items)
    {
        foreach (var form in Enum.GetValues<FrameForm>())
        {
            var reader = Open(form, FrameOf(Keys, form, [0xA0, 1, 2, 3, .. Convert.FromHexString(items)]));
            var read = FrameText.Read(ref reader);
            Assert.Equal("parts 258 missing 3 bitmap ", read[0]);
            Assert.Equal("unreadable", read[^1]);
            Assert.Equal(FrameItem.End, reader.Next());
        }
    }

    /// <summary>A frame under the right key with any items, as a neighbour with a defect could send.</summary>
    internal static byte[] FrameOf(KeyRing keys, FrameForm form, byte[] items, byte flags = 0)
    {
        var tag = FrameWriter.TagSizeOf(form);
        byte[] frame = [(byte)(((int)form << 6) | flags | keys.Epoch), 0, 11, .. items, .. new byte[tag]];
        keys.FrameTag(keys.Epoch, frame.AsSpan(0, frame.Length - tag), frame.AsSpan(frame.Length - tag));
        return frame;
    }

    private static FrameReader Open(FrameForm form, byte[] frame)
    {
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, frame, out var reader));
        return reader;
    }

    private static void AddAnything(FrameWriter writer, RandomMessages random)
    {
        var room = writer.Room;
        var bytes = random.Bytes(random.Below(60));
        var age = random.Sequence();
        switch (random.Below(6))
        {
            case 0 or 1: Assert.Equal(FrameWriter.EnvelopeCost(bytes.Length, age) <= room, writer.TryAddEnvelope(bytes, age)); break;
            case 2: writer.AddAcknowledgements(random.Below(2) == 0 ? (ushort)12 : random.Site(), Series.Records, [.. Enumerable.Range(random.Below(9), random.Below(80)).Select(n => (uint)n)]); break;
            case 3: writer.TryAddBeacon(new Beacon(0, false, 15, 0, 1 + random.Below(3600))); break;
            case 4: writer.TryAddParts(random.Site(), (byte)random.Below(256), bytes); break;
            default:
                if (random.Below(4) == 0) writer.TryAddFragment(new FragmentName(random.Site(), (byte)random.Below(256), true), bytes, random.Below(2) == 0 ? age : null);
                break;
        }
    }

    private static byte[] FrameWith(KeyRing keys, FrameForm form)
    {
        var writer = new FrameWriter(keys, 11, 64, form);
        writer.Address(12);
        writer.TryAddBeacon(new Beacon(0, false, 1, 900, 60));
        writer.TryAddEnvelope([1, 2, 3, 4], 5);
        return writer.Finish(more: true);
    }
}
