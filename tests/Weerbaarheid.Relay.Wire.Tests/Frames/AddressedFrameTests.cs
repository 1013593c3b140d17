using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Tests.Frames;

public sealed class AddressedFrameTests
{
    private static readonly KeyRing Keys = KeyRing.Demonstration();

    [Fact]
    public void An_address_takes_two_bytes_and_is_read_back_before_the_items()
    {
        var writer = new FrameWriter(Keys, 11, 64);
        var room = writer.Room;
        writer.Address(2);
        Assert.True(writer.IsEmpty);
        Assert.Equal(room - 2, writer.Room);
        Assert.Equal(1, writer.AddAcknowledgements(7, Series.Records, [4711]));
        Assert.False(writer.IsEmpty);
        var frame = writer.Finish();
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, frame, out var reader));
        Assert.Equal(((ushort)11, (ushort?)2), (reader.Sender, reader.To));
        Assert.Equal(FrameItem.Acknowledgement, reader.Next());
        Assert.Equal(new HopAcknowledgement(7, Series.Records, 4711), reader.Acknowledgement);
        Assert.Equal(FrameItem.End, reader.Next());
    }

    [Fact]
    public void The_next_frame_has_no_address_unless_it_is_given_one()
    {
        var writer = new FrameWriter(Keys, 11, 64);
        writer.Address(2);
        writer.Finish();
        Assert.True(writer.TryAddBeacon(new Beacon(0, false, 4, 2, 60)));
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, writer.Finish(), out var reader));
        Assert.Null(reader.To);
        Assert.Equal(FrameItem.Beacon, reader.Next());
        writer.Address(2);
        writer.Address(null);
        Assert.Equal(FrameWriter.Overhead, writer.Finish().Length);
    }

    [Fact]
    public void A_frame_that_says_it_is_addressed_and_is_too_short_for_it_is_malformed()
    {
        var frame = new byte[FrameWriter.Overhead + 1];
        frame[0] = 0x60;
        Keys.FrameTag(frame.AsSpan(0, frame.Length - FrameWriter.TagSize), frame.AsSpan(frame.Length - FrameWriter.TagSize));
        Assert.Equal(FrameOutcome.Malformed, FrameReader.TryOpen(Keys, frame, out _));
    }

    [Fact]
    public void An_address_after_an_item_is_a_mistake()
    {
        var writer = new FrameWriter(Keys, 11, 64);
        writer.TryAddBeacon(new Beacon(0, false, 4, 2, 60));
        Assert.Throws<InvalidOperationException>(() => writer.Address(2));
    }
}
