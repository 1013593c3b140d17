using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class HostileTests
{
    private static readonly byte[] Foreign = SHA256.HashData("another region"u8);

    private static TestNet Line()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(12, Role.Noodsteunpunt);
        net.Join("high", 2_000, 1, 11);
        net.Join("low", 2_000, 11, 12);
        net.Start();
        net.Run(TimeSpan.FromMinutes(1));
        return net;
    }

    private static byte[] Frame(KeyRing keys, ushort sender, ushort? to, params byte[][] envelopes)
    {
        var writer = new FrameWriter(keys, sender, 16_384, FrameForm.Narrow);
        writer.Address(to);
        foreach (var envelope in envelopes) Assert.True(writer.TryAddEnvelope(envelope, 0));
        return writer.Finish();
    }

    private static byte[] Seal(KeyRing keys, Message message, ushort origin, ulong sequence)
    {
        var body = new byte[MessageLimits.Body];
        var length = MessageCodec.Encode(message, body);
        Assert.True(length > 0);
        var envelope = new byte[Envelope.MaxSize];
        return envelope[..Envelope.Seal(keys, EnvelopeHeader.For(message, 0, origin, sequence), sequence, body.AsSpan(0, length), envelope)];
    }

    private static KeyRing KeysOf(ushort site) => SimulationKeys.For(new ScenarioSite(site, "", Role.Noodsteunpunt));

    private static byte[] Forged(KeyRing keys, Message message, ushort origin, ulong sequence)
    {
        var envelope = Seal(keys, message, origin, sequence);
        envelope[^1] ^= 1;
        return envelope;
    }

    [Fact]
    public void Frames_of_strangers_and_noise_make_no_node_transmit_or_write()
    {
        var net = Line();
        using var region = KeyRing.Demonstration();
        using var foreign = KeyRing.ForRegion(0, Foreign, null, false);
        var mine = Frame(region, 12, 11, Seal(KeysOf(12), Melding(), 12, 1));
        var flipped = mine.ToArray();
        flipped[20] ^= 4;
        byte[][] frames = [[], [0x40], new byte[300], Frame(foreign, 12, 11, Seal(foreign, Melding(), 12, 1)), flipped, mine[..^1], Frame(region, 11, null)];
        foreach (var frame in frames)
        {
            Assert.Empty(net.Hear(11, 1, frame));
            Assert.Empty(net[11].LastChanges);
        }

        Assert.True(net[11].Core.Status(net.Now).Links[1].FramesRefused >= 6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public void An_envelope_of_a_header_alone_from_a_stolen_neighbour_ends_nothing(ushort site)
    {
        var net = Line();
        var header = new byte[EnvelopeHeader.ShortLength];
        EnvelopeHeader.For(Melding(), 0, 12, 1).Write(header);
        for (var length = 0; length <= header.Length + Envelope.TagSize; length++)
        {
            byte[] envelope = [.. header, .. new byte[Envelope.TagSize]];
            Assert.Empty(net.Hear(site, 0, Frame(KeysOf(11), 12, site, envelope[..length])).OfType<Output.Delivered>());
        }
    }

    [Fact]
    public void A_forged_name_does_not_keep_the_real_record_from_passing_an_unread_relay()
    {
        var net = Line();
        net.Hear(11, 1, Frame(KeysOf(11), 13, 11, Forged(KeysOf(12), Melding(), 12, 1)));
        net.Run(TimeSpan.FromSeconds(20));
        net.Submit(12, Melding(3, "echt"));
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["12-1"], net[1].Ids);
        Assert.Equal("echt", ((Melding)net[1].Delivered[^1].Message!).Text);
        Assert.True(net[1].Core.Status(net.Now).Tallies["notAuthentic"] >= 1);
        Assert.Equal(MessageState.Ontvangen, net[12].StateOf(Key(12, 1)));
    }

    [Fact]
    public void A_forged_state_with_a_high_number_does_not_hide_the_real_ones_at_an_unread_relay()
    {
        var net = Line();
        net.Hear(11, 1, Frame(KeysOf(11), 13, 11, Forged(KeysOf(12), new Status { Present = 666 }, 12, Sequence.Modulus - 1)));
        net.Submit(12, new Status { Present = 7 });
        net.Run(TimeSpan.FromMinutes(2));
        net.Submit(12, new Status { Present = 8 });
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal([7, 8], net[1].Delivered.Select(one => one.Message).OfType<Status>().Select(status => status.Present));
    }

    [Fact]
    public void A_stolen_key_can_speak_for_its_own_site_only()
    {
        var net = Line();
        var stolen = KeysOf(12);
        // The thief seals with the only key it has and writes another's name on it.
        var body = new byte[MessageLimits.Body];
        var length = MessageCodec.Encode(Melding(), body);
        Assert.Throws<InvalidOperationException>(() => Envelope.Seal(stolen, EnvelopeHeader.For(Melding(), 0, 13, 1), 1, body.AsSpan(0, length), new byte[200]));
        var renamed = Seal(stolen, Melding(), 12, 1);
        renamed[3] = 13;
        net.Hear(1, 0, Frame(stolen, 12, 1, renamed));
        Assert.Empty(net[1].Ids);
        net.Hear(1, 0, Frame(stolen, 12, 1, Seal(stolen, Melding(), 12, 1)));
        Assert.Equal(["12-1"], net[1].Ids);
    }

    [Fact]
    public void A_heartbeat_with_absurd_numbers_neither_stops_the_meldkamer_nor_its_next_start()
    {
        var net = Line();
        var heartbeats = new[]
        {
            new Heartbeat { Priority = 4, LastRecord = ulong.MaxValue, FirstWaiting = ulong.MaxValue - 2, Closed = [new(ulong.MaxValue - 1, ClosedReason.Vervallen), new(ulong.MaxValue, ClosedReason.Vervallen)] },
            new Heartbeat { Priority = 4, LastRecord = 5, FirstWaiting = 3, Closed = [new(0, ClosedReason.Vervallen), new(4, ClosedReason.Vervallen)] },
        };
        for (var i = 0; i < heartbeats.Length; i++) net.Hear(1, 0, Frame(KeysOf(12), 12, 1, Seal(KeysOf(12), heartbeats[i], 12, (ulong)(100 + i))));
        net.Run(TimeSpan.FromMinutes(1));
        net.Restart(1);
        net.Run(TimeSpan.FromSeconds(1));
        var origin = net[1].Core.Status(net.Now).Origins.Single(one => one.Site == 12);
        Assert.Equal((5UL, 4UL), (origin.Highest, origin.Missing));
    }

    [Fact]
    public void A_record_with_number_zero_is_nobodys()
    {
        var net = Line();
        net.Hear(1, 0, Frame(KeysOf(12), 12, 1, Seal(KeysOf(12), Melding(), 12, 0)));
        Assert.Empty(net[1].Ids);
    }

    [Fact]
    public void A_receipt_that_a_site_makes_for_another_changes_nothing_there()
    {
        var net = Line();
        net.Cut("high");
        var key = net.Submit(12, Melding()).Key;
        var receipt = Seal(KeysOf(11), new Receipt { ForSite = 11, UpTo = 5, Priority = 2 }, 1, 9);
        receipt[7] = 0;
        receipt[8] = 12;
        net.Hear(12, 0, Frame(KeysOf(11), 11, 12, receipt));
        Assert.NotEqual(MessageState.Ontvangen, net[12].StateOf(key));
        Assert.True(Assert.Single(net[12].Disk.Envelopes).Custody);
    }

    [Fact]
    public void An_old_envelope_that_is_replayed_is_not_delivered_again_also_after_a_restart()
    {
        var net = Line();
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(1));
        var old = net.Frames.Where(one => one is { From: 11, Medium: "high" }).Select(one => one.Frame.Bytes).ToList();
        net.Restart(1);
        foreach (var frame in old) net.Hear(1, 0, frame);
        Assert.Equal(["11-1"], net[1].Ids);
    }
}
