using System.Buffers.Binary;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Frames;

/// <summary>
/// Builds one frame: what one transmission between neighbours carries (FORMAT.md §6). What the frame says already is left
/// out of the items in it: on a radio every byte is 3 to 40 ms.
/// <code>
/// byte 0    form (2 bits: 1 wide, 2 narrow, 3 carried) | 1 when addressed (1 bit) | 1 when more follows at once (1 bit) | key epoch (4 bits)
/// byte 1-2  sender, big endian
/// byte 3-4  the neighbour meant, big endian; only when addressed
/// items     one after the other: kind (3 bits) | flags (5 bits), then
///   1 envelope     [age in seconds (varint)] | [length of the rest (varint)] | [byte 0] | byte 1 | [origin(2)] | sequence(3) | [destination(2)] | the rest
///   2 acknowledge  [origin(2)] | low 24 bits of a sequence(3) | bitmap of those after it (0 to 7)
///   3 beacon       distance(1) | via(2) | period in seconds (varint)
///   4 fragment     id(2) | index(1) | [age in seconds (varint)] | bytes to the end of the items
///   5 parts        id(2) | first fragment that is missing(1) | bitmap of those after it (0 to 31)
/// last 8 or 4      tag under the network key
/// </code>
/// </summary>
public sealed class FrameWriter
{
    internal const int HeaderSize = 3;
    internal const int AddressSize = 2;
    internal const byte Addressed = 0x20;
    internal const byte More = 0x10;

    /// <summary>Bytes of a fragment item before its bytes, without an age.</summary>
    private const int FragmentHeader = 4;

    private readonly KeyRing _keys;
    private readonly ushort _sender;
    private readonly FrameForm _form;
    private readonly byte[] _buffer;
    private ushort? _to;
    private byte _epoch;
    private int _limit;
    private int _length;
    private int _lastItem;
    private int _lastLengthAt;
    private int _lastLengthSize;
    private bool _isClosed;

    /// <param name="keys">Gives the network key.</param>
    /// <param name="sender">The site that sends.</param>
    /// <param name="maxFrame">The most bytes a frame may have on this link, tag included; at least 32.</param>
    /// <param name="form">What the link asks for.</param>
    public FrameWriter(KeyRing keys, ushort sender, int maxFrame, FrameForm form)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFrame, 32);
        (_keys, _sender, _form) = (keys, sender, form);
        _buffer = new byte[maxFrame];
        Start(null, maxFrame);
    }

    /// <summary>Whether nothing was added since the last <see cref="Finish"/>.</summary>
    public bool IsEmpty => _length == HeaderSize + (_to is null ? 0 : AddressSize);

    /// <summary>Bytes that still fit; 0 after a fragment, which goes to the end.</summary>
    public int Room => _isClosed ? 0 : Math.Max(0, _limit - TagSizeOf(_form) - _length);

    /// <summary>Bytes of the frame if it were finished now.</summary>
    public int Size => _length + TagSizeOf(_form) - (_lastLengthAt > 0 ? _lastLengthSize : 0);

    /// <summary>Bytes of a frame's tag.</summary>
    public static int TagSizeOf(FrameForm form) => form == FrameForm.Narrow ? 4 : 8;

    /// <summary>Bytes of a frame without address and items.</summary>
    public static int OverheadOf(FrameForm form) => HeaderSize + TagSizeOf(form);

    /// <summary>The most bytes that an envelope takes in a frame, nothing left out.</summary>
    public static int EnvelopeCost(int envelopeLength, ulong ageSeconds) =>
        1 + VarInt.Size(ageSeconds) + VarInt.Size((ulong)envelopeLength) + envelopeLength;

    /// <summary>
    /// Starts a frame that is meant for one neighbour. On a radio everybody hears it; without an address each of them would
    /// acknowledge what it holds and pass it on as well.
    /// </summary>
    /// <param name="to">The neighbour; null for all who hear it, which is also what a frame is that was not addressed.</param>
    /// <param name="limit">The most bytes of this frame, tag included; at most what the link carries.</param>
    /// <param name="epoch">The key epoch of its tag; null for the current one of the ring.</param>
    /// <exception cref="InvalidOperationException">The frame holds items already.</exception>
    public void Address(ushort? to, int limit = int.MaxValue, byte? epoch = null)
    {
        if (!IsEmpty) throw new InvalidOperationException("A frame is addressed before anything is added to it.");
        Start(to, Math.Min(limit, _buffer.Length));
        if (epoch is { } given) _epoch = given;
    }

    /// <summary>Sets another limit for what is added to this frame from here on.</summary>
    /// <param name="limit">The most bytes of this frame, tag included; at most what the link carries. What is in it already stays.</param>
    public void Limit(int limit) => _limit = Math.Min(limit, _buffer.Length);

    /// <summary>Adds an envelope.</summary>
    /// <returns>False when it does not fit any more; the frame is unchanged.</returns>
    public bool TryAddEnvelope(ReadOnlySpan<byte> envelope, ulong ageSeconds)
    {
        var flags = LeftOut(envelope, ageSeconds, out var header);
        var length = envelope.Length - Saved(flags);
        var lengthSize = VarInt.Size((ulong)length);
        var ageSize = (flags & ItemCode.New) != 0 ? 0 : VarInt.Size(ageSeconds);
        if (1 + ageSize + lengthSize + length > Room) return false;
        _lastItem = _length;
        _buffer[_length++] = ItemCode.Of(ItemCode.Envelope, flags);
        if (ageSize > 0) _length += VarInt.Write(_buffer.AsSpan(_length), ageSeconds);
        (_lastLengthAt, _lastLengthSize) = (_length, lengthSize);
        _length += VarInt.Write(_buffer.AsSpan(_length), (ulong)length);
        WriteShortened(envelope, flags, header);
        return true;
    }

    /// <summary>Adds one acknowledgement item: the first of the sequences and those that its bitmap of 56 reaches.</summary>
    /// <param name="origin">Of the envelopes.</param>
    /// <param name="series">Of the envelopes.</param>
    /// <param name="sequences">Low 24 bits, ascending, not empty.</param>
    /// <returns>How many were added, from the start of <paramref name="sequences"/>; 0 when none fits.</returns>
    public int AddAcknowledgements(ushort origin, Series series, ReadOnlySpan<uint> sequences)
    {
        if (sequences.IsEmpty) return 0;
        var isOwn = origin == _to;
        var room = Math.Min(Room - (isOwn ? 4 : 6), ItemCode.BitmapMask);
        if (room < 0) return 0;
        Span<byte> bitmap = stackalloc byte[ItemCode.BitmapMask];
        bitmap.Clear();
        var (count, used) = (1, 0);
        for (; count < sequences.Length; count++)
        {
            // Modulo 2^24, as sequences go round there.
            var bit = (sequences[count] - sequences[0] - 1) & 0xFFFFFF;
            if (bit >= (uint)room * 8) break;
            bitmap[(int)bit >> 3] |= (byte)(1 << ((int)bit & 7));
            used = Math.Max(used, ((int)bit >> 3) + 1);
        }

        EndItem();
        _buffer[_length++] = ItemCode.Of(ItemCode.Acknowledge, (isOwn ? ItemCode.Own : 0) | (series == Series.States ? ItemCode.States : 0) | used);
        if (!isOwn) WriteSite(origin);
        WriteSequence(sequences[0]);
        bitmap[..used].CopyTo(_buffer.AsSpan(_length));
        _length += used;
        return count;
    }

    /// <summary>Adds a beacon.</summary>
    /// <returns>False when it does not fit.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The period is not 1 to 3600 seconds: a reader would drop the rest of the frame.</exception>
    public bool TryAddBeacon(in Beacon beacon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beacon.PeriodSeconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(beacon.PeriodSeconds, Beacon.MaxPeriodSeconds);
        if (Room < 4 + VarInt.Size((ulong)beacon.PeriodSeconds)) return false;
        EndItem();
        _buffer[_length++] = ItemCode.Of(ItemCode.Beacon, (beacon.Role & ItemCode.RoleMask) | (beacon.Asks ? ItemCode.Asks : 0) | (beacon.IsAhead ? ItemCode.Ahead : 0));
        _buffer[_length++] = beacon.Distance;
        WriteSite(beacon.Via);
        _length += VarInt.Write(_buffer.AsSpan(_length), (ulong)beacon.PeriodSeconds);
        return true;
    }

    /// <summary>Bytes of a fragment that would still fit, without an age.</summary>
    public int FragmentRoom => Room - FragmentHeader;

    /// <summary>Adds a piece of an envelope, which goes to the end of the frame: nothing can be added after it.</summary>
    /// <param name="name">Which piece of which envelope.</param>
    /// <param name="bytes">May be empty only of the last piece.</param>
    /// <param name="ageSeconds">The envelope's age; null in all pieces but one.</param>
    /// <returns>False when it does not fit.</returns>
    public bool TryAddFragment(in FragmentName name, ReadOnlySpan<byte> bytes, ulong? ageSeconds)
    {
        if (bytes.Length + (ageSeconds is { } age ? VarInt.Size(age) : 0) > FragmentRoom) return false;
        EndItem();
        _buffer[_length++] = ItemCode.Of(ItemCode.Fragment, (ageSeconds is null ? 0 : ItemCode.Aged) | (name.IsLast ? ItemCode.LastFragment : 0));
        WriteSite(name.Id);
        _buffer[_length++] = name.Index;
        if (ageSeconds is { } aged) _length += VarInt.Write(_buffer.AsSpan(_length), aged);
        Append(bytes);
        _isClosed = true;
        return true;
    }

    /// <summary>Adds which fragments of an envelope are here, as far as the frame has room to tell.</summary>
    /// <param name="id">The envelope's name.</param>
    /// <param name="firstMissing">All before it are here.</param>
    /// <param name="bitmap">Bit i, least significant first, stands for fragment <paramref name="firstMissing"/> + 1 + i; what goes beyond 31 bytes is left out.</param>
    /// <returns>False when it does not fit.</returns>
    public bool TryAddParts(ushort id, byte firstMissing, ReadOnlySpan<byte> bitmap)
    {
        var size = Math.Min(Math.Min(bitmap.Length, ItemCode.FlagMask), Room - 4);
        if (size < 0) return false;
        EndItem();
        _buffer[_length++] = ItemCode.Of(ItemCode.Parts, size);
        WriteSite(id);
        _buffer[_length++] = firstMissing;
        Append(bitmap[..size]);
        return true;
    }

    /// <summary>Closes the frame with its header and tag, and starts the next one.</summary>
    /// <param name="more">Whether the next frame for this neighbour follows at once, so that it keeps its answer.</param>
    public byte[] Finish(bool more = false)
    {
        DropLastLength();
        _buffer[0] = (byte)(((int)_form << 6) | (_to is null ? 0 : Addressed) | (more ? More : 0) | _epoch);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(1), _sender);
        if (_to is { } to) BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(HeaderSize), to);
        var frame = new byte[_length + TagSizeOf(_form)];
        _buffer.AsSpan(0, _length).CopyTo(frame);
        _keys.FrameTag(_epoch, frame.AsSpan(0, _length), frame.AsSpan(_length));
        Start(null, _buffer.Length);
        return frame;
    }

    private void Start(ushort? to, int limit)
    {
        (_to, _epoch, _limit, _length, _isClosed) = (to, _keys.Epoch, limit, HeaderSize + (to is null ? 0 : AddressSize), false);
        EndItem();
    }

    private void EndItem() => _lastLengthAt = 0;

    /// <summary>What of an envelope's header the frame says already.</summary>
    private byte LeftOut(ReadOnlySpan<byte> envelope, ulong ageSeconds, out EnvelopeHeader header)
    {
        var flags = ageSeconds == 0 ? ItemCode.New : (byte)0;
        if (!EnvelopeHeader.TryRead(envelope, out header)) return flags;
        if (header is { Mode: SealMode.Sealed, Life: null } && header.Epoch == _epoch) flags |= ItemCode.Usual;
        if (header.Origin == _sender) flags |= ItemCode.Own;
        if (EnvelopeHeader.HasDestination(header.Type) && header.Destination == _to) flags |= ItemCode.Home;
        return flags;
    }

    private static int Saved(byte flags) =>
        ((flags & ItemCode.Usual) != 0 ? 1 : 0) + ((flags & ItemCode.Own) != 0 ? 2 : 0) + ((flags & ItemCode.Home) != 0 ? 2 : 0);

    private void WriteShortened(ReadOnlySpan<byte> envelope, byte flags, in EnvelopeHeader header)
    {
        if ((flags & (ItemCode.Usual | ItemCode.Own | ItemCode.Home)) == 0)
        {
            Append(envelope);
            return;
        }

        Append(envelope.Slice((flags & ItemCode.Usual) != 0 ? 1 : 0, (flags & ItemCode.Usual) != 0 ? 1 : 2));
        if ((flags & ItemCode.Own) == 0) WriteSite(header.Origin);
        WriteSequence(header.SequenceLow);
        Append(envelope[((flags & ItemCode.Home) != 0 ? EnvelopeHeader.LongLength : EnvelopeHeader.ShortLength)..]);
    }

    /// <summary>The length of an envelope at the end is what is left of the frame.</summary>
    private void DropLastLength()
    {
        if (_lastLengthAt == 0) return;
        _buffer[_lastItem] |= ItemCode.Last;
        _buffer.AsSpan((_lastLengthAt + _lastLengthSize).._length).CopyTo(_buffer.AsSpan(_lastLengthAt));
        _length -= _lastLengthSize;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void WriteSite(ushort site)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_length), site);
        _length += 2;
    }

    private void WriteSequence(uint low)
    {
        _buffer[_length] = (byte)(low >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_length + 1), (ushort)low);
        _length += 3;
    }
}
