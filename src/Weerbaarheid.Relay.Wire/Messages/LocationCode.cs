using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// A place in as few bytes as it has meaning (FORMAT.md §8).
/// <code>
/// nil                    unknown
/// bin 5                  address: postcode code x 100000 + house number, big endian
/// bin 6                  address with a house letter: as above | ASCII letter
/// integer below 0        at a site: -1 - site
/// integer below 2^32     grid, cell of 10 m: (y / 10) x 30000 + x / 10
/// integer from 2^32      grid, 1 m: 2^32 + y x 300000 + x
/// array [text]           in the melder's words
/// </code>
/// </summary>
internal static class LocationCode
{
    private const long FineBase = 1L << 32;
    private const int Columns = Rijksdriehoek.MaxX + 1;

    /// <summary>Writes a place.</summary>
    /// <param name="at">Room for it: the longest is a text and two headers.</param>
    /// <param name="location">The place.</param>
    /// <param name="form">Of words.</param>
    /// <returns>Bytes written, or 0 when the place breaks a limit.</returns>
    public static int Write(ref byte at, Location location, TextForm form) => location switch
    {
        AddressLocation address => WriteAddress(ref at, address),
        GridLocation grid => IsCell(grid) ? PackEncode.Unsigned(ref at, ToNumber(grid)) : 0,
        SiteLocation site => PackEncode.Signed(ref at, -1L - site.Site),
        TextLocation text => WriteText(ref at, text.Text, form),
        _ => 0,
    };

    /// <returns>A site or a point on the grid; unknown when the number is neither.</returns>
    public static LocationView FromNumber(long value)
    {
        if (value < 0) return value >= -1L - ushort.MaxValue ? LocationView.OfSite((ushort)(-1L - value)) : default;
        var fine = value >= FineBase;
        var (cell, columns, scale) = fine ? (value - FineBase, Columns, 1) : (value, Columns / 10, 10);
        var (x, y) = (cell % columns * scale, cell / columns * scale);
        return y is >= Rijksdriehoek.MinY and <= Rijksdriehoek.MaxY ? LocationView.OfGrid((int)x, (int)y, scale) : default;
    }

    /// <returns>An address; unknown when the bytes are none.</returns>
    public static LocationView FromAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (5 or 6)) return default;
        var value = ((ulong)bytes[0] << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        var (code, number) = Math.DivRem(value, MessageLimits.HouseNumber + 1);
        var letter = bytes.Length == 6 ? bytes[5] : (byte)0;
        if (code >= PostcodeCode.Values || (bytes.Length == 6 && !char.IsAsciiLetterUpper((char)letter))) return default;
        return LocationView.OfAddress((int)code, (int)number, letter);
    }

    private static bool IsCell(GridLocation grid) =>
        (uint)grid.X <= Rijksdriehoek.MaxX && grid.Y is >= Rijksdriehoek.MinY and <= Rijksdriehoek.MaxY
        && (grid.Precision == 1 || (grid.Precision == 10 && grid.X % 10 == 0 && grid.Y % 10 == 0));

    private static ulong ToNumber(GridLocation grid) => grid.Precision == 10
        ? (ulong)((grid.Y / 10 * (Columns / 10)) + (grid.X / 10))
        : (ulong)(FineBase + ((long)grid.Y * Columns) + grid.X);

    /// <summary>Layout: bin8(1) | 5 or 6(1) | postcode and number(5) | letter(1, if any): eight bytes, so one store.</summary>
    private static int WriteAddress(ref byte at, AddressLocation address)
    {
        var letter = address.Letter.GetValueOrDefault();
        var code = PostcodeCode.Pack(address.Postcode);
        if (code < 0 || (uint)address.Number > MessageLimits.HouseNumber || !(address.Letter is null || char.IsAsciiLetterUpper(letter))) return 0;
        var size = address.Letter is null ? 5 : 6;
        var value = ((ulong)code * (MessageLimits.HouseNumber + 1)) + (uint)address.Number;
        var whole = ((ulong)PackCode.Bin8 << 56) | ((ulong)size << 48) | (value << 8) | letter;
        BinaryPrimitives.WriteUInt64BigEndian(MemoryMarshal.CreateSpan(ref at, 8), whole);
        return 2 + size;
    }

    private static int WriteText(ref byte at, string text, TextForm form)
    {
        var header = PackEncode.ArrayHeader(ref at, 1);
        var length = BodyWriter.TextValue(ref Unsafe.Add(ref at, header), text, MessageLimits.Text, form);
        return length == 0 ? 0 : header + length;
    }
}
