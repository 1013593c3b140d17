using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Several radio hops that nobody configured.</summary>
public sealed class HopTests
{
    private static readonly Bulletin Boil = new() { Priority = 2, Number = 7, ValidHours = 12, Text = "Kook het water tot nader bericht drie minuten voordat u het drinkt." };

    /// <summary>A meldkamer (1), a coördinatiepunt (2) and noodsteunpunten 11 to 14 in a line: each hears only the next.</summary>
    private static TestNet Line()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        ushort before = 2;
        for (ushort site = 11; site <= 14; site++) net.Add(site, Role.Noodsteunpunt);
        net.Join("top", 2_000, 1, 2);
        for (ushort site = 11; site <= 14; site++)
        {
            net.Join($"hop{site}", 2_000, before, site);
            before = site;
        }

        net.Start();
        net.Run(TimeSpan.FromMinutes(8));
        return net;
    }

    /// <summary>Noodsteunpunt 13 reaches the coördinatiepunt by 11 or by 12.</summary>
    private static TestNet Diamond()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        foreach (ushort site in new ushort[] { 11, 12, 13 }) net.Add(site, Role.Noodsteunpunt);
        net.Join("top", 2_000, 1, 2);
        net.Join("left", 2_000, 2, 11);
        net.Join("right", 2_000, 2, 12);
        net.Join("leftmost", 2_000, 11, 13);
        net.Join("rightmost", 2_000, 12, 13);
        net.Start();
        net.Run(TimeSpan.FromMinutes(8));
        return net;
    }

    [Fact]
    public void What_goes_again_for_want_of_a_receipt_is_not_put_off_by_an_acknowledgement_of_the_time_before()
    {
        var net = new TestNet();
        net.Add(2, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 2, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Frames.Clear();
        var key = net.Submit(11, Melding()).Key;
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal([key], net.RecordsSentBy(11));
        var acknowledgement = net.Frames.Last(one => one is { From: 2, Frame.To: 11 }).Frame.Bytes;
        net.Cut("lora", isReported: false);
        net.Run(TimeSpan.FromMinutes(15));
        net.Restore("lora", isReported: false);
        net.Frames.Clear();
        net.Hear(11, 0, acknowledgement);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Contains(key, net.RecordsSentBy(11));
    }

    [Fact]
    public void A_melding_its_receipt_and_a_bulletin_find_their_way_over_five_hops()
    {
        var net = Line();
        var key = net.Submit(14, Melding(1)).Key;
        net.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["14-1"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[14].StateOf(key));
        net.Submit(1, Boil);
        net.Run(TimeSpan.FromMinutes(5));
        Assert.All(new ushort[] { 2, 11, 12, 13, 14 }, site => Assert.Contains("1-1", net[site].Ids));
    }

    [Fact]
    public void When_the_node_on_the_way_dies_another_way_is_taken_and_nothing_is_doubled()
    {
        var net = Diamond();
        net.Submit(13, Melding(2));
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(["13-1"], net[1].Ids);
        var dead = net[13].Core.Status(net.Now).NextSite!.Value;
        net[dead].IsOn = false;
        net.Submit(13, Melding(2));
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(["13-1", "13-2"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[13].StateOf(Key(13, 2)));
        Assert.NotEqual(dead, net[13].Core.Status(net.Now).NextSite);
        net.Restart(dead);
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(["13-1", "13-2"], net[1].Ids);
    }

    [Fact]
    public void A_partition_that_heals_delivers_both_sides_once()
    {
        var net = Line();
        net.Cut("hop12", isReported: false);
        for (var i = 0; i < 5; i++)
        {
            net.Submit(14, Melding(2));
            net.Submit(11, Melding(2));
        }

        net.Submit(1, Boil);
        net.Run(TimeSpan.FromHours(2));
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"11-{i}"), net[1].Ids.Where(id => id != "1-1").Order(StringComparer.Ordinal));
        Assert.DoesNotContain("1-1", net[14].Ids);
        net.Restore("hop12", isReported: false);
        net.Run(TimeSpan.FromMinutes(15));
        Assert.Equal(
            Enumerable.Range(1, 5).SelectMany(i => new[] { $"11-{i}", $"14-{i}" }).Order(StringComparer.Ordinal), net[1].Ids.Where(id => id != "1-1").Order(StringComparer.Ordinal));
        Assert.Equal(5, net[14].Progressed.Where(one => one.State == MessageState.Ontvangen).Select(one => one.Key).Distinct().Count());
        Assert.Contains("1-1", net[14].Ids);
    }

    [Fact]
    public void With_two_entries_to_the_meldkamer_the_other_one_serves_when_the_nearest_is_gone()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(3, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("fibre", 10_000_000, 1, 2);
        net.Join("satellite", 200_000, 1, 3);
        net.Join("west", 2_000, 2, 11);
        net.Join("east", 2_000, 3, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Submit(11, Melding(2));
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal((ushort?)2, net[11].Core.Status(net.Now).NextSite);
        net[2].IsOn = false;
        net.Submit(11, Melding(2));
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal((ushort?)3, net[11].Core.Status(net.Now).NextSite);
        Assert.Equal(["11-1", "11-2"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 2)));
    }

    [Fact]
    public void Two_meldkamers_both_confirm_and_the_origin_lets_go_once()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(4, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("north", 2_000, 1, 11);
        net.Join("south", 2_000, 4, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        for (var i = 0; i < 4; i++) net.Submit(11, Melding(2));
        net.Run(TimeSpan.FromMinutes(1));
        var first = net[11].Core.Status(net.Now).NextSite!.Value;
        net[first].IsOn = false;
        for (var i = 0; i < 4; i++) net.Submit(11, Melding(2));
        net.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(4, net[first].Ids.Count());
        Assert.Equal(Enumerable.Range(5, 4).Select(i => $"11-{i}"), net[first == 1 ? (ushort)4 : (ushort)1].Ids.Order(StringComparer.Ordinal));
        Assert.Equal(8, net[11].Progressed.Where(one => one.State == MessageState.Ontvangen).Select(one => one.Key).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void When_the_way_up_is_lost_no_message_goes_round_in_circles(bool isReported)
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        foreach (ushort site in new ushort[] { 11, 12, 13, 14, 15, 16 }) net.Add(site, Role.Noodsteunpunt);
        net.Join("top", 2_000, 1, 2);
        net.Join("village", 10_000_000, 2, 11, 12, 13, 14, 15, 16);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Cut("top", isReported);
        net.Frames.Clear();
        net.Submit(11, Melding(2));
        net.Submit(2, Melding(2));
        net.Run(TimeSpan.FromMinutes(8));
        // Site 11 hands its own to the coördinatiepunt, whose people can act on it; nobody passes anything to a noodsteunpunt.
        Assert.Equal(["11-1"], net.RecordsSentBy(11).Distinct().Select(key => key.ToString()));
        Assert.DoesNotContain(net.Frames, one => one is { From: 2, Medium: "village", Frame.To: not null } && new Weerbaarheid.Relay.Simulation.FrameWatch(net[1].Keys).RecordsIn(one.Frame.Bytes).Count > 0);
        Assert.All(new ushort[] { 12, 13, 14, 15, 16 }, site => Assert.Empty(net.RecordsSentBy(site)));
        net.Restore("top", isReported);
        net.Run(TimeSpan.FromMinutes(20));
        Assert.Equal(["11-1", "2-1"], net[1].Ids.Order(StringComparer.Ordinal));
    }
}
