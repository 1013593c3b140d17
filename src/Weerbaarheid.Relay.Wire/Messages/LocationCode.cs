using System.Buffers.Binary;

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

    public static void Write(ref BodyWriter body, Location? location)
    {
        switch (location)
        {
            case AddressLocation address: WriteAddress(ref body, address); break;
            case GridLocation grid: body.Number(ToNumber(grid)); break;
            case SiteLocation site: body.Pack.WriteSigned(-1L - site.Site); body.Keep(); break;
            case TextLocation text: body.Pack.WriteArrayHeader(1); body.TextValue(text.Text); body.Keep(); break;
            default: body.Nil(); break;
        }
    }

    /// <returns>A place, or null when the number is none.</returns>
    public static Location? FromNumber(long value)
    {
        if (value < 0) return value >= -1L - ushort.MaxValue ? new SiteLocation((ushort)(-1L - value)) : null;
        var fine = value >= FineBase;
        var (cell, columns, scale) = fine ? (value - FineBase, Columns, 1) : (value, Columns / 10, 10);
        var (x, y) = (cell % columns * scale, cell / columns * scale);
        return y is >= Rijksdriehoek.MinY and <= Rijksdriehoek.MaxY ? new GridLocation((int)x, (int)y, scale) : null;
    }

    /// <returns>An address, or null when the bytes are none.</returns>
    public static Location? FromAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (5 or 6)) return null;
        var value = ((long)bytes[0] << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        var (code, number) = (value / (MessageLimits.HouseNumber + 1), value % (MessageLimits.HouseNumber + 1));
        char? letter = bytes.Length == 6 ? (char)bytes[5] : null;
        if (code >= PostcodeCode.Values || letter is not (null or (>= 'A' and <= 'Z'))) return null;
        return new AddressLocation(PostcodeCode.Unpack((int)code), (int)number, letter);
    }

    private static ulong ToNumber(GridLocation grid) => grid.Precision == 10
        ? (ulong)((grid.Y / 10 * (Columns / 10)) + (grid.X / 10))
        : (ulong)(FineBase + ((long)grid.Y * Columns) + grid.X);

    private static void WriteAddress(ref BodyWriter body, AddressLocation address)
    {
        Span<byte> bytes = stackalloc byte[6];
        var value = ((long)PostcodeCode.Pack(address.Postcode) * (MessageLimits.HouseNumber + 1)) + address.Number;
        bytes[0] = (byte)(value >> 32);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)value);
        if (address.Letter is { } letter) bytes[5] = (byte)letter;
        body.Pack.WriteBinary(bytes[..(address.Letter is null ? 5 : 6)]);
        body.Keep();
    }
}
