using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Looks into transmitted frames: which envelopes they hold, and whether a nonce ever protects two texts.</summary>
/// <param name="keys">The network's keys.</param>
internal sealed class FrameWatch(KeyRing keys)
{
    // The low 24 bits name a sequence: no simulation sends 16 million messages from one site.
    private readonly Dictionary<(ushort Origin, Series Series, ushort Destination, uint Low), Int128> _nonces = [];

    /// <summary>Notes the envelopes in a frame.</summary>
    /// <returns>The name of one whose nonce was used before for other bytes; null when there is none.</returns>
    public string? Reused(ReadOnlyMemory<byte> frame)
    {
        string? reused = null;
        if (FrameReader.TryOpen(keys, FormOf(frame), frame.Span, out var reader) != FrameOutcome.Opened) return "a frame without the network's tag";
        while (reader.Next() is var item and not (FrameItem.End or FrameItem.Unreadable))
        {
            if (item != FrameItem.Envelope || !EnvelopeHeader.TryRead(reader.Envelope, out var header)) continue;
            var name = (header.Origin, header.Series, header.Destination, header.SequenceLow);
            var print = Print(reader.Envelope);
            if (!_nonces.TryAdd(name, print) && _nonces[name] != print) reused = $"{header.Type} {header.Origin}-{header.SequenceLow}";
        }

        return reused;
    }

    /// <summary>The records in a frame.</summary>
    public List<EnvelopeKey> RecordsIn(ReadOnlyMemory<byte> frame)
    {
        var records = new List<EnvelopeKey>();
        if (FrameReader.TryOpen(keys, FormOf(frame), frame.Span, out var reader) != FrameOutcome.Opened) return records;
        while (reader.Next() is var item and not (FrameItem.End or FrameItem.Unreadable))
        {
            if (item == FrameItem.Envelope && EnvelopeHeader.TryRead(reader.Envelope, out var header) && header.Series == Series.Records)
                records.Add(new EnvelopeKey(header.Origin, Series.Records, header.SequenceLow));
        }

        return records;
    }

    /// <summary>The first two bits say it; the witness watches links of both forms.</summary>
    private static FrameForm FormOf(ReadOnlyMemory<byte> frame) => frame.Length > 0 && frame.Span[0] >> 6 == (int)FrameForm.Narrow ? FrameForm.Narrow : FrameForm.Wide;

    private static Int128 Print(ReadOnlySpan<byte> envelope)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(envelope, hash);
        return new Int128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }
}
