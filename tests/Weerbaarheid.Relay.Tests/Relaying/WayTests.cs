using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class WayTests
{
    private static TestNet FastAndSlow()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Join("internet", 10_000_000, 1, 11);
        net.Start();
        return net;
    }

    private static string? Way(TestNet net, ushort site) => net[site].Core.Status(net.Now).WayUp;

    [Fact]
    public void The_cheapest_link_is_used_then_the_radio_when_it_goes_down_and_back_again()
    {
        var net = FastAndSlow();
        Assert.Equal("internet", Way(net, 11));
        net.Cut("internet");
        Assert.Equal("lora", Way(net, 11));
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(["11-1"], net[1].Ids);
        net.Restore("internet");
        net.Run(TimeSpan.FromSeconds(1));
        Assert.Equal("internet", Way(net, 11));
    }

    [Fact]
    public void A_broker_that_says_connected_but_is_dead_is_left_when_the_neighbour_falls_silent()
    {
        var net = FastAndSlow();
        net.Cut("internet", isReported: false);
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(45));
        Assert.Equal("lora", Way(net, 11));
        Assert.Equal(["11-1"], net[1].Ids);
        net.Restore("internet", isReported: false);
        net.Run(TimeSpan.FromSeconds(20));
        Assert.Equal("internet", Way(net, 11));
    }

    [Fact]
    public void A_noodsteunpunt_without_own_way_goes_through_another_that_cannot_read_it()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(12, Role.Noodsteunpunt);
        net.Join("high", 2_000, 1, 11);
        net.Join("low", 2_000, 11, 12);
        net.Start();
        net.Run(TimeSpan.FromMinutes(1));
        net.Submit(12, Melding());
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(["12-1"], net[1].Ids);
        Assert.Empty(net[11].Ids);
        Assert.Equal(MessageState.Ontvangen, net[12].StateOf(Key(12, 1)));
        Assert.Empty(net[11].Disk.Envelopes);
    }

    [Fact]
    public void What_the_next_node_lost_with_its_disk_passes_an_unread_relay_again_when_its_origin_repeats_it()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Add(12, Role.Noodsteunpunt);
        net.Join("top", 2_000, 1, 2);
        net.Join("high", 2_000, 2, 11);
        net.Join("low", 2_000, 11, 12);
        net.Start();
        net.Run(TimeSpan.FromMinutes(2));
        net.Cut("top", isReported: false);
        net.Submit(12, Melding());
        net.Run(TimeSpan.FromSeconds(40));
        // The coördinatiepunt acknowledged it and burns down with its disk; another takes its place.
        net[2].LoseDisk();
        net.Restore("top", isReported: false);
        net.Restart(2);
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(["12-1"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[12].StateOf(Key(12, 1)));
    }

    [Fact]
    public void What_was_on_its_way_when_a_link_goes_down_leaves_at_once_over_the_other_in_its_old_order()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("internet", 1_000_000, 1, 11);
        net.Join("dsl", 200_000, 1, 11);
        net.Start();
        net.Loses = (_, _, _) => true;
        for (var i = 0; i < 3; i++) net.Submit(11, Melding());
        net.Loses = (_, _, _) => false;
        net.Frames.Clear();
        net.Cut("internet");
        net.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal(["11-1", "11-2", "11-3"], net.RecordsSentBy(11).Select(key => key.ToString()));
    }

    [Fact]
    public void A_coordinatiepunt_that_is_cut_off_still_gets_the_meldingen_and_a_better_way_takes_them_at_once()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("high", 2_000, 1, 2);
        net.Join("low", 2_000, 2, 11);
        net.Join("satellite", 1_000_000, 1, 11);
        net.Cut("high");
        net.Cut("satellite");
        net.Start();
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(["11-1"], net[2].Ids);
        Assert.Equal(MessageState.Verzonden, net[11].StateOf(Key(11, 1)));
        Assert.Equal((null, (ushort?)2), (Way(net, 11), net[11].Core.Status(net.Now).NextSite));
        net.Restore("satellite");
        net.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
    }

    [Fact]
    public void On_a_shared_radio_only_the_neighbour_meant_takes_a_message_and_acknowledges_it()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        foreach (ushort site in new ushort[] { 11, 12, 13 }) net.Add(site, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11, 12, 13);
        net.Start();
        net.Run(TimeSpan.FromMinutes(12));
        net.Frames.Clear();
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(["11-1"], net[1].Ids);
        Assert.Empty(net.RecordsSentBy(12));
        Assert.Empty(net[12].Disk.Envelopes);
        Assert.DoesNotContain(net.Frames, one => one.From is 12 or 13 && one.Frame.To is not null);
    }

    [Fact]
    public void A_ring_of_three_coordinatiepunten_without_a_way_dies_out()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        foreach (ushort site in new ushort[] { 2, 3, 4 }) net.Add(site, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("top", 2_000, 1, 2);
        net.Join("a", 2_000, 2, 3);
        net.Join("b", 2_000, 3, 4);
        net.Join("c", 2_000, 4, 2);
        net.Join("d", 2_000, 4, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Cut("top");
        net.Submit(11, Melding());
        net.Run(TimeSpan.FromMinutes(30));
        net.Frames.Clear();
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Empty(net.RecordsSentBy(2));
        Assert.Empty(net.RecordsSentBy(3));
        Assert.All(new ushort[] { 2, 3, 4 }, site => Assert.Null(Way(net, site)));
        net.Restore("top");
        net.Run(TimeSpan.FromHours(3));
        Assert.Equal(["11-1"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
    }

    [Fact]
    public void What_came_from_the_new_way_up_does_not_hide_what_was_made_here()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(3, Role.Coordinatiepunt);
        net.Join("side", 1_000_000, 2, 3);
        net.Join("left", 10_000_000, 1, 3);
        net.Join("right", 10_000_000, 1, 2);
        net.Cut("right");
        net.Start();
        net.Loses = (from, _, frame) => from == 3 && new Weerbaarheid.Relay.Simulation.FrameWatch(net[1].Keys).RecordsIn(frame).Count > 0;
        for (var i = 0; i < 40; i++) net.Submit(2, Melding(1));
        net.Run(TimeSpan.FromSeconds(2));
        net.Cut("left");
        net.Restore("right");
        net.Loses = (_, _, _) => false;
        net.Submit(3, Melding(4));
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Contains("3-1", net[1].Ids);
    }

    [Fact]
    public void A_core_asks_to_be_woken_only_when_time_has_passed()
    {
        var net = FastAndSlow();
        var frames = 0;
        net.Loses = (_, _, _) => ++frames % 3 == 0;
        for (var i = 0; i < 200; i++) net.Submit(11, Melding((byte)(1 + (i % 4))));
        var (at, same) = (net.Now, 0);
        for (var step = 0; step < 10_000; step++)
        {
            var due = net[11].Core.NextDue(at);
            same = due <= at ? same + 1 : 0;
            Assert.True(same < 3, $"asked again and again at {at}");
            if (due == TimeSpan.MaxValue) break;
            at = due > at ? due : at;
            // Nobody answers: the worst case for retries.
            foreach (var send in net[11].Batch(at).OfType<Output.Send>()) net[11].Batch(at, new RelayEvent.FrameSent(send.Link, send.Frame.Number));
        }

        Assert.True(at > net.Now + TimeSpan.FromHours(1), $"10,000 steps took only {at - net.Now}");
    }
}
