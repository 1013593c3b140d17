using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>A stick on a bicycle is a link: all that holds for radio holds for it.</summary>
public sealed class CarryingTests
{
    private const ushort Desk = 1;
    private const ushort Leek = 11;
    private const ushort Marum = 12;
    private const ushort Point = 2;

    /// <summary>Nobody hears anybody.</summary>
    private static TestNet Silent()
    {
        var net = new TestNet();
        net.Add(Desk, Role.Meldkamer);
        net.Add(Point, Role.Coordinatiepunt);
        net.Add(Leek, Role.Noodsteunpunt);
        net.Add(Marum, Role.Noodsteunpunt);
        return net;
    }

    [Fact]
    public void A_melding_goes_by_stick_and_comes_back_as_ontvangen()
    {
        var net = Silent();
        net.Submit(Leek, Melding(1, "Drie gewonden"));
        var load = net.Export(Leek);
        Assert.Equal((1, 0), (load.Records, load.LeftOut));
        Assert.Equal(MessageState.Opgeslagen, net[Leek].StateOf(Key(Leek, 1)));
        var taking = net.Import(Desk, load.Frames);
        // The melding and a heartbeat.
        Assert.Equal((2, 0, 0), (taking.Of(CourierVerdict.New), taking.Of(CourierVerdict.Known), taking.Refused));
        Assert.Equal(["11-1"], net[Desk].Ids);
        Assert.Equal(MessageState.Opgeslagen, net[Leek].StateOf(Key(Leek, 1)));
        net.Run(TimeSpan.FromHours(2));
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
        Assert.Equal(MessageState.Ontvangen, net[Leek].StateOf(Key(Leek, 1)));
        Assert.DoesNotContain(net[Leek].Disk.Envelopes, one => one.Custody);
    }

    [Fact]
    public void What_was_verzonden_by_radio_becomes_ontvangen_by_stick()
    {
        var net = Silent();
        net.Join("radio", 2_000, Leek, Point);
        net.Start();
        net.Submit(Leek, Melding());
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(MessageState.Verzonden, net[Leek].StateOf(Key(Leek, 1)));
        net.Cut("radio");
        Assert.Equal(0, net.Ride(Point, Desk).Refused);
        Assert.Equal(["11-1"], net[Desk].Ids);
        net.Run(TimeSpan.FromMinutes(90));
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
        Assert.Equal(MessageState.Ontvangen, net[Leek].StateOf(Key(Leek, 1)));
    }

    [Fact]
    public void A_point_on_the_way_passes_the_melding_up_and_the_receipt_down()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Ride(Leek, Point);
        Assert.Equal(["11-1"], net[Point].Ids);
        net.Run(TimeSpan.FromHours(1));
        net.Ride(Point, Desk);
        net.Run(TimeSpan.FromHours(1));
        net.Ride(Desk, Point);
        Assert.DoesNotContain(net[Point].Disk.Envelopes, one => one.Custody);
        net.Run(TimeSpan.FromHours(1));
        Assert.Equal(1, net.Ride(Point, Leek).Received);
        Assert.Equal(MessageState.Ontvangen, net[Leek].StateOf(Key(Leek, 1)));
    }

    [Fact]
    public void A_noodsteunpunt_that_cannot_read_it_sends_it_on_over_the_link_that_it_has()
    {
        var net = Silent();
        net.Join("internet", 1_000_000, Marum, Desk);
        net.Start();
        net.Submit(Leek, Melding());
        var taking = net.Ride(Leek, Marum);
        Assert.Equal(0, taking.Refused);
        net.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(["11-1"], net[Desk].Ids);
        Assert.Empty(net[Marum].Ids);
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
    }

    [Fact]
    public void Every_node_may_restart_between_two_rides()
    {
        var net = Silent();
        net.Restart(Leek);
        net.Submit(Leek, Melding());
        var load = net.Export(Leek);
        net.Restart(Leek);
        net.Restart(Desk);
        net.Import(Desk, load.Frames);
        net.Restart(Desk);
        var receipts = net.Export(Desk);
        net.Restart(Leek);
        net.Submit(Leek, Melding(2, "Nog een"));
        Assert.Equal(1, net.Import(Leek, receipts.Frames).Received);
        Assert.Equal(MessageState.Ontvangen, net[Leek].StateOf(Key(Leek, 1)));
        net.Ride(Leek, Desk);
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
        Assert.Equal(["11-1", "11-2"], net[Desk].Ids);
    }

    [Fact]
    public void A_record_that_is_lost_with_a_stick_is_a_gap_that_the_next_one_shows_and_closes()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Ride(Leek, Desk);
        net.Submit(Leek, Melding(2, "Deze gaat eerst niet mee"));
        var lost = net.Export(Leek, Key(Leek, 2)).Frames;
        net.Submit(Leek, Melding(3, "Deze wel"));
        net.Import(Desk, net.Export(Leek, Key(Leek, 3)).Frames);
        var origin = net[Desk].Core.Status(net.Now).Origins.Single(one => one.Site == Leek);
        Assert.Equal([(2UL, 2UL)], origin.Gaps);
        // Beyond a hole too, and only what is there.
        Assert.Equal(2, net.Ride(Desk, Leek).Received);
        Assert.Equal(MessageState.Opgeslagen, net[Leek].StateOf(Key(Leek, 2)));
        net.Import(Desk, lost);
        Assert.Equal(0UL, net[Desk].Core.Status(net.Now).Origins.Single(one => one.Site == Leek).Missing);
    }

    [Fact]
    public void What_people_at_the_desk_took_up_comes_along_all_of_it()
    {
        var net = Silent();
        for (var i = 0; i < 40; i++) net.Submit(Leek, Melding(2, $"Melding {i}"));
        net.Ride(Leek, Desk);
        for (ulong number = 1; number <= 40; number++)
            Assert.Equal(Refusal.None, net.Submit(Desk, new Amend { ForSite = Leek, ForSequence = number, Kind = AmendKind.InBehandeling, Text = $"GMS-2027-{number:00000}" }).Refusal);
        net.Ride(Desk, Leek);
        for (ulong number = 1; number <= 40; number++)
        {
            var told = net[Leek].Progressed.Last(one => one.Key == Key(Leek, number));
            Assert.Equal((MessageState.InBehandeling, $"GMS-2027-{number:00000}"), (told.State, told.Reference));
        }
    }

    [Fact]
    public void A_desk_that_restarted_since_still_answers_what_was_asked()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Ride(Leek, Desk);
        net.Restart(Desk);
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
    }

    [Fact]
    public void Where_only_the_newest_receipt_is_kept_it_is_the_one_with_the_news()
    {
        var net = Silent();
        for (var i = 0; i < 40; i++) net.Submit(Leek, Melding(2, $"Melding {i}"));
        net.Ride(Leek, Desk);
        for (ulong number = 1; number <= 40; number++) net.Submit(Desk, new Amend { ForSite = Leek, ForSequence = number, Kind = AmendKind.InBehandeling, Text = $"GMS-2027-{number:00000}" });
        net.Ride(Desk, Point);
        Assert.True(net.Ride(Point, Leek).Received > 30);
        Assert.Equal(MessageState.InBehandeling, net[Leek].StateOf(Key(Leek, 40)));
        Assert.Equal(MessageState.Ontvangen, net[Leek].StateOf(Key(Leek, 1)));
    }

    [Fact]
    public void Many_holes_take_more_receipts_and_all_are_told()
    {
        var net = Silent();
        for (var i = 0; i < 600; i++) net.Submit(Leek, Melding(3, $"Melding {i}"));
        for (ulong number = 1; number <= 600; number += 2) net.Import(Desk, net.Export(Leek, Key(Leek, number)).Frames);
        Assert.Equal(300, net.Ride(Desk, Leek).Received);
    }

    [Fact]
    public void Bulletins_come_along_and_hold_for_who_has_the_authoritys_public_key()
    {
        var net = Silent();
        Assert.Equal(Refusal.None, net.Submit(Desk, new Bulletin { Number = 7, ValidHours = 24, Text = "Kook het water" }).Refusal);
        net.Ride(Desk, Leek);
        Assert.Equal(["1-1"], net[Leek].Ids);
        net.Ride(Leek, Marum);
        Assert.Equal(["1-1"], net[Marum].Ids);
    }

    [Fact]
    public void What_grew_too_old_at_home_is_declared_by_the_next_stick()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Run(TimeSpan.FromDays(8));
        Assert.Equal(MessageState.Vervallen, net[Leek].StateOf(Key(Leek, 1)));
        var load = net.Export(Leek);
        Assert.Equal(0, load.Records);
        net.Import(Desk, load.Frames);
        var origin = net[Desk].Core.Status(net.Now).Origins.Single(one => one.Site == Leek);
        Assert.Equal((1UL, 0UL), (origin.Highest, origin.Missing));
    }

    [Fact]
    public void The_age_comes_along_and_what_is_too_old_goes_no_further()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Run(TimeSpan.FromDays(6.9));
        net.Ride(Leek, Marum);
        Assert.Contains(net[Marum].Disk.Envelopes, one => one.Custody);
        net.Run(TimeSpan.FromDays(0.2));
        Assert.DoesNotContain(net[Marum].Disk.Envelopes, one => one.Custody);
    }

    [Fact]
    public void A_full_queue_refuses_and_says_so_and_takes_it_when_there_is_room()
    {
        var net = Silent();
        net.Add(13, Role.Noodsteunpunt, rules: RelayRules.Default with { MaxHeld = 4 });
        for (var i = 0; i < 6; i++) net.Submit(Leek, Melding(3, $"Melding {i}"));
        var taking = net.Ride(Leek, 13);
        Assert.True(taking.Of(CourierVerdict.NoRoom) > 0);
        Assert.Equal(7, taking.Of(CourierVerdict.New) + taking.Of(CourierVerdict.NoRoom));
    }

    [Fact]
    public void One_record_goes_alone_and_what_is_not_there_does_not()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Submit(Leek, Melding(2, "Een ander"));
        var frame = Assert.Single(net.Export(Leek, Key(Leek, 2)).Frames);
        Assert.True(frame.Length < 90, $"{frame.Length} bytes");
        Assert.Equal(2, net.Import(Desk, [frame]).Of(CourierVerdict.New));
        Assert.Equal(["11-2"], net[Desk].Ids);
        Assert.Equal(1, net.Ride(Desk, Leek).Received);
        Assert.NotNull(net.Export(Leek, Key(Leek, 3)).Problem);
    }

    [Fact]
    public void A_found_stick_says_nothing_over_a_link_and_a_recording_nothing_on_a_stick()
    {
        var net = Silent();
        net.Join("internet", 1_000_000, Leek, Desk);
        net.Start();
        net.Cut("internet");
        net.Submit(Leek, Melding());
        foreach (var frame in net.Export(Leek).Frames) net.Hear(Desk, 0, frame);
        Assert.Empty(net[Desk].Ids);
        net.Frames.Clear();
        net.Restore("internet");
        net.Run(TimeSpan.FromMinutes(1));
        var recorded = net.Frames.Where(one => one.From == Leek).Select(one => one.Frame.Bytes).ToList();
        Assert.NotEmpty(recorded);
        var taking = net.Import(Point, recorded);
        Assert.Equal((0, recorded.Count), (taking.Of(CourierVerdict.New), taking.Of(CourierVerdict.Unreadable)));
    }

    [Fact]
    public void Nothing_is_ever_sent_to_whom_a_stick_came_from_and_no_link_is_shown()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        net.Ride(Leek, Point);
        net.Ride(Point, Leek);
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Empty(net.Frames);
        Assert.Empty(net[Point].Core.Status(net.Now).Links);
        Assert.Null(net[Leek].Core.Status(net.Now).WayUp);
    }

    [Fact]
    public void A_failed_commit_takes_nothing_in_and_the_same_stick_does_the_next_time()
    {
        var net = Silent();
        net.Submit(Leek, Melding());
        var frames = net.Export(Leek).Frames;
        net[Desk].FailNextCommit();
        Assert.Empty(net[Desk].Batch(net.Now, new RelayEvent.CourierImport(frames[0], new object())));
        Assert.DoesNotContain(net[Desk].Disk.Envelopes, one => one.Key.Origin == Leek);
        Assert.Equal(2, net.Import(Desk, frames).Of(CourierVerdict.New));
    }
}
