using System.Buffers;
using System.Text;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Tests;
using static Weerbaarheid.Relay.Trials.Fuzz.FuzzTargets;

namespace Weerbaarheid.Relay.Trials.Fuzz;

/// <summary>Framings on a line, however the stream is cut, and small formats.</summary>
internal static class LineTargets
{
    private const int Most = 300;

    private static readonly byte[][] Frames = [[1, 2, 3], [0, 0, 0xC0, 0xDB, 0xDC, 0], [.. Enumerable.Range(0, 255).Select(i => (byte)i)], [.. Enumerable.Repeat((byte)9, Most)]];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("cobs", Cobs, () => [.. Frames.Select(frame => (byte[])[7, .. CobsFraming.Encode(frame, true), .. CobsFraming.Encode(Frames[0], false)])]) { Share = 15 },
        new("kiss", Kiss, () => [.. Frames.Select(frame => (byte[])[7, .. KissFraming.Encode(0, frame), .. KissFraming.Encode(1, Frames[1])])]) { Share = 15 },
        new("line", Line, () => [[5, .. "+OK\r\n+RCV=1,5,a\nb,c,-40,12\r\n\r\nradio_rx  0102\r\n"u8]]) { Share = 10, Words = ["+RCV="u8.ToArray(), "\r\n"u8.ToArray(), ",240,"u8.ToArray()] },
        new("attext", Text, () => [.. Frames.Select(frame => Encoding.Latin1.GetBytes(AtText.Encode(frame)))]) { Share = 10 },
        new("packet", Packet, () => [[9, 0x30, 5, 0, 1, (byte)'t', 1, 2], [9, 0x10, 0x80, 1, .. new byte[128]], [9, 0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0]]) { Share = 15 },
        new("ranges", Ranges, () => [[], [0, 0], [1, 9, 2, 0], [5, 0x80, 1, 2, 3]]) { Share = 15 },
    ];

    /// <summary>What comes out was sealed by its check, so it goes in again the same.</summary>
    private static bool Cobs(ReadOnlySpan<byte> input)
    {
        var framing = new CobsFraming(Most);
        var heard = Pieces(input, (ref ReadOnlySpan<byte> rest, out byte[] frame) => framing.TryTake(ref rest, out frame));
        foreach (var frame in heard)
        {
            Require(frame.Length is > 0 and <= Most, "a frame of a length that none has");
            var line = (ReadOnlySpan<byte>)CobsFraming.Encode(frame, delimiterInFront: true);
            Require(new CobsFraming(Most).TryTake(ref line, out var again) && frame.AsSpan().SequenceEqual(again), "a frame that does not come back");
        }

        return heard.Count > 0;
    }

    private static bool Kiss(ReadOnlySpan<byte> input)
    {
        var framing = new KissFraming(Most + 1);
        var heard = Pieces(input, (ref ReadOnlySpan<byte> rest, out byte[] frame) => framing.TryTake(ref rest, out frame));
        foreach (var frame in heard)
        {
            Require(frame.Length is > 0 and <= Most + 1, "a frame of a length that none has");
            var line = (ReadOnlySpan<byte>)KissFraming.Encode(frame[0], frame.AsSpan(1));
            Require(new KissFraming(Most + 1).TryTake(ref line, out var again) && frame.AsSpan().SequenceEqual(again), "a frame that does not come back");
        }

        return heard.Count > 0;
    }

    private static bool Line(ReadOnlySpan<byte> input)
    {
        var framing = new LineFraming(Rylr998Line.Longest, Rylr998Line.Least);
        var lines = 0;
        foreach (var line in Pieces(input, (ref ReadOnlySpan<byte> rest, out byte[] frame) =>
        {
            var took = framing.TryTake(ref rest, TimeSpan.Zero, out var text);
            frame = Encoding.Latin1.GetBytes(text);
            return took;
        }))
        {
            var text = Encoding.Latin1.GetString(line);
            Require(text.Length is > 0 and <= Rylr998Line.Longest, "a line of a length that none has");
            Require(!Rylr998Line.TryPacket(text, out var said, out _, out _) || said.Length is > 0 and <= Rylr998Line.MaxText, "a packet longer than there are");
            Rylr998Line.TryError(text, out _);
            if (Rn2483Line.IsPacket(text)) Rn2483Line.Bytes(text);
            Require(LineFraming.Shown(text).All(c => !char.IsControl(c)), "a control character in the log");
            lines++;
        }

        return lines > 0;
    }

    private static bool Text(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        if (!AtText.TryDecode(text, out var bytes)) return false;
        Require(AtText.Length(bytes.Length) == text.Length, "a length that does not fit");
        Require(AtText.TryDecode(AtText.Encode(bytes), out var again) && bytes.AsSpan().SequenceEqual(again), "bytes that do not come back");
        return true;
    }

    /// <summary>A packet in several segments is cut as it is in one.</summary>
    private static bool Packet(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return false;
        var bytes = input[1..].ToArray();
        var one = PacketFraming.TryRead(new ReadOnlySequence<byte>(bytes), 1_000, out var whole);
        var several = PacketFraming.TryRead(Segments(bytes, 1 + (input[0] & 7)), 1_000, out var cut);
        Require(one == several && (whole.First, whole.Announced) == (cut.First, cut.Announced), "segments make a difference");
        Require(one != Framing.Complete || (whole.Announced <= 1_000 && whole.Announced <= bytes.Length), "a packet that is not there");
        Require(one != Framing.Complete || whole.Body.ToArray().AsSpan().SequenceEqual(cut.Body.ToArray()), "another body");
        return one == Framing.Complete;
    }

    /// <summary>A replay window as it lies in the store; the only exception is the one that says so.</summary>
    private static bool Ranges(ReadOnlySpan<byte> input)
    {
        SequenceRanges ranges;
        try
        {
            ranges = SequenceRanges.FromBytes(input);
        }
        catch (FormatException)
        {
            return false;
        }

        var written = ranges.ToBytes();
        Require(SequenceRanges.FromBytes(written).ToBytes().AsSpan().SequenceEqual(written), "ranges that do not come back");
        Require(written.Length <= input.Length, "longer than it was");
        return true;
    }

    private delegate bool Taker(ref ReadOnlySpan<byte> rest, out byte[] frame);

    /// <summary>The first byte says in what pieces the others arrive.</summary>
    private static List<byte[]> Pieces(ReadOnlySpan<byte> input, Taker take)
    {
        var heard = new List<byte[]>();
        if (input.IsEmpty) return heard;
        var piece = 1 + input[0];
        for (input = input[1..]; !input.IsEmpty;)
        {
            var rest = input[..Math.Min(piece, input.Length)];
            input = input[rest.Length..];
            while (take(ref rest, out var frame)) heard.Add(frame);
            Require(rest.IsEmpty, "bytes are left that nobody takes");
        }

        return heard;
    }

    private static ReadOnlySequence<byte> Segments(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, Math.Min(size, bytes.Length)), 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size) last = last.Append(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
