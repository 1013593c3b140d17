using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Choosing between a broker and a radio without a person.</summary>
public sealed class FailoverTests
{
    private static TestNet FastAndSlow()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Join("internet", 10_000_000, 1, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        return net;
    }

    private static string? Way(TestNet net, ushort site) => net[site].Core.Status(net.Now).WayUp;

    [Fact]
    public void Priority_1_that_a_dead_broker_swallows_is_on_the_radio_within_three_seconds_and_arrives_once()
    {
        var net = FastAndSlow();
        net.Submit(11, Melding(2));
        net.Cut("internet", isReported: false);
        net.Submit(11, Melding(1));
        net.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(["11-1", "11-2"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 2)));
        net.Restore("internet", isReported: false);
        net.Run(TimeSpan.FromMinutes(30));
        Assert.Equal(["11-1", "11-2"], net[1].Ids);
    }

    [Fact]
    public void Priority_1_that_takes_several_frames_is_on_the_radio_within_three_seconds_too_and_arrives_once()
    {
        var net = FastAndSlow();
        net.Cut("internet", isReported: false);
        net.Frames.Clear();
        var random = new Random(3);
        net.Submit(11, Melding(1, string.Concat(Enumerable.Range(0, 450).Select(_ => (char)('a' + random.Next(26))))));
        net.Run(TimeSpan.FromSeconds(3));
        Assert.True(net.Frames.Count(one => one is { From: 11, Medium: "lora", Frame.To: not null }) > 1);
        Assert.Equal(["11-1"], net[1].Ids);
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
    }

    [Fact]
    public void What_is_not_urgent_waits_until_it_is_known_that_nobody_answers()
    {
        var net = FastAndSlow();
        net.Cut("internet", isReported: false);
        net.Frames.Clear();
        net.Submit(11, Melding(3));
        net.Run(TimeSpan.FromSeconds(3));
        Assert.DoesNotContain(net.Frames, one => one is { From: 11, Medium: "lora", Frame.To: not null });
        net.Run(TimeSpan.FromSeconds(12));
        Assert.Equal("lora", Way(net, 11));
        Assert.Equal(["11-1"], net[1].Ids);
    }

    [Fact]
    public void An_urgent_message_that_is_acknowledged_costs_the_radio_nothing()
    {
        var net = FastAndSlow();
        net.Frames.Clear();
        for (var i = 0; i < 20; i++)
        {
            net.Submit(11, Melding(1));
            net.Run(TimeSpan.FromSeconds(3));
        }

        Assert.DoesNotContain(net.Frames, one => one is { From: 11, Medium: "lora", Frame.To: not null });
    }

    [Fact]
    public void A_link_that_comes_and_goes_is_not_followed_every_time()
    {
        var net = FastAndSlow();
        var before = net[11].Notes.Count(note => note.Text.StartsWith("way up", StringComparison.Ordinal));
        for (var i = 0; i < 20; i++)
        {
            net.Cut("internet");
            net.Run(TimeSpan.FromSeconds(4));
            net.Submit(11, Melding(3));
            net.Restore("internet");
            net.Run(TimeSpan.FromSeconds(4));
        }

        Assert.InRange(net[11].Notes.Count(note => note.Text.StartsWith("way up", StringComparison.Ordinal)) - before, 2, 12);
        net.Run(TimeSpan.FromMinutes(10));
        Assert.Equal("internet", Way(net, 11));
        Assert.Equal(20, net[1].Ids.Distinct().Count());
        Assert.Equal(20, net[1].Ids.Count());
    }

    [Fact]
    public void A_receipt_goes_back_the_way_the_newest_message_came()
    {
        var net = FastAndSlow();
        net.Cut("internet", isReported: false);
        net.Submit(11, Melding(1));
        net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 1)));
        net.Restore("internet", isReported: false);
        net.Run(TimeSpan.FromMinutes(2));
        net.Frames.Clear();
        net.Submit(11, Melding(2));
        net.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(Key(11, 2)));
        Assert.DoesNotContain(net.Frames, one => one is { Medium: "lora", Frame.To: not null });
    }
}
