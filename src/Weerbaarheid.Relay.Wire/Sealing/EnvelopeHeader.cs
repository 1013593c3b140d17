using System.Buffers.Binary;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Sealing;

/// <summary>How the body of an envelope is protected.</summary>
public enum SealMode : byte
{
    /// <summary>AES-CCM under a key of one site; 8-byte tag.</summary>
    Sealed = 0,

    /// <summary>Body in clear, ECDSA P-256 signature of the region's authority; 64 bytes. Bulletins and revocations.</summary>
    Signature = 1,

    /// <summary>Body in clear, 8-byte AES-CCM tag under the key of one site. For amateur bands, where nothing may be encrypted.</summary>
    Clear = 2,
}

/// <summary>
/// The part of an envelope that every relay can read without a key, and nobody can change unnoticed.
/// <code>
/// byte 0    version (2 bits, = 1) | mode (2 bits; 3 = told below, with the life) | key epoch (4 bits)
/// byte 1    type (4 bits) | priority - 1 (2 bits) | exercise (2 bits)
/// byte 2-3  origin, big endian
/// byte 4-6  low 24 bits of the sequence, big endian
/// byte 7-8  destination, big endian; only when the type is Receipt or Rekey
/// then      mode (1 byte) | life (3 bytes), big endian; only when byte 0 says mode 3
/// </code>
/// FORMAT.md §3.
/// </summary>
public readonly record struct EnvelopeHeader(
    byte Epoch, SealMode Mode, MessageType Type, byte Priority, Exercise Exercise, ushort Origin, uint SequenceLow, ushort Destination)
{
    /// <summary>The only version there is.</summary>
    public const int Version = 1;

    /// <summary>Bytes without a destination.</summary>
    public const int ShortLength = 7;

    /// <summary>Bytes with a destination.</summary>
    public const int LongLength = 9;

    /// <summary>Bytes that telling the life adds.</summary>
    public const int LifeLength = 4;

    /// <summary>The mode in byte 0 that says: mode and life follow.</summary>
    private const int ToldBelow = 3;

    /// <summary>
    /// The life that the sequence is of, when the header tells it: the upper 24 bits, which a receiver that does not know them
    /// cannot guess. Null when they are left out.
    /// </summary>
    public uint? Life { get; init; }

    /// <summary>The part of a header that belongs to the message.</summary>
    public static implicit operator MessageHead(EnvelopeHeader header) => header.ToMessageHead();

    /// <inheritdoc cref="op_Implicit"/>
    public MessageHead ToMessageHead() => new(Type, Priority, Exercise, Destination);

    /// <summary>Bytes this header takes: 7 or 9, and 4 more when it tells the life.</summary>
    public int Length => LengthWithoutLife + (Life is null ? 0 : LifeLength);

    private int LengthWithoutLife => HasDestination(Type) ? LongLength : ShortLength;

    /// <summary>Which of the origin's two counters numbers this envelope.</summary>
    public Series Series => SeriesOf(Type);

    /// <summary>Whether messages of this type are addressed to one site.</summary>
    public static bool HasDestination(MessageType type) => type is MessageType.Receipt or MessageType.Rekey;

    /// <summary>Which counter numbers messages of this type (design §2, "id").</summary>
    public static Series SeriesOf(MessageType type) => type is MessageType.Status or MessageType.Heartbeat
        or MessageType.Receipt or MessageType.Sitrap or MessageType.Revocation or MessageType.Rekey ? Series.States : Series.Records;

    /// <summary>The header of a message: everything but the body's own fields.</summary>
    /// <param name="message">Its type, priority and exercise flag; of a receipt or rekey also the site it is for.</param>
    /// <param name="epoch">The key ring's epoch, 0 to 15.</param>
    /// <param name="origin">The site that seals.</param>
    /// <param name="sequence">The number taken from the counter of <see cref="SeriesOf"/>.</param>
    public static EnvelopeHeader For(Message message, byte epoch, ushort origin, ulong sequence) => new(
        epoch, ModeOf(message.Type), message.Type, message.Priority, message.Exercise, origin, Sequence.Low(sequence),
        message switch { Receipt receipt => receipt.ForSite, Rekey rekey => rekey.ForSite, _ => 0 });

    /// <summary>As <see cref="For"/>, with the body in clear.</summary>
    /// <exception cref="ArgumentException">The message may hold personal data: not of a type without, or a receipt with a reference, which is free text.</exception>
    public static EnvelopeHeader ForClear(Message message, byte epoch, ushort origin, ulong sequence)
    {
        if (!MayBeClear(message.Type)) throw new ArgumentException($"A {message.Type} may hold personal data and is never sent in clear.", nameof(message));
        if (message is Receipt receipt && receipt.TakenUp.Any(one => one.Reference is not null))
            throw new ArgumentException("A receipt in clear holds no references: they are free text and may hold personal data.", nameof(message));
        return For(message, epoch, origin, sequence) with { Mode = SealMode.Clear };
    }

    /// <summary>How messages of this type are protected unless they must be in clear.</summary>
    public static SealMode ModeOf(MessageType type) => type is MessageType.Bulletin or MessageType.Revocation ? SealMode.Signature : SealMode.Sealed;

    /// <summary>Whether messages of this type hold no personal data, so that they may travel in clear: numbers about a site.</summary>
    public static bool MayBeClear(MessageType type) => type is MessageType.Status or MessageType.Heartbeat or MessageType.Receipt or MessageType.Sitrap;

    /// <summary>Whether messages of this type may be protected so. Whoever opens an envelope with another mode refuses it.</summary>
    public static bool Allows(MessageType type, SealMode mode) => mode == ModeOf(type) || (mode == SealMode.Clear && MayBeClear(type));

    /// <summary>Writes the header.</summary>
    /// <returns>Bytes written, or 0 when <paramref name="destination"/> is too short.</returns>
    public int Write(Span<byte> destination)
    {
        var length = Length;
        if (destination.Length < length) return 0;
        destination[0] = (byte)((Version << 6) | ((Life is null ? (byte)Mode : ToldBelow) << 4) | (Epoch & 0x0F));
        destination[1] = (byte)(((byte)Type << 4) | ((Priority - 1) << 2) | (byte)Exercise);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Origin);
        destination[4] = (byte)(SequenceLow >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(destination[5..], (ushort)SequenceLow);
        if (HasDestination(Type)) BinaryPrimitives.WriteUInt16BigEndian(destination[7..], Destination);
        if (Life is { } life) BinaryPrimitives.WriteUInt32BigEndian(destination[LengthWithoutLife..], ((uint)Mode << 24) | life);
        return length;
    }

    /// <summary>Reads the header at the start of an envelope.</summary>
    /// <returns>False when the bytes are too short or hold a version, mode, type or flag that does not exist.</returns>
    public static bool TryRead(ReadOnlySpan<byte> envelope, out EnvelopeHeader header)
    {
        header = default;
        if (envelope.Length < ShortLength || envelope[0] >> 6 != Version) return false;
        var mode = (SealMode)((envelope[0] >> 4) & 3);
        var type = (MessageType)(envelope[1] >> 4);
        var exercise = (Exercise)(envelope[1] & 3);
        if (type is < MessageType.Melding or > MessageType.Rekey || exercise > Exercise.Test) return false;
        var destination = (ushort)0;
        if (HasDestination(type))
        {
            if (envelope.Length < LongLength) return false;
            destination = BinaryPrimitives.ReadUInt16BigEndian(envelope[7..]);
        }

        uint? life = null;
        if ((int)mode == ToldBelow)
        {
            var told = envelope[(HasDestination(type) ? LongLength : ShortLength)..];
            if (told.Length < LifeLength || told[0] > (byte)SealMode.Clear) return false;
            mode = (SealMode)told[0];
            life = BinaryPrimitives.ReadUInt32BigEndian(told) & (Sequence.Modulus - 1);
        }

        header = new EnvelopeHeader(
            (byte)(envelope[0] & 0x0F), mode, type, (byte)(((envelope[1] >> 2) & 3) + 1), exercise,
            BinaryPrimitives.ReadUInt16BigEndian(envelope[2..]),
            ((uint)envelope[4] << 16) | BinaryPrimitives.ReadUInt16BigEndian(envelope[5..]),
            destination)
        { Life = life };
        return true;
    }
}

/// <summary>The two counters of an origin. They never share a nonce, because the series is part of it.</summary>
public enum Series : byte
{
    /// <summary>Numbered without holes; a hole means something is missing.</summary>
    Records = 0,

    /// <summary>Only the newest counts; holes mean nothing.</summary>
    States = 1,
}
