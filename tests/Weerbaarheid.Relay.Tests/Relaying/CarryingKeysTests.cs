using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Keys and a stick: epochs, revocations, forgeries.</summary>
public sealed class CarryingKeysTests
{
    private const ushort Desk = 1;
    private const ushort Leek = 11;
    private const ushort Stolen = 12;

    private static TestNet Silent()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        net.Add(Leek, Role.Noodsteunpunt);
        net.Add(Stolen, Role.Noodsteunpunt);
        return net;
    }

    [Fact]
    public void A_revocation_comes_along_and_shuts_out_what_the_thief_carries()
    {
        var net = Silent();
        net.Submit(Stolen, Melding(1, "Van de dief"));
        var thiefs = net.Export(Stolen).Frames;
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        Assert.Equal(1, net.Import(Desk, thiefs).Of(CourierVerdict.Revoked));
        Assert.Empty(net[Desk].Ids);
        net.Ride(Desk, Leek);
        Assert.Equal([Stolen], net[Leek].Core.Status(net.Now).Keys.Revoked);
        Assert.Equal((0, 1), net.Import(Leek, thiefs) is var taking ? (taking.Of(CourierVerdict.New), taking.Of(CourierVerdict.Revoked)) : default);
        // It hears it itself, and then carries nothing any more.
        net.Ride(Desk, Stolen);
        Assert.NotNull(net.Export(Stolen).Problem);
    }

    [Fact]
    public void What_a_thief_sealed_is_refused_from_another_hand_too()
    {
        var net = Silent();
        net.Submit(Stolen, Melding(1, "Van de dief"));
        net.Ride(Stolen, Leek);
        net.Submit(Leek, Melding());
        var both = net.Export(Leek).Frames;
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        var taking = net.Import(Desk, both);
        Assert.True(taking.Of(CourierVerdict.Revoked) >= 1);
        Assert.Equal(["11-1"], net[Desk].Ids);
    }

    [Fact]
    public void A_site_that_nobody_reaches_gets_its_new_keys_by_stick()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Ride(Leek, Desk);
        net.Order(Desk, KeyOrderKind.Rotate);
        Assert.Equal(1, net[Desk].Core.Status(net.Now).Keys.Epoch);
        Assert.Equal(0, net.Ride(Desk, Leek).Refused);
        Assert.Equal(1, net[Leek].Core.Status(net.Now).Keys.Epoch);
        net.Submit(Leek, Melding(2, "Onder nieuwe sleutels"));
        Assert.Equal(0, net.Ride(Leek, Desk).Refused);
        Assert.Equal(["11-1", "11-2"], net[Desk].Ids);
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
    }

    [Fact]
    public void A_stick_of_an_epoch_that_is_closed_is_not_believed()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Ride(Leek, Desk);
        net.Submit(Leek, Melding(2, "Te laat"));
        var old = net.Export(Leek).Frames;
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Order(Desk, KeyOrderKind.Close, epoch: 0, atOnce: true);
        Assert.Equal((0, 1), net.Import(Desk, old) is var taking ? (taking.Of(CourierVerdict.New), taking.Of(CourierVerdict.NotThisNetwork)) : default);
    }

    [Fact]
    public void Every_changed_bit_of_a_frame_is_refused_and_changes_nothing()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        var frame = net.Export(Leek).Frames[0].ToArray();
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            var forged = frame.ToArray();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            var taking = net.Import(Desk, [forged]);
            Assert.Equal((1, 0), (taking.Refused, taking.Of(CourierVerdict.New)));
            Assert.Equal(1, taking.Of(CourierVerdict.NotThisNetwork) + taking.Of(CourierVerdict.Unreadable));
        }

        Assert.Empty(net[Desk].Ids);
        Assert.Empty(net[Desk].Disk.Envelopes);
    }

    [Fact]
    public void Who_has_the_network_key_forges_no_melding_of_another()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        var (keys, envelope) = (net[Stolen].Keys, net[Leek].Disk.Envelopes.Single().Bytes.ToArray());
        envelope[^1] ^= 1;
        var writer = new FrameWriter(keys, Stolen, CourierFrames.MaxFrame, FrameForm.Carried);
        Assert.True(writer.TryAddEnvelope(envelope, 0));
        var taking = net.Import(Desk, [writer.Finish()]);
        Assert.Equal(1, taking.Of(CourierVerdict.NotAuthentic));
        Assert.Empty(net[Desk].Ids);
        Assert.Equal(1, net.Ride(Leek, Desk).Of(CourierVerdict.New) - 1);
    }

    [Fact]
    public void Acknowledgements_and_beacons_on_a_stick_are_nobodys()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        var writer = new FrameWriter(net[Stolen].Keys, Desk, CourierFrames.MaxFrame, FrameForm.Carried);
        Assert.Equal(1, writer.AddAcknowledgements(Leek, Series.Records, [1]));
        Assert.True(writer.TryAddBeacon(new Beacon(2, true, 0, 0, 60)));
        Assert.Equal(0, net.Import(Leek, [writer.Finish()]).Refused);
        Assert.Equal(MessageState.Opgeslagen, net[Leek].StateOf(Key(Leek, 1)));
        Assert.Null(net[Leek].Core.Status(net.Now).WayUp);
    }

    [Fact]
    public void A_frame_for_one_neighbour_is_no_couriers()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        var writer = new FrameWriter(net[Leek].Keys, Leek, CourierFrames.MaxFrame, FrameForm.Carried);
        writer.Address(Desk);
        Assert.True(writer.TryAddEnvelope(net[Leek].Disk.Envelopes.Single().Bytes.Span, 0));
        Assert.Equal((1, 0), net.Import(Desk, [writer.Finish()]) is var taking ? (taking.Of(CourierVerdict.Unreadable), taking.Of(CourierVerdict.New)) : default);
    }

    [Fact]
    public void A_number_that_was_used_twice_is_refused_and_numbered_anew()
    {
        var net = Silent();
        var before = net[Leek].CopyDisk();
        net.Submit(Leek, Melding(2, "De eerste"));
        net.Ride(Leek, Desk);
        net[Leek].PutBack(before);
        net.Restart(Leek);
        net.Submit(Leek, Melding(2, "De tweede, onder hetzelfde nummer"));
        Assert.Equal(1, net.Ride(Leek, Desk).Of(CourierVerdict.Reused));
        net.Ride(Desk, Leek);
        Assert.Single(net[Leek].Renumbered);
        net.Ride(Leek, Desk);
        Assert.Equal(["11-1", "11-1.1"], net[Desk].Ids);
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
    }
}
