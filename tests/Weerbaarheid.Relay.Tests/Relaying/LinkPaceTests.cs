using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Tests.Relaying;

public sealed class LinkPaceTests
{
    /// <summary>Spreading factor, duty cycle.</summary>
    public static TheoryData<int, double> Radios
    {
        get
        {
            var radios = new TheoryData<int, double>();
            for (var factor = 7; factor <= 12; factor++)
                foreach (var duty in (double[])[0.01, 0.1]) radios.Add(factor, duty);
            return radios;
        }
    }

    /// <summary>Beacons and heartbeats, that nobody asked for: of what may be transmitted, less than a tenth together even at the slowest.</summary>
    [Theory]
    [MemberData(nameof(Radios))]
    public void What_nobody_asked_for_takes_few_hundredths_of_the_airtime(int factor, double duty)
    {
        var link = Radio(factor, duty);
        Assert.InRange(ShareOf(link, 16, LinkPace.BeaconPeriod(link)), 0, 0.04);
        Assert.InRange(ShareOf(link, 48, LinkPace.HeartbeatPeriod(link)), 0, 0.075);
        Assert.InRange(ShareOf(link, 16, LinkPace.BeaconPause(link)), 0, 0.25);
    }

    /// <summary>A reader refuses a beacon that announces the next for later than in an hour; a neighbour is given up after three and a half.</summary>
    [Theory]
    [MemberData(nameof(Radios))]
    public void A_beacon_can_tell_its_period_and_haste_is_shorter_than_it(int factor, double duty)
    {
        var link = Radio(factor, duty);
        Assert.InRange(LinkPace.BeaconPeriod(link).TotalSeconds, 60, Beacon.MaxPeriodSeconds);
        Assert.True(LinkPace.BeaconPause(link) < LinkPace.BeaconPeriod(link));
        Assert.True(LinkPace.BeaconPeriod(link) <= LinkPace.HeartbeatPeriod(link) * 2);
    }

    [Theory]
    [MemberData(nameof(Radios))]
    public void An_answer_is_waited_for_longer_than_the_other_side_holds_it(int factor, double duty)
    {
        var link = Radio(factor, duty);
        var air = link.Air!;
        // A full frame, what it is held, and the answer.
        Assert.True(LinkPace.Patience(link, 0) >= air.TimeOnAir(link.MaxFrame) + air.TimeOnAir(48) + TimeSpan.FromSeconds(1));
        Assert.True(LinkPace.Patience(link, 0) > LinkPace.Hold(link));
        Assert.Equal(LinkPace.Hold(link), TimeSpan.FromSeconds(2) + (2 * air.TimeOnAir(link.MaxFrame)));
        for (var attempts = 1; attempts < 40; attempts++)
        {
            Assert.True(LinkPace.Patience(link, attempts) >= LinkPace.Patience(link, attempts - 1));
            Assert.InRange(LinkPace.Patience(link, attempts).TotalSeconds, 0, 300);
        }
    }

    [Fact]
    public void A_wire_that_nothing_limits_is_tried_again_within_ten_seconds_or_a_round_trip()
    {
        var wire = new LinkDescription("wire", "test", 233, 1_200, 2, []) { Air = new Air("wire", 1, bytes => TimeSpan.FromSeconds(bytes * 10 / 1200.0)) };
        for (var attempts = 0; attempts < 20; attempts++) Assert.InRange(LinkPace.Patience(wire, attempts).TotalSeconds, 6, 10);
        Assert.InRange(LinkPace.BeaconPeriod(wire).TotalSeconds, 60, 120);
        var slow = wire with { Air = new Air("slow", 1, bytes => TimeSpan.FromSeconds(bytes / 10.0)) };
        Assert.True(LinkPace.Patience(slow, 9) == LinkPace.Patience(slow, 0) && LinkPace.Patience(slow, 0).TotalSeconds > 46);
    }

    [Theory]
    [InlineData(1_200, 6)]
    [InlineData(9_600, 48)]
    [InlineData(100, 4)]
    [InlineData(1_000_000, 4_096)]
    [InlineData(int.MaxValue, 4_096)]
    public void The_window_is_four_seconds_of_a_link_and_has_an_end(int bitRate, int window) =>
        Assert.Equal(window, LinkPace.Window(new LinkDescription("ip", "test", 1_400, bitRate, 8, [])));

    [Theory]
    [MemberData(nameof(Radios))]
    public void A_narrow_link_has_a_handful_on_its_way(int factor, double duty) => Assert.Equal(16, LinkPace.Window(Radio(factor, duty)));

    [Fact]
    public void Answers_on_ip_are_not_held() => Assert.Equal(TimeSpan.Zero, LinkPace.Hold(new LinkDescription("ip", "test", 1_400, 10_000_000, 8, [])));

    private static LinkDescription Radio(int factor, double duty) =>
        new("radio", "test", 222, 1_000, 2, []) { Air = new Air("EU868", duty, bytes => LoRaAirtime.Of(new LoRaSettings(factor), bytes)) };

    /// <summary>Of the airtime that is allowed, what a frame of this length takes at this pace.</summary>
    private static double ShareOf(LinkDescription link, int bytes, TimeSpan every) =>
        link.Air!.TimeOnAir(bytes).TotalSeconds / every.TotalSeconds / link.Air.DutyCycle;
}
