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
    private readonly Dictionary<(ushort Origin, Series Series, ushort Destination, byte Epoch, uint Life, uint Low), Int128> _nonces = [];

    /// <summary>The records in the frame that was looked at last.</summary>
    public List<EnvelopeKey> Records { get; } = [];

    /// <summary>The pieces in it.</summary>
    public List<FragmentName> Pieces { get; } = [];

    /// <summary>Who it says that it is for; null when it is for all.</summary>
    public ushort? To { get; private set; }

    /// <summary>Notes the envelopes in a frame.</summary>
    /// <returns>The name of one whose nonce was used before for other bytes; null when there is none.</returns>
    public string? Look(ReadOnlyMemory<byte> frame)
    {
        Records.Clear();
        Pieces.Clear();
        string? reused = null;
        if (FrameReader.TryOpen(keys, FormOf(frame), frame.Span, out var reader) != FrameOutcome.Opened) return "a frame without the network's tag";
        To = reader.To;
        while (reader.Next() is var item and not (FrameItem.End or FrameItem.Unreadable))
        {
            if (item == FrameItem.Fragment) Pieces.Add(reader.Fragment);
            if (item != FrameItem.Envelope || !EnvelopeHeader.TryRead(reader.Envelope, out var header)) continue;
            if (header.Series == Series.Records) Records.Add(new EnvelopeKey(header.Origin, Series.Records, header.SequenceLow));
            if (Reuses(header, reader.Envelope)) reused = $"{header.Type} {header.Origin}-{header.SequenceLow}";
        }

        return reused;
    }

    /// <summary>Whether other bytes were sealed under the same nonce before.</summary>
    public bool Reuses(in EnvelopeHeader header, ReadOnlySpan<byte> envelope)
    {
        var name = (header.Origin, header.Series, header.Destination, header.Epoch, header.Life ?? 0, header.SequenceLow);
        var print = Print(envelope);
        return !_nonces.TryAdd(name, print) && _nonces[name] != print;
    }

    /// <summary>The records in a frame.</summary>
    public List<EnvelopeKey> RecordsIn(ReadOnlyMemory<byte> frame)
    {
        Look(frame);
        return [.. Records];
    }

    /// <summary>The first two bits say it; the witness watches links of both forms.</summary>
    public static FrameForm FormOf(ReadOnlyMemory<byte> frame) => frame.Length > 0 && frame.Span[0] >> 6 == (int)FrameForm.Narrow ? FrameForm.Narrow : FrameForm.Wide;

    private static Int128 Print(ReadOnlySpan<byte> envelope)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(envelope, hash);
        return new Int128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }
}
