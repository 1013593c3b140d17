using CsCheck;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>Both framings against lines that do what lines do.</summary>
public sealed class FramingTests
{
    private const int Most = 300;

    private static readonly byte[] Marks = [0x00, 0xC0, 0xDB, 0xDC, 0xDD, 0x01, 0xFF];

    private static readonly Gen<byte> Special = Gen.Int[0, Marks.Length - 1].Select(place => Marks[place]);

    private static readonly Gen<byte[]> AnyFrame = Gen.OneOf(
        Gen.Byte.Array[1, Most],
        // What the framings must stuff and escape, and runs across 254.
        Special.Array[1, Most],
        Gen.Int[240, Most].Select(length => Enumerable.Repeat((byte)7, length).ToArray()));

    private static readonly Gen<byte[]> Noise = Gen.Byte.Array[0, 40];

    [Fact]
    public void Cobs_frames_come_out_as_they_went_in_however_the_stream_is_cut() =>
        Gen.Select(AnyFrame.List[1, 6], Gen.Int[1, 90]).Sample((frames, piece) =>
        {
            var line = frames.SelectMany((frame, place) => CobsFraming.Encode(frame, place == 0)).ToArray();
            Assert.Equal(frames, ReadCobs(line, piece));
        });

    [Fact]
    public void A_cobs_frame_costs_what_is_said()
    {
        for (var length = 1; length <= 1_024; length++)
        {
            // Without zeros is the longest.
            var frame = Enumerable.Repeat((byte)1, length).ToArray();
            var line = CobsFraming.Encode(frame, delimiterInFront: false);
            Assert.InRange(line.Length, length + 6, CobsFraming.EncodedLength(length));
            Assert.Equal(line.Length + 1, CobsFraming.Encode(frame, delimiterInFront: true).Length);
            Assert.Equal(0, Array.IndexOf(line, (byte)0) - (line.Length - 1));
        }

        Assert.Equal(249 + 6, CobsFraming.EncodedLength(249));
    }

    [Fact]
    public void The_check_is_crc_32c()
    {
        // The check value of CRC-32/ISCSI: 0xE3069283 for "123456789".
        var line = CobsFraming.Encode("123456789"u8, delimiterInFront: false);
        Assert.Equal("\u000E123456789\u0083\u0092\u0006\u00E3\u0000", System.Text.Encoding.Latin1.GetString(line));
    }

    [Fact]
    public void Noise_between_cobs_frames_loses_none_that_begin_with_a_delimiter() =>
        Gen.Select(AnyFrame, Noise).List[1, 6].Sample(parts =>
        {
            var line = parts.SelectMany(part => part.Item2.Concat(CobsFraming.Encode(part.Item1, delimiterInFront: true))).ToArray();
            Assert.Equal(parts.Select(part => part.Item1), ReadCobs(line, 17));
        });

    [Fact]
    public void Holes_and_changed_bits_never_make_a_wrong_cobs_frame() =>
        Gen.Select(AnyFrame.List[2, 6], Gen.Select(Gen.Int[0, 3_000], Gen.Int[0, 60], Gen.Int[0, 7]).List[0, 6]).Sample((frames, damages) =>
        {
            var line = frames.SelectMany(frame => CobsFraming.Encode(frame, delimiterInFront: false)).ToList();
            foreach (var (at, hole, bit) in damages)
            {
                if (at >= line.Count) continue;
                if (hole < 40) line[at] ^= (byte)(1 << bit);
                else line.RemoveRange(at, Math.Min(hole - 39, line.Count - at));
            }

            var heard = ReadCobs([.. line], 64);
            Assert.True(IsSubsequence(heard, frames), "a frame came out that did not go in");
        });

    [Fact]
    public void A_damaged_cobs_frame_costs_itself_and_at_most_its_neighbour()
    {
        var frames = Enumerable.Range(1, 5).Select(seed => Bytes(seed, 100)).ToArray();
        var line = frames.SelectMany(frame => CobsFraming.Encode(frame, delimiterInFront: false)).ToArray();
        var length = line.Length / frames.Length;
        for (var at = length * 2; at < length * 3; at++)
        {
            var damaged = line.ToArray();
            damaged[at] ^= 0x55;
            var heard = ReadCobs(damaged, 64);
            Assert.InRange(heard.Count, 3, 4);
            Assert.True(IsSubsequence(heard, frames));
        }
    }

    [Fact]
    public void Kiss_frames_come_out_as_they_went_in_however_the_stream_is_cut() =>
        Gen.Select(Gen.Select(Gen.Byte, AnyFrame).List[1, 6], Gen.Int[1, 90]).Sample((frames, piece) =>
        {
            var line = frames.SelectMany(frame => KissFraming.Encode(frame.Item1, frame.Item2)).ToArray();
            Assert.Equal(frames.Select(frame => (byte[])[frame.Item1, .. frame.Item2]), ReadKiss(line, piece));
        });

    [Fact]
    public void Noise_before_a_kiss_frame_never_changes_it() =>
        Gen.Select(Noise, AnyFrame, Noise, AnyFrame).Sample((before, first, between, second) =>
        {
            byte[] line = [.. before, .. KissFraming.Encode(0, first), .. between, .. KissFraming.Encode(0, second)];
            var heard = ReadKiss(line, 23);
            Assert.Contains((byte[])[0, .. first], heard);
            Assert.Equal((byte[])[0, .. second], heard[^1]);
        });

    [Theory]
    [InlineData("C0C0C0", "")]
    [InlineData("C00001C0C00002C0", "0001 0002")]
    [InlineData("C00001C00002C0", "0001 0002")]
    [InlineData("0001C00002C0", "0002")]
    [InlineData("C00001DBDC02DBDDC0", "0001C002DB")]
    [InlineData("C00001DB02C00003C0", "0003")]
    [InlineData("C00001DBC00003C0", "0003")]
    [InlineData("C00001", "")]
    public void Kiss_by_hand(string line, string frames) =>
        Assert.Equal(frames, string.Join(' ', ReadKiss(Convert.FromHexString(line), 3).Select(Convert.ToHexString)));

    [Fact]
    public void Any_bytes_at_all_are_read_without_an_exception_and_nothing_is_too_long() =>
        Gen.OneOf(Gen.Byte, Special).Array[0, 3_000].Sample(line =>
        {
            Assert.Empty(ReadCobs(line, 700));
            Assert.All(ReadKiss(line, 700), frame => Assert.InRange(frame.Length, 1, Most + 1));
        });

    [Fact]
    public void What_is_too_long_is_skipped_and_the_next_frame_is_read()
    {
        byte[] tooLong = new byte[Most + 2];
        Assert.Equal([Bytes(1, 20)], ReadCobs([.. CobsFraming.Encode(tooLong, true), .. CobsFraming.Encode(Bytes(1, 20), false)], 64));
        Assert.Equal([(byte[])[5, .. Bytes(1, 20)]], ReadKiss([.. KissFraming.Encode(5, tooLong), .. KissFraming.Encode(5, Bytes(1, 20))], 64));
    }

    [Fact]
    public void An_endless_frame_takes_no_memory()
    {
        var (cobs, kiss) = (new CobsFraming(Most), new KissFraming(Most));
        var piece = Enumerable.Repeat((byte)0x55, 4_096).ToArray();
        for (var i = 0; i < 10; i++) Feed();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2_000; i++) Feed();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);

        void Feed()
        {
            ReadOnlySpan<byte> bytes = piece;
            Assert.False(cobs.TryTake(ref bytes, out _));
            bytes = piece;
            Assert.False(kiss.TryTake(ref bytes, out _));
        }
    }

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static bool IsSubsequence(List<byte[]> part, IReadOnlyList<byte[]> whole)
    {
        var at = 0;
        foreach (var frame in part)
        {
            while (at < whole.Count && !whole[at].AsSpan().SequenceEqual(frame)) at++;
            if (at++ == whole.Count) return false;
        }

        return true;
    }

    private static List<byte[]> ReadCobs(byte[] line, int piece)
    {
        var (framing, frames) = (new CobsFraming(Most), new List<byte[]>());
        foreach (var chunk in line.Chunk(piece))
        {
            ReadOnlySpan<byte> bytes = chunk;
            while (framing.TryTake(ref bytes, out var frame)) frames.Add(frame);
        }

        return frames;
    }

    private static List<byte[]> ReadKiss(byte[] line, int piece)
    {
        var (framing, frames) = (new KissFraming(Most + 1), new List<byte[]>());
        foreach (var chunk in line.Chunk(piece))
        {
            ReadOnlySpan<byte> bytes = chunk;
            while (framing.TryTake(ref bytes, out var frame)) frames.Add(frame);
        }

        return frames;
    }
}
