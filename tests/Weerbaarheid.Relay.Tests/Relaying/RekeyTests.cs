using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.RekeyNet;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>The region takes a new key epoch while everything goes on.</summary>
public sealed class RekeyTests
{
    [Fact]
    public void Everybody_comes_along_and_nothing_is_lost_or_doubled()
    {
        var net = Line();
        for (var i = 0; i < 5; i++) net.Submit(12, Melding());
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Rotate).Refusal);
        for (var i = 0; i < 20; i++)
        {
            net.Submit(12, Melding());
            net.Submit(11, Melding((byte)(1 + (i % 4))));
            net.Run(TimeSpan.FromSeconds(20));
        }

        Assert.True(Everybody(net, 1));
        Assert.Equal(45, net[Desk].Ids.Count());
        Assert.Equal(45, net[Desk].Ids.Distinct().Count());
        for (ulong number = 1; number <= 25; number++) Assert.Equal(MessageState.Ontvangen, net[12].StateOf(Key(12, number)));
        Assert.Contains(net[Desk].Disk.Envelopes, one => one.Key.Origin == 12 && one.Header.Epoch == 1);
        Assert.Equal(((byte?)1, (byte?)1), (HeardAt(net, 11), HeardAt(net, 12)));
    }

    [Fact]
    public void When_everybody_has_come_along_nothing_is_sent_under_the_old_epoch_any_more()
    {
        var net = Line();
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(10));
        Assert.True(Everybody(net, 1));
        net.Frames.Clear();
        net.Run(TimeSpan.FromMinutes(10));
        Assert.NotEmpty(net.Frames);
        Assert.All(net.Frames, one =>
        {
            Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(net[Desk].Keys, (FrameForm)(one.Frame.Bytes.Span[0] >> 6), one.Frame.Bytes.Span, out var reader));
            Assert.True(reader.Epoch == 1, $"site {one.From} sends on {one.Medium} under epoch {reader.Epoch}");
        });
    }

    [Fact]
    public void Beside_one_that_is_behind_those_that_are_not_speak_to_each_other_under_the_new_epoch()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        // It takes meldingen in without a way up, and gives keys to nobody.
        net.Add(11, Role.Coordinatiepunt);
        foreach (var site in (ushort[])[12, 13]) net.Add(site, Role.Noodsteunpunt);
        net.Join("high", 2_000, Desk, 11);
        net.Join("low", 2_000, 11, 12, 13);
        net.Start();
        net.Run(TimeSpan.FromMinutes(5));
        net[13].IsOn = false;
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(10));
        // From now on nobody gives keys to 13, and its neighbours tell it everything under the epoch that it has.
        net[Desk].IsOn = false;
        net.Restart(11);
        net.Restart(13);
        net.Run(TimeSpan.FromMinutes(10));
        Assert.Equal((1, 1, 0), (EpochAt(net, 11), EpochAt(net, 12), EpochAt(net, 13)));
        net.Frames.Clear();
        for (var i = 0; i < 20; i++)
        {
            net.Submit(12, Melding());
            net.Run(TimeSpan.FromSeconds(31));
        }

        var between = net.Frames.Where(one => (one.From, one.Frame.To) is (11, 12) or (12, 11)).ToList();
        Assert.NotEmpty(between);
        Assert.All(between, one => Assert.Equal(1, one.Frame.Bytes.Span[0] & 0x0F));
    }

    [Fact]
    public void A_quiet_region_comes_along_as_well_and_soon()
    {
        var net = Line();
        var start = net.Now;
        net.Order(Desk, KeyOrderKind.Rotate);
        while (!(Everybody(net, 1) && HeardAt(net, 12) == 1) && net.Now < start + TimeSpan.FromHours(1)) net.Run(TimeSpan.FromSeconds(1));
        Assert.InRange((net.Now - start).TotalSeconds, 0, 90);
        // Once is enough, in one frame for both.
        Assert.InRange(RekeysSentBy(net, Desk), 1, 3);
    }

    [Fact]
    public void Keys_and_counters_are_there_after_a_restart()
    {
        var net = Line();
        net.Submit(12, Melding());
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        foreach (ushort site in (ushort[])[12, 11, 2, Desk]) net.Restart(site);
        Assert.True(Everybody(net, 1));
        Assert.Equal(1, Assert.Single(net[12].Disk.Keys).Epoch);
        Assert.Empty(net[2].Disk.Keys);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(Key(12, 2), net.Submit(12, Melding()).Key);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(["12-1", "12-2"], net[Desk].Ids);
        Assert.Equal(0UL, net[Desk].Core.Status(net.Now).Origins.Single(one => one.Site == 12).Missing);
    }

    [Fact]
    public void Keys_that_could_not_be_stored_are_not_acknowledged_and_come_again()
    {
        var net = Line();
        net.Loses = (_, to, frame) => to == 12 && Envelopes(net, frame).Contains(MessageType.Rekey);
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(1));
        net.Loses = (_, to, frame) =>
        {
            if (to == 12 && Envelopes(net, frame).Contains(MessageType.Rekey)) net[12].FailNextCommit();
            return false;
        };
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(0, EpochAt(net, 12));
        Assert.Empty(net[12].Disk.Keys);
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(1, EpochAt(net, 12));
        Assert.Single(net[12].Disk.Keys);
    }

    [Fact]
    public void A_site_that_does_not_answer_gets_its_keys_offered_once_in_ten_minutes()
    {
        var net = Line();
        net.Loses = (from, to, _) => to == 12;
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Frames.Clear();
        for (var i = 0; i < 12; i++)
        {
            net.Submit(12, new Status { Present = i });
            net.Run(TimeSpan.FromMinutes(5));
        }

        // For 12 once in ten minutes as long as a way is known, for 11 once.
        Assert.InRange(RekeysSentBy(net, Desk), 1, 8);
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(1, EpochAt(net, 12));
    }

    [Fact]
    public void A_relay_that_is_behind_passes_on_what_it_cannot_read_of_both_epochs()
    {
        var net = Line();
        // Its own is lost; what it passes on to 12 is not.
        net.Loses = (from, to, frame) => from == 2 && to == 11 && IsFor(frame, 11);
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal((0, 1), (EpochAt(net, 11), EpochAt(net, 12)));
        net.Submit(12, Melding());
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["11-1", "12-1"], net[Desk].Ids.Order());
        Assert.Equal((MessageState.Ontvangen, MessageState.Ontvangen), (net[11].StateOf(Key(11, 1)), net[12].StateOf(Key(12, 1))));
        Assert.Equal(0, EpochAt(net, 11));
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromMinutes(20));
        Assert.True(Everybody(net, 1));

        bool IsFor(ReadOnlyMemory<byte> frame, ushort site)
        {
            FrameReader.TryOpen(net[Desk].Keys, (FrameForm)(frame.Span[0] >> 6), frame.Span, out var reader);
            for (var item = reader.Next(); item is not (FrameItem.End or FrameItem.Unreadable); item = reader.Next())
                if (item == FrameItem.Fragment || (item == FrameItem.Envelope && EnvelopeHeader.TryRead(reader.Envelope, out var header) && header.Type == MessageType.Rekey && header.Destination == site)) return true;
            return false;
        }
    }

    [Fact]
    public void When_the_old_epoch_is_closed_the_stolen_network_key_opens_nothing_and_what_was_sealed_under_it_still_arrives()
    {
        var net = Line();
        net.Cut("radio");
        net.Submit(12, Melding(3, "verzegeld voor de wissel"));
        net.Run(TimeSpan.FromMinutes(1));
        net.Restore("radio");
        net.Loses = (from, to, frame) => from == 11 && to == 2 && Envelopes(net, frame).Contains(MessageType.Melding);
        net.Order(Desk, KeyOrderKind.Revoke, [13]);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.True(Everybody(net, 1));
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Close, epoch: 0).Refusal);
        net.Run(TimeSpan.FromMinutes(1));
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(["12-1"], net[Desk].Ids);

        using var thief = SimulationKeys.For(new ScenarioSite(13, "", Role.Noodsteunpunt));
        var writer = new FrameWriter(thief, 11, 222, FrameForm.Narrow);
        writer.TryAddBeacon(new Beacon(2, true, 0, 0, 60));
        var beacon = writer.Finish();
        foreach (ushort site in (ushort[])[2, 11, 12])
        {
            Assert.Equal((1, 1), (KeysAt(net, site).Epoch, KeysAt(net, site).OldestEpoch));
            var refused = net[site].Core.Status(net.Now).Links.Sum(link => link.FramesRefused);
            Assert.Empty(net.Hear(site, site == 2 ? 1 : 0, beacon));
            Assert.Equal(refused + 1, net[site].Core.Status(net.Now).Links.Sum(link => link.FramesRefused));
        }
    }

    [Fact]
    public void Neither_a_new_epoch_nor_a_closed_one_leaves_a_site_behind_unless_that_is_ordered()
    {
        var net = Line();
        net.Cut("low");
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        var again = net.Order(Desk, KeyOrderKind.Rotate);
        Assert.Equal(Refusal.Invalid, again.Refusal);
        Assert.Contains("Site 12 has not come along to epoch 1", again.Reason, StringComparison.Ordinal);
        Assert.Contains("Site 12 was last heard under epoch 0", net.Order(Desk, KeyOrderKind.Close, epoch: 0).Reason, StringComparison.Ordinal);
        // Shutting out goes at once; only the next epoch waits.
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Revoke, [13]).Refusal);
        Assert.Equal((1, 13), (EpochAt(net, Desk), KeysAt(net, Desk).Revoked[0]));
        // Nor does who is shut out hold up the others.
        net.Order(Desk, KeyOrderKind.Revoke, [12]);
        Assert.Equal((2, 1), (EpochAt(net, Desk), KeysAt(net, Desk).OldestEpoch));
        Assert.Contains("closed already", net.Order(Desk, KeyOrderKind.Close, epoch: 0).Reason, StringComparison.Ordinal);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Close, epoch: 1).Refusal);
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Rotate).Refusal);
    }

    [Fact]
    public void The_sixteenth_epoch_is_the_last_one()
    {
        var net = Line();
        for (byte epoch = 1; epoch <= 15; epoch++)
        {
            Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Rotate).Refusal);
            net.Run(TimeSpan.FromMinutes(3));
            Assert.True(Everybody(net, epoch));
        }

        Assert.Contains("keys new-region", net.Order(Desk, KeyOrderKind.Rotate).Reason, StringComparison.Ordinal);
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Revoke, [13]).Refusal);
        Assert.Equal((15, 16), (EpochAt(net, Desk), KeysAt(net, Desk).Serial));
        net.Submit(12, Melding());
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal(["12-1"], net[Desk].Ids);
    }

    [Fact]
    public void Keys_that_are_played_again_or_are_older_change_nothing()
    {
        var net = Line();
        net.Frames.Clear();
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        var rekey = net.Frames.Where(one => one.From == 11 && Envelopes(net, one.Frame.Bytes).Contains(MessageType.Rekey)).Select(one => one.Frame.Bytes).First();
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(2, EpochAt(net, 12));
        net.Restart(12);
        net.Hear(12, 0, rekey);
        Assert.Equal(2, EpochAt(net, 12));
        Assert.Equal([1, 2], net[12].Disk.Keys.Select(keys => (int)keys.Epoch));
    }

    [Fact]
    public void No_key_is_in_anything_that_a_node_says()
    {
        var net = Line();
        net.Order(Desk, KeyOrderKind.Rotate);
        net.Run(TimeSpan.FromMinutes(5));
        var keys = Assert.Single(net[12].Disk.Keys);
        foreach (var node in (ushort[])[Desk, 2, 11, 12])
        {
            Assert.DoesNotContain(net[node].Delivered, one => one.Envelope.Header.Type is MessageType.Rekey or MessageType.Revocation);
            Assert.DoesNotContain(net[node].Disk.Envelopes, one => one.Header.Type == MessageType.Rekey);
            foreach (var note in net[node].Notes) Assert.DoesNotContain(Convert.ToHexString(keys.SiteKey.Span)[..8], note.Text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain(Convert.ToHexString(keys.NetworkKey.Span), $"{keys} {new StoreChange.PutKeys(1, keys.SiteKey, keys.NetworkKey)}", StringComparison.OrdinalIgnoreCase);
    }
}
