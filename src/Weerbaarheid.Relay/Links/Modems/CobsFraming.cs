using System.Buffers.Binary;
using System.Numerics;

namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>
/// Frames in a stream of bytes that may lose, add and change some: consistent overhead byte stuffing (Cheshire and Baker,
/// IEEE/ACM Transactions on Networking 7(2), 1999) over the frame and its CRC-32C, little-endian, and a 0x00 behind it.
/// One instance reads one stream.
/// </summary>
/// <remarks>Costs 6 bytes up to 249 bytes of frame, one more for each 254 after that, whatever the bytes are.</remarks>
/// <param name="most">The most bytes in a frame; a longer one is skipped whole.</param>
internal sealed class CobsFraming(int most)
{
    private const int CheckLength = 4;
    private const int LongestRun = 254;

    private readonly byte[] _line = new byte[EncodedLength(most) - 1];
    private readonly byte[] _frame = new byte[most + CheckLength];
    private int _length;
    private bool _skipping;

    /// <summary>The most bytes on the line for a frame of so many, without the delimiter in front.</summary>
    internal static int EncodedLength(int frame) => frame + CheckLength + 1 + ((frame + CheckLength) / LongestRun) + 1;

    /// <summary>The frame as it goes over the line.</summary>
    /// <param name="delimiterInFront">After a silence: what the line made of it must not become part of this frame.</param>
    internal static byte[] Encode(ReadOnlySpan<byte> frame, bool delimiterInFront)
    {
        Span<byte> check = stackalloc byte[CheckLength];
        BinaryPrimitives.WriteUInt32LittleEndian(check, Check(frame));
        var line = new byte[(delimiterInFront ? 1 : 0) + EncodedLength(frame.Length)];
        var (start, next) = (delimiterInFront ? 1 : 0, delimiterInFront ? 2 : 1);
        Stuff(frame, line, ref start, ref next);
        Stuff(check, line, ref start, ref next);
        line[start] = (byte)(next - start);
        // The byte at next is the delimiter; it is 0 already.
        return line[..(next + 1)];
    }

    /// <summary>Takes bytes off the front until a frame is whole and right, or no bytes are left.</summary>
    internal bool TryTake(ref ReadOnlySpan<byte> bytes, out byte[] frame)
    {
        while (bytes.IndexOf((byte)0) is >= 0 and var end)
        {
            Add(bytes[..end]);
            bytes = bytes[(end + 1)..];
            var length = _skipping ? -1 : Unstuff();
            (_length, _skipping) = (0, false);
            if (length <= CheckLength) continue;
            var data = _frame.AsSpan(0, length - CheckLength);
            if (BinaryPrimitives.ReadUInt32LittleEndian(_frame.AsSpan(data.Length)) != Check(data)) continue;
            frame = data.ToArray();
            return true;
        }

        Add(bytes);
        bytes = [];
        frame = [];
        return false;
    }

    /// <summary>Forgets what came so far: another stream begins.</summary>
    internal void Reset() => (_length, _skipping) = (0, false);

    private static uint Check(ReadOnlySpan<byte> frame)
    {
        var sum = uint.MaxValue;
        for (; frame.Length >= sizeof(ulong); frame = frame[sizeof(ulong)..]) sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(frame));
        foreach (var value in frame) sum = BitOperations.Crc32C(sum, value);
        return ~sum;
    }

    /// <param name="start">Where the length of the run that is being written stands.</param>
    /// <param name="next">Where the next byte goes.</param>
    private static void Stuff(ReadOnlySpan<byte> data, Span<byte> line, ref int start, ref int next)
    {
        foreach (var value in data)
        {
            if (value != 0) line[next++] = value;
            if (value != 0 && next - start <= LongestRun) continue;
            line[start] = (byte)(next - start);
            start = next++;
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (_skipping || bytes.Length > _line.Length - _length)
        {
            _skipping = true;
            return;
        }

        bytes.CopyTo(_line.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <returns>The bytes in <see cref="_frame"/>; -1 when the runs do not add up.</returns>
    private int Unstuff()
    {
        var length = 0;
        for (var at = 0; at < _length;)
        {
            var run = _line[at] - 1;
            if (run > _length - at - 1 || run > _frame.Length - length) return -1;
            _line.AsSpan(at + 1, run).CopyTo(_frame.AsSpan(length));
            (at, length) = (at + 1 + run, length + run);
            if (run == LongestRun || at == _length) continue;
            if (length == _frame.Length) return -1;
            _frame[length++] = 0;
        }

        return length;
    }
}
