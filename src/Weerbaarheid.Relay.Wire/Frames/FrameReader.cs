using System.Buffers.Binary;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Frames;

/// <summary>What came of opening a frame.</summary>
public enum FrameOutcome
{
    Opened,

    /// <summary>Too short, or not of the form that this link carries.</summary>
    Malformed,

    /// <summary>A key epoch that is closed or not here, or a tag that is not the network's.</summary>
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
    Fragment,
    Parts,

    /// <summary>The rest of the frame cannot be read: a newer kind of item, or a sender's mistake.</summary>
    Unreadable,
}

/// <summary>Reads a frame item by item, after its tag was checked. See <see cref="FrameWriter"/> for the layout.</summary>
public ref struct FrameReader
{
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _bitmap;
    private int _nextBit;
    private uint _firstSequence;

    private FrameReader(byte first, ushort sender, ushort? to, ReadOnlySpan<byte> items)
    {
        (Epoch, HasMore, Sender, To) = ((byte)(first & 0x0F), (first & FrameWriter.More) != 0, sender, to);
        _rest = items;
    }

    /// <summary>The key epoch that the frame was sent under.</summary>
    public byte Epoch { get; }

    /// <summary>The neighbour that sent the frame.</summary>
    public ushort Sender { get; }

    /// <summary>The neighbour it is meant for; null when it is meant for all who hear it.</summary>
    public ushort? To { get; }

    /// <summary>Whether the sender's next frame for this neighbour follows at once.</summary>
    public bool HasMore { get; }

    /// <summary>The envelope as its origin sealed it, when <see cref="Next"/> said <see cref="FrameItem.Envelope"/>.</summary>
    public ReadOnlySpan<byte> Envelope { get; private set; }

    /// <summary>The age in seconds of the envelope, or of what a fragment belongs to, when it was sent.</summary>
    public ulong AgeSeconds { get; private set; }

    /// <summary>The acknowledgement, when <see cref="Next"/> said so; one at a time.</summary>
    public HopAcknowledgement Acknowledgement { get; private set; }

    /// <summary>The beacon, when <see cref="Next"/> said so.</summary>
    public Beacon Beacon { get; private set; }

    /// <summary>The fragment's name, when <see cref="Next"/> said so; for <see cref="FrameItem.Parts"/> its id, and the first one missing as the index.</summary>
    public FragmentName Fragment { get; private set; }

    /// <summary>A fragment's bytes, or the bitmap of the parts that the sender has after the first it misses.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Checks a frame's tag, before anything else in it is believed.</summary>
    /// <param name="keys">Gives the network key, and which epochs are open.</param>
    /// <param name="form">The form that this link carries; no other is taken, so that a short tag never passes where a long one is due.</param>
    /// <param name="frame">The whole frame.</param>
    /// <param name="reader">Stands before the first item.</param>
    public static FrameOutcome TryOpen(KeyRing keys, FrameForm form, ReadOnlySpan<byte> frame, out FrameReader reader)
    {
        reader = default;
        var tagSize = FrameWriter.TagSizeOf(form);
        if (frame.Length < FrameWriter.OverheadOf(form) || frame[0] >> 6 != (int)form) return FrameOutcome.Malformed;
        var epoch = (byte)(frame[0] & 0x0F);
        if (!keys.TakesFrames(epoch)) return FrameOutcome.NotAuthentic;
        Span<byte> tag = stackalloc byte[tagSize];
        keys.FrameTag(epoch, frame[..^tagSize], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, frame[^tagSize..])) return FrameOutcome.NotAuthentic;
        var items = frame[FrameWriter.HeaderSize..^tagSize];
        ushort? to = null;
        if ((frame[0] & FrameWriter.Addressed) != 0)
        {
            if (items.Length < FrameWriter.AddressSize) return FrameOutcome.Malformed;
            to = BinaryPrimitives.ReadUInt16BigEndian(items);
            items = items[FrameWriter.AddressSize..];
        }

        reader = new FrameReader(frame[0], BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), to, items);
        return FrameOutcome.Opened;
    }

    /// <summary>Steps to the next item.</summary>
    public FrameItem Next()
    {
        if (NextInBitmap()) return FrameItem.Acknowledgement;
        if (_rest.IsEmpty) return FrameItem.End;
        var (kind, flags) = (_rest[0] >> ItemCode.KindShift, (byte)(_rest[0] & ItemCode.FlagMask));
        _rest = _rest[1..];
        var read = kind switch
        {
            ItemCode.Envelope => ReadEnvelope(flags),
            ItemCode.Acknowledge => ReadAcknowledgements(flags),
            ItemCode.Beacon => ReadBeacon(flags),
            ItemCode.Fragment => ReadFragment(flags),
            ItemCode.Parts => ReadParts(flags),
            _ => FrameItem.Unreadable,
        };
        if (read == FrameItem.Unreadable) _rest = default;
        return read;
    }

    private FrameItem ReadEnvelope(byte flags)
    {
        var age = 0UL;
        if ((flags & ItemCode.New) == 0 && !ReadVarInt(out age)) return FrameItem.Unreadable;
        ulong length;
        if ((flags & ItemCode.Last) != 0) length = (ulong)_rest.Length;
        else if (!ReadVarInt(out length) || length > (ulong)_rest.Length) return FrameItem.Unreadable;
        AgeSeconds = age;
        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        if ((flags & (ItemCode.Usual | ItemCode.Own | ItemCode.Home)) == 0)
        {
            Envelope = bytes;
            return FrameItem.Envelope;
        }

        return Complete(bytes, flags) ? FrameItem.Envelope : FrameItem.Unreadable;
    }

    /// <summary>Puts back what the frame said already.</summary>
    private bool Complete(ReadOnlySpan<byte> bytes, byte flags)
    {
        var (isUsual, isOwn, isHome) = ((flags & ItemCode.Usual) != 0, (flags & ItemCode.Own) != 0, (flags & ItemCode.Home) != 0);
        if (isHome && To is null) return false;
        var front = (isUsual ? 1 : 2) + (isOwn ? 0 : 2) + 3;
        if (bytes.Length < front) return false;
        var envelope = new byte[bytes.Length + (isUsual ? 1 : 0) + (isOwn ? 2 : 0) + (isHome ? 2 : 0)];
        envelope[0] = isUsual ? (byte)((EnvelopeHeader.Version << 6) | Epoch) : bytes[0];
        envelope[1] = bytes[isUsual ? 0 : 1];
        var at = isUsual ? 1 : 2;
        BinaryPrimitives.WriteUInt16BigEndian(envelope.AsSpan(2), isOwn ? Sender : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]));
        if (!isOwn) at += 2;
        bytes.Slice(at, 3).CopyTo(envelope.AsSpan(4));
        at += 3;
        if (isHome) BinaryPrimitives.WriteUInt16BigEndian(envelope.AsSpan(EnvelopeHeader.ShortLength), To!.Value);
        bytes[at..].CopyTo(envelope.AsSpan(isHome ? EnvelopeHeader.LongLength : EnvelopeHeader.ShortLength));
        Envelope = envelope;
        return true;
    }

    private FrameItem ReadAcknowledgements(byte flags)
    {
        var (isOwn, size) = ((flags & ItemCode.Own) != 0, flags & ItemCode.BitmapMask);
        if (_rest.Length < (isOwn ? 3 : 5) + size || (isOwn && To is null)) return FrameItem.Unreadable;
        var origin = isOwn ? To!.Value : BinaryPrimitives.ReadUInt16BigEndian(_rest);
        if (!isOwn) _rest = _rest[2..];
        _firstSequence = ((uint)_rest[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(_rest[1..]);
        _bitmap = _rest.Slice(3, size);
        _nextBit = 0;
        _rest = _rest[(3 + size)..];
        Acknowledgement = new HopAcknowledgement(origin, (flags & ItemCode.States) != 0 ? Series.States : Series.Records, _firstSequence);
        return FrameItem.Acknowledgement;
    }

    private bool NextInBitmap()
    {
        for (; _nextBit < _bitmap.Length * 8; _nextBit++)
        {
            if ((_bitmap[_nextBit >> 3] & (1 << (_nextBit & 7))) == 0) continue;
            _nextBit++;
            Acknowledgement = Acknowledgement with { SequenceLow = (_firstSequence + (uint)_nextBit) & 0xFFFFFF };
            return true;
        }

        return false;
    }

    private FrameItem ReadBeacon(byte flags)
    {
        if (_rest.Length < 3) return FrameItem.Unreadable;
        var (distance, via) = (_rest[0], BinaryPrimitives.ReadUInt16BigEndian(_rest[1..]));
        _rest = _rest[3..];
        if (!ReadVarInt(out var period) || period is < 1 or > Frames.Beacon.MaxPeriodSeconds) return FrameItem.Unreadable;
        Beacon = new Beacon((byte)(flags & ItemCode.RoleMask), (flags & ItemCode.Asks) != 0, Math.Min(distance, Frames.Beacon.Unreachable), via, (int)period)
        {
            IsAhead = (flags & ItemCode.Ahead) != 0,
        };
        return FrameItem.Beacon;
    }

    private FrameItem ReadFragment(byte flags)
    {
        if (_rest.Length < 3) return FrameItem.Unreadable;
        Fragment = new FragmentName(BinaryPrimitives.ReadUInt16BigEndian(_rest), _rest[2], (flags & ItemCode.LastFragment) != 0);
        _rest = _rest[3..];
        var age = 0UL;
        if ((flags & ItemCode.Aged) != 0 && !ReadVarInt(out age)) return FrameItem.Unreadable;
        AgeSeconds = age;
        Bytes = _rest;
        _rest = default;
        return FrameItem.Fragment;
    }

    private FrameItem ReadParts(byte flags)
    {
        if (_rest.Length < 3 + flags) return FrameItem.Unreadable;
        Fragment = new FragmentName(BinaryPrimitives.ReadUInt16BigEndian(_rest), _rest[2], false);
        Bytes = _rest.Slice(3, flags);
        _rest = _rest[(3 + flags)..];
        return FrameItem.Parts;
    }

    private bool ReadVarInt(out ulong value)
    {
        var read = VarInt.Read(_rest, out value);
        _rest = _rest[read..];
        return read > 0;
    }
}
