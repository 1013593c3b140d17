namespace Weerbaarheid.Relay.Wire.Frames;

/// <summary>Unsigned LEB128: seven bits a byte, least significant first, top bit set on all but the last.</summary>
public static class VarInt
{
    /// <summary>The most bytes a value takes.</summary>
    public const int MaxSize = 10;

    /// <summary>Bytes that a value takes, 1 to 10.</summary>
    public static int Size(ulong value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7) size++;
        return size;
    }

    /// <returns>Bytes written; the destination must have room for <see cref="MaxSize"/>, or for <see cref="Size"/>.</returns>
    public static int Write(Span<byte> destination, ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7) destination[at++] = (byte)(value | 0x80);
        destination[at++] = (byte)value;
        return at;
    }

    /// <returns>Bytes read, or 0 when the value is cut off or longer than 64 bits.</returns>
    public static int Read(ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        for (var at = 0; at < source.Length && at < MaxSize; at++)
        {
            var bits = (ulong)(source[at] & 0x7F);
            if (at == MaxSize - 1 && bits > 1) return 0;
            value |= bits << (7 * at);
            if ((source[at] & 0x80) == 0) return at + 1;
        }

        value = 0;
        return 0;
    }
}
