using System.Formats.Cbor;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using MemoryPack;
using PolyType;
using MsgPack = MessagePack;

namespace Weerbaarheid.Relay.Benchmarks.Peers;

/// <summary>The melding as every peer carries it: the fields of our body. The moment and whether it can be trusted are one number, as in our body.</summary>
[MsgPack.MessagePackObject]
[MemoryPackable]
[GenerateShape]
public sealed partial record PeerMelding : IPeer<PeerMelding>
{
    [MsgPack.Key(0)]
    [Nerdbank.MessagePack.Key(0)]
    public long SentAt { get; init; }

    [MsgPack.Key(1)]
    [Nerdbank.MessagePack.Key(1)]
    public byte Category { get; init; }

    [MsgPack.Key(2)]
    [Nerdbank.MessagePack.Key(2)]
    public string? Postcode { get; init; }

    [MsgPack.Key(3)]
    [Nerdbank.MessagePack.Key(3)]
    public int Number { get; init; }

    [MsgPack.Key(4)]
    [Nerdbank.MessagePack.Key(4)]
    public int? Victims { get; init; }

    [MsgPack.Key(5)]
    [Nerdbank.MessagePack.Key(5)]
    public string? Text { get; init; }

    public static JsonTypeInfo<PeerMelding> Json => PeerJson.Default.PeerMelding;

    public static PeerMelding FromProtobuf(ReadOnlySpan<byte> bytes) => From(Protobuf.Melding.Parser.ParseFrom(bytes));

    public IMessage ToProtobuf()
    {
        var made = new Protobuf.Melding { SentAt = SentAt, Category = Category, Number = (uint)Number };
        if (Postcode is not null) made.Postcode = Postcode;
        if (Victims is { } victims) made.Victims = (uint)victims;
        if (Text is not null) made.Text = Text;
        return made;
    }

    public void WriteCbor(CborWriter writer)
    {
        writer.WriteStartArray(6);
        writer.WriteInt64(SentAt);
        writer.WriteUInt32(Category);
        if (Postcode is null) writer.WriteNull();
        else writer.WriteTextString(Postcode);
        writer.WriteInt32(Number);
        if (Victims is { } victims) writer.WriteInt32(victims);
        else writer.WriteNull();
        if (Text is null) writer.WriteNull();
        else writer.WriteTextString(Text);
        writer.WriteEndArray();
    }

    public static PeerMelding ReadCbor(CborReader reader)
    {
        reader.ReadStartArray();
        var made = new PeerMelding
        {
            SentAt = reader.ReadInt64(),
            Category = (byte)reader.ReadUInt32(),
            Postcode = PeerCbor.Text(reader),
            Number = reader.ReadInt32(),
            Victims = PeerCbor.Number(reader),
            Text = PeerCbor.Text(reader),
        };
        reader.ReadEndArray();
        return made;
    }

    private static PeerMelding From(Protobuf.Melding message) => new()
    {
        SentAt = message.SentAt,
        Category = (byte)message.Category,
        Postcode = message.HasPostcode ? message.Postcode : null,
        Number = (int)message.Number,
        Victims = message.HasVictims ? (int)message.Victims : null,
        Text = message.HasText ? message.Text : null,
    };
}
