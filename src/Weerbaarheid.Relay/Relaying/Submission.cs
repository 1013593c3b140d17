using System.Buffers.Binary;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>A message that a client hands in, already checked against the rules of its type.</summary>
/// <param name="Message">The message.</param>
/// <param name="ClientRef">The client's own reference; a second submission with the same one is the same message.</param>
/// <param name="Fingerprint">Hash of the bytes handed in; tells a redelivery after a broken connection from a new message.</param>
/// <param name="MayBeRepeat">The transport says that this may have been handed in before (MQTT DUP).</param>
/// <param name="InHaste">So many are handed in that there is no time to make texts short (FORMAT.md §9).</param>
internal sealed record Submission(Message Message, string? ClientRef, ulong Fingerprint, bool MayBeRepeat, bool InHaste = false)
{
    /// <summary>
    /// The message in bytes, without when it was handed in. Made here and not by the core, because coding a text costs more than all
    /// that follows, and whoever hands in is not the one thread that everybody waits for.
    /// </summary>
    public SubmittedBody Body { get; } = SubmittedBody.Of(Message, InHaste);

    /// <summary>
    /// The same, marked for what it is a part of. The flag stands in the header and not in the body, and what is compared stays as it was: one
    /// that is handed in again when an exercise has begun meanwhile is the same message.
    /// </summary>
    public Submission Of(Exercise exercise) => Message.Exercise == exercise ? this : this with { Message = Message with { Exercise = exercise } };
}

/// <summary>The body of a message that is handed in.</summary>
/// <param name="Bytes">As <see cref="MessageCodec.Encode"/> or <see cref="MessageCodec.EncodePlain"/> writes it, of a record without its moment; empty when it cannot be encoded.</param>
/// <param name="Print">
/// First 8 bytes of SHA-256 over type, priority, exercise flag and body with its texts plain: what the message says, without when or how it
/// was handed in.
/// </param>
internal readonly record struct SubmittedBody(ReadOnlyMemory<byte> Bytes, ulong Print)
{
    private const int Head = 3;

    public static SubmittedBody Of(Message message, bool inHaste)
    {
        if (message is RecordMessage { SentAt: not null } record) message = record with { SentAt = null };
        Span<byte> room = stackalloc byte[Head + MessageLimits.Body];
        var (print, length) = PrintOf(message, room);
        if (!inHaste) length = MessageCodec.Encode(message, room[Head..]);
        return new SubmittedBody(room.Slice(Head, length).ToArray(), print);
    }

    /// <summary>The print of a message with when it was handed in: two of the same words are two, and one that was numbered anew is the same.</summary>
    public static ulong PrintOf(Message message) => PrintOf(message, stackalloc byte[Head + MessageLimits.Body]).Print;

    private static (ulong Print, int Length) PrintOf(Message message, Span<byte> room)
    {
        var length = MessageCodec.EncodePlain(message, room[Head..]);
        (room[0], room[1], room[2]) = ((byte)message.Type, message.Priority, (byte)message.Exercise);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(room[..(Head + length)], hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash), length);
    }
}

/// <summary>Why a submission was not taken in.</summary>
internal enum Refusal
{
    None,

    /// <summary>The message breaks a rule; sending it again will not help. MQTT 5 reason 0x99.</summary>
    Invalid,

    /// <summary>This node may not send such a message. MQTT 5 reason 0x87.</summary>
    NotAllowed,

    /// <summary>The outbox is full for this priority; try again later. MQTT 5 reason 0x97.</summary>
    Full,

    /// <summary>The store could not be written; nothing was taken in. MQTT 5 reason 0x83.</summary>
    StoreFailed,
}

/// <summary>What became of a submission, after the commit.</summary>
/// <param name="Refusal"><see cref="Refusal.None"/> when it is on disk.</param>
/// <param name="Key">Its id when it is on disk.</param>
/// <param name="Reason">A sentence for people when it was refused; empty otherwise.</param>
/// <param name="Repeated">It was already there.</param>
internal readonly record struct SubmitOutcome(Refusal Refusal, EnvelopeKey Key, string Reason, bool Repeated)
{
    public static SubmitOutcome Accepted(EnvelopeKey key, bool repeated = false) => new(Refusal.None, key, "", repeated);

    public static SubmitOutcome Refused(Refusal refusal, string reason) => new(refusal, default, reason, false);
}
