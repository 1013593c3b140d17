using System.Formats.Cbor;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using MemoryPack;
using PolyType;
using MsgPack = MessagePack;

namespace Weerbaarheid.Relay.Benchmarks.Peers;

/// <summary>What our header in clear says, for the peers to carry too: without it nobody can sort, count or answer a message.</summary>
[MsgPack.MessagePackObject]
[MemoryPackable]
[GenerateShape]
public sealed partial record PeerHeader : IPeer<PeerHeader>
{
    [MsgPack.Key(0)]
    [Nerdbank.MessagePack.Key(0)]
    public byte Type { get; init; }

    [MsgPack.Key(1)]
    [Nerdbank.MessagePack.Key(1)]
    public byte Priority { get; init; }

    [MsgPack.Key(2)]
    [Nerdbank.MessagePack.Key(2)]
    public byte Exercise { get; init; }

    [MsgPack.Key(3)]
    [Nerdbank.MessagePack.Key(3)]
    public ushort Site { get; init; }

    [MsgPack.Key(4)]
    [Nerdbank.MessagePack.Key(4)]
    public ulong Sequence { get; init; }

    public static JsonTypeInfo<PeerHeader> Json => PeerJson.Default.PeerHeader;

    public static PeerHeader FromProtobuf(ReadOnlySpan<byte> bytes) => From(Protobuf.Header.Parser.ParseFrom(bytes));

    public IMessage ToProtobuf()
    {
        var made = new Protobuf.Header { Type = Type, Priority = Priority, Exercise = Exercise, Site = Site, Sequence = Sequence };
        return made;
    }

    public void WriteCbor(CborWriter writer)
    {
        writer.WriteStartArray(5);
        writer.WriteUInt32(Type);
        writer.WriteUInt32(Priority);
        writer.WriteUInt32(Exercise);
        writer.WriteUInt32(Site);
        writer.WriteUInt64(Sequence);
        writer.WriteEndArray();
    }

    public static PeerHeader ReadCbor(CborReader reader)
    {
        reader.ReadStartArray();
        var made = new PeerHeader
        {
            Type = (byte)reader.ReadUInt32(),
            Priority = (byte)reader.ReadUInt32(),
            Exercise = (byte)reader.ReadUInt32(),
            Site = (ushort)reader.ReadUInt32(),
            Sequence = reader.ReadUInt64(),
        };
        reader.ReadEndArray();
        return made;
    }

    private static PeerHeader From(Protobuf.Header message) => new()
    {
        Type = (byte)message.Type,
        Priority = (byte)message.Priority,
        Exercise = (byte)message.Exercise,
        Site = (ushort)message.Site,
        Sequence = message.Sequence,
    };
}
