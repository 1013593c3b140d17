using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using Weerbaarheid.Relay.Pages.Meldkamer;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>A picture of the ground under the desk's map, over HTTP.</summary>
public sealed class MapSheetTests : IDisposable
{
    /// <summary>Enough of a picture for whoever looks at its first bytes.</summary>
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R', 1, 2, 3];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-map-");

    private string File => Path.Combine(_folder.FullName, "kaart.png");

    private MapSheet Sheet => new(File, 200_000, 560_000, 240_000, 600_000, "Kadaster <b>2026</b>");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<byte[], string> Pictures => new()
    {
        { Png, "image/png" },
        { [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[20]], "image/jpeg" },
        { [.. "RIFF"u8, 1, 0, 0, 0, .. "WEBPVP8 "u8, .. new byte[9]], "image/webp" },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task The_picture_lies_where_it_belongs_under_the_marks_and_comes_from_the_node_itself(byte[] picture, string type)
    {
        System.IO.File.WriteAllBytes(File, picture);
        await using var desk = await Desk.StartAsync(map: Sheet);
        await desk.Node.SubmitAsync("melding", """{"priority":2,"text":"Boom","location":{"rdX":210000,"rdY":590000}}""");
        var page = await desk.Pages.SaysAsync("/meldkamer/kaart", "1 open bericht");

        var image = page.Document.QuerySelector("svg.map image")!;
        var (left, top, width, height) = (Number(image, "x"), Number(image, "y"), Number(image, "width"), Number(image, "height"));
        var mark = page.Document.QuerySelector("svg.map circle")!;
        // A quarter of the way from west to east, and from north to south.
        Assert.Equal(left + (width / 4), Number(mark, "cx"), 0);
        Assert.Equal(top + (height / 4), Number(mark, "cy"), 0);
        Assert.Equal(width, height, 0);
        // Under the marks.
        Assert.True(image.CompareDocumentPosition(mark).HasFlag(DocumentPositions.Following));
        Assert.Contains("Kadaster <b>2026</b>", page.Text, StringComparison.Ordinal);

        using var answer = await desk.Pages.Http.GetAsync(image.GetAttribute("href"));
        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.Equal(picture, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; sandbox; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("private", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        // The page itself needs no looser policy than every other.
        Assert.Contains("img-src 'self' data:", page.Response.Headers.GetValues("Content-Security-Policy").Single().Split("; "));
    }

    [Fact]
    public async Task Who_is_beside_the_picture_is_still_on_the_map_and_without_any_mark_the_picture_is()
    {
        System.IO.File.WriteAllBytes(File, Png);
        await using var desk = await Desk.StartAsync(map: Sheet with { West = 100_000, East = 110_000 });
        await desk.Node.SubmitAsync("melding", """{"priority":2,"text":"Boom","location":{"rdX":250000,"rdY":590000}}""");
        var page = await desk.Pages.SaysAsync("/meldkamer/kaart", "1 open bericht");
        Assert.InRange(Number(page.Document.QuerySelector("svg.map circle")!, "cx"), 0, SiteMap.Width);
        Assert.InRange(Number(page.Document.QuerySelector("svg.map image")!, "x"), 0, SiteMap.Width);
        Assert.Contains("<image", SiteMap.Draw([], new MapGround(Sheet, "/x")).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Dat bestand is er niet.")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "Dat is geen plaatje")]
    [InlineData("<html><script>alert(1)</script></html>", "Dat is geen plaatje")]
    [InlineData("GIF89a, wat een plaatje", "Dat is geen plaatje")]
    [InlineData("", "Dat is geen plaatje")]
    public async Task What_is_no_picture_is_said_and_the_map_is_drawn_without_it(string? content, string said)
    {
        if (content is not null) System.IO.File.WriteAllText(File, content);
        await using var desk = await Desk.StartAsync(map: Sheet);
        await AssertSchematicAsync(desk, said);
    }

    [Fact]
    public async Task What_is_too_large_or_no_file_at_all_is_said_too_and_a_pipe_holds_nobody_up()
    {
        await using var desk = await Desk.StartAsync(map: Sheet);
        using (var large = System.IO.File.Create(File))
        {
            large.Write(Png);
            large.SetLength(MapSheet.Most + 1);
        }

        await AssertSchematicAsync(desk, "Dat is te groot: hoogstens 20 MB.");
        System.IO.File.Delete(File);
        Directory.CreateDirectory(File);
        await AssertSchematicAsync(desk, "Dat is geen gewoon bestand.");
        Directory.Delete(File);
        NamedPipe.Make(File);
        await AssertSchematicAsync(desk, "Dat is geen gewoon bestand.");
    }

    [Fact]
    public async Task A_picture_that_is_put_in_its_place_gets_another_address()
    {
        System.IO.File.WriteAllBytes(File, Png);
        await using var desk = await Desk.StartAsync(map: Sheet);
        var first = await AddressAsync(desk);
        Assert.Equal(first, await AddressAsync(desk));
        System.IO.File.WriteAllBytes(File, [.. Png, 4]);
        Assert.NotEqual(first, await AddressAsync(desk));
    }

    [Fact]
    public async Task It_is_behind_the_door_of_the_desk()
    {
        System.IO.File.WriteAllBytes(File, Png);
        await using var desk = await Desk.StartAsync(map: Sheet);
        Assert.Equal(HttpStatusCode.Forbidden, (await FromAsync(desk, "192.168.4.7")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await FromAsync(desk, "127.0.0.1")).StatusCode);
    }

    [Fact]
    public async Task With_a_PIN_it_is_asked_for_on_the_machine_too()
    {
        System.IO.File.WriteAllBytes(File, Png);
        await using var desk = await Desk.StartAsync(map: Sheet);
        PinFile.Set(Path.Combine(desk.Node.Folder, "pins"), PinRole.Coordinator, PinHash.Of("480192"));
        foreach (var from in (string[])["192.168.4.7", "127.0.0.1"])
            Assert.Equal((HttpStatusCode.SeeOther, 0), ((await FromAsync(desk, from)).StatusCode, (await (await FromAsync(desk, from)).Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task Without_a_picture_there_is_nothing_at_its_address()
    {
        await using var desk = await Desk.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Pages.GetAsync(MapSheet.Path)).Status);
    }

    private static async Task AssertSchematicAsync(Desk desk, string said)
    {
        var page = await desk.Pages.GetAsync("/meldkamer/kaart");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains(said, page.Document.QuerySelector("main .box")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.Document.QuerySelector("image"));
        Assert.NotEmpty(page.Document.QuerySelectorAll("svg.map a.site"));
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Pages.GetAsync(MapSheet.Path)).Status);
    }

    private static async Task<string> AddressAsync(Desk desk) => (await desk.Pages.GetAsync("/meldkamer/kaart")).Document.QuerySelector("image")!.GetAttribute("href")!;

    private static Task<HttpResponseMessage> FromAsync(Desk desk, string from)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, MapSheet.Path);
        request.Headers.Add(PageBench.From, from);
        return desk.Pages.Http.SendAsync(request);
    }

    private static double Number(IElement element, string name) => double.Parse(element.GetAttribute(name)!, CultureInfo.InvariantCulture);
}
