using System.Text;
using Weerbaarheid.Relay.Benchmarks.Peers;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>One message as one system puts it on the air, protected as that system does.</summary>
/// <param name="Name">The system.</param>
/// <param name="Melding">Bytes of the sample melding.</param>
/// <param name="Status">Bytes of the sample status; null where the system has nothing like it.</param>
/// <param name="Note">What is in it.</param>
internal sealed record OnAir(string Name, int Melding, int? Status, string Note)
{
    public const string Meshtastic = "Meshtastic, authenticated, text alone";
    private const int GcmOverhead = 12 + 16;

    /// <summary>Time on air of the melding in milliseconds; what does not fit in one packet goes in several.</summary>
    public double Milliseconds(int spreadingFactor)
    {
        var total = TimeSpan.Zero;
        for (var left = Melding; left > 0; left -= LoRaAirtime.MaxPayload)
            total += LoRaAirtime.Of(new LoRaSettings(spreadingFactor), Math.Min(left, LoRaAirtime.MaxPayload));
        return total.TotalMilliseconds;
    }

    /// <summary>All of them; the peers' bytes are written here and now, not looked up.</summary>
    public static IReadOnlyList<OnAir> All()
    {
        using var codec = new CodecProbes();
        var ours = new OnAir(
            Names.Relay, codec.EnvelopeSize(SampleMessages.Melding), codec.EnvelopeSize(SampleMessages.Status), "header, body, 8-byte tag; nonce not sent");
        return [ours, .. Peers(), .. Published(Encoding.UTF8.GetByteCount(SampleMessages.Text))];
    }

    private static IEnumerable<OnAir> Peers()
    {
        var status = Sizes(new PeerCodecs<PeerHeader>(Samples.Header(SampleMessages.Status)), new PeerCodecs<PeerStatus>(Samples.PeerStatus));
        return Sizes(new PeerCodecs<PeerHeader>(Samples.Header(SampleMessages.Melding)), new PeerCodecs<PeerMelding>(Samples.PeerMelding))
            .Select(pair => new OnAir($"{pair.Key} + AES-GCM", pair.Value, status[pair.Key], "the same fields, 12-byte nonce, 16-byte tag"));
    }

    private static Dictionary<string, int> Sizes<T>(PeerCodecs<PeerHeader> header, PeerCodecs<T> body)
        where T : class, IPeer<T> =>
        header.All().Zip(body.All()).ToDictionary(pair => pair.First.Name, pair => pair.First.Write() + pair.Second.Write() + GcmOverhead);

    /// <summary>
    /// By what they publish. Meshtastic (RadioInterface.h, mesh.proto): header 16, port 2, payload 2, bitfield 2; 12 more for a
    /// direct message with AES-CCM. LXMF (LXMessage.py, Packet.py, Token.py), opportunistic: MessagePack 15, source 16, signature 64, padding
    /// to 16, ephemeral key 32, IV 16, HMAC 32, header 19; an RNode adds 1 to every packet.
    /// </summary>
    private static IEnumerable<OnAir> Published(int text)
    {
        yield return new OnAir("Meshtastic, channel, text alone", 22 + text, null, "AES-CTR, not authenticated; no fields");
        yield return new OnAir(Meshtastic, 34 + text, null, "AES-CCM, 8-byte tag; no fields");
        var sealedText = ((15 + 16 + 64 + text) / 16 * 16) + 16 + 32 + 16 + 32 + 19;
        yield return new OnAir("LXMF, opportunistic, text alone", sealedText + (1 + (sealedText / (LoRaAirtime.MaxPayload - 1))), null, "signed and encrypted; no fields");
    }
}
