using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        ? Write(ref MemoryMarshal.GetReference(destination), message)
        : WriteAndCopy(message, destination);

    /// <summary>Reads a message from its header and its opened body.</summary>
    /// <param name="header">Gives type, priority, exercise flag and destination.</param>
    /// <param name="body">The whole body, nothing before or after it.</param>
    /// <param name="message">The message, or null when something is wrong.</param>
    /// <param name="error">One sentence that says what is wrong and where; empty when nothing is.</param>
    public static bool TryDecode(MessageHead header, ReadOnlySpan<byte> body, out Message? message, out string error)
    {
        message = null;
        error = MessageRules.ProblemOf(header) ?? "";
        if (error.Length > 0) return false;
        message = header.Type switch
        {
            MessageType.Melding => MeldingView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            MessageType.Hulpvraag => HulpvraagView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            MessageType.Hulpaanbod => HulpaanbodView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            MessageType.Bulletin => BulletinView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            MessageType.Amend => AmendView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            MessageType.Status => StatusView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            MessageType.Heartbeat => HeartbeatView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            MessageType.Receipt => ReceiptView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
            _ => SitrapView.TryRead(body, out var view, out error) ? view.ToRecord(header) : null,
        };
        return message is not null;
    }

    /// <summary>Whether a body is one that <see cref="TryDecode"/> reads; makes no record and allocates nothing while nothing is wrong.</summary>
    /// <inheritdoc cref="TryDecode"/>
    public static bool TryValidate(MessageHead header, ReadOnlySpan<byte> body, out string error)
    {
        error = MessageRules.ProblemOf(header) ?? "";
        return error.Length == 0 && header.Type switch
        {
            MessageType.Melding => MeldingView.TryRead(body, out _, out error),
            MessageType.Hulpvraag => HulpvraagView.TryRead(body, out _, out error),
            MessageType.Hulpaanbod => HulpaanbodView.TryRead(body, out _, out error),
            MessageType.Bulletin => BulletinView.TryRead(body, out _, out error),
            MessageType.Amend => AmendView.TryRead(body, out _, out error),
            MessageType.Status => StatusView.TryRead(body, out _, out error),
            MessageType.Heartbeat => HeartbeatView.TryRead(body, out _, out error),
            MessageType.Receipt => ReceiptView.TryRead(body, out _, out error),
            _ => SitrapView.TryRead(body, out _, out error),
        };
    }

    /// <param name="at">The start of at least <see cref="MessageLimits.Body"/> bytes; see <see cref="BodyWriter"/>.</param>
    /// <param name="message">The message.</param>
    private static int Write(ref byte at, Message message)
    {
        if ((uint)(message.Priority - 1) > 3 || message.Exercise > Exercise.Test) return 0;
        return message switch
        {
            Melding melding => RecordBodies.Write(ref at, melding),
            Status status => StateBodies.Write(ref at, status),
            Hulpvraag hulpvraag => RecordBodies.Write(ref at, hulpvraag),
            Hulpaanbod hulpaanbod => RecordBodies.Write(ref at, hulpaanbod),
            Bulletin bulletin => RecordBodies.Write(ref at, bulletin),
            Amend amend => RecordBodies.Write(ref at, amend),
            Heartbeat heartbeat => StateBodies.Write(ref at, heartbeat),
            Receipt receipt => StateBodies.Write(ref at, receipt),
            Sitrap sitrap => StateBodies.Write(ref at, sitrap),
            _ => 0,
        };
    }

    /// <summary>For a destination that the largest message would pass: written elsewhere first, so that the writer needs no bounds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private static int WriteAndCopy(Message message, Span<byte> destination)
    {
        Span<byte> room = stackalloc byte[MessageLimits.Body];
        var length = Write(ref MemoryMarshal.GetReference(room), message);
        return room[..length].TryCopyTo(destination) ? length : 0;
    }
}
