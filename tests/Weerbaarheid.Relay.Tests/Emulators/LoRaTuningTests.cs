using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>Times on air from Semtech's own calculators and application note.</summary>
public sealed class LoRaTuningTests
{
    private const string Usual = "explicit, checksum";
    private const string Bare = "implicit, no checksum";

    [Theory]
    [InlineData(7, 125, 5, 8, Usual, true, 1, 30.976)]
    [InlineData(7, 125, 5, 8, Usual, true, 10, 46.336)]
    [InlineData(7, 125, 5, 8, Usual, true, 50, 128.256)]
    [InlineData(7, 125, 5, 8, Usual, true, 255, 548.096)]
    [InlineData(10, 250, 5, 8, Usual, true, 1, 103.424)]
    [InlineData(10, 250, 5, 8, Usual, true, 20, 205.824)]
    [InlineData(10, 250, 5, 8, Usual, true, 100, 615.424)]
    [InlineData(12, 125, 7, 8, Usual, null, 1, 892.928)]
    [InlineData(12, 125, 7, 8, Usual, null, 24, 1810.432)]
    [InlineData(12, 125, 7, 8, Usual, null, 64, 3645.440)]
    [InlineData(12, 125, 7, 8, Usual, null, 128, 6627.328)]
    [InlineData(8, 250, 8, 32, "implicit, checksum", null, 10, 69.888)]
    [InlineData(8, 250, 8, 32, "implicit, checksum", null, 20, 86.272)]
    [InlineData(8, 250, 8, 32, "implicit, checksum", null, 80, 209.152)]
    [InlineData(8, 250, 8, 32, "implicit, checksum", null, 160, 372.992)]
    [InlineData(11, 250, 8, 16, Bare, null, 5, 296.960)]
    [InlineData(11, 250, 8, 16, Bare, null, 15, 362.496)]
    [InlineData(11, 250, 8, 16, Bare, null, 100, 1411.072)]
    [InlineData(11, 250, 8, 16, Bare, null, 200, 2590.720)]
    [InlineData(9, 125, 5, 8, Usual, null, 13, 164.864)]
    [InlineData(9, 125, 5, 8, Usual, null, 12, 144.384)]
    [InlineData(7, 125, 5, 8, Usual, null, 222, 348.416)]
    [InlineData(10, 125, 5, 8, Usual, null, 51, 616.448)]
    [InlineData(11, 125, 5, 8, Usual, null, 100, 2215.936)]
    [InlineData(12, 125, 5, 8, Usual, null, 222, 8036.352)]
    public void The_time_on_air_is_the_one_that_is_published(
        int factor, int kilohertz, int rate, int preamble, string kind, bool? isSlow, int bytes, double milliseconds)
    {
        var tuning = new LoRaTuning(868_100_000, kilohertz * 1_000, factor, rate, 0x12, preamble)
        {
            HasHeader = !kind.StartsWith("implicit", StringComparison.Ordinal),
            HasChecksum = !kind.EndsWith("no checksum", StringComparison.Ordinal),
            IsSlow = isSlow,
        };

        Assert.Equal(milliseconds, tuning.TimeOnAir(bytes).TotalMilliseconds, 3);
    }

    [Fact]
    public void Whatever_makes_radios_strangers_makes_them_deaf_to_each_other()
    {
        var tuning = new LoRaTuning(869_525_000, 125_000, 8, 5, 0x12, 8);

        Assert.True(tuning.Hears(tuning with { Preamble = 12 }));
        Assert.False(tuning.Hears(tuning with { Frequency = 868_100_000 }));
        Assert.False(tuning.Hears(tuning with { Bandwidth = 250_000 }));
        Assert.False(tuning.Hears(tuning with { SpreadingFactor = 9 }));
        Assert.False(tuning.Hears(tuning with { CodingRate = 6 }));
        Assert.False(tuning.Hears(tuning with { SyncWord = 0x34 }));
        Assert.True(tuning.Disturbs(tuning with { SyncWord = 0x34, CodingRate = 6 }));
        Assert.False(tuning.Disturbs(tuning with { SpreadingFactor = 9 }));
    }
}
