using CsCheck;
using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Tests.Links.Simulated;

public sealed class SimulatedMediumTests
{
    private static readonly SimulatedMediumOptions Radio = new(MaxFrame: 255, BitRate: 1_760);

    [Fact]
    public void SplitMix64_gives_the_numbers_of_the_reference_implementation()
    {
        var random = new SplitMix64(1234567);
        Assert.Equal(6457827717110365317UL, random.Next());
        Assert.Equal(3203168211198807973UL, random.Next());
        Assert.Equal(9817491932198370423UL, random.Next());
    }

    [Theory]
    [InlineData(100, 1_000, 0, 800)]
    [InlineData(1, 8, 0, 1_000)]
    [InlineData(250, 2_000, 50, 1_050)]
    public void Air_time_is_bits_over_rate_and_overhead(int bytes, int rate, int overheadMs, int expectedMs)
    {
        var medium = Medium(Radio with { BitRate = rate, Overhead = TimeSpan.FromMilliseconds(overheadMs) }, 1, 2);
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), medium.Transmit(1, null, new byte[bytes], TimeSpan.Zero).Done);
    }

    [Fact]
    public void Air_time_is_rounded_up_to_a_tick() =>
        Assert.Equal(TimeSpan.FromTicks(26_666_667), (Radio with { BitRate = 3 }).AirTime(1));

    [Fact]
    public void A_sender_finishes_one_frame_before_the_next_and_does_not_hold_up_others()
    {
        var medium = Medium(Radio with { BitRate = 8_000 }, 1, 2);
        Assert.Equal(Ms(100), medium.Transmit(1, null, new byte[100], Ms(0)).Done);
        Assert.Equal(Ms(200), medium.Transmit(1, null, new byte[100], Ms(10)).Done);
        Assert.Equal(Ms(110), medium.Transmit(2, null, new byte[100], Ms(10)).Done);
        Assert.Equal(Ms(1_100), medium.Transmit(1, null, new byte[100], Ms(1_000)).Done);
    }

    [Fact]
    public void Everybody_but_the_sender_hears_a_frame_whomever_it_is_for()
    {
        var medium = Medium(Radio, 1, 2, 3);
        Assert.Equal([1, 3], medium.Transmit(2, 3, new byte[10], Ms(0)).Arrivals.Select(a => (int)a.To));
        var network = Medium(Radio with { AddressedOnly = true }, 1, 2, 3);
        Assert.Equal([3], network.Transmit(2, 3, new byte[10], Ms(0)).Arrivals.Select(a => (int)a.To));
        Assert.Equal([1, 3], network.Transmit(2, null, new byte[10], Ms(0)).Arrivals.Select(a => (int)a.To));
        medium.Detach(3);
        Assert.Equal([1], medium.Transmit(2, null, new byte[10], Ms(0)).Arrivals.Select(a => (int)a.To));
    }

    [Fact]
    public void Arrivals_come_after_the_transmission_and_the_delay()
    {
        var medium = Medium(Radio with { BitRate = 8_000, Delay = Ms(20), Jitter = Ms(5) }, 1, 2);
        for (var i = 0; i < 1_000; i++)
        {
            var sent = medium.Transmit(1, null, new byte[10], Ms(1_000 * i));
            Assert.InRange(sent.Arrivals[0].At - sent.Done, Ms(20), Ms(25));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.6)]
    [InlineData(1)]
    public void The_share_that_is_lost_is_the_share_asked_for(double loss)
    {
        var medium = Medium(Radio with { Loss = loss }, 1, 2, 3);
        var heard = Send(medium, 20_000).Sum(s => s.Arrivals.Count);
        // Within four standard deviations of a binomial draw, and the seed is fixed.
        var deviation = 4 * Math.Sqrt(40_000 * loss * (1 - loss));
        Assert.InRange(heard, (40_000 * (1 - loss)) - deviation, (40_000 * (1 - loss)) + deviation);
    }

    [Fact]
    public void Receivers_miss_different_frames()
    {
        var sent = Send(Medium(Radio with { Loss = 0.5 }, 1, 2, 3), 1_000);
        // Half of the time exactly one of two independent receivers hears it.
        Assert.InRange(sent.Count(s => s.Arrivals.Count == 1), 437, 563);
    }

    [Fact]
    public void The_share_that_comes_twice_is_the_share_asked_for()
    {
        var sent = Send(Medium(Radio with { Duplication = 0.2 }, 1, 2), 10_000);
        Assert.InRange(sent.Count(s => s.Arrivals.Count == 2), 1_840, 2_160);
        Assert.All(sent, s => Assert.InRange(s.Arrivals.Count, 1, 2));
    }

    [Fact]
    public void Jitter_beyond_the_air_time_makes_frames_overtake_each_other()
    {
        var at = Send(Medium(Radio with { Jitter = TimeSpan.FromSeconds(2) }, 1, 2), 1_000).Select(s => s.Arrivals[0].At).ToArray();
        Assert.True(at.Zip(at.Skip(1)).Count(pair => pair.Second < pair.First) > 300);
        var still = Send(Medium(Radio, 1, 2), 1_000).Select(s => s.Arrivals[0].At).ToArray();
        Assert.Equal(still.Order(), still);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.2)]
    [InlineData(1)]
    public void Bits_flip_as_often_as_asked_and_the_senders_bytes_stay(double rate)
    {
        var medium = Medium(Radio with { BitErrorRate = rate }, 1, 2);
        var bytes = new byte[250];
        var flipped = 0L;
        for (var i = 0; i < 1_000; i++)
            flipped += medium.Transmit(1, null, bytes, Ms(0)).Arrivals[0].Bytes.ToArray().Sum(b => (long)System.Numerics.BitOperations.PopCount(b));
        var bits = 1_000 * 250 * 8.0;
        var deviation = 4 * Math.Sqrt(bits * rate * (1 - rate));
        Assert.InRange(flipped, (bits * rate) - deviation, (bits * rate) + deviation);
        Assert.All(bytes, b => Assert.Equal(0, b));
    }

    [Fact]
    public void The_same_seed_gives_the_same_and_another_seed_gives_something_else()
    {
        var options = Radio with { Loss = 0.3, Duplication = 0.1, Jitter = Ms(700), BitErrorRate = 1e-3 };
        Gen.ULong.Sample(seed =>
        {
            Assert.Equal(Trace(options, seed), Trace(options, seed));
            Assert.NotEqual(Trace(options, seed), Trace(options, seed + 1));
        }, iter: 50);
    }

    [Fact]
    public void What_is_on_its_way_at_a_cut_is_lost_and_what_comes_after_it_is_not()
    {
        var medium = Medium(Radio, 1, 2);
        var before = medium.Transmit(1, null, new byte[10], Ms(0)).Arrivals[0];
        Assert.True(medium.Delivers(before));
        medium.Cut();
        Assert.Empty(medium.Transmit(1, null, new byte[10], Ms(1)).Arrivals);
        Assert.False(medium.Delivers(before));
        medium.Restore();
        Assert.False(medium.Delivers(before));
        Assert.True(medium.Delivers(medium.Transmit(1, null, new byte[10], Ms(2)).Arrivals[0]));
    }

    [Fact]
    public void A_cut_between_two_leaves_the_third_alone_and_may_be_one_way()
    {
        var medium = Medium(Radio, 1, 2, 3);
        medium.Cut(1, 2);
        Assert.Equal([3], Heard(medium, 1));
        Assert.Equal([3], Heard(medium, 2));
        Assert.Equal([1, 2], Heard(medium, 3));
        medium.Restore(2, 1);
        medium.CutOneWay(1, 2);
        Assert.Equal([3], Heard(medium, 1));
        Assert.Equal([1, 3], Heard(medium, 2));
    }

    [Fact]
    public void Options_out_of_range_and_frames_too_large_are_refused()
    {
        var wrong = new SimulatedMediumOptions(0, 0, -1, 2, Ms(-1), Ms(-1), double.NaN, Ms(-1), Window: 0);
        Assert.Equal(9, wrong.Problems().Count);
        Assert.Throws<ArgumentException>(() => new SimulatedMedium(wrong, 1));
        Assert.Throws<ArgumentException>(() => Medium(Radio, 1).Transmit(1, null, new byte[256], Ms(0)));
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static SimulatedMedium Medium(SimulatedMediumOptions options, params ushort[] sites)
    {
        var medium = new SimulatedMedium(options, seed: 42);
        foreach (var site in sites)
            medium.Attach(site);
        return medium;
    }

    private static int[] Heard(SimulatedMedium medium, ushort from) =>
        [.. medium.Transmit(from, null, new byte[10], Ms(0)).Arrivals.Select(a => (int)a.To)];

    private static List<Transmission> Send(SimulatedMedium medium, int frames) =>
        [.. Enumerable.Range(0, frames).Select(_ => medium.Transmit(1, null, new byte[10], Ms(0)))];

    private static List<string> Trace(SimulatedMediumOptions options, ulong seed)
    {
        var medium = new SimulatedMedium(options, seed);
        medium.Attach(1);
        medium.Attach(2);
        medium.Attach(3);
        var trace = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            foreach (var arrival in medium.Transmit((ushort)(1 + (i % 3)), null, new byte[100], Ms(i * 100)).Arrivals)
                trace.Add($"{arrival.From}>{arrival.To} {arrival.At.Ticks} {Convert.ToHexString(arrival.Bytes.Span)}");
        }

        return trace;
    }
}
