using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Intake;

/// <summary>A message to hand in, or what is wrong with it, each error a sentence.</summary>
internal readonly record struct IntakeResult(Submission? Submission, IReadOnlyList<string> Errors);

/// <summary>Turns what an application published into a submission. JSON and MessagePack maps go through the same parser.</summary>
internal static class IntakeParser
{
    private const string TypeNames = "melding, hulpvraag, hulpaanbod, status, bulletin or amend";

    /// <summary>Reads a payload published on <c>weerbaarheid/v1/in/{type}</c>. Never throws for what a client sends.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="contentType">As MQTT 5 gives it; null when it does not.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="mayBeRepeat">The DUP flag.</param>
    /// <param name="pace">Says whether there is time to make its texts short; null when there always is.</param>
    public static IntakeResult Parse(string topic, string? contentType, ReadOnlyMemory<byte> payload, bool mayBeRepeat, TextPace? pace = null)
    {
        if (TypeOf(topic) is not { } type) return Wrong($"No message type in this topic: the last level must be {TypeNames}.");
        if (payload.IsEmpty) return Wrong("The payload is empty; a JSON object or a MessagePack map is expected.");

        var json = payload;
        if (IsMessagePack(contentType, payload.Span[0]))
        {
            if (!MessagePackToJson.TryTranscode(payload, out json, out var error)) return Wrong(error);
        }

        if (!MessageJson.TryParse(json.Span, type, out var parsed, out var errors)) return new IntakeResult(null, [.. errors.Select(e => e.ToString())]);
        return new IntakeResult(new Submission(parsed.Message, parsed.ClientRef, Fingerprint(topic, payload.Span), mayBeRepeat, pace?.TryTake() == false), []);
    }

    /// <summary>First 8 bytes of SHA-256 over topic, a zero byte and payload. MQTT forbids a zero in a topic, so the two cannot be confused.</summary>
    public static ulong Fingerprint(string topic, ReadOnlySpan<byte> payload)
    {
        var length = Encoding.UTF8.GetMaxByteCount(topic.Length) + 1 + payload.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var written = Encoding.UTF8.GetBytes(topic, rented);
            rented[written++] = 0;
            payload.CopyTo(rented.AsSpan(written));
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(rented.AsSpan(0, written + payload.Length), hash);
            return BinaryPrimitives.ReadUInt64BigEndian(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static IntakeResult Wrong(string error) => new(null, [error]);

    private static MessageType? TypeOf(string topic) => topic.AsSpan(topic.LastIndexOf('/') + 1) switch
    {
        _ when topic.AsSpan().Count('/') != 3 => null,
        "melding" => MessageType.Melding,
        "hulpvraag" => MessageType.Hulpvraag,
        "hulpaanbod" => MessageType.Hulpaanbod,
        "status" => MessageType.Status,
        "bulletin" => MessageType.Bulletin,
        "amend" => MessageType.Amend,
        _ => null,
    };

    /// <summary>A content type that says so decides; otherwise a first byte of fixmap, map 16 or map 32, none of which can begin JSON.</summary>
    private static bool IsMessagePack(string? contentType, byte first)
    {
        var type = contentType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var end) type = type[..end];
        type = type.Trim();
        if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return false;
        if (type.EndsWith("msgpack", StringComparison.OrdinalIgnoreCase)) return true;
        return first is (>= 0x80 and <= 0x8F) or 0xDE or 0xDF;
    }
}
