using Weerbaarheid.Relay.Measuring;

namespace Weerbaarheid.Relay.Tests.Measuring;

public sealed class SamplerTests
{
    /// <summary>A clock that only work moves.</summary>
    private sealed class WorkTime : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }

    [Fact]
    public void What_takes_50_microseconds_is_measured_as_such_and_costs_no_more_than_its_budget()
    {
        var time = new WorkTime();
        var measurement = new Sampler(time).Measure(new Probe("work", count => time.Ticks += 500L * count), TimeSpan.FromSeconds(1));
        Assert.Equal(new Measurement("work", 50_000, 50_000, 50_000), measurement);
        Assert.Equal((20_000, 0), (measurement.PerSecond, measurement.Noise));
        Assert.InRange(time.Ticks, TimeSpan.TicksPerSecond / 2, TimeSpan.TicksPerSecond * 5 / 4);
    }

    [Fact]
    public void Never_more_often_than_it_may_be_done_and_all_of_it_prepared()
    {
        var time = new WorkTime();
        var (done, prepared) = (0, 0);
        var probe = new Probe("write", count => { done += count; time.Ticks += count; }, count => prepared += count, Most: 3000);
        new Sampler(time).Measure(probe, TimeSpan.FromSeconds(1));
        Assert.InRange(done, 1500, 3000);
        Assert.Equal(prepared, done);
    }

    [Fact]
    public void One_slow_sample_moves_the_spread_and_not_the_median()
    {
        var time = new WorkTime();
        var calls = 0;
        var probe = new Probe("work", count => time.Ticks += 500L * count * (++calls % 4 == 0 ? 3 : 1));
        var measurement = new Sampler(time).Measure(probe, TimeSpan.FromSeconds(1));
        Assert.Equal(50_000, measurement.Median);
        Assert.Equal((50_000, 150_000), (measurement.Low, measurement.High));
    }
}
