using System.Buffers.Binary;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Frames;

/// <summary>What came of opening a frame.</summary>
public enum FrameOutcome
{
    Opened,

    /// <summary>Too short, or a version that does not exist.</summary>
    Malformed,

    /// <summary>Another key epoch, or a tag that is not the network's.</summary>
    NotAuthentic,
}

/// <summary>What kind of item stands next in a frame.</summary>
public enum FrameItem
{
    /// <summary>No more items.</summary>
    End,
    Envelope,
    Acknowledgement,
    Beacon,

    /// <summary>The rest of the frame cannot be read: a newer kind of item, or a sender's mistake.</summary>
    Unreadable,
}

/// <summary>Reads a frame item by item, after its tag was checked. See <see cref="FrameWriter"/> for the layout.</summary>
public ref struct FrameReader
{
    private ReadOnlySpan<byte> _rest;
    private int _acknowledgements;

    private FrameReader(ushort sender, ushort? to, ReadOnlySpan<byte> items)
    {
        Sender = sender;
        To = to;
        _rest = items;
    }

    /// <summary>The neighbour that sent the frame.</summary>
    public ushort Sender { get; }

    /// <summary>The neighbour it is meant for; null when it is meant for all who hear it.</summary>
    public ushort? To { get; }

    /// <summary>The envelope, when <see cref="Next"/> said <see cref="FrameItem.Envelope"/>.</summary>
    public ReadOnlySpan<byte> Envelope { get; private set; }

    /// <summary>The envelope's age in seconds when it was sent.</summary>
    public ulong AgeSeconds { get; private set; }

    /// <summary>The acknowledgement, when <see cref="Next"/> said so; one at a time.</summary>
    public HopAcknowledgement Acknowledgement { get; private set; }

    /// <summary>The beacon, when <see cref="Next"/> said so.</summary>
    public Beacon Beacon { get; private set; }

    /// <summary>Checks a frame's tag, before anything else in it is believed.</summary>
    public static FrameOutcome TryOpen(KeyRing keys, ReadOnlySpan<byte> frame, out FrameReader reader)
    {
        reader = default;
        if (frame.Length < FrameWriter.Overhead || frame[0] >> 6 != FrameWriter.Version) return FrameOutcome.Malformed;
        if ((frame[0] & 0x0F) != keys.Epoch) return FrameOutcome.NotAuthentic;
        Span<byte> tag = stackalloc byte[FrameWriter.TagSize];
        keys.FrameTag(frame[..^FrameWriter.TagSize], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, frame[^FrameWriter.TagSize..])) return FrameOutcome.NotAuthentic;
        var items = frame[FrameWriter.HeaderSize..^FrameWriter.TagSize];
        ushort? to = null;
        if ((frame[0] & FrameWriter.Addressed) != 0)
        {
            if (items.Length < FrameWriter.AddressSize) return FrameOutcome.Malformed;
            to = BinaryPrimitives.ReadUInt16BigEndian(items);
            items = items[FrameWriter.AddressSize..];
        }

        reader = new FrameReader(BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), to, items);
        return FrameOutcome.Opened;
    }

    /// <summary>Steps to the next item.</summary>
    public FrameItem Next()
    {
        if (_acknowledgements > 0) return NextAcknowledgement();
        if (_rest.IsEmpty) return FrameItem.End;
        var kind = _rest[0];
        _rest = _rest[1..];
        var read = kind switch
        {
            FrameWriter.EnvelopeItem => ReadEnvelope(),
            FrameWriter.AcknowledgeItem => ReadAcknowledgements(),
            FrameWriter.BeaconItem => ReadBeacon(),
            _ => FrameItem.Unreadable,
        };
        if (read == FrameItem.Unreadable) _rest = default;
        return read;
    }

    private FrameItem ReadEnvelope()
    {
        if (!ReadVarInt(out var age) || !ReadVarInt(out var length) || length > (ulong)_rest.Length) return FrameItem.Unreadable;
        AgeSeconds = age;
        Envelope = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return FrameItem.Envelope;
    }

    private FrameItem ReadAcknowledgements()
    {
        if (_rest.Length < 3 || _rest[2] > (byte)Series.States) return FrameItem.Unreadable;
        Acknowledgement = new HopAcknowledgement(BinaryPrimitives.ReadUInt16BigEndian(_rest), (Series)_rest[2], 0);
        _rest = _rest[3..];
        if (!ReadVarInt(out var count) || count == 0 || count > (ulong)(_rest.Length / 3)) return FrameItem.Unreadable;
        _acknowledgements = (int)count;
        return NextAcknowledgement();
    }

    private FrameItem NextAcknowledgement()
    {
        _acknowledgements--;
        Acknowledgement = Acknowledgement with { SequenceLow = ((uint)_rest[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(_rest[1..]) };
        _rest = _rest[3..];
        return FrameItem.Acknowledgement;
    }

    private FrameItem ReadBeacon()
    {
        if (_rest.Length < 4) return FrameItem.Unreadable;
        var (role, distance, via) = (_rest[0], _rest[1], BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]));
        _rest = _rest[4..];
        if (!ReadVarInt(out var period) || period is < 1 or > Frames.Beacon.MaxPeriodSeconds) return FrameItem.Unreadable;
        Beacon = new Beacon((byte)(role & ~FrameWriter.Asks), (role & FrameWriter.Asks) != 0, Math.Min(distance, Frames.Beacon.Unreachable), via, (int)period);
        return FrameItem.Beacon;
    }

    private bool ReadVarInt(out ulong value)
    {
        var read = VarInt.Read(_rest, out value);
        _rest = _rest[read..];
        return read > 0;
    }
}
