using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Configuration;

/// <summary>Reads <c>sites</c>: names and places of the region's sites, which are nowhere on the air.</summary>
internal static class SiteReader
{
    private const int MostSites = 5_000;
    private const int LongestName = 60;
    private const int LastSite = ushort.MaxValue - 1;
    private const string Example = "[{ \"id\": 11, \"name\": \"Noodsteunpunt Leek\", \"lat\": 53.1614, \"lon\": 6.3803 }]";

    public static IReadOnlyList<KnownSite> Read(SettingFields root)
    {
        var sites = new Dictionary<ushort, KnownSite>();
        foreach (var place in root.List("sites", MostSites, Example))
        {
            var fields = root.Inner($"sites:{place}", Example);
            var id = fields.Number("id", 1, LastSite);
            fields.Require("id", $"write the number of the site, 1 to {LastSite}");
            var site = new KnownSite((ushort)(id ?? 0), fields.Text("name", LongestName), ReadPlace(fields));
            fields.Finish();
            if (id is not null && !sites.TryAdd(site.Id, site)) fields.Error("id", $"{id} stands here twice", "give each site one line");
        }

        return [.. sites.Values];
    }

    private static (double X, double Y)? ReadPlace(SettingFields fields)
    {
        var (latitude, longitude) = (fields.Degrees("lat", 50, 54.5), fields.Degrees("lon", 2.5, 8));
        if (fields.Has("lat")) fields.Require("lon", "write lat and lon both, or neither");
        if (fields.Has("lon")) fields.Require("lat", "write lat and lon both, or neither");
        return latitude is { } north && longitude is { } east ? Rijksdriehoek.FromDegrees(north, east) : null;
    }
}
