using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>Reads stored envelopes again.</summary>
internal static class StoredMessages
{
    /// <summary>The message in an envelope; null when the key is not here or the body cannot be read.</summary>
    public static Message? Open(KeyRing keys, StoredEnvelope stored)
    {
        var body = new byte[stored.Bytes.Length];
        if (Envelope.TryOpen(keys, stored.Bytes.Span, stored.Key.Sequence, body, out var length) != OpenOutcome.Opened) return null;
        return MessageCodec.TryDecode(stored.Header, body.AsSpan(0, length), out var message, out _) ? message : null;
    }
}
