using System.Buffers.Binary;
using System.Text;

namespace Weerbaarheid.Relay.Trials.Kill;

/// <summary>The few packets of MQTT 5 that handing in takes, written by hand: what is under test must not write them too.</summary>
internal static class Packets
{
    public const byte ConnAck = 0x20;
    public const byte PubAck = 0x40;
    public const byte PubRec = 0x50;
    public const byte PubComp = 0x70;

    private const byte ReasonString = 0x1F;
    private const byte UserProperty = 0x26;

    public static byte[] Connect(string client) =>
        Packet(0x10, [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0, .. Text(client)]);

    public static byte[] Publish(string topic, byte[] payload, ushort id, int quality, bool again) =>
        Packet((byte)(0x30 | (quality << 1) | (again ? 8 : 0)), [.. Text(topic), (byte)(id >> 8), (byte)id, 0, .. payload]);

    public static byte[] PubRel(ushort id) => Packet(0x62, [(byte)(id >> 8), (byte)id]);

    /// <summary>Takes one packet off the front; false while it is not whole.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out byte first, out ReadOnlySpan<byte> body)
    {
        first = 0;
        body = [];
        var (at, length, shift) = (1, 0, 0);
        do
        {
            if (at >= bytes.Length) return false;
            length |= (bytes[at] & 0x7F) << shift;
            shift += 7;
        }
        while (bytes[at++] >= 0x80);
        if (bytes.Length < at + length) return false;
        first = bytes[0];
        body = bytes.Slice(at, length);
        bytes = bytes[(at + length)..];
        return true;
    }

    /// <summary>What a PUBLISH of MQTT 5 carries, behind topic, identifier and properties; empty when it is no such packet.</summary>
    public static ReadOnlySpan<byte> PayloadOf(byte first, ReadOnlySpan<byte> body)
    {
        if (body.Length < 2) return [];
        var at = 2 + BinaryPrimitives.ReadUInt16BigEndian(body) + ((first & 6) == 0 ? 0 : 2);
        var (properties, shift) = (0, 0);
        do
        {
            if (at >= body.Length) return [];
            properties |= (body[at] & 0x7F) << shift;
            shift += 7;
        }
        while (body[at++] >= 0x80 && shift < 28);
        return at + properties <= body.Length ? body[(at + properties)..] : [];
    }

    /// <summary>Identifier, then only when there is something to tell: reason, properties (MQTT 5 §3.4, §3.5).</summary>
    public static (ushort Id, byte Reason, string? Sentence, string? Message) ReadAnswer(ReadOnlySpan<byte> body)
    {
        var id = BinaryPrimitives.ReadUInt16BigEndian(body);
        if (body.Length <= 3) return (id, body.Length == 3 ? body[2] : (byte)0, null, null);
        string? sentence = null, message = null;
        for (var at = body[3] >= 0x80 ? 5 : 4; at < body.Length;)
        {
            var kind = body[at++];
            if (kind == ReasonString) sentence = ReadText(body, ref at);
            else if (kind == UserProperty && ReadText(body, ref at) == "id") message = ReadText(body, ref at);
            else throw new InvalidDataException($"property {kind:x2} in an answer");
        }

        return (id, body[2], sentence, message);
    }

    private static string ReadText(ReadOnlySpan<byte> body, ref int at)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
        at += 2 + length;
        return Encoding.UTF8.GetString(body.Slice(at - length, length));
    }

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Packet(byte first, byte[] body)
    {
        var packet = new List<byte>(body.Length + 4) { first };
        var rest = body.Length;
        for (; rest >= 0x80; rest >>= 7) packet.Add((byte)(rest | 0x80));
        packet.Add((byte)rest);
        packet.AddRange(body);
        return [.. packet];
    }
}
