using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>Reads <c>http.map</c>: a picture of the ground, and where on the Dutch grid it lies. Whether the picture is there is for whoever looks at the map.</summary>
internal static class MapReader
{
    private const int LongestSource = 120;
    private const int MostNumbers = 64;

    /// <summary>A sheet may reach beyond the grid: a picture of the whole country has sea and neighbours on it.</summary>
    private const int Beyond = 200_000;

    private const string Example = "{ \"file\": \"kaart.png\", \"rd\": [200000, 560000, 270000, 620000] }";
    private const string Order = "[west, south, east, north] in metres of the Dutch grid (RD), such as [200000, 560000, 270000, 620000]";

    /// <returns>Null when there is none, or when it is wrong.</returns>
    public static MapConfiguration? Read(SettingFields http)
    {
        if (!http.Has("map")) return null;
        var fields = http.Inner("map", Example);
        fields.Require("file", "name a PNG, JPEG or WebP file");
        fields.Require("rd", $"write {Order}");
        var (file, source, edges) = (fields.FilePath("file"), fields.Text("source", LongestSource), ReadEdges(fields));
        fields.Finish();
        return file is null || edges is null ? null : new MapConfiguration(file, edges[0], edges[1], edges[2], edges[3], source);
    }

    private static double[]? ReadEdges(SettingFields fields)
    {
        var places = fields.List("rd", MostNumbers, "[200000, 560000, 270000, 620000]");
        if (places.Count is not (0 or 4) || (places.Count == 0 && fields.Has("rd") && fields.Text("rd") is "" or null)) fields.Error("rd", $"has {places.Count} numbers", $"write four: {Order}");
        if (places.Count != 4) return null;
        double?[] read =
        [
            fields.Metres("rd:0", -Beyond, Rijksdriehoek.MaxX + Beyond), fields.Metres("rd:1", Rijksdriehoek.MinY - Beyond, Rijksdriehoek.MaxY + Beyond),
            fields.Metres("rd:2", -Beyond, Rijksdriehoek.MaxX + Beyond), fields.Metres("rd:3", Rijksdriehoek.MinY - Beyond, Rijksdriehoek.MaxY + Beyond),
        ];
        if (read is not [{ } west, { } south, { } east, { } north]) return null;
        if (east > west && north > south) return [west, south, east, north];
        fields.Error("rd", east <= west ? "has an east that is not east of its west" : "has a north that is not north of its south", $"write {Order}");
        return null;
    }
}
