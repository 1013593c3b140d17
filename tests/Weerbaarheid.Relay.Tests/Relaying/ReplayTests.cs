using Weerbaarheid.Relay.Relaying;
using static Weerbaarheid.Relay.Tests.Relaying.TestNet;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>Recordings of genuine frames, which a stranger can play without any key.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void A_replayed_frame_makes_nobody_transmit()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Frames.Clear();
        net.Submit(11, Melding(3));
        net.Run(TimeSpan.FromMinutes(1));
        var recorded = net.Frames.First(one => one is { From: 11, Frame.To: not null }).Frame.Bytes;
        net.Frames.Clear();
        for (var i = 0; i < 100; i++)
        {
            net.Hear(1, 0, recorded);
            net.Run(TimeSpan.FromSeconds(1));
        }

        // A few at once, and then a tenth of what may be transmitted: here one in two seconds at the very most.
        var airtime = net.Frames.Where(one => one is { From: 1, Frame.To: not null }).Sum(one => 8.0 * one.Frame.Bytes.Length / 2_000);
        Assert.InRange(airtime, 0, (6 * 0.2) + (100 * 0.1));
    }

    [Fact]
    public void Who_only_plays_recordings_of_a_neighbour_is_left_for_a_way_that_works()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(2, Role.Coordinatiepunt);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Join("packet", 1_200, 2, 11);
        net.Join("fibre", 10_000_000, 1, 2);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        Assert.Equal("lora", net[11].Core.Status(net.Now).WayUp);
        var recorded = net.Frames.Last(one => one is { From: 1, Medium: "lora", Frame.To: null }).Frame.Bytes;
        net.Cut("lora", isReported: false);
        var key = net.Submit(11, Melding(3)).Key;
        for (var i = 0; i < 600 && net[11].StateOf(key) != MessageState.Ontvangen; i++)
        {
            net.Hear(11, 0, recorded);
            net.Run(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(key));
        Assert.Equal(["11-1"], net[1].Ids);
    }

    [Fact]
    public void A_recording_that_is_played_does_not_keep_the_origin_itself_from_its_receipt()
    {
        var net = new TestNet();
        net.Add(1, Role.Meldkamer);
        net.Add(11, Role.Noodsteunpunt);
        net.Join("lora", 2_000, 1, 11);
        net.Start();
        net.Run(TimeSpan.FromMinutes(3));
        net.Frames.Clear();
        net.Submit(11, Melding(3));
        net.Run(TimeSpan.FromMinutes(1));
        var recorded = net.Frames.First(one => one is { From: 11, Frame.To: not null }).Frame.Bytes;
        for (var i = 0; i < 200; i++) net.Hear(1, 0, recorded);
        var key = net.Submit(11, Melding(2)).Key;
        net.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(MessageState.Ontvangen, net[11].StateOf(key));
    }
}
