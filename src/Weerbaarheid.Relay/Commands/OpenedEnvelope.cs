using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary>An envelope that was opened outside any node.</summary>
/// <param name="Header">The part in clear.</param>
/// <param name="Sequence">The full number.</param>
/// <param name="Body">The body in clear.</param>
/// <param name="Length">Bytes of the whole envelope.</param>
/// <param name="Message">What it says.</param>
internal sealed record OpenedEnvelope(EnvelopeHeader Header, ulong Sequence, byte[] Body, int Length, Message Message)
{
    /// <summary>How many values of the bits that are not sent are tried: numbers up to 150 million.</summary>
    private const ulong Highs = 9;

    private const int Smallest = EnvelopeHeader.ShortLength + Envelope.TagSize;

    /// <summary>Opens an envelope, looking for the number that it was sealed under.</summary>
    /// <param name="keys">The node's keys, or the demonstration keys.</param>
    /// <param name="envelope">The whole envelope.</param>
    /// <param name="near">A number near the one it was sealed under; tried first.</param>
    /// <param name="problem">What is wrong when the result is null.</param>
    public static OpenedEnvelope? Open(KeyRing keys, ReadOnlySpan<byte> envelope, ulong near, out string problem)
    {
        problem = Shape(envelope, out var header);
        if (problem.Length > 0) return null;
        var body = new byte[envelope.Length];
        var length = 0;
        var outcome = OpenOutcome.Malformed;
        var sequence = NumberAt(header, near, 0);
        for (ulong attempt = 0; attempt <= Highs; attempt++)
        {
            sequence = NumberAt(header, near, attempt);
            outcome = Envelope.TryOpen(keys, envelope, sequence, body, out length);
            if (outcome != OpenOutcome.NotAuthentic || header.Life is not null) break;
        }

        problem = Say(outcome, header, keys);
        if (problem.Length > 0) return null;
        Array.Resize(ref body, length);
        if (MessageCodec.TryDecode(header, body, out var message, out problem)) return new OpenedEnvelope(header, sequence, body, envelope.Length, message!);
        problem = $"authentic, but {problem}";
        return null;
    }

    private static ulong NumberAt(in EnvelopeHeader header, ulong near, ulong attempt) =>
        header.Life is { } life ? Wire.Sealing.Sequence.Of(life, header.SequenceLow) :
        attempt == 0 ? Wire.Sealing.Sequence.Expand(header.SequenceLow, near) : ((attempt - 1) * Wire.Sealing.Sequence.Modulus) | header.SequenceLow;

    private static string Shape(ReadOnlySpan<byte> envelope, out EnvelopeHeader header)
    {
        header = default;
        if (envelope.Length < Smallest) return $"has {envelope.Length} bytes; an envelope has at least {Smallest}, so this one is cut off";
        if (envelope.Length > Envelope.MaxSize) return $"has {envelope.Length} bytes; an envelope has at most {Envelope.MaxSize}";
        if (!EnvelopeHeader.TryRead(envelope, out header)) return "does not begin as an envelope does: no such version, mode, type or flag; damaged, or of a newer version";
        return "";
    }

    private static string Say(OpenOutcome outcome, in EnvelopeHeader header, KeyRing keys) => outcome switch
    {
        OpenOutcome.Opened => "",
        OpenOutcome.Malformed => "the header and the length contradict each other: damaged or cut off",
        OpenOutcome.NoKey when header.Mode != SealMode.Signature && !keys.HoldsEpoch(header.Epoch) => $"says key epoch {header.Epoch}, and these keys are of epoch {keys.Epoch}: damaged, or sealed with other keys",
        OpenOutcome.NoKey => $"these keys cannot open what site {header.Origin} sealed",
        _ => $"the {(header.Mode == SealMode.Signature ? "signature" : "tag")} does not fit: damaged, or sealed with other keys",
    };
}
