namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>The form in which a place was given.</summary>
public enum LocationKind : byte
{
    /// <summary>"Onbekend".</summary>
    Unknown,
    Address,
    Grid,
    Site,
    Text,
}

/// <summary>A place as it stands in a body that was checked (FORMAT.md §8). Only what belongs to its <see cref="Kind"/> means anything.</summary>
public readonly ref struct LocationView
{
    private readonly int _first;
    private readonly int _second;
    private readonly int _third;

    private LocationView(LocationKind kind, int first, int second, int third)
    {
        Kind = kind;
        (_first, _second, _third) = (first, second, third);
    }

    private LocationView(TextView text)
    {
        Kind = LocationKind.Text;
        Text = text;
    }

    public LocationKind Kind { get; }

    /// <summary>House number of an address, 0 for none given.</summary>
    public int HouseNumber => _second;

    /// <summary>House letter of an address, or null.</summary>
    public char? HouseLetter => _third == 0 ? null : (char)_third;

    /// <summary>Metres, 0 to 299999.</summary>
    public int X => _first;

    /// <summary>Metres, 300000 to 619999.</summary>
    public int Y => _second;

    /// <summary>1 or 10: the cell in metres that X and Y stand for.</summary>
    public int Precision => _third;

    public ushort Site => (ushort)_first;

    /// <summary>The melder's own words.</summary>
    public TextView Text { get; }

    /// <summary>Writes the postcode of an address, six characters.</summary>
    public void CopyPostcode(Span<char> destination) => PostcodeCode.Unpack(_first, destination);

    /// <summary>The same place as a record, or null when it is unknown. Allocates.</summary>
    public Location? ToRecord() => Kind switch
    {
        LocationKind.Address => new AddressLocation(PostcodeCode.Unpack(_first), HouseNumber, HouseLetter),
        LocationKind.Grid => new GridLocation(X, Y, Precision),
        LocationKind.Site => new SiteLocation(Site),
        LocationKind.Text => new TextLocation(Text.ToString()),
        _ => null,
    };

    internal static LocationView OfAddress(int postcode, int number, byte letter) => new(LocationKind.Address, postcode, number, letter);

    internal static LocationView OfGrid(int x, int y, int precision) => new(LocationKind.Grid, x, y, precision);

    internal static LocationView OfSite(ushort site) => new(LocationKind.Site, site, 0, 0);

    internal static LocationView OfText(TextView text) => new(text);
}
