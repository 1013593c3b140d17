using System.Security.Cryptography;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Site 12 is stolen: its box, its key file, its network key. The others must be rid of it without anybody visiting them.</summary>
public sealed class RevocationTests
{
    private const ushort Desk = 1;
    private const ushort Stolen = 12;

    /// <summary>Meldkamer 1, noodsteunpunten 11 and 12 on a wire each to it, and 13 behind 11.</summary>
    private static TestNet Net()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        foreach (var site in (ushort[])[11, Stolen, 13]) net.Add(site, Role.Noodsteunpunt);
        net.Join("high", 2_000, Desk, 11, Stolen);
        net.Join("low", 2_000, 11, 13);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        return net;
    }

    private static KeyRing KeysOf(ushort site) => SimulationKeys.For(new ScenarioSite(site, "", Role.Noodsteunpunt));

    private static byte[] Seal(KeyRing keys, Message message, ushort origin, ulong sequence)
    {
        var (body, envelope) = (new byte[MessageLimits.Body], new byte[Envelope.MaxSize]);
        var length = MessageCodec.Encode(message, body);
        return envelope[..Envelope.Seal(keys, EnvelopeHeader.For(message, keys.Epoch, origin, sequence), sequence, body.AsSpan(0, length), envelope)];
    }

    private static byte[] Frame(KeyRing keys, ushort sender, ushort? to, params byte[][] envelopes)
    {
        var writer = new FrameWriter(keys, sender, 16_384, FrameForm.Narrow);
        writer.Address(to);
        foreach (var envelope in envelopes) Assert.True(writer.TryAddEnvelope(envelope, 0));
        return writer.Finish();
    }

    private static KeyStatus KeysAt(TestNet net, ushort site) => net[site].Core.Status(net.Now).Keys;

    private static long Refused(TestNet net, ushort site) => net[site].Core.Status(net.Now).Tallies.GetValueOrDefault(Tallies.Revoked);

    private static byte[] RevocationHeldBy(TestNet net, ushort site) => net[site].Disk.Envelopes.Single(one => one.Header.Type == MessageType.Revocation).Bytes.ToArray();

    [Fact]
    public void Every_node_shuts_it_out_at_once_and_it_can_no_longer_be_heard_anywhere()
    {
        var net = Net();
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Revoke, [Stolen]).Refusal);
        net.Run(TimeSpan.FromMinutes(1));
        foreach (var site in (ushort[])[Desk, 11, 13]) Assert.Equal([Stolen], KeysAt(net, site).Revoked);
        net[Stolen].IsOn = false;
        var thief = KeysOf(Stolen);
        foreach (var site in (ushort[])[Desk, 11, 13])
        {
            // In a frame of its own, and under another's name in a frame, which it can make as long as the epoch is open.
            foreach (ushort sender in (ushort[])[Stolen, 14])
            {
                var before = Refused(net, site);
                net.Frames.Clear();
                net.Hear(site, 0, Frame(thief, sender, site, Seal(thief, Melding(1), Stolen, 50)));
                Assert.Empty(net[site].Last.OfType<Output.Delivered>());
                Assert.DoesNotContain(net[site].LastChanges, change => change is StoreChange.Put);
                net.Run(TimeSpan.FromMinutes(1));
                Assert.Equal(before + 1, Refused(net, site));
                Assert.DoesNotContain(net.RecordsSentBy(site), key => key.Origin == Stolen);
            }

            Assert.DoesNotContain(Stolen, net[site].Core.Status(net.Now).Links.SelectMany(link => link.Neighbours));
        }

        Assert.DoesNotContain("12-50", net[Desk].Ids);
    }

    [Fact]
    public void It_learns_so_itself_and_its_people_are_told_the_truth()
    {
        var net = Net();
        net.Loses = (from, to, _) => from == Stolen && to == Desk;
        var waiting = net.Submit(Stolen, Melding()).Key;
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromMinutes(3));
        Assert.True(KeysAt(net, Stolen).IsRevoked);
        Assert.Equal(MessageState.Afgewezen, net[Stolen].StateOf(waiting));
        Assert.Contains(net[Stolen].Notes, note => note is { Level: NoteLevel.Warning } && note.Text.Contains("THIS SITE, 12, IS SHUT OUT", StringComparison.Ordinal));
        var refused = net.Submit(Stolen, Melding());
        Assert.Equal(Refusal.NotAllowed, refused.Refusal);
        Assert.Contains("shut this site out", refused.Reason, StringComparison.Ordinal);
        // Nor does it go on for ever: it is told once in ten minutes, and sends no heartbeats itself.
        net.Frames.Clear();
        net.Run(TimeSpan.FromHours(1));
        Assert.InRange(net.Frames.Count(one => one is { From: Desk, Frame.To: null } && one.Frame.Bytes.Length > 60), 0, 7);
    }

    [Fact]
    public void What_was_delivered_before_stays_and_what_is_still_on_its_way_is_dropped_and_counted()
    {
        var net = Net();
        net.Submit(Stolen, Melding(3, "voor de diefstal"));
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(["12-1"], net[Desk].Ids);
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        net.Restart(Desk);
        Assert.Contains(net[Desk].Disk.Envelopes, one => one.Key == Key(Stolen, 1) && one.Delivered);

        var held = Net();
        held.Cut("high");
        held.Hear(11, 1, Frame(KeysOf(13), 13, 11, Seal(KeysOf(Stolen), Melding(), Stolen, 1)));
        Assert.Contains(held[11].Disk.Envelopes, one => one.Key.Origin == Stolen);
        held.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        held.Restore("high");
        held.Run(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(held[11].Disk.Envelopes, one => one.Key.Origin == Stolen);
        Assert.True(Refused(held, 11) >= 1);
        Assert.Empty(held[Desk].Ids);
    }

    [Fact]
    public void It_stays_shut_out_when_every_node_restarts()
    {
        var net = Net();
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        net.Run(TimeSpan.FromMinutes(1));
        foreach (var site in (ushort[])[Desk, 11, 13]) net.Restart(site);
        foreach (var site in (ushort[])[Desk, 11, 13])
        {
            Assert.Equal((1, Stolen), (KeysAt(net, site).Serial, Assert.Single(KeysAt(net, site).Revoked)));
            net.Hear(site, 0, Frame(KeysOf(Stolen), 14, site, Seal(KeysOf(Stolen), Melding(1), Stolen, 50)));
        }

        // Longer than any bulletin is kept.
        foreach (var site in (ushort[])[Desk, 11, Stolen, 13]) net[site].IsOn = false;
        net.Run(TimeSpan.FromDays(400));
        foreach (var site in (ushort[])[Desk, 11, 13]) net.Restart(site);
        net.Run(TimeSpan.FromMinutes(2));
        // Twice: what expired is in memory until then.
        foreach (var site in (ushort[])[Desk, 11, 13]) net.Restart(site);
        foreach (var site in (ushort[])[Desk, 11, 13]) Assert.Equal([Stolen], KeysAt(net, site).Revoked);
        Assert.DoesNotContain("12-50", net[Desk].Ids);
    }

    [Fact]
    public void A_node_that_was_off_learns_it_from_its_neighbours_before_it_can_be_fooled_for_long()
    {
        var net = Net();
        net[13].IsOn = false;
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        net.Run(TimeSpan.FromHours(30));
        Assert.Equal(0, KeysAt(net, 13).Serial);
        net.Restart(13);
        var back = net.Now;
        while (KeysAt(net, 13).Serial == 0 && net.Now < back + TimeSpan.FromMinutes(5)) net.Run(TimeSpan.FromSeconds(1));
        // A beacon of each, and a frame.
        Assert.InRange((net.Now - back).TotalSeconds, 0, 15);
    }

    [Fact]
    public void A_node_with_a_new_disk_is_told_again_also_the_meldkamer_itself()
    {
        var net = Net();
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        net.Run(TimeSpan.FromMinutes(1));
        foreach (var site in (ushort[])[13, Desk])
        {
            net[site].LoseDisk();
            net.Restart(site);
            Assert.Equal(0, KeysAt(net, site).Serial);
            net.Run(TimeSpan.FromMinutes(1));
            Assert.Equal([Stolen], KeysAt(net, site).Revoked);
        }

        // The numbers of the new disk begin again at 1; the serial does not.
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Revoke, [13]).Refusal);
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal((2, 2), (KeysAt(net, 11).Serial, KeysAt(net, 11).Revoked.Count));
    }

    [Fact]
    public void An_old_revocation_that_is_played_again_does_nothing()
    {
        var net = Net();
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        var old = RevocationHeldBy(net, Desk);
        net.Order(Desk, KeyOrderKind.Revoke, [13]);
        net.Run(TimeSpan.FromMinutes(1));
        foreach (var site in (ushort[])[Desk, 11])
        {
            var kept = net[site].Disk.Envelopes.Count;
            HearNow(net, site, old);
            Assert.Equal((2, kept), (KeysAt(net, site).Serial, net[site].Disk.Envelopes.Count));
            net.Restart(site);
            HearNow(net, site, old);
            Assert.Equal([Stolen, (ushort)13], KeysAt(net, site).Revoked);
        }
    }

    /// <summary>In a frame of today, as a neighbour that was off for long offers it: one of a closed epoch would be refused for that alone.</summary>
    private static void HearNow(TestNet net, ushort site, byte[] envelope)
    {
        using var keys = SimulationKeys.For(new ScenarioSite(Desk, "", Role.Meldkamer));
        keys.MoveTo(KeysAt(net, site).Epoch);
        long Received() => net[site].Core.Status(net.Now).Links[0].FramesReceived;
        var before = Received();
        net.Hear(site, 0, Frame(keys, 14, site, envelope));
        Assert.Equal(before + 1, Received());
    }

    [Fact]
    public void A_forged_revocation_does_nothing_whoever_made_it()
    {
        var net = Net();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var forger = KeyRing.ForRegion(0, SHA256.HashData("another region"u8), other, true);
        var revocation = new Revocation { Priority = 1, Serial = 9, Epoch = 3, OldestEpoch = 3, Revoked = [Desk, 11] };
        var genuine = Net();
        genuine.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        var renamed = RevocationHeldBy(genuine, Desk);
        renamed[^70] ^= 1;
        foreach (var forged in (byte[][])[Seal(forger, revocation, Desk, 5), renamed])
        {
            net.Hear(11, 0, Frame(KeysOf(Stolen), Stolen, 11, forged));
            Assert.Equal(new KeyStatus(0, 0, 0, [], false) with { Revoked = KeysAt(net, 11).Revoked }, KeysAt(net, 11));
            Assert.Empty(KeysAt(net, 11).Revoked);
        }

        Assert.Equal(2, net[11].Core.Status(net.Now).Tallies[Tallies.NotAuthentic]);
    }

    [Fact]
    public void The_thief_can_make_neither_a_revocation_nor_a_bulletin_nor_keys_for_itself()
    {
        var thief = KeysOf(Stolen);
        Assert.Throws<InvalidOperationException>(() => Seal(thief, new Revocation { Priority = 1, Serial = 9 }, Desk, 1));
        Assert.Throws<InvalidOperationException>(() => Seal(thief, new Bulletin { Number = 1, Text = "Alles is veilig" }, Desk, 1));
        Assert.Throws<InvalidOperationException>(() => Seal(thief, new Rekey { ForSite = 11, Epoch = 1, SiteKey = new byte[32], NetworkKey = new byte[32] }, Desk, 1));
        var net = Net();
        foreach (var kind in Enum.GetValues<KeyOrderKind>()) Assert.Equal(Refusal.NotAllowed, net.Order(Stolen, kind, [11]).Refusal);
        Assert.Equal(Refusal.NotAllowed, net.Submit(Desk, new Revocation { Serial = 1 }).Refusal);
        // For itself it can seal what goes down as well as up, and keys so made change nothing but itself.
        net.Hear(11, 0, Frame(thief, Stolen, 11, Seal(thief, new Rekey { ForSite = Stolen, Epoch = 1, SiteKey = new byte[32], NetworkKey = new byte[32] }, Desk, 1)));
        Assert.Equal(0, KeysAt(net, 11).Epoch);
    }

    [Fact]
    public void It_goes_five_hops_over_relays_without_keys_and_a_radio_with_a_duty_cycle()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        for (ushort site = 11; site <= 15; site++) net.Add(site, Role.Noodsteunpunt);
        net.Join("fibre", 10_000_000, Desk, 11);
        net.Join("wire", 2_000, 11, 12);
        net.JoinLimited("radio", 1_000, 0.01, 12, 13);
        net.Join("wire 2", 2_000, 13, 14);
        net.Join("net", 1_000_000, 14, 15);
        net.Start();
        net.Run(TimeSpan.FromMinutes(30));
        var start = net.Now;
        net.Order(Desk, KeyOrderKind.Revoke, [99]);
        while (KeysAt(net, 15).Serial == 0 && net.Now < start + TimeSpan.FromHours(2)) net.Run(TimeSpan.FromSeconds(1));
        Assert.InRange((net.Now - start).TotalSeconds, 0, 120);
        for (ushort site = 11; site <= 15; site++) Assert.Equal([(ushort)99], KeysAt(net, site).Revoked);
    }

    [Theory]
    [InlineData(222, 0.01, 0)]
    [InlineData(222, 0.1, 0.4)]
    [InlineData(51, 0.01, 0.2)]
    public void On_lora_the_others_have_it_and_their_new_keys_within_the_hour_and_the_duty_cycle(int maxFrame, double dutyCycle, double loss)
    {
        static TimeSpan OnAir(int bytes) => LoRaAirtime.Of(new LoRaSettings(8, Preamble: 18), bytes + 1);
        var net = new RadioNet(new SimulatedMediumOptions(maxFrame, 1_000_000_000, Loss: loss), OnAir, dutyCycle, overhead: 0, seed: 5);
        net.Add(Desk, Role.Meldkamer);
        ushort[] sites = [11, 13, 14, 15];
        foreach (var site in sites) net.Add(site, Role.Noodsteunpunt);
        net.Start(TimeSpan.FromHours(2));
        foreach (var site in sites) net.Submit(site, Melding());
        net.RunUntil(net.Now + TimeSpan.FromMinutes(30));
        var start = net.Now;
        var before = net.Airtime;
        Assert.Equal(Refusal.None, net.Order(Desk, new KeyOrder(KeyOrderKind.Revoke, [Stolen], 0, false)).Refusal);
        Assert.True(net.RunUntil(() => sites.All(site => net[site].Core.Status(net.Now).Keys.Serial == 1), TimeSpan.FromMinutes(30)), "not everybody has the revocation");
        var spread = net.Now - start;
        Assert.True(net.RunUntil(() => sites.All(site => net[site].Core.Status(net.Now).Keys.Epoch == 1), TimeSpan.FromHours(2)), "not everybody has the new keys");
        Assert.InRange(spread.TotalMinutes, 0, 30);
        Assert.InRange((net.Now - start).TotalMinutes, 0, 60);
        Assert.True((net.Airtime - before).TotalSeconds < 60, $"{net.Airtime - before} on the air");
        foreach (var site in (ushort[])[Desk, .. sites])
        {
            var spent = net.Transmissions.Where(one => one.From == site && one.At > net.Now - TimeSpan.FromHours(1)).Sum(one => one.Airtime.TotalSeconds);
            Assert.InRange(spent, 0, 3600 * dutyCycle);
        }
    }

    [Fact]
    public void Two_that_were_made_at_once_become_one_that_says_both()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        net.Add(2, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("a", 2_000, Desk, 11);
        net.Join("b", 2_000, 2, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Cut("a");
        net.Cut("b");
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        net.Order(2, KeyOrderKind.Revoke, [13]);
        net.Restore("a");
        net.Restore("b");
        net.Run(TimeSpan.FromMinutes(5));
        foreach (ushort site in (ushort[])[Desk, 2, 11]) Assert.Equal([Stolen, 13], KeysAt(net, site).Revoked);
        Assert.Equal(KeysAt(net, Desk).Serial, KeysAt(net, 2).Serial);
        Assert.Equal(RevocationHeldBy(net, Desk), RevocationHeldBy(net, 11));
    }

    [Fact]
    public void It_costs_next_to_nothing_once_everybody_has_it()
    {
        var net = Net();
        net.Order(Desk, KeyOrderKind.Revoke, [99]);
        net.Run(TimeSpan.FromMinutes(5));
        foreach (var site in (ushort[])[Desk, 11, 13]) Assert.False(net[site].Core.HoldsRecords);
        Assert.Equal(0, net[11].Core.Status(net.Now).WaitingBytes);
        net.Frames.Clear();
        net.Run(TimeSpan.FromDays(1));
        var big = net.Frames.Count(one => one.Frame.Bytes.Length > 80);
        // Once in twelve hours, each to each neighbour: twice four pairs in each direction.
        Assert.InRange(big, 1, 24);
    }

    [Fact]
    public void A_bulletin_makes_room_for_a_bulletin_and_never_for_a_revocation()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer, rules: RelayRules.Default with { MaxBulletins = 2 });
        net.Add(11, Role.Noodsteunpunt);
        net.Join("a", 2_000, Desk, 11);
        net.Start();
        net.Order(Desk, KeyOrderKind.Revoke, [Stolen]);
        for (var number = 1; number <= 5; number++) Assert.Equal(Refusal.None, net.Submit(Desk, new Bulletin { Number = number, Text = "Kook het water" }).Refusal);
        net.Restart(Desk);
        Assert.Equal([Stolen], KeysAt(net, Desk).Revoked);
    }

    [Fact]
    public void Orders_that_make_no_sense_are_refused_with_a_sentence()
    {
        var net = Net();
        Assert.Contains("No site is named", net.Order(Desk, KeyOrderKind.Revoke).Reason, StringComparison.Ordinal);
        Assert.Contains("this meldkamer itself", net.Order(Desk, KeyOrderKind.Revoke, [Desk]).Reason, StringComparison.Ordinal);
        Assert.Contains("65 sites", net.Order(Desk, KeyOrderKind.Revoke, [.. Enumerable.Range(100, 65).Select(site => (ushort)site)]).Reason, StringComparison.Ordinal);
        Assert.Contains("is not over", net.Order(Desk, KeyOrderKind.Close, epoch: 0).Reason, StringComparison.Ordinal);
        Assert.Equal(Refusal.None, net.Order(Desk, KeyOrderKind.Revoke, [.. Enumerable.Range(100, 64).Select(site => (ushort)site)]).Refusal);
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(64, KeysAt(net, 13).Revoked.Count);
    }
}
