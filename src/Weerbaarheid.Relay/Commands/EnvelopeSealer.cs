using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Turns one message in JSON into an envelope, outside any node.</summary>
/// <param name="keys">Must hold the key of <paramref name="site"/>.</param>
/// <param name="site">The origin.</param>
internal sealed class EnvelopeSealer(KeyRing keys, ushort site)
{
    private readonly byte[] _body = new byte[MessageLimits.Body];
    private readonly byte[] _envelope = new byte[Envelope.MaxSize];

    /// <summary>Seals a message; all types are allowed, because nothing is sent.</summary>
    /// <returns>What is wrong; nothing when there is an envelope.</returns>
    public IReadOnlyList<string> Seal(ReadOnlySpan<byte> json, MessageType? expected, ulong sequence, out byte[] envelope)
    {
        envelope = [];
        if (!MessageJson.TryParse(json, expected, allowSystemTypes: true, out var parsed, out var errors))
            return [.. errors.Select(error => error.ToString())];
        if (sequence == 0) return ["there is no number left for it; start lower with --sequence"];
        var header = EnvelopeHeader.For(parsed.Message, keys.Epoch, site, sequence);
        if (header.Mode == SealMode.Signature && !keys.MayIssueBulletins)
            return ["a bulletin is signed with the authority's private key, and these keys do not hold it"];
        if (header.Mode == SealMode.Sealed && !keys.Holds(EnvelopeHeader.HasDestination(header.Type) ? header.Destination : site))
            return [$"these keys cannot seal for site {header.Destination}"];
        var length = MessageCodec.Encode(parsed.Message, _body);
        if (length == 0) return [MessageRules.Problem(parsed.Message) ?? $"the body does not fit in {MessageLimits.Body} bytes"];
        envelope = _envelope[..Envelope.Seal(keys, header, sequence, _body.AsSpan(0, length), _envelope)];
        return [];
    }
}
