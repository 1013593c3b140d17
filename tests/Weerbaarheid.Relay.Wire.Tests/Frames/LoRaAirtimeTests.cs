using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Wire.Tests.Frames;

/// <summary>Against published values: Semtech's calculators (the time-on-air test of jgromes/RadioLib), the AN1200.13 spreadsheet, lora-modulation.</summary>
public sealed class LoRaAirtimeTests
{
    [Theory]
    [InlineData(1, 30.976)]
    [InlineData(10, 46.336)]
    [InlineData(50, 128.256)]
    [InlineData(255, 548.096)]
    public void Spreading_factor_7_with_optimisation_forced(int bytes, double milliseconds) =>
        AssertAirtime(new LoRaSettings(7, LowDataRate: true), bytes, milliseconds);

    [Theory]
    [InlineData(1, 103.424)]
    [InlineData(20, 205.824)]
    [InlineData(100, 615.424)]
    public void Spreading_factor_10_at_250_kHz_with_optimisation_forced(int bytes, double milliseconds) =>
        AssertAirtime(new LoRaSettings(10, 250_000, LowDataRate: true), bytes, milliseconds);

    [Theory]
    [InlineData(1, 892.928)]
    [InlineData(24, 1810.432)]
    [InlineData(64, 3645.440)]
    [InlineData(128, 6627.328)]
    public void Spreading_factor_12_optimises_by_itself(int bytes, double milliseconds) =>
        AssertAirtime(new LoRaSettings(12, CodingRate: 7), bytes, milliseconds);

    [Theory]
    [InlineData(10, 69.888)]
    [InlineData(20, 86.272)]
    [InlineData(80, 209.152)]
    [InlineData(160, 372.992)]
    public void Implicit_header_and_a_long_preamble(int bytes, double milliseconds) =>
        AssertAirtime(new LoRaSettings(8, 250_000, 8, Preamble: 32, ExplicitHeader: false), bytes, milliseconds);

    [Theory]
    [InlineData(5, 296.960)]
    [InlineData(15, 362.496)]
    [InlineData(100, 1411.072)]
    [InlineData(200, 2590.720)]
    public void Implicit_header_without_a_checksum(int bytes, double milliseconds) =>
        AssertAirtime(new LoRaSettings(11, 250_000, 8, Preamble: 16, ExplicitHeader: false, Crc: false), bytes, milliseconds);

    [Theory]
    [InlineData(7, 20, 56.576, 636, 6363)]
    [InlineData(7, 222, 348.416, 103, 1033)]
    [InlineData(8, 51, 184.832, 194, 1947)]
    [InlineData(9, 12, 144.384, 249, 2493)]
    [InlineData(9, 13, 164.864, 218, 2183)]
    [InlineData(9, 51, 328.704, 109, 1095)]
    [InlineData(9, 100, 553.984, 64, 649)]
    [InlineData(10, 100, 1026.048, 35, 350)]
    [InlineData(11, 100, 2215.936, 16, 162)]
    [InlineData(12, 20, 1318.912, 27, 272)]
    [InlineData(12, 222, 8036.352, 4, 44)]
    public void The_plain_settings_and_what_fits_in_an_hour(int spreadingFactor, int bytes, double milliseconds, long atOnePercent, long atTenPercent)
    {
        AssertAirtime(new LoRaSettings(spreadingFactor), bytes, milliseconds);
        var airtime = LoRaAirtime.Of(new LoRaSettings(spreadingFactor), bytes);
        Assert.Equal((atOnePercent, atTenPercent), (LoRaAirtime.PerHour(airtime, 10), LoRaAirtime.PerHour(airtime, 100)));
    }

    [Theory]
    [InlineData(25, 133.6)]
    [InlineData(60, 225.8)]
    [InlineData(125, 389.6)]
    public void The_modem_of_RNode_sends_a_longer_preamble_and_a_header_of_its_own(int bytes, double milliseconds) =>
        Assert.Equal(milliseconds, Math.Round(LoRaAirtime.Of(new LoRaSettings(8, Preamble: 18), bytes + 1).TotalMilliseconds, 1));

    [Theory]
    [InlineData(6, 125_000, 5, 8, 10)]
    [InlineData(13, 125_000, 5, 8, 10)]
    [InlineData(7, 0, 5, 8, 10)]
    [InlineData(7, 125_000, 4, 8, 10)]
    [InlineData(7, 125_000, 9, 8, 10)]
    [InlineData(7, 125_000, 5, 5, 10)]
    [InlineData(7, 125_000, 5, 8, -1)]
    [InlineData(7, 125_000, 5, 8, 256)]
    public void Settings_that_no_modem_has_are_refused(int spreadingFactor, int bandwidth, int codingRate, int preamble, int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LoRaAirtime.Of(new LoRaSettings(spreadingFactor, bandwidth, codingRate, preamble), bytes));

    [Fact]
    public void A_duty_cycle_is_at_most_everything()
    {
        Assert.Equal(3600, LoRaAirtime.PerHour(TimeSpan.FromSeconds(1), 1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => LoRaAirtime.PerHour(TimeSpan.FromSeconds(1), 1001));
        Assert.Throws<ArgumentOutOfRangeException>(() => LoRaAirtime.PerHour(TimeSpan.Zero, 10));
    }

    private static void AssertAirtime(LoRaSettings settings, int bytes, double milliseconds) =>
        Assert.Equal((long)Math.Round(milliseconds * 1000), LoRaAirtime.Of(settings, bytes).Ticks / TimeSpan.TicksPerMicrosecond);
}
