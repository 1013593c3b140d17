namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Message bodies as MessagePack arrays, fields by position (FORMAT.md §7). Type, priority, exercise flag and destination
/// travel in the header, so the body does not repeat them.
/// </summary>
public static class MessageCodec
{
    /// <summary>Writes a message's body. Allocates nothing when the message keeps its limits.</summary>
    /// <returns>Bytes written, or 0 when it does not fit, breaks a rule (<see cref="MessageRules.Problem"/> says which), or holds half a surrogate pair.</returns>
    public static int Encode(Message message, Span<byte> destination)
    {
        if (MessageRules.Problem(message) is not null) return 0;
        var body = new BodyWriter(destination);
        switch (message)
        {
            case Melding melding: RecordBodies.Write(ref body, melding); break;
            case Hulpvraag hulpvraag: RecordBodies.Write(ref body, hulpvraag); break;
            case Hulpaanbod hulpaanbod: RecordBodies.Write(ref body, hulpaanbod); break;
            case Bulletin bulletin: RecordBodies.Write(ref body, bulletin); break;
            case Amend amend: RecordBodies.Write(ref body, amend); break;
            case Status status: StateBodies.Write(ref body, status); break;
            case Heartbeat heartbeat: StateBodies.Write(ref body, heartbeat); break;
            case Receipt receipt: StateBodies.Write(ref body, receipt); break;
            case Sitrap sitrap: StateBodies.Write(ref body, sitrap); break;
        }

        return body.Finish();
    }

    /// <summary>Reads a message from its header and its opened body.</summary>
    /// <param name="header">Gives type, priority, exercise flag and destination.</param>
    /// <param name="body">The whole body, nothing before or after it.</param>
    /// <param name="message">The message, or null when something is wrong.</param>
    /// <param name="error">One sentence that says what is wrong and where; empty when nothing is.</param>
    public static bool TryDecode(MessageHead header, ReadOnlySpan<byte> body, out Message? message, out string error)
    {
        if (header.Type is < MessageType.Melding or > MessageType.Sitrap)
        {
            (message, error) = (null, $"type {(byte)header.Type} is not known here.");
            return false;
        }

        var reader = new BodyReader(header.Type, body);
        message = header.Type switch
        {
            MessageType.Melding => RecordBodies.ReadMelding(ref reader, header),
            MessageType.Hulpvraag => RecordBodies.ReadHulpvraag(ref reader, header),
            MessageType.Hulpaanbod => RecordBodies.ReadHulpaanbod(ref reader, header),
            MessageType.Bulletin => RecordBodies.ReadBulletin(ref reader, header),
            MessageType.Amend => RecordBodies.ReadAmend(ref reader, header),
            MessageType.Status => StateBodies.ReadStatus(ref reader, header),
            MessageType.Heartbeat => StateBodies.ReadHeartbeat(ref reader, header),
            MessageType.Receipt => StateBodies.ReadReceipt(ref reader, header),
            _ => StateBodies.ReadSitrap(ref reader, header),
        };
        error = reader.Finish() ?? MessageRules.Problem(message) ?? "";
        if (error.Length > 0) message = null;
        return message is not null;
    }
}
