using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Tests.Frames;

public sealed class AddressedFrameTests
{
    private static readonly KeyRing Keys = KeyRing.Demonstration();

    [Fact]
    public void An_address_takes_two_bytes_and_is_read_back_before_the_items()
    {
        var writer = new FrameWriter(Keys, 11, 64, FrameForm.Narrow);
        var room = writer.Room;
        writer.Address(2);
        Assert.True(writer.IsEmpty);
        Assert.Equal(room - 2, writer.Room);
        Assert.Equal(1, writer.AddAcknowledgements(7, Series.Records, [4711]));
        Assert.False(writer.IsEmpty);
        var frame = writer.Finish();
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, FrameForm.Narrow, frame, out var reader));
        Assert.Equal(((ushort)11, (ushort?)2), (reader.Sender, reader.To));
        Assert.Equal(FrameItem.Acknowledgement, reader.Next());
        Assert.Equal(new HopAcknowledgement(7, Series.Records, 4711), reader.Acknowledgement);
        Assert.Equal(FrameItem.End, reader.Next());
    }

    [Fact]
    public void The_next_frame_has_no_address_unless_it_is_given_one()
    {
        var writer = new FrameWriter(Keys, 11, 64, FrameForm.Narrow);
        writer.Address(2);
        writer.Finish();
        Assert.True(writer.TryAddBeacon(new Beacon(0, false, 4, 2, 60)));
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, FrameForm.Narrow, writer.Finish(), out var reader));
        Assert.Null(reader.To);
        Assert.Equal(FrameItem.Beacon, reader.Next());
        writer.Address(2);
        writer.Address(null);
        Assert.Equal(FrameWriter.OverheadOf(FrameForm.Narrow), writer.Finish().Length);
    }

    [Fact]
    public void A_frame_that_says_it_is_addressed_and_is_too_short_for_it_is_malformed()
    {
        foreach (var form in Enum.GetValues<FrameForm>())
        {
            Assert.Equal(FrameOutcome.Malformed, FrameReader.TryOpen(Keys, form, FrameTests.FrameOf(Keys, form, [], 0x20), out _));
            Assert.Equal(FrameOutcome.Malformed, FrameReader.TryOpen(Keys, form, FrameTests.FrameOf(Keys, form, [7], 0x20), out _));
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, form, FrameTests.FrameOf(Keys, form, [0, 7], 0x20), out var reader));
            Assert.Equal((ushort?)7, reader.To);
            Assert.Equal(FrameItem.End, reader.Next());
        }
    }

    [Fact]
    public void Whether_more_follows_is_said_of_one_frame_only()
    {
        var writer = new FrameWriter(Keys, 11, 64, FrameForm.Wide);
        foreach (var more in (bool[])[true, false])
        {
            writer.Address(2);
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(Keys, FrameForm.Wide, writer.Finish(more), out var reader));
            Assert.Equal(more, reader.HasMore);
        }
    }

    [Fact]
    public void An_address_after_an_item_is_a_mistake()
    {
        var writer = new FrameWriter(Keys, 11, 64, FrameForm.Narrow);
        writer.TryAddBeacon(new Beacon(0, false, 4, 2, 60));
        Assert.Throws<InvalidOperationException>(() => writer.Address(2));
    }
}
