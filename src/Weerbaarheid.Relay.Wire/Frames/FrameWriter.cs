using System.Buffers.Binary;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Frames;

/// <summary>What a node tells its neighbours about itself.</summary>
/// <param name="Role">0 noodsteunpunt, 1 coördinatiepunt, 2 meldkamer.</param>
/// <param name="Asks">The sender just came up and wants to hear who is there.</param>
/// <param name="Distance">Cost of the way to the nearest meldkamer, 1 to 4 for each hop; 0 is a meldkamer, 32 means none known.</param>
/// <param name="Via">The neighbour this node would send through; 0 when none. A node never routes through one that routes through it.</param>
/// <param name="PeriodSeconds">Seconds until the next beacon, 1 to 3600.</param>
public readonly record struct Beacon(byte Role, bool Asks, byte Distance, ushort Via, int PeriodSeconds)
{
    /// <summary>No way to a meldkamer is known.</summary>
    public const byte Unreachable = 32;

    /// <summary>The longest time between two beacons.</summary>
    public const int MaxPeriodSeconds = 3600;
}

/// <summary>An envelope as a hop acknowledgement names it.</summary>
/// <param name="Origin">The envelope's origin.</param>
/// <param name="Series">The envelope's series.</param>
/// <param name="SequenceLow">Low 24 bits of its sequence.</param>
public readonly record struct HopAcknowledgement(ushort Origin, Series Series, uint SequenceLow);

/// <summary>
/// Builds one frame: what one transmission between neighbours carries (FORMAT.md §6).
/// <code>
/// byte 0    version (2 bits, = 1) | 1 when addressed (1 bit) | 0 | key epoch (4 bits)
/// byte 1-2  sender, big endian
/// byte 3-4  the neighbour meant, big endian; only when addressed
/// items     one after the other: kind(1), then
///   1 envelope     age in seconds (varint) | length (varint) | envelope
///   2 acknowledge  origin(2) | series(1) | count (varint) | count x sequence low bits(3)
///   3 beacon       role(1), top bit set when it asks for an answer | distance(1) | via(2) | period in seconds (varint)
/// last 8    tag under the network key
/// </code>
/// </summary>
public sealed class FrameWriter
{
    /// <summary>Bytes of the tag.</summary>
    public const int TagSize = 8;

    /// <summary>Bytes of a frame without items.</summary>
    public const int Overhead = HeaderSize + TagSize;

    internal const int Version = 1;
    internal const int HeaderSize = 3;
    internal const int AddressSize = 2;
    internal const byte Addressed = 0x20;
    internal const byte EnvelopeItem = 1;
    internal const byte AcknowledgeItem = 2;
    internal const byte BeaconItem = 3;
    internal const byte Asks = 0x80;

    private readonly KeyRing _keys;
    private readonly ushort _sender;
    private readonly byte[] _buffer;
    private ushort? _to;
    private int _length;

    /// <param name="keys">Gives the network key.</param>
    /// <param name="sender">The site that sends.</param>
    /// <param name="maxFrame">The most bytes a frame may have on this link, tag included; at least 32.</param>
    public FrameWriter(KeyRing keys, ushort sender, int maxFrame)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFrame, 32);
        _keys = keys;
        _sender = sender;
        _buffer = new byte[maxFrame];
        _length = HeaderSize;
    }

    /// <summary>Whether nothing was added since the last <see cref="Finish"/>.</summary>
    public bool IsEmpty => _length == HeaderSize + (_to is null ? 0 : AddressSize);

    /// <summary>Bytes that still fit.</summary>
    public int Room => _buffer.Length - TagSize - _length;

    /// <summary>Bytes that an envelope takes in a frame.</summary>
    public static int EnvelopeCost(int envelopeLength, ulong ageSeconds) =>
        1 + VarInt.Size(ageSeconds) + VarInt.Size((ulong)envelopeLength) + envelopeLength;

    /// <summary>
    /// Starts a frame that is meant for one neighbour. On a radio everybody hears it; without an address each of them would
    /// acknowledge what it holds and pass it on as well.
    /// </summary>
    /// <param name="to">The neighbour; null for all who hear it, which is also what a frame is that was not addressed.</param>
    /// <exception cref="InvalidOperationException">The frame holds items already.</exception>
    public void Address(ushort? to)
    {
        if (!IsEmpty) throw new InvalidOperationException("A frame is addressed before anything is added to it.");
        (_to, _length) = (to, HeaderSize + (to is null ? 0 : AddressSize));
    }

    /// <summary>Adds an envelope.</summary>
    /// <returns>False when it does not fit any more; the frame is unchanged.</returns>
    public bool TryAddEnvelope(ReadOnlySpan<byte> envelope, ulong ageSeconds)
    {
        if (EnvelopeCost(envelope.Length, ageSeconds) > Room) return false;
        _buffer[_length++] = EnvelopeItem;
        _length += VarInt.Write(_buffer.AsSpan(_length), ageSeconds);
        _length += VarInt.Write(_buffer.AsSpan(_length), (ulong)envelope.Length);
        envelope.CopyTo(_buffer.AsSpan(_length));
        _length += envelope.Length;
        return true;
    }

    /// <summary>Adds acknowledgements for envelopes of one origin and series, as many as fit.</summary>
    /// <returns>How many were added, from the start of <paramref name="sequences"/>.</returns>
    public int AddAcknowledgements(ushort origin, Series series, ReadOnlySpan<uint> sequences)
    {
        var count = Math.Min(sequences.Length, (Room - 4 - 3) / 3);
        if (count <= 0) return 0;
        _buffer[_length++] = AcknowledgeItem;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_length), origin);
        _buffer[_length + 2] = (byte)series;
        _length += 3;
        _length += VarInt.Write(_buffer.AsSpan(_length), (ulong)count);
        foreach (var sequence in sequences[..count])
        {
            _buffer[_length] = (byte)(sequence >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_length + 1), (ushort)sequence);
            _length += 3;
        }

        return count;
    }

    /// <summary>Adds a beacon.</summary>
    /// <returns>False when it does not fit.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The period is not 1 to 3600 seconds: a reader would drop the rest of the frame.</exception>
    public bool TryAddBeacon(in Beacon beacon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beacon.PeriodSeconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(beacon.PeriodSeconds, Beacon.MaxPeriodSeconds);
        if (Room < 5 + VarInt.Size((ulong)beacon.PeriodSeconds)) return false;
        _buffer[_length] = BeaconItem;
        _buffer[_length + 1] = (byte)(beacon.Role | (beacon.Asks ? Asks : 0));
        _buffer[_length + 2] = beacon.Distance;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_length + 3), beacon.Via);
        _length += 5;
        _length += VarInt.Write(_buffer.AsSpan(_length), (ulong)beacon.PeriodSeconds);
        return true;
    }

    /// <summary>Closes the frame with its header and tag, and starts the next one.</summary>
    public byte[] Finish()
    {
        _buffer[0] = (byte)((Version << 6) | (_to is null ? 0 : Addressed) | _keys.Epoch);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(1), _sender);
        if (_to is { } to) BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(HeaderSize), to);
        var frame = new byte[_length + TagSize];
        _buffer.AsSpan(0, _length).CopyTo(frame);
        _keys.FrameTag(frame.AsSpan(0, _length), frame.AsSpan(_length));
        (_to, _length) = (null, HeaderSize);
        return frame;
    }
}
