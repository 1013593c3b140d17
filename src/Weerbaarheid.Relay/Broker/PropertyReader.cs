using System.Buffers.Binary;

namespace Weerbaarheid.Relay.Broker;

/// <summary>
/// Goes through the properties of an MQTT 5 packet without copying (§2.2.2). For what the library's decoder does not tell: whether a
/// property is there at all, and values that are protocol errors.
/// <code>
/// variable byte integer   length of all properties
/// then for each           1 byte identifier | value, whose form the identifier gives
/// </code>
/// </summary>
internal ref struct PropertyReader
{
    public const byte ResponseTopic = 0x08;
    public const byte SubscriptionIdentifier = 0x0B;
    public const byte SessionExpiry = 0x11;
    public const byte ReceiveMaximum = 0x21;
    public const byte TopicAlias = 0x23;
    public const byte MaximumPacketSize = 0x27;

    private ReadOnlySpan<byte> _rest;

    private PropertyReader(ReadOnlySpan<byte> properties) => _rest = properties;

    /// <summary>Identifier of the current property.</summary>
    public byte Identifier { get; private set; }

    /// <summary>Number of the current property; 0 for text and bytes.</summary>
    public uint Number { get; private set; }

    /// <summary>Text or bytes of the current property.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Starts where a packet's properties do.</summary>
    /// <returns>False when they are longer than the packet.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> from, out PropertyReader reader)
    {
        reader = default;
        if (from.IsEmpty) return true; // DISCONNECT and acknowledgements may leave the length out.
        if (!TryVariable(ref from, out var length) || length > from.Length) return false;
        reader = new PropertyReader(from[..(int)length]);
        return true;
    }

    /// <summary>Goes to the next property; false at the end, and at anything that is none (which the decoder refuses).</summary>
    public bool TryNext()
    {
        if (_rest.IsEmpty) return false;
        Identifier = _rest[0];
        _rest = _rest[1..];
        Number = 0;
        Bytes = default;
        switch (Identifier)
        {
            case 0x01 or 0x17 or 0x19 or 0x24 or 0x25 or 0x28 or 0x29 or 0x2A: return TryNumber(1);
            case 0x13 or ReceiveMaximum or 0x22 or TopicAlias: return TryNumber(2);
            case 0x02 or SessionExpiry or 0x18 or MaximumPacketSize: return TryNumber(4);
            case SubscriptionIdentifier:
                var there = TryVariable(ref _rest, out var number);
                Number = number;
                return there;
            case 0x26: return TryBytes() && TryBytes(); // A user property is a pair.
            default: return TryBytes();
        }
    }

    private bool TryNumber(int size)
    {
        if (_rest.Length < size) return false;
        Number = size switch { 1 => _rest[0], 2 => BinaryPrimitives.ReadUInt16BigEndian(_rest), _ => BinaryPrimitives.ReadUInt32BigEndian(_rest) };
        _rest = _rest[size..];
        return true;
    }

    private bool TryBytes()
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out var length) || _rest.Length < 2 + length) return false;
        Bytes = _rest.Slice(2, length);
        _rest = _rest[(2 + length)..];
        return true;
    }

    private static bool TryVariable(ref ReadOnlySpan<byte> from, out uint number)
    {
        number = 0;
        for (var i = 0; i < 4 && i < from.Length; i++)
        {
            number |= (uint)(from[i] & 0x7F) << (7 * i);
            if (from[i] >= 0x80) continue;
            from = from[(i + 1)..];
            return true;
        }

        return false;
    }
}
