using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Benchmarks.Mqtt;

/// <summary>What is published: JSON meldingen with texts that nobody trained on, each with a number of its own by which it is known where it arrives.</summary>
internal sealed class Meldingen
{
    public const string Topic = "weerbaarheid/v1/in/melding";

    /// <summary>Bytes of no packet are more.</summary>
    public const int LongestPacket = 1024;

    /// <summary>Characters of every text.</summary>
    public const int TextLength = 60;

    /// <summary>Digits of the number.</summary>
    private const int Digits = 7;

    private const string Numbered = "nr 0000000 ";

    private static readonly byte[] Mark = "nr "u8.ToArray();

    private readonly (byte[] Packet, int IdentifierAt, int NumberAt)[] _packets;
    private int _next;

    public Meldingen(int priority)
    {
        _packets = [.. HeldOut.Of(TextLength - Numbered.Length).Select((text, place) => Make(place, priority, text))];
        MeanPayload = _packets.Average(one => one.Packet.Length - one.IdentifierAt - 2);
    }

    /// <summary>Mean bytes of a payload.</summary>
    public double MeanPayload { get; }

    /// <summary>How many were written.</summary>
    public int Count => _next;

    /// <summary>Writes the next PUBLISH.</summary>
    /// <returns>Its length.</returns>
    public int WriteNext(Span<byte> destination, ushort identifier)
    {
        var (packet, identifierAt, numberAt) = _packets[_next % _packets.Length];
        packet.CopyTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[identifierAt..], identifier);
        var rest = _next++;
        for (var digit = Digits - 1; digit >= 0; digit--, rest /= 10) destination[numberAt + digit] = (byte)('0' + (rest % 10));
        return packet.Length;
    }

    /// <summary>Reads which melding a payload is, in whatever document it lies.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> payload, out int number)
    {
        number = 0;
        var at = payload.IndexOf(Mark);
        if (at < 0 || payload.Length < at + Mark.Length + Digits) return false;
        foreach (var digit in payload.Slice(at + Mark.Length, Digits)) number = (number * 10) + digit - '0';
        return true;
    }

    private static (byte[] Packet, int IdentifierAt, int NumberAt) Make(int place, int priority, string text)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new { category = CategoryTable.Current.Melding[place % CategoryTable.Current.Melding.Count], priority, text = Numbered + text });
        var (packet, at) = Packets.PublishOf(Topic, json);
        return (packet, at, packet.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Numbered)) + Mark.Length);
    }
}
