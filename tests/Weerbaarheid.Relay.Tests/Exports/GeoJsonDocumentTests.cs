using System.Text.Json;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Exports;

public sealed class GeoJsonDocumentTests
{
    [Fact]
    public void A_point_is_longitude_and_latitude_with_the_Dutch_grid_beside_it()
    {
        // The Westertoren, a published control point: RD 120700.723 487525.501, WGS 84 52.37453253 4.88352559.
        var facts = Records.Facts(new Melding { Priority = 2, Category = 3, Victims = 0, Location = new GridLocation(120701, 487526, 1), Text = "rook" }, Records.Amend(AmendKind.Afgehandeld, "vals alarm", origin: 1));
        const string expected = """
            {"type":"FeatureCollection","features":[
            {"type":"Feature","id":"11-4711","geometry":{"type":"Point","coordinates":[4.88353,52.374537]},"properties":{"soort":"melding","oefening":"actueel","meldpunt":11,"start":"2026-12-01T14:03:22\u002B01:00","klokBetrouwbaar":true,"ontvangen":"2026-12-01T14:03:27\u002B01:00","toestand":"ontvangen","prioriteit":2,"categorie":"brand","aantal":0,"aantalWat":"slachtoffers","tekst":"rook","plaats":"RD 120701 487526","rdX":120701,"rdY":487526,"nauwkeurigheidMeter":1,"afhandeling":"afgehandeld (1-5000)","aanvullingen":[{"titel":"afgehandeld (1-5000)","tijd":"2026-12-01T14:03:22\u002B01:00","tekst":"vals alarm"}]}}
            ]}

            """;
        Assert.Equal(expected, Records.Write(new GeoJsonDocument(), facts));
    }

    [Fact]
    public void What_has_no_point_has_no_geometry_and_is_there()
    {
        Location?[] places = [null, new AddressLocation("9351AB", 12, null), new SiteLocation(11), new TextLocation("bij de molen")];
        var features = Features(places.Select(place => Records.Facts(new Melding { Text = "x", Location = place })));
        Assert.Equal(places.Length, features.Count);
        Assert.All(features, feature => Assert.Equal(JsonValueKind.Null, feature.GetProperty("geometry").ValueKind));
        Assert.Equal(["onbekend", "9351AB 12", "bij punt 11", "bij de molen"], features.Select(feature => feature.GetProperty("properties").GetProperty("plaats").GetString()));
    }

    [Fact]
    public void Hostile_text_is_text()
    {
        var features = Features(Records.Hostile.SelectMany(Records.Everywhere).Select(record => RecordFacts.Of(record, Amendments.From([], desk: 1))));
        Assert.Equal(Records.Hostile.Count * 3, features.Count);
        foreach (var feature in features)
            foreach (var property in feature.GetProperty("properties").EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.String))
                Assert.DoesNotMatch("[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B\u202A-\u202E\u2066-\u2069\uFEFF]", property.Value.GetString()!);
    }

    [Fact]
    public void None_is_a_collection_too() => Assert.Empty(Features([]));

    private static List<JsonElement> Features(IEnumerable<RecordFacts> facts)
    {
        using var json = JsonDocument.Parse(Records.Write(new GeoJsonDocument(), facts));
        Assert.Equal("FeatureCollection", json.RootElement.GetProperty("type").GetString());
        return [.. json.RootElement.GetProperty("features").EnumerateArray().Select(feature => feature.Clone())];
    }
}
