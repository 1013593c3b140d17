using System.Globalization;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Exports;

/// <summary>A place as the melder gave it, in words and, only when he gave a point, in coordinates. Nothing is looked up or guessed.</summary>
/// <param name="Name">In words; "onbekend" when nothing is known.</param>
internal sealed record Place(string Name)
{
    /// <summary>Postcode, house number (0 for none) and letter; null when it is no address.</summary>
    public AddressLocation? Address { get; init; }

    /// <summary>The point on the grid (EPSG:28992); null when none was given.</summary>
    public GridLocation? Grid { get; init; }

    /// <summary>The same point in degrees WGS 84, to six decimals (a decimetre); null when none was given.</summary>
    public (double Latitude, double Longitude)? Degrees { get; init; }

    public static Place Of(Location? location) => location switch
    {
        AddressLocation address => new Place(NameOf(address)) { Address = address },
        GridLocation grid => At(grid),
        SiteLocation site => new Place(string.Create(CultureInfo.InvariantCulture, $"bij punt {site.Site}")),
        TextLocation text => new Place(VisibleText.Line(text.Text)),
        _ => new Place("onbekend"),
    };

    private static string NameOf(AddressLocation address) => address.Number == 0
        ? address.Postcode : string.Create(CultureInfo.InvariantCulture, $"{address.Postcode} {address.Number}{address.Letter}");

    private static Place At(GridLocation grid)
    {
        var (latitude, longitude) = Rijksdriehoek.ToDegrees(grid.X, grid.Y);
        return new Place(string.Create(CultureInfo.InvariantCulture, $"RD {grid.X} {grid.Y}")) { Grid = grid, Degrees = (Math.Round(latitude, 6), Math.Round(longitude, 6)) };
    }
}
