using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weerbaarheid.Relay.Wire.Primitives;

namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Message bodies as MessagePack arrays, fields by position (FORMAT.md §7). Type, priority, exercise flag and destination
/// travel in the header, so the body does not repeat them.
/// </summary>
public static class MessageCodec
{
    /// <summary>Writes a message's body. Allocates nothing when the message keeps its limits.</summary>
    /// <param name="message">The message.</param>
    /// <param name="destination">One of <see cref="MessageLimits.Body"/> bytes is written directly; a shorter one costs a copy.</param>
    /// <returns>Bytes written, or 0 when it does not fit, breaks a rule (<see cref="MessageRules.Problem"/> says which), or holds half a surrogate pair.</returns>
    public static int Encode(Message message, Span<byte> destination) => destination.Length >= MessageLimits.Body
        ? Write(ref MemoryMarshal.GetReference(destination), message, TextForm.Shortest)
        : WriteAndCopy(message, destination, TextForm.Shortest);

    /// <summary>
    /// As <see cref="Encode"/>, with every text as UTF-8: for readers that do not have the text model, and for links where
    /// bytes cost less than time. <see cref="TryDecode"/> reads both.
    /// </summary>
    /// <inheritdoc cref="Encode"/>
    public static int EncodePlain(Message message, Span<byte> destination) => destination.Length >= MessageLimits.Body
        ? Write(ref MemoryMarshal.GetReference(destination), message, TextForm.Plain)
        : WriteAndCopy(message, destination, TextForm.Plain);

    /// <summary>
    /// Puts the moment into a body that was encoded without one: the same bytes as encoding the record anew with its
    /// <see cref="RecordMessage.SentAt"/>, without coding its text once more.
    /// </summary>
    /// <param name="body">What <see cref="Encode"/> wrote of a record whose moment is unknown, with room for five bytes more.</param>
    /// <param name="length">Bytes of that.</param>
    /// <param name="sentAt">The moment.</param>
    /// <returns>Bytes now; 0 when the moment is out of range.</returns>
    public static int Stamp(Span<byte> body, int length, Moment sentAt)
    {
        if (length < 1 || (length > 1 && body[1] != PackCode.Nil)) throw new ArgumentException("This is not the body of a record without its moment.", nameof(body));
        Span<byte> first = stackalloc byte[1 + PackEncode.MaxNumber];
        var writer = new BodyWriter(ref MemoryMarshal.GetReference(first));
        writer.Moment(sentAt);
        var size = writer.Finish(1);
        if (size == 0) return 0;
        // A record of which nothing else is known has no nil in that place either: those at the end are left out.
        var rest = Math.Min(length, 2);
        body[rest..length].CopyTo(body[size..]);
        first[1..size].CopyTo(body[1..]);
        if (length == 1) body[0] = PackCode.FixArray | 1;
        return size + length - rest;
    }

    /// <summary>Reads a message from its header and its opened body.</summary>
    /// <param name="header">Gives type, priority, exercise flag and destination.</param>
    /// <param name="body">The whole body, nothing before or after it.</param>
    /// <param name="message">The message, or null when something is wrong.</param>
    /// <param name="error">One sentence that says what is wrong and where; empty when nothing is.</param>
    public static bool TryDecode(in MessageHead header, ReadOnlySpan<byte> body, out Message? message, out string error)
    {
        message = null;
        if (MessageRules.ProblemOf(header) is { } problem)
        {
            error = problem;
            return false;
        }

        message = header.Type switch
        {
            MessageType.Melding => Record<MeldingView>(header, body, out error),
            MessageType.Hulpvraag => Record<HulpvraagView>(header, body, out error),
            MessageType.Hulpaanbod => Record<HulpaanbodView>(header, body, out error),
            MessageType.Bulletin => Record<BulletinView>(header, body, out error),
            MessageType.Amend => Record<AmendView>(header, body, out error),
            MessageType.Status => Record<StatusView>(header, body, out error),
            MessageType.Heartbeat => Record<HeartbeatView>(header, body, out error),
            MessageType.Receipt => Record<ReceiptView>(header, body, out error),
            MessageType.Sitrap => Record<SitrapView>(header, body, out error),
            MessageType.Revocation => Record<RevocationView>(header, body, out error),
            _ => Record<RekeyView>(header, body, out error),
        };
        return message is not null;
    }

    /// <summary>Whether a body is one that <see cref="TryDecode"/> reads; makes no record and allocates nothing while nothing is wrong.</summary>
    /// <inheritdoc cref="TryDecode"/>
    public static bool TryValidate(in MessageHead header, ReadOnlySpan<byte> body, out string error)
    {
        if (MessageRules.ProblemOf(header) is { } problem)
        {
            error = problem;
            return false;
        }

        return header.Type switch
        {
            MessageType.Melding => Validate<MeldingView>(body, out error),
            MessageType.Hulpvraag => Validate<HulpvraagView>(body, out error),
            MessageType.Hulpaanbod => Validate<HulpaanbodView>(body, out error),
            MessageType.Bulletin => Validate<BulletinView>(body, out error),
            MessageType.Amend => Validate<AmendView>(body, out error),
            MessageType.Status => Validate<StatusView>(body, out error),
            MessageType.Heartbeat => Validate<HeartbeatView>(body, out error),
            MessageType.Receipt => Validate<ReceiptView>(body, out error),
            MessageType.Sitrap => Validate<SitrapView>(body, out error),
            MessageType.Revocation => Validate<RevocationView>(body, out error),
            _ => Validate<RekeyView>(body, out error),
        };
    }

    /// <summary>A method of its own for each type, so that each has a frame for one view and not for eleven.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Message? Record<TView>(in MessageHead head, ReadOnlySpan<byte> body, out string error)
        where TView : IBodyView<TView>, allows ref struct
    {
        var reader = new BodyReader(head.Type, body, keepsTexts: true);
        var view = TView.Read(ref reader);
        return reader.Finish(out error) ? view.ToRecord(head) : null;
    }

    /// <inheritdoc cref="Record"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Validate<TView>(ReadOnlySpan<byte> body, out string error)
        where TView : IBodyView<TView>, allows ref struct => TView.TryRead(body, out _, out error);

    /// <param name="at">The start of at least <see cref="MessageLimits.Body"/> bytes; see <see cref="BodyWriter"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="form">Of its texts.</param>
    private static int Write(ref byte at, Message message, TextForm form)
    {
        if ((uint)(message.Priority - 1) > 3 || message.Exercise > Exercise.Test) return 0;
        return message switch
        {
            Melding melding => RecordBodies.Write(ref at, melding, form),
            Status status => StateBodies.Write(ref at, status),
            Hulpvraag hulpvraag => RecordBodies.Write(ref at, hulpvraag, form),
            Hulpaanbod hulpaanbod => RecordBodies.Write(ref at, hulpaanbod, form),
            Bulletin bulletin => RecordBodies.Write(ref at, bulletin, form),
            Amend amend => RecordBodies.Write(ref at, amend, form),
            Heartbeat heartbeat => StateBodies.Write(ref at, heartbeat),
            Receipt receipt => StateBodies.Write(ref at, receipt, form),
            Sitrap sitrap => StateBodies.Write(ref at, sitrap),
            Revocation revocation => KeyBodies.Write(ref at, revocation),
            Rekey rekey => KeyBodies.Write(ref at, rekey),
            _ => 0,
        };
    }

    /// <summary>For a destination that the largest message would pass: written elsewhere first, so that the writer needs no bounds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private static int WriteAndCopy(Message message, Span<byte> destination, TextForm form)
    {
        Span<byte> room = stackalloc byte[MessageLimits.Body];
        var length = Write(ref MemoryMarshal.GetReference(room), message, form);
        return room[..length].TryCopyTo(destination) ? length : 0;
    }
}
