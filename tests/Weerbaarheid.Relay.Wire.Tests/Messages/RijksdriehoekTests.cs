using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Messages;

public sealed class RijksdriehoekTests
{
    // Amersfoort is the origin; Westertoren and Martinitoren are the published test points of the transformation.
    [Theory]
    [InlineData(155000, 463000, 52.15517440, 5.38720621)]
    [InlineData(120700.723, 487525.501, 52.37453253, 4.88352559)]
    [InlineData(233883.131, 582065.168, 53.21938317, 6.56820053)]
    public void Published_points_agree_within_the_metre_that_travels(double x, double y, double latitude, double longitude)
    {
        var (metresX, metresY) = Rijksdriehoek.FromDegrees(latitude, longitude);
        Assert.InRange(Math.Sqrt(Math.Pow(metresX - x, 2) + Math.Pow(metresY - y, 2)), 0, 0.5);
        var (north, east) = Rijksdriehoek.ToDegrees(x, y);
        Assert.InRange(north, latitude - 0.000005, latitude + 0.000005);
        Assert.InRange(east, longitude - 0.000005, longitude + 0.000005);
    }

    [Fact]
    public void There_and_back_stays_within_a_metre_on_land()
    {
        for (var x = 20_000; x < 280_000; x += 20_000)
        {
            for (var y = 310_000; y < 610_000; y += 20_000)
            {
                var (latitude, longitude) = Rijksdriehoek.ToDegrees(x, y);
                var (backX, backY) = Rijksdriehoek.FromDegrees(latitude, longitude);
                Assert.InRange(Math.Max(Math.Abs(backX - x), Math.Abs(backY - y)), 0, 1);
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(48.85, 2.35)]
    [InlineData(52.5, 13.4)]
    [InlineData(double.NaN, 5)]
    [InlineData(-52.15, 5.38)]
    public void A_point_outside_the_grid_is_no_point(double latitude, double longitude) => Assert.Null(Rijksdriehoek.At(latitude, longitude));
}
