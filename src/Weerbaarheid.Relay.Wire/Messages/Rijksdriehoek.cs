namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// WGS 84 degrees to the Dutch grid (Rijksdriehoek, EPSG:28992) and back, with the approximation polynomials of
/// F.H. Schreutelkamp and G.L. Strang van Hees, "Benaderingsformules voor de transformatie tussen RD- en
/// WGS84-kaartcoördinaten", Geodesia 43 (2001) 2. Good to about 25 cm inside the grid, which is finer than the metre
/// that travels.
/// </summary>
public static class Rijksdriehoek
{
    /// <summary>Largest X in metres; the smallest is 0.</summary>
    public const int MaxX = 299_999;

    /// <summary>Smallest Y in metres.</summary>
    public const int MinY = 300_000;

    /// <summary>Largest Y in metres.</summary>
    public const int MaxY = 619_999;

    // Amersfoort, the origin of both series.
    private const double OriginX = 155_000;
    private const double OriginY = 463_000;
    private const double OriginLatitude = 52.15517440;
    private const double OriginLongitude = 5.38720621;

    private static readonly Term[] XTerms =
    [
        new(0, 1, 190094.945), new(1, 1, -11832.228), new(2, 1, -114.221), new(0, 3, -32.391),
        new(1, 0, -0.705), new(3, 1, -2.340), new(1, 3, -0.608), new(0, 2, -0.008), new(2, 3, 0.148),
    ];

    private static readonly Term[] YTerms =
    [
        new(1, 0, 309056.544), new(0, 2, 3638.893), new(2, 0, 73.077), new(1, 2, -157.984),
        new(3, 0, 59.788), new(0, 1, 0.433), new(2, 2, -6.439), new(1, 1, -0.032), new(0, 4, 0.092), new(1, 4, -0.054),
    ];

    private static readonly Term[] LatitudeTerms =
    [
        new(0, 1, 3235.65389), new(2, 0, -32.58297), new(0, 2, -0.24750), new(2, 1, -0.84978), new(0, 3, -0.06550),
        new(2, 2, -0.01709), new(1, 0, -0.00738), new(4, 0, 0.00530), new(2, 3, -0.00039), new(4, 1, 0.00033), new(1, 1, -0.00012),
    ];

    private static readonly Term[] LongitudeTerms =
    [
        new(1, 0, 5260.52916), new(1, 1, 105.94684), new(1, 2, 2.45656), new(3, 0, -0.81885), new(1, 3, 0.05594),
        new(3, 1, -0.05607), new(0, 1, 0.01199), new(3, 2, -0.00256), new(1, 4, 0.00128), new(0, 2, 0.00022), new(2, 0, -0.00022), new(5, 0, 0.00026),
    ];

    /// <summary>Degrees WGS 84 to metres, not rounded and not checked against the bounds of the grid.</summary>
    public static (double X, double Y) FromDegrees(double latitude, double longitude)
    {
        var north = 0.36 * (latitude - OriginLatitude);
        var east = 0.36 * (longitude - OriginLongitude);
        return (OriginX + Sum(XTerms, north, east), OriginY + Sum(YTerms, north, east));
    }

    /// <summary>Metres to degrees WGS 84.</summary>
    public static (double Latitude, double Longitude) ToDegrees(double x, double y)
    {
        var (east, north) = ((x - OriginX) * 1e-5, (y - OriginY) * 1e-5);
        return (OriginLatitude + (Sum(LatitudeTerms, east, north) / 3600), OriginLongitude + (Sum(LongitudeTerms, east, north) / 3600));
    }

    /// <summary>The grid point at a precision of 1 m, or null when it lies outside the grid.</summary>
    public static GridLocation? At(double latitude, double longitude)
    {
        // Far from the Netherlands the polynomials mean nothing and could come back into the grid.
        if (latitude is not (> 50 and < 54.5) || longitude is not (> 2.5 and < 8)) return null;
        var (x, y) = FromDegrees(latitude, longitude);
        var (metresX, metresY) = ((int)Math.Round(x), (int)Math.Round(y));
        return metresX is >= 0 and <= MaxX && metresY is >= MinY and <= MaxY ? new GridLocation(metresX, metresY, 1) : null;
    }

    private static double Sum(Term[] terms, double first, double second)
    {
        var sum = 0.0;
        foreach (var term in terms) sum += term.Factor * Power(first, term.First) * Power(second, term.Second);
        return sum;
    }

    private static double Power(double value, int exponent)
    {
        var power = 1.0;
        for (; exponent > 0; exponent--) power *= value;
        return power;
    }

    private readonly record struct Term(int First, int Second, double Factor);
}
