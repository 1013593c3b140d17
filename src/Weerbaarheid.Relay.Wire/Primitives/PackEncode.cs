using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Weerbaarheid.Relay.Wire.Primitives;

/// <summary>
/// Stateless writes of one MessagePack value in its shortest form; each returns the bytes written. Those that take a
/// <c>ref</c> check no bounds: the caller has seen to it that <see cref="MaxNumber"/> bytes are there. That is what lets
/// a message be written under one check instead of one for each value.
/// </summary>
internal static class PackEncode
{
    /// <summary>The most that a number or a header takes: a code and 64 bits.</summary>
    public const int MaxNumber = 9;

    /// <summary>The most that the header of a text takes: a code and 32 bits.</summary>
    public const int MaxTextHeader = 5;

    /// <summary>Layout: 0xxxxxxx, or code(1) | value(1, 2, 4 or 8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Unsigned(ref byte at, ulong value)
    {
        // Nearly every field is small; this path is short enough to be inlined.
        if (value > PackCode.MaxPositiveFixInt) return Coded(ref at, value);
        at = (byte)value;
        return 1;
    }

    /// <summary>Layout: as <see cref="Unsigned"/> from 0 up; 111xxxxx, or code(1) | two's complement(1, 2, 4 or 8) below.</summary>
    public static int Signed(ref byte at, long value)
    {
        switch (value)
        {
            case >= 0: return Unsigned(ref at, (ulong)value);
            case >= -32: at = (byte)value; return 1;
            case >= sbyte.MinValue: return Coded8(ref at, PackCode.Int8, (byte)value);
            case >= short.MinValue: return Coded16(ref at, PackCode.Int16, (ushort)value);
            case >= int.MinValue: return Coded32(ref at, PackCode.Int32, (uint)value);
            default: return Coded64(ref at, PackCode.Int64, (ulong)value);
        }
    }

    /// <summary>Layout: 1001nnnn, or code(1) | count(2 or 4).</summary>
    public static int ArrayHeader(ref byte at, int count)
    {
        if (count > ushort.MaxValue) return Coded32(ref at, PackCode.Array32, (uint)count);
        if (count > 0x0F) return Coded16(ref at, PackCode.Array16, (ushort)count);
        at = (byte)(PackCode.FixArray | count);
        return 1;
    }

    /// <summary>Layout: code(1) | length(1, 2 or 4); the bytes follow.</summary>
    public static int BinaryHeader(ref byte at, int length) => length switch
    {
        <= byte.MaxValue => Coded8(ref at, PackCode.Bin8, (byte)length),
        <= ushort.MaxValue => Coded16(ref at, PackCode.Bin16, (ushort)length),
        _ => Coded32(ref at, PackCode.Bin32, (uint)length),
    };

    /// <summary>Layout: 101nnnnn, or code(1) | length(1, 2 or 4); then UTF-8.</summary>
    /// <returns>Bytes written; 0 when they do not fit, or the text holds half a surrogate pair, which UTF-8 cannot carry.</returns>
    public static int Text(Span<byte> destination, string value)
    {
        // The header that fits if every character is ASCII; a text that turns out longer is moved up, which is rare.
        var header = TextHeaderSize(value.Length);
        if (destination.Length < header) return 0;
        var status = Utf8.FromUtf16(value, destination[header..], out _, out var length, replaceInvalidSequences: false);
        if (status != OperationStatus.Done) return 0;
        var needed = TextHeaderSize(length);
        if (needed != header && !destination.Slice(header, length).TryCopyTo(destination[needed..])) return 0;
        WriteTextHeader(ref MemoryMarshal.GetReference(destination), length);
        return needed + length;
    }

    private static void WriteTextHeader(ref byte at, int length)
    {
        switch (TextHeaderSize(length))
        {
            case 1: at = (byte)(PackCode.FixStr | length); break;
            case 2: Coded8(ref at, PackCode.Str8, (byte)length); break;
            case 3: Coded16(ref at, PackCode.Str16, (ushort)length); break;
            default: Coded32(ref at, PackCode.Str32, (uint)length); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TextHeaderSize(int length) => length switch
    {
        <= 31 => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => MaxTextHeader,
    };

    private static int Coded(ref byte at, ulong value) => value switch
    {
        <= byte.MaxValue => Coded8(ref at, PackCode.UInt8, (byte)value),
        <= ushort.MaxValue => Coded16(ref at, PackCode.UInt16, (ushort)value),
        <= uint.MaxValue => Coded32(ref at, PackCode.UInt32, (uint)value),
        _ => Coded64(ref at, PackCode.UInt64, value),
    };

    private static int Coded8(ref byte at, byte code, byte value)
    {
        at = code;
        After(ref at, 1)[0] = value;
        return 2;
    }

    private static int Coded16(ref byte at, byte code, ushort value)
    {
        at = code;
        BinaryPrimitives.WriteUInt16BigEndian(After(ref at, 2), value);
        return 3;
    }

    private static int Coded32(ref byte at, byte code, uint value)
    {
        at = code;
        BinaryPrimitives.WriteUInt32BigEndian(After(ref at, 4), value);
        return 5;
    }

    private static int Coded64(ref byte at, byte code, ulong value)
    {
        at = code;
        BinaryPrimitives.WriteUInt64BigEndian(After(ref at, 8), value);
        return 9;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Span<byte> After(ref byte at, int size) => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref at, 1), size);
}
