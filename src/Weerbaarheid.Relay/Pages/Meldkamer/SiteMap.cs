using System.Globalization;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>What a mark on the map stands for. Each has a shape of its own besides its colour.</summary>
internal enum MarkKind
{
    /// <summary>A site: a square.</summary>
    Site,

    /// <summary>A melding of priority 1: a triangle.</summary>
    Urgent,

    /// <summary>Any other melding: a circle.</summary>
    Melding,

    /// <summary>A hulpvraag or hulpaanbod: a diamond.</summary>
    Hulp,

    /// <summary>Anything that is not real: an empty ring.</summary>
    Oefening,
}

/// <summary>Something on the map.</summary>
/// <param name="X">Metres on the Dutch grid, eastward.</param>
/// <param name="Y">Metres on the Dutch grid, northward.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Label">What stands beside it.</param>
/// <param name="Address">The page behind it.</param>
internal readonly record struct MapMark(double X, double Y, MarkKind Kind, string Label, string Address);

/// <summary>What lies under the marks.</summary>
/// <param name="Sheet">Where it lies.</param>
/// <param name="Address">Where the picture is served.</param>
internal sealed record MapGround(MapSheet Sheet, string Address);

/// <summary>A schematic map: marks where they are, a scale bar, north on top. Drawn of coordinates; the ground under it is one picture of the node's own, or none.</summary>
internal static class SiteMap
{
    /// <summary>Width and height of the drawing, in its own units.</summary>
    public const int Width = 1_000, Height = 700;

    private const int Margin = 60;
    private const double Size = 9;
    private const int MostLabels = 150;

    /// <summary>Least metres from edge to edge: one mark alone needs surroundings.</summary>
    private const double LeastSpan = 2_000;

    /// <summary>Draws it; later marks lie over earlier ones. Nothing is left off: who is beside the ground makes the map larger.</summary>
    public static Html Draw(IReadOnlyList<MapMark> marks, MapGround? ground = null)
    {
        if (marks.Count == 0 && ground is null) return Html.None;
        var (left, right, bottom, top) = Extent(marks, ground?.Sheet);
        // Metres in one unit of the drawing, the same in both directions.
        var scale = Math.Max(Math.Max(right - left, LeastSpan) / (Width - (2 * Margin)), Math.Max(top - bottom, LeastSpan) / (Height - (2 * Margin)));
        var (middleX, middleY) = ((left + right) / 2, (bottom + top) / 2);
        Html One(MapMark mark, int place) =>
            Mark(mark, (Width / 2) + ((mark.X - middleX) / scale), (Height / 2) - ((mark.Y - middleY) / scale), hasLabel: marks.Count - place <= MostLabels);
        return Html.Of($"""
            <svg class="map{Html.When(ground is not null, $" over")}" viewBox="0 0 {Width} {Height}" role="group" aria-labelledby="kaart-titel"><title id="kaart-titel">Schematische kaart met {marks.Count} tekens, noord boven</title>
            <rect class="ground" x="0" y="0" width="{Width}" height="{Height}"/>
            {Picture(ground, scale, (middleX, middleY))}{Html.Each(marks.Select((mark, place) => (mark, place)), pair => One(pair.mark, pair.place))}
            {ScaleBar(scale)}<text x="{Width - 40}" y="30" class="north">N ↑</text></svg>
            """);
    }

    private static (double Left, double Right, double Bottom, double Top) Extent(IReadOnlyList<MapMark> marks, MapSheet? sheet)
    {
        var (across, upward) = (marks.Select(mark => mark.X).ToList(), marks.Select(mark => mark.Y).ToList());
        if (sheet is not null)
        {
            across.AddRange([sheet.West, sheet.East]);
            upward.AddRange([sheet.South, sheet.North]);
        }

        return (across.Min(), across.Max(), upward.Min(), upward.Max());
    }

    private static Html Picture(MapGround? ground, double scale, (double X, double Y) middle)
    {
        if (ground is not { Sheet: { } sheet, Address: { } address }) return Html.None;
        var (x, y) = ((Width / 2) + ((sheet.West - middle.X) / scale), (Height / 2) - ((sheet.North - middle.Y) / scale));
        var (width, height) = ((sheet.East - sheet.West) / scale, (sheet.North - sheet.South) / scale);
        // Its edges are what was configured, whatever the shape of its pixels.
        return Html.Of($"""
            <image href="{address}" x="{Number(x)}" y="{Number(y)}" width="{Number(width)}" height="{Number(height)}" preserveAspectRatio="none"/>

            """);
    }

    /// <summary>The length of the scale bar: 1, 2 or 5 and noughts, about a fifth of the width.</summary>
    /// <param name="scale">Metres in one unit of the drawing.</param>
    /// <returns>In metres.</returns>
    public static double BarOf(double scale)
    {
        var wanted = scale * Width / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        return power * ((wanted / power) switch { >= 5 => 5, >= 2 => 2, _ => 1 });
    }

    private static Html ScaleBar(double scale)
    {
        var metres = BarOf(scale);
        var length = metres / scale;
        var words = metres >= 1_000 ? $"{Number(metres / 1_000)} km" : $"{Number(metres)} m";
        return Html.Of($"""<path class="bar" d="M 30 {Height - 40} v 10 h {Number(length)} v -10"/><text x="30" y="{Height - 48}">{words}</text>""");
    }

    private static Html Mark(MapMark mark, double x, double y, bool hasLabel)
    {
        var label = hasLabel ? Html.Of($"""<text x="{Number(x + Size + 4)}" y="{Number(y + 5)}">{mark.Label}</text>""") : Html.None;
        return Html.Of($"""<a href="{mark.Address}" class="{ClassOf(mark.Kind)}"><title>{mark.Label}</title>{Shape(mark.Kind, x, y)}{label}</a>""");
    }

    private static Html Shape(MarkKind kind, double x, double y) => kind switch
    {
        MarkKind.Site => Html.Of($"""<rect x="{Number(x - Size)}" y="{Number(y - Size)}" width="{Number(2 * Size)}" height="{Number(2 * Size)}"/>"""),
        MarkKind.Urgent => Html.Of($"""<path d="M {Number(x)} {Number(y - Size - 3)} l {Number(Size + 3)} {Number((2 * Size) + 2)} h {Number(-2 * (Size + 3))} z"/>"""),
        MarkKind.Hulp => Html.Of($"""<path d="M {Number(x)} {Number(y - Size)} l {Number(Size)} {Number(Size)} l {Number(-Size)} {Number(Size)} l {Number(-Size)} {Number(-Size)} z"/>"""),
        // As large as it is, it stays apart from a circle without its colour too.
        MarkKind.Oefening => Html.Of($"""<circle cx="{Number(x)}" cy="{Number(y)}" r="{Number(Size + 2)}"/>"""),
        _ => Html.Of($"""<circle cx="{Number(x)}" cy="{Number(y)}" r="{Number(Size)}"/>"""),
    };

    private static string ClassOf(MarkKind kind) => kind switch
    {
        MarkKind.Site => "site",
        MarkKind.Urgent => "urgent",
        MarkKind.Hulp => "hulp",
        MarkKind.Oefening => "oefening",
        _ => "melding",
    };

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
