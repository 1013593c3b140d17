using System.Globalization;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Browser;

/// <summary>What a whole region sends on a bad day, as a courier's file: every site sealed with its own key and its own numbers.</summary>
internal static class Crowd
{
    private const ushort FirstSite = 1_000, Courier = 21;
    private const int FrameSize = 16_384;

    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="sites">How many sites.</param>
    /// <param name="each">How many meldingen each of them sent; every tenth is of priority 1.</param>
    internal static void Write(string file, int sites, int each)
    {
        using var keys = KeyRing.Demonstration();
        var writer = new FrameWriter(keys, Courier, FrameSize, FrameForm.Carried);
        var (frames, envelope, body) = (new List<ReadOnlyMemory<byte>>(), new byte[Envelope.MaxSize], new byte[MessageLimits.Body]);
        for (var i = 0; i < sites * each; i++)
        {
            var (site, number) = ((ushort)(FirstSite + (i % sites)), (ulong)(1 + (i / sites)));
            var melding = new Melding
            {
                Priority = (byte)(i % 10 == 0 ? 1 : 2 + (i % 3)),
                Category = (byte)(1 + (i % 9)),
                Location = new GridLocation(205_000 + (i * 37 % 60_000), 560_000 + (i * 91 % 40_000), 1),
                Text = string.Create(CultureInfo.InvariantCulture, $"Melding {i}: boom over de weg bij de brug, er ligt een auto onder"),
            };
            var length = MessageCodec.Encode(melding, body);
            var sealedAs = envelope.AsSpan(0, Envelope.Seal(keys, EnvelopeHeader.For(melding, 0, site, number), number, body.AsSpan(0, length), envelope));
            if (writer.TryAddEnvelope(sealedAs, 60)) continue;
            frames.Add(writer.Finish());
            writer.Address(null);
            if (!writer.TryAddEnvelope(sealedAs, 60)) throw new InvalidOperationException("An envelope does not fit an empty frame.");
        }

        frames.Add(writer.Finish());
        StickFile.Write(file, CourierFile.Write(frames));
    }
}
