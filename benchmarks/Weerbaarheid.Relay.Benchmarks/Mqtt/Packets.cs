using System.Buffers.Binary;
using System.Text;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>The few MQTT 3.1.1 packets that a pipelined client needs, written by hand so that the client costs next to nothing.</summary>
internal static class Packets
{
    public const byte ConnAck = 0x20;
    public const byte Publish = 0x30;
    public const byte PubAck = 0x40;
    public const byte SubAck = 0x90;

    /// <summary>CONNECT without keep-alive.</summary>
    public static byte[] Connect(string client, bool clean) =>
        Packet(0x10, [0, 4, .. "MQTT"u8, 4, (byte)(clean ? 2 : 0), 0, 0, .. Text(client)]);

    /// <summary>SUBSCRIBE with QoS 1.</summary>
    public static byte[] Subscribe(string filter) => Packet(0x82, [0, 1, .. Text(filter), 1]);

    /// <summary>PUBLISH with QoS 1 and identifier 0, and where the identifier stands.</summary>
    public static (byte[] Packet, int IdentifierAt) PublishOf(string topic, ReadOnlySpan<byte> payload)
    {
        var packet = Packet(0x32, [.. Text(topic), 0, 0, .. payload]);
        return (packet, packet.Length - payload.Length - 2);
    }

    /// <summary>PUBACK, four bytes.</summary>
    public static void WritePubAck(ReadOnlySpan<byte> identifier, Span<byte> destination)
    {
        (destination[0], destination[1]) = (PubAck, 2);
        identifier.CopyTo(destination[2..]);
    }

    /// <summary>The packet at the start of the bytes.</summary>
    /// <param name="bytes">What came.</param>
    /// <param name="header">Bytes of type and length.</param>
    /// <param name="size">Bytes of the whole packet.</param>
    /// <returns>False when it is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int header, out int size)
    {
        (header, size) = (1, 0);
        for (var shift = 0; header < bytes.Length; shift += 7)
        {
            var digit = bytes[header++];
            size |= (digit & 0x7F) << shift;
            if (digit < 0x80) return (size += header) <= bytes.Length;
            if (shift == 21) throw new InvalidDataException("A packet with a broken length came.");
        }

        return false;
    }

    private static byte[] Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var bytes = new byte[2 + utf8.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)utf8.Length);
        utf8.CopyTo(bytes, 2);
        return bytes;
    }

    private static byte[] Packet(byte first, ReadOnlySpan<byte> body)
    {
        var length = new List<byte>();
        for (var rest = body.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest < 0x80 ? rest : (rest & 0x7F) | 0x80));
            if (rest < 0x80) return [first, .. length, .. body];
        }
    }
}
