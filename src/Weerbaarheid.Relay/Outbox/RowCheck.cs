using System.Buffers.Binary;
using System.Numerics;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) over the columns of a row. SQLite does not notice a flipped bit in a
/// value, so every row carries its own check. A length stands before every text and blob: what moves from one column
/// into the next is noticed too.
/// </summary>
internal struct RowCheck()
{
    private const long Absent = -1;
    private uint _crc = uint.MaxValue;

    /// <summary>The check as it lies in the row.</summary>
    public readonly long Value => ~_crc;

    public void Add(long value) => _crc = BitOperations.Crc32C(_crc, (ulong)value);

    public void Add(bool value) => Add(value ? 1L : 0L);

    /// <summary>Adds a NULL.</summary>
    public void AddAbsent() => Add(Absent);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            _crc = BitOperations.Crc32C(_crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var last in bytes) _crc = BitOperations.Crc32C(_crc, last);
    }
}
