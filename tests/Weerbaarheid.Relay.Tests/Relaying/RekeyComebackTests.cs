using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.RekeyNet;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Nodes that restart, come late, or come back with other keys or another disk around a change of epoch.</summary>
public sealed class RekeyComebackTests
{
    [Fact]
    public void A_meldkamer_that_restarts_half_way_goes_on()
    {
        var net = Line();
        net.Cut("low");
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        net.Restart(Desk);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal((byte?)0, HeardAt(net, 12));
        net.Restore("low");
        net.Run(TimeSpan.FromMinutes(30));
        Assert.True(Everybody(net, 1));
        Assert.Equal((byte?)1, HeardAt(net, 12));
    }

    [Fact]
    public void A_site_that_came_after_the_change_is_not_behind_when_the_meldkamer_restarts()
    {
        var net = Line();
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        net.Add(14, Role.Noodsteunpunt, KeyRing.ForSite(1, 14, KeyRing.SiteKey(Region, 14, 1), KeyRing.NetworkKey(Region, 1), null));
        net.Join("new", 2_000, Desk, 14);
        net.Start();
        net.Submit(14, Melding());
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal((byte?)1, HeardAt(net, 14));
        net.Restart(Desk);
        Assert.Equal((byte?)1, HeardAt(net, 14));
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Rotate).Refusal);
    }

    [Fact]
    public void A_meldkamer_with_a_key_file_of_a_later_epoch_brings_the_others_along_and_closes_the_earlier_one()
    {
        var net = new TestNet();
        var authority = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = SHA256.HashData("Weerbaarheid.Relay demonstration authority"u8),
        });
        net.Add(Desk, Role.Meldkamer, KeyRing.ForRegion(1, Region, authority, true));
        net.Add(11, Role.Noodsteunpunt);
        net.Join("radio", 2_000, Desk, 11);
        net.Start();
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal((1, "11-1"), (EpochAt(net, 11), Assert.Single(net[Desk].Ids)));
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Close, epoch: 0).Refusal);
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal((1, 1), (EpochAt(net, 11), KeysAt(net, 11).OldestEpoch));
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Revoke, [13]).Refusal);
        Assert.Equal(2, EpochAt(net, Desk));
    }

    [Fact]
    public void A_site_that_lost_its_disk_is_back_in_the_epoch_of_its_key_file_and_gets_its_keys_again()
    {
        var net = Line();
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        net[12].LoseDisk();
        net.Restart(12);
        Assert.Equal(0, EpochAt(net, 12));
        net.Run(TimeSpan.FromMinutes(40));
        Assert.Equal(1, EpochAt(net, 12));
    }

    [Fact]
    public void A_site_with_only_the_new_keys_and_one_with_only_the_old_ones_hear_the_same_radio()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(14, Role.Noodsteunpunt, KeyRing.ForSite(1, 14, KeyRing.SiteKey(Region, 14, 1), KeyRing.NetworkKey(Region, 1), null));
        net.Join("radio", 2_000, Desk, 11, 14);
        net.Start();
        net.Loses = (_, to, frame) => to == 11 && Envelopes(net, frame).Contains(MessageType.Rekey);
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(0, EpochAt(net, 11));
        net.Submit(11, Melding());
        net.Submit(14, Melding());
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(["11-1", "14-1"], net[Desk].Ids.Order());
        foreach (ushort site in (ushort[])[11, 14]) Assert.Equal("radio", net[site].Core.Status(net.Now).WayUp);
    }
}
