using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Frames;

/// <summary>How much a link can carry decides how long a frame's tag is.</summary>
public enum FrameForm
{
    /// <summary>IP links: a tag of 8 bytes, because guessing is not bound by airtime there.</summary>
    Wide = 1,

    /// <summary>Radios and slow wires: a tag of 4 bytes. At one try a second, a guess takes 136 years.</summary>
    Narrow = 2,

    /// <summary>A courier's file: a tag of 8 bytes. A form of its own, so that a stick that was found cannot be played over a link, nor a recording be put on a stick.</summary>
    Carried = 3,
}

/// <summary>What a node tells its neighbours about itself.</summary>
/// <param name="Role">0 noodsteunpunt, 1 coördinatiepunt, 2 meldkamer.</param>
/// <param name="Asks">The sender just came up, or lost a neighbour, and wants to hear who is there.</param>
/// <param name="Distance">Cost of the way to the nearest meldkamer, 1 to 4 for each hop; 0 is a meldkamer, 32 means none known.</param>
/// <param name="Via">The neighbour this node would send through; 0 when none. A node never routes through one that routes through it.</param>
/// <param name="PeriodSeconds">Seconds until the next beacon, 1 to 3600.</param>
public readonly record struct Beacon(byte Role, bool Asks, byte Distance, ushort Via, int PeriodSeconds)
{
    /// <summary>No way to a meldkamer is known.</summary>
    public const byte Unreachable = 32;

    /// <summary>The longest time between two beacons.</summary>
    public const int MaxPeriodSeconds = 3600;

    /// <summary>The sender has the keys of the epoch after the frame's: it was sent under the older one for who hears it and has not.</summary>
    public bool IsAhead { get; init; }
}

/// <summary>An envelope as a hop acknowledgement names it.</summary>
/// <param name="Origin">The envelope's origin.</param>
/// <param name="Series">The envelope's series.</param>
/// <param name="SequenceLow">Low 24 bits of its sequence.</param>
public readonly record struct HopAcknowledgement(ushort Origin, Series Series, uint SequenceLow);

/// <summary>A piece of an envelope that is too long for one frame.</summary>
/// <param name="Id">Names the envelope between these two neighbours: <see cref="FragmentId.Of"/>.</param>
/// <param name="Index">Which piece, from 0. All pieces but the last are as long as each other; the last is not longer.</param>
/// <param name="IsLast">Whether the envelope ends with it.</param>
public readonly record struct FragmentName(ushort Id, byte Index, bool IsLast);

/// <summary>Names an envelope while it travels in pieces.</summary>
public static class FragmentId
{
    /// <summary>The most pieces that an envelope can be cut into.</summary>
    public const int MaxFragments = 256;

    /// <summary>The low 16 bits of the CRC-32C (Castagnoli) of the whole envelope: what was put together wrong does not have it.</summary>
    public static ushort Of(ReadOnlySpan<byte> envelope)
    {
        var crc = uint.MaxValue;
        foreach (var one in envelope) crc = System.Numerics.BitOperations.Crc32C(crc, one);
        return (ushort)~crc;
    }
}

/// <summary>The first byte of an item: its kind in the upper three bits, flags in the lower five.</summary>
internal static class ItemCode
{
    public const int KindShift = 5;
    public const int FlagMask = 0x1F;

    public const int Envelope = 1;
    public const int Acknowledge = 2;
    public const int Beacon = 3;
    public const int Fragment = 4;
    public const int Parts = 5;

    /// <summary>Envelope: its origin is the frame's sender, and left out. Acknowledgement: its origin is the neighbour meant.</summary>
    public const byte Own = 0x10;

    /// <summary>Envelope: its destination is the neighbour that the frame is meant for, and left out.</summary>
    public const byte Home = 0x08;

    /// <summary>Envelope: its age is 0 seconds, and left out.</summary>
    public const byte New = 0x04;

    /// <summary>Envelope: it goes on to the end of the items, and its length is left out.</summary>
    public const byte Last = 0x02;

    /// <summary>Envelope: its first byte says version 1, sealed, and the epoch of the frame, and is left out.</summary>
    public const byte Usual = 0x01;

    /// <summary>Acknowledgement: of states; else of records.</summary>
    public const byte States = 0x08;

    /// <summary>Acknowledgement: bytes of the bitmap.</summary>
    public const int BitmapMask = 0x07;

    /// <summary>Beacon: the role.</summary>
    public const int RoleMask = 0x03;

    /// <summary>Beacon: it asks for an answer.</summary>
    public const byte Asks = 0x04;

    /// <summary>Beacon: the sender has the keys of the next epoch.</summary>
    public const byte Ahead = 0x08;

    /// <summary>Fragment: the envelope ends with it.</summary>
    public const byte LastFragment = 0x10;

    /// <summary>Fragment: its envelope's age stands before its bytes.</summary>
    public const byte Aged = 0x08;

    public static byte Of(int kind, int flags = 0) => (byte)((kind << KindShift) | flags);
}
