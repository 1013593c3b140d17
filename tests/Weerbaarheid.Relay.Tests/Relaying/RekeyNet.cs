using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>A region for the tests of new key epochs, and what can be seen of them.</summary>
internal static class RekeyNet
{
    public const ushort Desk = 1;

    /// <summary>Meldkamer 1, coördinatiepunt 2, noodsteunpunt 11 by it, and 12 behind 11, which cannot read it.</summary>
    public static TestNet Line()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(12, Role.Noodsteunpunt);
        net.Join("fibre", 10_000_000, Desk, 2);
        net.Join("radio", 2_000, 2, 11);
        net.Join("low", 2_000, 11, 12);
        net.Start();
        net.Run(TimeSpan.FromMinutes(10));
        return net;
    }

    public static readonly byte[] Region = SHA256.HashData("Weerbaarheid.Relay demonstration region key"u8);

    public static KeyStatus KeysAt(TestNet net, ushort site) => net[site].Core.Status(net.Now).Keys;

    public static byte EpochAt(TestNet net, ushort site) => KeysAt(net, site).Epoch;

    public static byte? HeardAt(TestNet net, ushort site) => net[Desk].Core.Status(net.Now).Origins.Single(one => one.Site == site).Epoch;

    public static bool Everybody(TestNet net, byte epoch) => new ushort[] { Desk, 2, 11, 12 }.All(site => EpochAt(net, site) == epoch);

    public static int RekeysSentBy(TestNet net, ushort site) => net.Frames.Count(one => one.From == site && one.Frame.To is not null && Envelopes(net, one.Frame.Bytes).Contains(MessageType.Rekey));

    /// <summary>Types of the envelopes in a frame; a piece of one counts as a rekey, which is what goes in pieces here after losses.</summary>
    public static List<MessageType> Envelopes(TestNet net, ReadOnlyMemory<byte> frame)
    {
        var types = new List<MessageType>();
        if (FrameReader.TryOpen(net[Desk].Keys, (FrameForm)(frame.Span[0] >> 6), frame.Span, out var reader) != FrameOutcome.Opened) return types;
        for (var item = reader.Next(); item is not (FrameItem.End or FrameItem.Unreadable); item = reader.Next())
            if (item == FrameItem.Fragment) types.Add(MessageType.Rekey);
            else if (item == FrameItem.Envelope && EnvelopeHeader.TryRead(reader.Envelope, out var header)) types.Add(header.Type);
        return types;
    }
}
