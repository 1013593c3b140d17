using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>
/// Stateless reads of one MessagePack value, in any form the specification allows. Each says what came of it and, when it
/// was read, how many bytes it took. A length is believed only when that many bytes are there.
/// </summary>
internal static class PackDecode
{
    /// <summary>A whole number from 0 up, whatever integer form it has.</summary>
    public static PackOutcome Unsigned(ReadOnlySpan<byte> source, out ulong value, out int size)
    {
        var outcome = Integer(source, out var bits, out var negative, out size);
        value = outcome == PackOutcome.Read && !negative ? bits : 0;
        return outcome == PackOutcome.Read && negative ? PackOutcome.Mismatch : outcome;
    }

    /// <summary>A whole number that fits 64 bits with a sign.</summary>
    public static PackOutcome Signed(ReadOnlySpan<byte> source, out long value, out int size)
    {
        var outcome = Integer(source, out var bits, out var negative, out size);
        value = (long)bits;
        return outcome == PackOutcome.Read && !negative && bits > long.MaxValue ? PackOutcome.Mismatch : outcome;
    }

    /// <summary>A binary floating-point number of either size.</summary>
    public static PackOutcome Fraction(ReadOnlySpan<byte> source, out double value, out int size)
    {
        value = 0;
        var outcome = source.IsEmpty || PackCode.KindOf(source[0]) == PackKind.Fraction ? SkipFraction(source, out size) : Mismatch(out size);
        if (outcome == PackOutcome.Read)
            value = size == 5 ? BinaryPrimitives.ReadSingleBigEndian(source[1..]) : BinaryPrimitives.ReadDoubleBigEndian(source[1..]);
        return outcome;
    }

    /// <summary>A text's bytes; not checked to be UTF-8.</summary>
    public static PackOutcome Text(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> value, out int size) =>
        Bytes(Header(source, PackKind.Text, out var length, out var header), source, header, length, out value, out size);

    /// <summary>A binary's bytes.</summary>
    public static PackOutcome Binary(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> value, out int size) =>
        Bytes(Header(source, PackKind.Binary, out var length, out var header), source, header, length, out value, out size);

    /// <summary>The number of elements of an array; each takes at least one byte of what follows.</summary>
    public static PackOutcome ArrayCount(ReadOnlySpan<byte> source, out int count, out int size) =>
        Count(Header(source, PackKind.Array, out var claimed, out size), source.Length - size, claimed, 1, out count);

    /// <summary>The number of pairs of a map; each takes at least two bytes of what follows.</summary>
    public static PackOutcome MapCount(ReadOnlySpan<byte> source, out int count, out int size) =>
        Count(Header(source, PackKind.Map, out var claimed, out size), source.Length - size, claimed, 2, out count);

    /// <summary>The size of the value that stands here, of whatever kind.</summary>
    /// <param name="source">Starts with the value.</param>
    /// <param name="depth">How many arrays and maps may still be entered.</param>
    /// <param name="size">Bytes it takes.</param>
    public static PackOutcome Skip(ReadOnlySpan<byte> source, int depth, out int size)
    {
        size = 0;
        if (source.IsEmpty) return PackOutcome.Truncated;
        var kind = PackCode.KindOf(source[0]);
        switch (kind)
        {
            case PackKind.None: return PackOutcome.Mismatch;
            case PackKind.Nil or PackKind.Boolean: return Fits(source, 1, out size);
            case PackKind.Fraction: return SkipFraction(source, out size);
            case PackKind.WholeNumber: return Integer(source, out _, out _, out size);
            case PackKind.Text: return Text(source, out _, out size);
            case PackKind.Binary: return Binary(source, out _, out size);
            case PackKind.Extension: return SkipExtension(source, out size);
            default: return SkipElements(source, kind == PackKind.Map, depth, out size);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PackOutcome Bytes(PackOutcome header, ReadOnlySpan<byte> source, int start, long length, out ReadOnlySpan<byte> value, out int size)
    {
        value = default;
        size = start;
        if (header != PackOutcome.Read) return header;
        if (length > source.Length - start) return PackOutcome.Truncated;
        value = source.Slice(start, (int)length);
        size += (int)length;
        return PackOutcome.Read;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PackOutcome Count(PackOutcome header, int left, long claimed, int least, out int count)
    {
        count = 0;
        if (header != PackOutcome.Read) return header;
        if (claimed * least > left) return PackOutcome.Truncated;
        count = (int)claimed;
        return PackOutcome.Read;
    }

    private static PackOutcome SkipElements(ReadOnlySpan<byte> source, bool pairs, int depth, out int size)
    {
        var outcome = pairs ? MapCount(source, out var count, out size) : ArrayCount(source, out count, out size);
        if (outcome != PackOutcome.Read) return outcome;
        if (depth == 0) return PackOutcome.TooDeep;
        if (pairs) count *= 2;
        for (; count > 0; count--)
        {
            outcome = Skip(source[size..], depth - 1, out var element);
            if (outcome != PackOutcome.Read) return outcome;
            size += element;
        }

        return PackOutcome.Read;
    }

    /// <summary>Layout: fixext code | type(1) | data(1, 2, 4, 8 or 16), or ext code | length(1, 2 or 4) | type(1) | data.</summary>
    private static PackOutcome SkipExtension(ReadOnlySpan<byte> source, out int size)
    {
        size = 0;
        if (source[0] is >= PackCode.FixExt1 and <= PackCode.FixExt16) return Fits(source, 2 + (1 << (source[0] - PackCode.FixExt1)), out size);
        if (!Length(source, source[0] - PackCode.Ext8, out var length, out var header)) return PackOutcome.Truncated;
        return Fits(source, header + 1 + length, out size);
    }

    private static PackOutcome SkipFraction(ReadOnlySpan<byte> source, out int size) =>
        Fits(source, !source.IsEmpty && source[0] == PackCode.Float32 ? 5 : 9, out size);

    private static PackOutcome Mismatch(out int size)
    {
        size = 0;
        return PackOutcome.Mismatch;
    }

    private static PackOutcome Fits(ReadOnlySpan<byte> source, long needed, out int size)
    {
        size = needed <= source.Length ? (int)needed : 0;
        return needed <= source.Length ? PackOutcome.Read : PackOutcome.Truncated;
    }

    private static PackOutcome Integer(ReadOnlySpan<byte> source, out ulong bits, out bool negative, out int size)
    {
        (bits, negative, size) = (0, false, 0);
        if (source.IsEmpty) return PackOutcome.Truncated;
        var code = source[0];
        if (code is <= PackCode.MaxPositiveFixInt or >= PackCode.MinNegativeFixInt)
        {
            (bits, negative, size) = ((ulong)(sbyte)code, code > PackCode.MaxPositiveFixInt, 1);
            return PackOutcome.Read;
        }

        if (code is < PackCode.UInt8 or > PackCode.Int64) return PackOutcome.Mismatch;
        // The four unsigned codes and the four signed ones each stand for 1, 2, 4 and 8 bytes, in that order.
        var signed = code >= PackCode.Int8;
        var width = 1 << ((code - PackCode.UInt8) & 3);
        if (source.Length <= width) return PackOutcome.Truncated;
        var data = source[1..];
        bits = (width, signed) switch
        {
            (1, false) => data[0],
            (2, false) => BinaryPrimitives.ReadUInt16BigEndian(data),
            (4, false) => BinaryPrimitives.ReadUInt32BigEndian(data),
            (1, true) => (ulong)(sbyte)data[0],
            (2, true) => (ulong)BinaryPrimitives.ReadInt16BigEndian(data),
            (4, true) => (ulong)BinaryPrimitives.ReadInt32BigEndian(data),
            _ => BinaryPrimitives.ReadUInt64BigEndian(data),
        };
        negative = signed && (long)bits < 0;
        size = 1 + width;
        return PackOutcome.Read;
    }

    /// <summary>The length or count in front of a text, binary, array or map. Inlined, so that the kind is a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PackOutcome Header(ReadOnlySpan<byte> source, PackKind kind, out long length, out int size)
    {
        (length, size) = (0, 0);
        if (source.IsEmpty) return PackOutcome.Truncated;
        var code = source[0];
        var (fix, most, coded, last) = kind switch
        {
            PackKind.Text => (PackCode.FixStr, 0x1F, PackCode.Str8, PackCode.Str32),
            PackKind.Array => (PackCode.FixArray, 0x0F, PackCode.Array16, PackCode.Array32),
            PackKind.Map => (PackCode.FixMap, 0x0F, PackCode.Map16, PackCode.Map32),
            // A binary has no short form.
            _ => (PackCode.Bin8, -1, PackCode.Bin8, PackCode.Bin32),
        };
        if (code >= fix && code <= fix + most)
        {
            (length, size) = (code - fix, 1);
            return PackOutcome.Read;
        }

        if (code < coded || code > last) return PackOutcome.Mismatch;
        // Texts and binaries have lengths of 1, 2 and 4 bytes; arrays and maps of 2 and 4.
        var widthPower = code - coded + (kind is PackKind.Array or PackKind.Map ? 1 : 0);
        return Length(source, widthPower, out length, out size) ? PackOutcome.Read : PackOutcome.Truncated;
    }

    /// <summary>A length of 2^<paramref name="widthPower"/> bytes after the code.</summary>
    private static bool Length(ReadOnlySpan<byte> source, int widthPower, out long length, out int size)
    {
        size = 1 + (1 << widthPower);
        length = 0;
        if (source.Length < size) return false;
        length = widthPower switch
        {
            0 => source[1],
            1 => BinaryPrimitives.ReadUInt16BigEndian(source[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(source[1..]),
        };
        return true;
    }
}
