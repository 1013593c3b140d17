using System.Buffers.Binary;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Courier;

/// <summary>In what shape a courier's file was found.</summary>
internal enum CourierFileState
{
    /// <summary>Whole, to the end mark.</summary>
    Whole,

    /// <summary>Cut off or damaged; the frames before that can be tried.</summary>
    Damaged,

    /// <summary>No courier's file, or of a version that this program does not know.</summary>
    Foreign,

    /// <summary>Larger than any courier's file may be.</summary>
    TooLarge,
}

/// <summary>A courier's file as it was found; nothing in it is authenticated yet.</summary>
/// <param name="State">Its shape.</param>
/// <param name="Frames">What may be frames, in their order.</param>
internal sealed record CourierContents(CourierFileState State, IReadOnlyList<ReadOnlyMemory<byte>> Frames);

/// <summary>
/// The file of a courier (FORMAT.md §13): a mark, frames with their lengths, and an end mark with their number. The file proves nothing: each
/// frame carries its own tag, and the core checks that before it looks further.
/// </summary>
internal static class CourierFile
{
    /// <summary>How its name ends.</summary>
    public const string Extension = ".wrk";

    /// <summary>Most bytes of a file.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Most frames of a file.</summary>
    public const int MostFrames = 8_192;

    private const int LengthSize = 2;
    private const int EndSize = LengthSize + 4;

    private static ReadOnlySpan<byte> Mark => "WRKOER1\n"u8;

    /// <summary>Writes a file.</summary>
    /// <param name="frames">At most <see cref="MostFrames"/>, each of at most <see cref="CourierFrames.MaxFrame"/> bytes.</param>
    public static byte[] Write(IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        var file = new byte[Mark.Length + frames.Sum(frame => LengthSize + frame.Length) + EndSize];
        Mark.CopyTo(file);
        var rest = file.AsSpan(Mark.Length);
        foreach (var frame in frames)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)frame.Length);
            frame.Span.CopyTo(rest[LengthSize..]);
            rest = rest[(LengthSize + frame.Length)..];
        }

        BinaryPrimitives.WriteInt32BigEndian(rest[LengthSize..], frames.Count);
        return file;
    }

    /// <summary>Finds the frames in a file, as far as they can be found.</summary>
    public static CourierContents Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > MostBytes) return new CourierContents(CourierFileState.TooLarge, []);
        if (!file.Span.StartsWith(Mark)) return new CourierContents(CourierFileState.Foreign, []);
        var frames = new List<ReadOnlyMemory<byte>>();
        var rest = file[Mark.Length..];
        while (rest.Length >= LengthSize && frames.Count <= MostFrames)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span);
            if (length == 0)
            {
                var isWhole = rest.Length == EndSize && BinaryPrimitives.ReadInt32BigEndian(rest.Span[LengthSize..]) == frames.Count;
                return new CourierContents(isWhole ? CourierFileState.Whole : CourierFileState.Damaged, frames);
            }

            if (length < CourierFrames.Overhead || length > CourierFrames.MaxFrame || rest.Length < LengthSize + length || frames.Count == MostFrames) break;
            frames.Add(rest.Slice(LengthSize, length));
            rest = rest[(LengthSize + length)..];
        }

        return new CourierContents(CourierFileState.Damaged, frames);
    }
}
