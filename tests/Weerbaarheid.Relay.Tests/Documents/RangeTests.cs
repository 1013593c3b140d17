namespace Weerbaarheid.Relay.Tests.Documents;

/// <summary>The arithmetic of hardware/bereik.md, done again.</summary>
public sealed class RangeTests
{
    private const string Name = "bereik.md";
    private const double Megahertz = 869.525;

    /// <summary>14 dBm, two antennas of 2 dBi, two cables of 1 dB.</summary>
    private const double Chain = 14 - 1 + 2 + 2 - 1;

    private static MarkdownTable Geometry => HardwareDocument.Table(Name, "van", "nodige hoogte m");

    private static MarkdownTable Margins => HardwareDocument.Table(Name, "van", "marge SF9 dB");

    [Fact]
    public void Distances_follow_from_the_coordinates()
    {
        var places = HardwareDocument.Table(Name, "plaats", "breedte");
        var at = places.Rows.ToDictionary(row => row[0], row => (Latitude: places.Figure(row, "breedte"), Longitude: places.Figure(row, "lengte")));
        foreach (var table in new[] { Geometry, Margins })
            foreach (var row in table.Rows) HardwareDocument.AssertIs(Distance(at[row[0]], at[row[1]]), table.Cell(row, "afstand km"), $"{row[0]} - {row[1]}");
    }

    [Fact]
    public void Bulge_and_Fresnel_zone_follow_from_the_distance()
    {
        foreach (var row in Geometry.Rows)
        {
            var half = Geometry.Figure(row, "afstand km") / 2;
            HardwareDocument.AssertIs(half * half / 17, Geometry.Cell(row, "bolling m"), row[0]);
            HardwareDocument.AssertIs(0.6 * 550 * Math.Sqrt(half * half / (2 * half * Megahertz)), Geometry.Cell(row, "0,6 Fresnel m"), row[0]);
            HardwareDocument.AssertIs(Geometry.Figure(row, "bolling m") + Geometry.Figure(row, "0,6 Fresnel m"), Geometry.Cell(row, "nodige hoogte m"), row[0]);
        }
    }

    [Fact]
    public void Margins_follow_from_the_greater_loss_and_the_sensitivity()
    {
        var sensitivity = HardwareDocument.Table(Name, "spreidingsfactor", "SX1276 dBm");
        double Heard(string factor) => sensitivity.Figure(sensitivity.Rows.Single(row => row[0] == factor), "SX1276 dBm");
        var table = Margins;
        foreach (var row in table.Rows)
        {
            var distance = table.Figure(row, "afstand km");
            HardwareDocument.AssertIs(32.44 + (20 * Math.Log10(distance)) + (20 * Math.Log10(Megahertz)), table.Cell(row, "vrije ruimte dB"), row[0]);
            HardwareDocument.AssertIs(120 + (40 * Math.Log10(distance)) - (20 * Math.Log10(table.Figure(row, "h1 m") * table.Figure(row, "h2 m"))), table.Cell(row, "vlakke grond dB"), row[0]);
            var loss = Math.Max(table.Figure(row, "vrije ruimte dB"), table.Figure(row, "vlakke grond dB"));
            HardwareDocument.AssertIs(Chain - loss - Heard("9"), table.Cell(row, "marge SF9 dB"), row[0]);
            HardwareDocument.AssertIs(Chain - loss - Heard("12"), table.Cell(row, "marge SF12 dB"), row[0]);
        }
    }

    /// <summary>What is said of places must be what the rule of thumb says of their margins.</summary>
    [Theory]
    [InlineData("Aduard", "Zuidhorn", true)]
    [InlineData("Grijpskerk", "Zuidhorn", true)]
    [InlineData("Grootegast", "Zuidhorn", true)]
    [InlineData("Leek", "Zuidhorn", true)]
    [InlineData("Marum", "Zuidhorn", false)]
    [InlineData("Delfzijl", "Appingedam", true)]
    [InlineData("Loppersum", "Appingedam", true)]
    [InlineData("Spijk", "Appingedam", true)]
    [InlineData("Wagenborgen", "Appingedam", true)]
    [InlineData("Middelstum", "Appingedam", false)]
    [InlineData("Uithuizen", "Appingedam", false)]
    public void A_place_that_is_worth_a_try_has_a_margin_of_25_dB(string from, string to, bool isWorthATry) =>
        Assert.Equal(isWorthATry, Margins.Figure(Margins.Rows.Single(row => row[0] == from && row[1] == to), "marge SF9 dB") >= 25);

    /// <summary>Over a globe of 6371 km, in km.</summary>
    private static double Distance((double Latitude, double Longitude) a, (double Latitude, double Longitude) b)
    {
        var (north, east) = (Sine((b.Latitude - a.Latitude) / 2), Sine((b.Longitude - a.Longitude) / 2));
        return 2 * 6_371 * Math.Asin(Math.Sqrt((north * north) + (Sine(90 - a.Latitude) * Sine(90 - b.Latitude) * east * east)));
    }

    private static double Sine(double degrees) => Math.Sin(double.DegreesToRadians(degrees));
}
