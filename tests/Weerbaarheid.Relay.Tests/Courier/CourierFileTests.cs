using System.Buffers.Binary;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Courier;

/// <summary>The file around the frames: it proves nothing, and no bytes in it may hurt.</summary>
public sealed class CourierFileTests
{
    private const int MarkSize = 8;

    private static List<ReadOnlyMemory<byte>> Frames(params int[] sizes) =>
        [.. sizes.Select((size, place) => new ReadOnlyMemory<byte>([.. Enumerable.Range(0, size).Select(at => (byte)((at * 7) + place))]))];

    private static bool AreSame(IEnumerable<ReadOnlyMemory<byte>> a, IEnumerable<ReadOnlyMemory<byte>> b) =>
        a.Select(one => Convert.ToHexString(one.Span)).SequenceEqual(b.Select(one => Convert.ToHexString(one.Span)));

    [Theory]
    [InlineData]
    [InlineData(11)]
    [InlineData(CourierFrames.MaxFrame, 11, 300)]
    public void What_was_written_is_read(params int[] sizes)
    {
        var frames = Frames(sizes);
        var contents = CourierFile.Read(CourierFile.Write(frames));
        Assert.Equal(CourierFileState.Whole, contents.State);
        Assert.True(AreSame(frames, contents.Frames));
    }

    [Fact]
    public void The_layout_is_that_of_the_document()
    {
        var file = CourierFile.Write([new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }]);
        Assert.Equal("57524B4F4552310A000B0102030405060708090A0B000000000001", Convert.ToHexString(file));
    }

    [Fact]
    public void Cut_off_anywhere_it_is_damaged_and_the_whole_frames_before_are_found()
    {
        var frames = Frames(40, 60, 80);
        var file = CourierFile.Write(frames);
        for (var length = MarkSize; length < file.Length; length++)
        {
            var contents = CourierFile.Read(file.AsMemory(0, length));
            Assert.Equal(CourierFileState.Damaged, contents.State);
            Assert.True(AreSame(frames.Take(contents.Frames.Count), contents.Frames));
            var whole = 0;
            for (int at = MarkSize; whole < 3 && at + 2 + frames[whole].Length <= length; at += 2 + frames[whole++].Length) { }
            Assert.Equal(whole, contents.Frames.Count);
        }
    }

    [Fact]
    public void Bytes_behind_the_end_and_a_wrong_number_of_frames_are_damage()
    {
        var file = CourierFile.Write(Frames(40));
        Assert.Equal(CourierFileState.Damaged, CourierFile.Read((byte[])[.. file, 0]).State);
        file[^1] = 2;
        Assert.Equal(CourierFileState.Damaged, CourierFile.Read(file).State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("WRKOER1")]
    [InlineData("WRKOER2\n")]
    [InlineData("%PDF-1.7 iets heel anders")]
    public void Something_else_is_foreign(string text)
    {
        var contents = CourierFile.Read(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(CourierFileState.Foreign, contents.State);
        Assert.Empty(contents.Frames);
    }

    [Fact]
    public void A_huge_file_is_not_looked_into_and_a_crowd_of_frames_ends()
    {
        var huge = new byte[CourierFile.MostBytes + 1];
        CourierFile.Write([]).AsSpan(0, MarkSize).CopyTo(huge);
        Assert.Equal(CourierFileState.TooLarge, CourierFile.Read(huge).State);
        var crowd = CourierFile.Write([.. Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[CourierFrames.Overhead], CourierFile.MostFrames + 1)]);
        var contents = CourierFile.Read(crowd);
        Assert.Equal((CourierFileState.Damaged, CourierFile.MostFrames), (contents.State, contents.Frames.Count));
    }

    [Fact]
    public void Any_bytes_behind_the_mark_are_read_without_an_error_and_within_their_bounds()
    {
        var chance = new Random(5);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var file = new byte[MarkSize + chance.Next(200)];
            chance.NextBytes(file);
            CourierFile.Write([]).AsSpan(0, MarkSize).CopyTo(file);
            // Small lengths, so that some of it passes for frames.
            for (var at = MarkSize; at + 2 < file.Length && trial % 2 == 0; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at)))
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), (ushort)chance.Next(0, 40));
            var contents = CourierFile.Read(file);
            Assert.NotEqual(CourierFileState.Foreign, contents.State);
            Assert.All(contents.Frames, frame => Assert.InRange(frame.Length, CourierFrames.Overhead, CourierFrames.MaxFrame));
            Assert.True(contents.Frames.Sum(frame => frame.Length) <= file.Length);
        }
    }

    [Fact]
    public void The_most_that_a_core_packs_fits_a_file() =>
        Assert.True(CourierFrames.MostBytes + (CourierFile.MostFrames * 2) + MarkSize + 6 <= CourierFile.MostBytes && CourierFrames.MostBytes / (CourierFrames.MaxFrame - 5_000) < CourierFile.MostFrames);
}
