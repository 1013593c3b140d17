namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Where something is, in the form the melder gave it. Never geocoded by the sender; null stands for "onbekend".</summary>
public abstract record Location;

/// <summary>A Dutch address: what people know by heart.</summary>
/// <param name="Postcode">Six characters, digits 1000 to 9999 and two capitals: <c>9351AB</c>.</param>
/// <param name="Number">House number, 0 to 99999; 0 means none given.</param>
/// <param name="Letter">House letter A to Z, or null.</param>
public sealed record AddressLocation(string Postcode, int Number, char? Letter) : Location;

/// <summary>A point on the Dutch grid (Rijksdriehoek, EPSG:28992).</summary>
/// <param name="X">Metres, 0 to 299999.</param>
/// <param name="Y">Metres, 300000 to 619999.</param>
/// <param name="Precision">1 or 10: the cell in metres that X and Y stand for.</param>
public sealed record GridLocation(int X, int Y, int Precision) : Location;

/// <summary>"At this site".</summary>
public sealed record SiteLocation(ushort Site) : Location;

/// <summary>A place in the melder's own words.</summary>
public sealed record TextLocation(string Text) : Location;
