using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>What may be stored: a mistake here would lie on disk as an envelope that no load can read.</summary>
internal static class PutRule
{
    /// <exception cref="ArgumentException">The bytes are no envelope, or not the one that the header and the key say.</exception>
    public static void Require(StoredEnvelope envelope)
    {
        var header = envelope.Header;
        if (envelope.Bytes.Length > Envelope.MaxSize || !EnvelopeHeader.TryRead(envelope.Bytes.Span, out var read) || read != header
            || header.Origin != envelope.Key.Origin || header.Series != envelope.Key.Series)
            throw new ArgumentException($"The bytes of {envelope.Key} are not the envelope that its header and key say.", nameof(envelope));
    }
}
