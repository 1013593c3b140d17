using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class SitrapTests
{
    private static readonly ushort[] Sites = [11, 12, 13, 14, 15, 16];

    /// <summary>Six noodsteunpunten at a coördinatiepunt that reaches the meldkamer over a link of this bit rate.</summary>
    private static TestNet Region(int bitRate)
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        foreach (var site in Sites) net.Add(site, Role.Noodsteunpunt);
        net.Join("up", bitRate, 1, 2);
        net.Join("village", 10_000_000, [2, .. Sites]);
        net.Start();
        net.Run(TimeSpan.FromMinutes(2));
        return net;
    }

    private static Status Status(int present, byte priority = 3) => new() { Priority = priority, State = SiteState.Open, Present = present, PowerHours = 8, Supplies = new Supplies(3, 2, 4, 1, 2) };

    private static IEnumerable<Sitrap> Sitraps(TestNet net) => net[1].Delivered.Select(one => one.Message).OfType<Sitrap>();

    [Fact]
    public void Statuses_of_many_sites_travel_as_one_record_where_the_way_up_is_narrow()
    {
        var net = Region(2_000);
        net.Frames.Clear();
        foreach (var site in Sites) net.Submit(site, Status(site));
        net.Run(TimeSpan.FromMinutes(1));
        var sitrap = Assert.Single(Sitraps(net));
        Assert.Equal(Sites, sitrap.Rows.Select(row => row.Site));
        Assert.All(sitrap.Rows, row => Assert.Equal((SiteState.Open, (int?)row.Site, 8), (row.State, row.Present, row.PowerHours)));
        Assert.DoesNotContain(net[1].Delivered, one => one.Message is Status);
        var bytes = net.Frames.Where(one => one is { From: 2, Medium: "up" }).Sum(one => one.Frame.Bytes.Length);
        Assert.InRange(bytes, 60, 6 * 27);
    }

    [Fact]
    public void Where_the_way_up_is_wide_every_status_travels_as_it_was_made()
    {
        var net = Region(10_000_000);
        foreach (var site in Sites) net.Submit(site, Status(site));
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Empty(Sitraps(net));
        Assert.Equal(6, net[1].Delivered.Count(one => one.Message is Status));
    }

    [Fact]
    public void One_status_alone_and_an_urgent_one_are_not_wrapped()
    {
        var net = Region(2_000);
        net.Submit(11, Status(1));
        net.Submit(12, Status(2, priority: 1));
        net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(["12"], net[1].Delivered.Where(one => one.Message is Status).Select(one => one.Envelope.Key.Origin.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        net.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(2, net[1].Delivered.Count(one => one.Message is Status));
        Assert.Empty(Sitraps(net));
    }

    [Fact]
    public void What_changed_while_the_radio_was_out_is_told_once_and_the_newest_wins_power_cut_or_not()
    {
        var net = Region(2_000);
        net.Cut("up", isReported: false);
        for (var round = 1; round <= 5; round++)
        {
            foreach (var site in Sites) net.Submit(site, Status((site * 10) + round));
            net.Run(TimeSpan.FromMinutes(2));
        }

        net.Restart(2);
        net.Run(TimeSpan.FromSeconds(5));
        net.Restore("up");
        net.Run(TimeSpan.FromMinutes(10));
        var newest = new Dictionary<ushort, int?>();
        foreach (var one in net[1].Delivered)
        {
            if (one.Message is Sitrap sitrap) foreach (var row in sitrap.Rows) newest[row.Site] = row.Present;
            else if (one.Message is Status status) newest[one.Envelope.Key.Origin] = status.Present;
        }

        Assert.Equal(Sites.ToDictionary(site => site, site => (int?)((site * 10) + 5)), newest);
        Assert.InRange(net[1].Delivered.Count(one => one.Message is Sitrap or Wire.Messages.Status), 1, 4);
    }
}
