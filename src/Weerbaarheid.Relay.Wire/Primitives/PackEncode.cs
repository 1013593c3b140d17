using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>
/// Stateless writes of one MessagePack value in its shortest form. Each returns the bytes written, or 0 when they do
/// not fit; a destination that was too short may hold part of a value.
/// </summary>
internal static class PackEncode
{
    /// <summary>Layout: 0xxxxxxx, or code(1) | value(1, 2, 4 or 8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Unsigned(Span<byte> destination, ulong value)
    {
        // Nearly every field is small; this path is short enough to be inlined.
        if (value <= PackCode.MaxPositiveFixInt) return Byte(destination, (byte)value);
        return Coded(destination, value);
    }

    private static int Coded(Span<byte> destination, ulong value)
    {
        switch (value)
        {
            case <= byte.MaxValue: return Coded8(destination, PackCode.UInt8, (byte)value);
            case <= ushort.MaxValue: return Coded16(destination, PackCode.UInt16, (ushort)value);
            case <= uint.MaxValue: return Coded32(destination, PackCode.UInt32, (uint)value);
            default: return Coded64(destination, PackCode.UInt64, value);
        }
    }

    /// <summary>Layout: as <see cref="Unsigned"/> from 0 up; 111xxxxx, or code(1) | two's complement(1, 2, 4 or 8) below.</summary>
    public static int Signed(Span<byte> destination, long value)
    {
        switch (value)
        {
            case >= 0: return Unsigned(destination, (ulong)value);
            case >= -32: return Byte(destination, (byte)value);
            case >= sbyte.MinValue: return Coded8(destination, PackCode.Int8, (byte)value);
            case >= short.MinValue: return Coded16(destination, PackCode.Int16, (ushort)value);
            case >= int.MinValue: return Coded32(destination, PackCode.Int32, (uint)value);
            default: return Coded64(destination, PackCode.Int64, (ulong)value);
        }
    }

    public static int Nil(Span<byte> destination) => Byte(destination, PackCode.Nil);

    public static int Boolean(Span<byte> destination, bool value) => Byte(destination, value ? PackCode.True : PackCode.False);

    /// <summary>Layout: 1001nnnn, or code(1) | count(2 or 4).</summary>
    public static int ArrayHeader(Span<byte> destination, int count) => count switch
    {
        <= 0x0F => Byte(destination, (byte)(PackCode.FixArray | count)),
        <= ushort.MaxValue => Coded16(destination, PackCode.Array16, (ushort)count),
        _ => Coded32(destination, PackCode.Array32, (uint)count),
    };

    /// <summary>Layout: code(1) | length(1, 2 or 4) | bytes.</summary>
    public static int Binary(Span<byte> destination, ReadOnlySpan<byte> value)
    {
        var header = value.Length switch
        {
            <= byte.MaxValue => Coded8(destination, PackCode.Bin8, (byte)value.Length),
            <= ushort.MaxValue => Coded16(destination, PackCode.Bin16, (ushort)value.Length),
            _ => Coded32(destination, PackCode.Bin32, (uint)value.Length),
        };
        if (header == 0 || !value.TryCopyTo(destination[header..])) return 0;
        return header + value.Length;
    }

    /// <summary>Layout: 101nnnnn, or code(1) | length(1, 2 or 4); then UTF-8.</summary>
    /// <returns>Bytes written; 0 also when the text holds half a surrogate pair, which UTF-8 cannot carry.</returns>
    public static int Text(Span<byte> destination, string value)
    {
        // A character takes 1 to 3 bytes. When both ends need the same header, counting first would be a wasted pass.
        var header = TextHeaderSize(value.Length);
        if (header != TextHeaderSize(value.Length * 3L)) header = TextHeaderSize(Encoding.UTF8.GetByteCount(value));
        if (destination.Length < header) return 0;
        var status = Utf8.FromUtf16(value, destination[header..], out _, out var length, replaceInvalidSequences: false);
        if (status != OperationStatus.Done) return 0;
        switch (header)
        {
            case 1: Byte(destination, (byte)(PackCode.FixStr | length)); break;
            case 2: Coded8(destination, PackCode.Str8, (byte)length); break;
            case 3: Coded16(destination, PackCode.Str16, (ushort)length); break;
            default: Coded32(destination, PackCode.Str32, (uint)length); break;
        }

        return header + length;
    }

    /// <summary>Bytes that <see cref="Text"/> takes.</summary>
    public static int TextSize(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        return TextHeaderSize(length) + length;
    }

    /// <summary>Bytes that <see cref="Binary"/> takes for so many.</summary>
    public static int BinarySize(int length) => length + length switch
    {
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    private static int TextHeaderSize(long length) => length switch
    {
        <= 31 => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Byte(Span<byte> destination, byte value)
    {
        if (destination.IsEmpty) return 0;
        destination[0] = value;
        return 1;
    }

    private static int Coded8(Span<byte> destination, byte code, byte value)
    {
        if (destination.Length < 2) return 0;
        destination[1] = value;
        destination[0] = code;
        return 2;
    }

    private static int Coded16(Span<byte> destination, byte code, ushort value)
    {
        if (destination.Length < 3) return 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], value);
        destination[0] = code;
        return 3;
    }

    private static int Coded32(Span<byte> destination, byte code, uint value)
    {
        if (destination.Length < 5) return 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], value);
        destination[0] = code;
        return 5;
    }

    private static int Coded64(Span<byte> destination, byte code, ulong value)
    {
        if (destination.Length < 9) return 0;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], value);
        destination[0] = code;
        return 9;
    }
}
