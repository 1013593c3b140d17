using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class DeliveryTests
{
    private const int Radio = 2_000;

    /// <summary>Noodsteunpunt 11, coördinatiepunt 2, meldkamer 1, each hearing only the next.</summary>
    private static TestNet Line(int bitRate = 1_000_000, RelayRules? rules = null)
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt, rules: rules);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("low", bitRate, 2, 11);
        net.Join("high", bitRate, 1, 2);
        net.Start();
        return net;
    }

    private static TestNet Pair(int bitRate = 1_000_000)
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("net", bitRate, 1, 11);
        net.Start();
        return net;
    }

    [Fact]
    public void A_melding_passes_two_hops_and_its_receipt_comes_back_the_same_way()
    {
        var net = Line();
        var key = net.Submit(11, Melding()).Key;
        net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(["11-1"], net[1].Ids);
        Assert.Equal([MessageState.Opgeslagen, MessageState.Verzonden, MessageState.Ontvangen], net[11].Progressed.Where(one => one.Key == key).Select(one => one.State));
        Assert.All(new ushort[] { 2, 11 }, site => Assert.Equal(0, net[site].Core.Status(net.Now).Waiting.Sum()));
        Assert.All(net[11].Disk.Envelopes, envelope => Assert.False(envelope.Custody));
    }

    [Fact]
    public void The_next_node_having_it_stops_sending_but_custody_stays_until_the_receipt()
    {
        var net = Line();
        net.Cut("high");
        var key = net.Submit(11, Melding()).Key;
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(MessageState.Verzonden, net[11].StateOf(key));
        Assert.True(Assert.Single(net[11].Disk.Envelopes).Custody);
        Assert.Single(net.RecordsSentBy(11));
        net.Restore("high");
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(key));
    }

    [Fact]
    public void What_comes_twice_is_acknowledged_again_and_delivered_once()
    {
        var net = Pair();
        net.Loses = (from, _, _) => from == 1;
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(20));
        Assert.True(net.RecordsSentBy(11).Count > 1);
        Assert.Equal(["11-1"], net[1].Ids);
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(["11-1"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
        net.Restart(1);
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(["11-1"], net[1].Ids);
    }

    [Fact]
    public void A_lost_receipt_comes_again_when_the_origin_repeats()
    {
        var net = Line();
        net.Cut("high");
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(1));
        net.Restore("high");
        // The coördinatiepunt restarts at the moment the receipt is on its way, so nobody holds it any more.
        net.Loses = (from, to, _) => from == 2 && to == 11;
        net.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(["11-1"], net[1].Ids);
        net.Loses = (_, _, _) => false;
        net.Restart(2);
        net.Run(TimeSpan.FromMinutes(15));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
        Assert.Equal(["11-1"], net[1].Ids);
    }

    [Fact]
    public void Priority_1_goes_first_in_the_frames_of_a_radio()
    {
        var net = Pair(Radio);
        net.Cut("net");
        foreach (var priority in new byte[] { 4, 3, 2, 1, 4, 1 }) net.Submit(11, Melding(priority, new string('w', 80)));
        net.Restore("net");
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal([4UL, 6, 3, 2, 1, 5], net.RecordsSentBy(11).Select(key => key.Sequence).Distinct());
    }

    [Fact]
    public void A_long_message_of_priority_1_is_not_kept_waiting_by_short_ones_that_fit()
    {
        var net = Pair(Radio);
        net.Cut("net");
        net.Submit(11, Melding(1, new string('a', 140)));
        net.Submit(11, Melding(1, new string('b', 140)));
        for (var i = 0; i < 8; i++) net.Submit(11, Melding(4, "kort"));
        net.Restore("net");
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal([1UL, 2], net.RecordsSentBy(11).Select(key => key.Sequence).Distinct().Take(2));
    }

    [Fact]
    public void A_hulpvraag_that_grew_too_old_expires_visibly_and_its_number_is_declared()
    {
        var net = Pair();
        net.Cut("net");
        var key = net.Submit(11, new Hulpvraag { Category = 1 }).Key;
        net.Run(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        Assert.Equal(MessageState.Vervallen, net[11].StateOf(key));
        Assert.Equal(1, net[11].Core.Status(net.Now).Tallies["expired"]);
        net.Restart(11);
        net.Submit(11, Melding());
        net.Restore("net");
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal(["11-2"], net[1].Ids);
        Assert.Equal((2UL, 0UL), net[1].Core.Status(net.Now).Origins.Where(one => one.Site == 11).Select(one => (one.Highest, one.Missing)).Single());
    }

    [Fact]
    public void A_number_that_expired_behind_one_that_still_waits_is_declared_on_its_own()
    {
        var net = Pair();
        net.Cut("net");
        net.Submit(11, Melding());
        net.Submit(11, new Hulpvraag { Category = 1 });
        net.Run(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        net.Loses = (from, _, frame) => from == 11 && new Weerbaarheid.Relay.Simulation.FrameWatch(net[1].Keys).RecordsIn(frame).Count > 0;
        net.Restore("net");
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal([(1UL, 1UL)], net[1].Core.Status(net.Now).Origins.Single(one => one.Site == 11).Gaps);
    }

    [Fact]
    public void Age_travels_with_a_message_so_that_hops_do_not_make_it_young()
    {
        var net = Line();
        net.Cut("low");
        net.Submit(11, new Hulpvraag { Category = 1 });
        net.Run(TimeSpan.FromHours(12));
        net.Cut("high");
        net.Restore("low");
        net.Run(TimeSpan.FromHours(11));
        Assert.Equal(1, net[2].Core.Status(net.Now).Waiting.Sum());
        net.Run(TimeSpan.FromMinutes(61));
        Assert.Equal(0, net[2].Core.Status(net.Now).Waiting.Sum());
        Assert.Equal(1, net[2].Core.Status(net.Now).Tallies["expired"]);
    }

    [Fact]
    public void A_gap_shows_when_a_later_record_arrives_and_closes_with_the_late_one()
    {
        var net = Pair();
        net.Loses = (from, to, frame) => from == 11 && new Weerbaarheid.Relay.Simulation.FrameWatch(net[1].Keys).RecordsIn(frame).Contains(Key(11, 1));
        net.Submit(11, Melding(3, "eerste"));
        net.Submit(11, Melding(3, "tweede"));
        net.Run(TimeSpan.FromSeconds(1));
        Assert.Equal([(1UL, 1UL)], net[1].Core.Status(net.Now).Origins.Single(one => one.Site == 11).Gaps);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 2)));
        Assert.NotEqual(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
        net.Loses = (_, _, _) => false;
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["11-2", "11-1"], net[1].Ids);
        Assert.Empty(net[1].Core.Status(net.Now).Origins.Single(one => one.Site == 11).Gaps);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
    }

    [Fact]
    public void A_heartbeat_shows_the_meldkamer_that_the_last_record_is_missing()
    {
        var net = Pair();
        net.Loses = (from, to, frame) => from == 11 && new Weerbaarheid.Relay.Simulation.FrameWatch(net[1].Keys).RecordsIn(frame).Count > 0;
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(90));
        var origin = net[1].Core.Status(net.Now).Origins.Single(one => one.Site == 11);
        Assert.Equal((1UL, 1UL), (origin.Highest, origin.Missing));
        net.Restart(1);
        Assert.Equal([(1UL, 1UL)], net[1].Core.Status(net.Now).Origins.Single(one => one.Site == 11).Gaps);
    }

    [Fact]
    public void A_record_taken_up_at_the_desk_is_told_at_the_noodsteunpunt_with_the_desks_reference()
    {
        var net = Line(Radio);
        var key = net.Submit(11, Melding(), "ref").Key;
        net.Run(TimeSpan.FromMinutes(1));
        var amend = new Amend { ForSite = 11, ForSequence = 1, Kind = AmendKind.InBehandeling, Text = "GMK-2026-118" };
        Assert.Equal(Refusal.None, net.Submit(1, amend).Refusal);
        net.Run(TimeSpan.FromMinutes(1));
        var last = net[11].Progressed.Last(one => one.Key == key);
        Assert.Equal((MessageState.InBehandeling, "GMK-2026-118", "ref"), (last.State, last.Reference, last.ClientRef));
        net.Restart(1);
        net.Restart(11);
        net.Run(TimeSpan.FromHours(2));
        Assert.Equal(MessageState.InBehandeling, net[11].Disk.Envelopes.Single(one => one.Key == key).State);
        Assert.Equal(MessageState.InBehandeling, net[11].StateOf(key));

        // What the desk says later takes the place of what it said; told again and again, it is one step.
        net.Submit(1, amend with { Text = "VRAAG: welke verdieping?" });
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Single(net[11].Progressed, step => step.Reference == "VRAAG: welke verdieping?" && step.State == MessageState.InBehandeling);
        Assert.Equal("VRAAG: welke verdieping?", net[11].Disk.Envelopes.Single(one => one.Key == key).Reference);
    }

    [Fact]
    public void A_reference_that_no_receipt_can_carry_is_refused_and_receipts_go_on()
    {
        var net = Pair();
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(5));
        var outcome = net.Submit(1, new Amend { ForSite = 11, ForSequence = 1, Kind = AmendKind.InBehandeling, Text = new string('r', 41) });
        Assert.Equal(Refusal.Invalid, outcome.Refusal);
        Assert.Contains("at most 40", outcome.Reason, StringComparison.Ordinal);
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 2)));
    }

    [Fact]
    public void However_many_are_taken_up_the_receipts_fit_the_radio_and_all_are_told()
    {
        var net = Pair(Radio);
        for (ulong i = 1; i <= 20; i++) net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(10));
        for (ulong i = 1; i <= 20; i++)
            net.Submit(1, new Amend { ForSite = 11, ForSequence = i, Kind = AmendKind.InBehandeling, Text = $"referentie nummer {i} van de meldkamer" });
        net.Run(TimeSpan.FromHours(4));
        for (ulong i = 1; i <= 20; i++) Assert.Equal(MessageState.InBehandeling, net[11].StateOf(Key(11, i)));
    }

    [Fact]
    public void The_meldkamers_own_records_leave_no_gap_in_its_own_report()
    {
        var net = Pair();
        net.Submit(1, new Bulletin { Number = 1, Text = "Blijf binnen" });
        net.Submit(1, Melding());
        Assert.Equal((2UL, 0UL), net[1].Core.Status(net.Now).Origins.Where(one => one.Site == 1).Select(one => (one.Highest, one.Missing)).Single());
    }

    [Fact]
    public void A_bulletin_reaches_every_site_once_also_one_that_was_away_and_only_the_meldkamer_makes_it()
    {
        var net = Line();
        net.Add(12, Role.Noodsteunpunt);
        net.Join("side", 1_000_000, 11, 12);
        net[12].IsOn = false;
        net.Start();
        Assert.Equal(Refusal.NotAllowed, net.Submit(2, new Bulletin { Number = 1 }).Refusal);
        net.Submit(1, new Bulletin { Number = 1, Text = "Kook uw water" });
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(["1-1"], net[11].Ids);
        net.Restart(12);
        net.Run(TimeSpan.FromMinutes(2));
        Assert.All(new ushort[] { 2, 11, 12 }, site => Assert.Equal(["1-1"], net[site].Ids));
        net.Restart(2);
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["1-1"], net[11].Ids);
    }

    [Fact]
    public void Of_too_many_bulletins_the_oldest_no_longer_waits_for_sites_that_come_by_later()
    {
        var net = new TestNet();
        var desk = net.Add(1, Role.Meldkamer, rules: RelayRules.Default with { MaxBulletins = 3 });
        for (var number = 1; number <= 5; number++) net.Submit(1, new Bulletin { Number = number, Text = "Kook uw water" });
        Assert.Equal([3UL, 4UL, 5UL], desk.Disk.Envelopes.Where(one => one.Custody).Select(one => one.Key.Sequence).Order());
        Assert.Equal(5, desk.Disk.Envelopes.Count);
    }

    [Fact]
    public void Whoever_hands_a_melding_in_again_hears_how_far_it_has_come()
    {
        var net = Pair();
        var first = net.Submit(11, Melding(), "b7c1");
        net.Run(TimeSpan.FromSeconds(5));
        net.Restart(11);
        net[11].Progressed.Clear();
        var again = net.Submit(11, Melding(), "b7c1");
        Assert.Equal((first.Key, true), (again.Key, again.Repeated));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(first.Key));
    }

    [Fact]
    public void Of_a_status_the_newest_wins_at_every_hop_and_never_goes_back()
    {
        var net = Line();
        var old = new List<(int Link, ReadOnlyMemory<byte> Bytes)>();
        net.Submit(11, new Status { Present = 1 });
        old.AddRange(net.Frames.Where(one => one is { From: 11, Medium: "low" }).Select(one => (0, one.Frame.Bytes)));
        net.Submit(11, new Status { Present = 2 });
        net.Run(TimeSpan.FromSeconds(5));
        foreach (var (link, bytes) in old) net.Hear(2, link, bytes);
        net.Run(TimeSpan.FromSeconds(5));
        foreach (ushort site in new ushort[] { 1, 2 })
            Assert.Equal([1, 2], net[site].Delivered.Select(one => ((Status)one.Message!).Present));
        Assert.Single(net[1].Disk.Envelopes);
    }

    [Fact]
    public void What_arrived_by_another_way_does_not_stay_at_a_coordinatiepunt_until_it_expires()
    {
        var net = Line();
        net.Join("satellite", 1_000_000, 1, 11);
        net.Cut("satellite");
        net.Start();
        net.Loses = (from, to, _) => from == 1 && to == 2;
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(2));
        net.Loses = (_, _, _) => false;
        net.Restore("satellite");
        net.Run(TimeSpan.FromHours(2));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
        Assert.Equal(0, net[2].Core.Status(net.Now).Waiting.Sum());
        Assert.Equal(0, net[2].Core.Status(net.Now).Tallies.GetValueOrDefault("expired"));
    }

    [Fact]
    public void Two_meldkamers_do_not_lose_each_others_receipts()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(5, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("a", 10_000_000, 1, 11);
        net.Join("b", 200_000, 5, 11);
        net.Start();
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(1));
        net.Cut("a");
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(1));
        net.Restore("a");
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["11-1", "11-3"], net[1].Ids);
        Assert.Equal(["11-2"], net[5].Ids);
        Assert.All(new ulong[] { 1, 2, 3 }, sequence => Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, sequence))));
    }

    [Fact]
    public void What_a_desk_keeps_to_itself_is_not_missing_elsewhere()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(5, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("a", 1_000_000, 11, 5);
        net.Join("b", 1_000_000, 5, 1);
        net.Start();
        var melding = net.Submit(11, TestNet.Melding());
        net.Run(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5; i++) net.Submit(1, new Amend { Priority = 3, ForSite = 11, ForSequence = 1, Kind = AmendKind.Aanvulling, Text = $"gebeld {i}" });
        net.Submit(1, new Bulletin { Priority = 2, Number = 1, ValidHours = 10, Text = "Kook het water." });
        net.Run(TimeSpan.FromMinutes(2));
        foreach (var site in (ushort[])[5, 11])
        {
            var origin = net[site].Core.Status(net.Now).Origins.Single(one => one.Site == 1);
            Assert.True(origin.Highest >= 6);
            Assert.Equal((0UL, 0), (origin.Missing, origin.Gaps.Count));
        }
    }
}
