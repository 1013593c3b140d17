using CsCheck;
using Weerbaarheid.Relay.Links.Mqtt;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 0.25, 0.5)]
    [InlineData(1, 0.5, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(5, 8, 16)]
    [InlineData(6, 15, 30)]
    [InlineData(7, 15, 30)]
    [InlineData(1_000_000, 15, 30)]
    public void Doubles_to_the_ceiling_and_takes_off_at_most_half(int failures, double least, double most)
    {
        Assert.Equal(TimeSpan.FromSeconds(least), Backoff.Delay(failures, 0));
        Assert.Equal(TimeSpan.FromSeconds(most), Backoff.Delay(failures, 1));
    }

    [Fact]
    public void Never_leaves_its_bounds() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Double[0, 1]).Sample((failures, random) =>
            Backoff.Delay(failures, random) >= Backoff.First / 2 && Backoff.Delay(failures, random) <= Backoff.Most);
}
