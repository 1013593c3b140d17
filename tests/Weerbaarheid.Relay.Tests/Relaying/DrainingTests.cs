using Weerbaarheid.Relay.Relaying;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>A queue that is full to the last place, as after days without a way: all of it arrives, and what is urgent does not wait for it.</summary>
public sealed class DrainingTests
{
    [Theory]
    [InlineData(10_000_000)]
    [InlineData(200_000)]
    public void A_full_queue_of_every_priority_drains_to_the_last_however_many_holes_the_order_makes(int bitRate)
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("net", bitRate, 1, 11);
        net.Start();
        net.Cut("net");
        var accepted = 0;
        for (var i = 0; i < 24_000; i++)
            if (net.Submit(11, Melding((byte)((i % 4) + 1))).Refusal == Refusal.None) accepted++;
        Assert.InRange(accepted, 18_000, 20_000);
        net.Restore("net");
        net.Run(TimeSpan.FromHours(3));
        Assert.Equal(accepted, net[1].Ids.Distinct().Count());
        Assert.Equal(accepted, net[1].Ids.Count());
        Assert.Equal(0, net[11].Core.Status(net.Now).Waiting.Sum());
    }

    [Fact]
    public void A_full_queue_of_every_priority_drains_over_a_coordinatiepunt_in_minutes_and_an_urgent_melding_is_confirmed_meanwhile()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("top", 10_000_000, 1, 2);
        net.Join("low", 10_000_000, 2, 11);
        net.Start();
        net.Cut("low");
        for (var i = 0; i < 22_000; i++) net.Submit(11, Melding((byte)((i % 4) + 1)));
        var accepted = net[11].Core.Status(net.Now).Waiting.Sum();
        net.Restore("low");
        net.Run(TimeSpan.FromSeconds(10));
        var urgent = net.Submit(11, Melding(1));
        net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(urgent.Key));
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal(accepted + 1, net[1].Ids.Distinct().Count());
        Assert.Equal(accepted + 1, net[1].Ids.Count());
        Assert.Equal(0, net[11].Core.Status(net.Now).Waiting.Sum());
    }
}
