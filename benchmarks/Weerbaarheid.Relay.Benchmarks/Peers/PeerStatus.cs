using System.Formats.Cbor;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using MemoryPack;
using PolyType;
using MsgPack = MessagePack;

namespace Weerbaarheid.Relay.Benchmarks.Peers;

/// <summary>The status as every peer carries it: the fields of our body.</summary>
[MsgPack.MessagePackObject]
[MemoryPackable]
[GenerateShape]
public sealed partial record PeerStatus : IPeer<PeerStatus>
{
    [MsgPack.Key(0)]
    [Nerdbank.MessagePack.Key(0)]
    public byte State { get; init; }

    [MsgPack.Key(1)]
    [Nerdbank.MessagePack.Key(1)]
    public int? Present { get; init; }

    [MsgPack.Key(2)]
    [Nerdbank.MessagePack.Key(2)]
    public int? Capacity { get; init; }

    [MsgPack.Key(3)]
    [Nerdbank.MessagePack.Key(3)]
    public int? Staff { get; init; }

    [MsgPack.Key(4)]
    [Nerdbank.MessagePack.Key(4)]
    public int? PowerHours { get; init; }

    [MsgPack.Key(5)]
    [Nerdbank.MessagePack.Key(5)]
    public int? Water { get; init; }

    [MsgPack.Key(6)]
    [Nerdbank.MessagePack.Key(6)]
    public int? Food { get; init; }

    [MsgPack.Key(7)]
    [Nerdbank.MessagePack.Key(7)]
    public int? FirstAid { get; init; }

    [MsgPack.Key(8)]
    [Nerdbank.MessagePack.Key(8)]
    public int? Fuel { get; init; }

    [MsgPack.Key(9)]
    [Nerdbank.MessagePack.Key(9)]
    public int? Heat { get; init; }

    [MsgPack.Key(10)]
    [Nerdbank.MessagePack.Key(10)]
    public uint Comms { get; init; }

    [MsgPack.Key(11)]
    [Nerdbank.MessagePack.Key(11)]
    public uint Needs { get; init; }

    public static JsonTypeInfo<PeerStatus> Json => PeerJson.Default.PeerStatus;

    public static PeerStatus FromProtobuf(ReadOnlySpan<byte> bytes) => From(Protobuf.Status.Parser.ParseFrom(bytes));

    public IMessage ToProtobuf()
    {
        var made = new Protobuf.Status { State = State, Comms = Comms, Needs = Needs };
        if (Present is { } present) made.Present = (uint)present;
        if (Capacity is { } capacity) made.Capacity = (uint)capacity;
        if (Staff is { } staff) made.Staff = (uint)staff;
        if (PowerHours is { } powerHours) made.PowerHours = (uint)powerHours;
        if (Water is { } water) made.Water = (uint)water;
        if (Food is { } food) made.Food = (uint)food;
        if (FirstAid is { } firstAid) made.FirstAid = (uint)firstAid;
        if (Fuel is { } fuel) made.Fuel = (uint)fuel;
        if (Heat is { } heat) made.Heat = (uint)heat;
        return made;
    }

    public void WriteCbor(CborWriter writer)
    {
        writer.WriteStartArray(12);
        writer.WriteUInt32(State);
        if (Present is { } present) writer.WriteInt32(present);
        else writer.WriteNull();
        if (Capacity is { } capacity) writer.WriteInt32(capacity);
        else writer.WriteNull();
        if (Staff is { } staff) writer.WriteInt32(staff);
        else writer.WriteNull();
        if (PowerHours is { } powerHours) writer.WriteInt32(powerHours);
        else writer.WriteNull();
        if (Water is { } water) writer.WriteInt32(water);
        else writer.WriteNull();
        if (Food is { } food) writer.WriteInt32(food);
        else writer.WriteNull();
        if (FirstAid is { } firstAid) writer.WriteInt32(firstAid);
        else writer.WriteNull();
        if (Fuel is { } fuel) writer.WriteInt32(fuel);
        else writer.WriteNull();
        if (Heat is { } heat) writer.WriteInt32(heat);
        else writer.WriteNull();
        writer.WriteUInt32(Comms);
        writer.WriteUInt32(Needs);
        writer.WriteEndArray();
    }

    public static PeerStatus ReadCbor(CborReader reader)
    {
        reader.ReadStartArray();
        var made = new PeerStatus
        {
            State = (byte)reader.ReadUInt32(),
            Present = PeerCbor.Number(reader),
            Capacity = PeerCbor.Number(reader),
            Staff = PeerCbor.Number(reader),
            PowerHours = PeerCbor.Number(reader),
            Water = PeerCbor.Number(reader),
            Food = PeerCbor.Number(reader),
            FirstAid = PeerCbor.Number(reader),
            Fuel = PeerCbor.Number(reader),
            Heat = PeerCbor.Number(reader),
            Comms = reader.ReadUInt32(),
            Needs = reader.ReadUInt32(),
        };
        reader.ReadEndArray();
        return made;
    }

    private static PeerStatus From(Protobuf.Status message) => new()
    {
        State = (byte)message.State,
        Present = message.HasPresent ? (int)message.Present : null,
        Capacity = message.HasCapacity ? (int)message.Capacity : null,
        Staff = message.HasStaff ? (int)message.Staff : null,
        PowerHours = message.HasPowerHours ? (int)message.PowerHours : null,
        Water = message.HasWater ? (int)message.Water : null,
        Food = message.HasFood ? (int)message.Food : null,
        FirstAid = message.HasFirstAid ? (int)message.FirstAid : null,
        Fuel = message.HasFuel ? (int)message.Fuel : null,
        Heat = message.HasHeat ? (int)message.Heat : null,
        Comms = message.Comms,
        Needs = message.Needs,
    };
}
