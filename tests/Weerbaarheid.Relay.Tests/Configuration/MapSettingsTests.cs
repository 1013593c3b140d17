namespace Weerbaarheid.Relay.Tests.Configuration;

/// <summary><c>http.map</c>: a picture and where it lies.</summary>
public sealed class MapSettingsTests : IDisposable
{
    private const string Right = "[200000, 560000.5, 270000, 620000]";
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_picture_is_named_from_the_file_that_names_it_and_need_not_be_there()
    {
        var map = _folder.Right(Of($$"""{ "file": "kaart.png", "rd": {{Right}}, "source": "Kadaster" }""")).Map!;
        Assert.Equal((Path.Combine(_folder.Folder, "kaart.png"), 200_000, 560_000.5, 270_000, 620_000, "Kadaster"), (map.File, map.West, map.South, map.East, map.North, map.Source));
        Assert.Null(_folder.Right(Of(null)).Map);
    }

    [Theory]
    [InlineData("""{ "file": "k.png" }""", "http.map.rd: is missing; write [west, south, east, north] in metres")]
    [InlineData("""{ "rd": [0, 300000, 1000, 301000] }""", "http.map.file: is missing; name a PNG, JPEG or WebP file")]
    [InlineData("""{ "file": "k.png", "rd": [200000, 560000, 270000] }""", "http.map.rd: has 3 numbers; write four: [west, south, east, north]")]
    [InlineData("""{ "file": "k.png", "rd": [1, 2, 3, 4, 5] }""", "http.map.rd: has 5 numbers; write four")]
    [InlineData("""{ "file": "k.png", "rd": [] }""", "http.map.rd: ")]
    [InlineData("""{ "file": "k.png", "rd": "200000,560000,270000,620000" }""", "http.map.rd: '200000,560000,270000,620000' is not a list")]
    [InlineData("""{ "file": "k.png", "rd": [270000, 560000, 200000, 620000] }""", "http.map.rd: has an east that is not east of its west")]
    [InlineData("""{ "file": "k.png", "rd": [200000, 620000, 270000, 560000] }""", "http.map.rd: has a north that is not north of its south")]
    [InlineData("""{ "file": "k.png", "rd": [200000, 560000, 200000, 620000] }""", "http.map.rd: has an east that is not east of its west")]
    [InlineData("""{ "file": "k.png", "rd": [6.3, 53.1, 6.5, 53.2] }""", "http.map.rd[1]: '53.1' is out of range; write metres of the Dutch grid, from 100000 to 819999")]
    [InlineData("""{ "file": "k.png", "rd": [200000, "noord", 270000, 620000] }""", "http.map.rd[1]: 'noord' is not a number")]
    [InlineData("""{ "file": "k.png", "rd": [200000, "NaN", 270000, 620000] }""", "http.map.rd[1]: 'NaN' is out of range")]
    [InlineData("""{ "file": "k.png", "rd": [0, 300000, 1000, 301000], "bron": "x" }""", "http.map.bron: unknown key")]
    [InlineData("\"kaart.png\"", "http.map: 'kaart.png' is not an object; write it as { \"file\": \"kaart.png\"")]
    public void What_is_wrong_is_said(string map, string said) => Assert.Contains(_folder.Wrong(Of(map)), error => error.Contains(said, StringComparison.Ordinal));

    [Fact]
    public void Only_the_meldkamer_has_a_map() =>
        Assert.Contains("relay.json: http.map: is for the meldkamer, and this is a noodsteunpunt; leave it out", _folder.Wrong(Of($$"""{ "file": "k.png", "rd": {{Right}} }""", "noodsteunpunt")));

    private static string Of(string? map, string role = "meldkamer") => $$"""{ "site": { "id": 1, "role": "{{role}}" }, "http": { {{(map is null ? "" : $"\"map\": {map}")}} } }""";
}
