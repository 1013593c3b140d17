using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Pages.Koerier;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Koerier;

/// <summary>A file goes along and another comes back, in a browser and without a script.</summary>
public sealed class KoerierTests : IDisposable
{
    private static readonly Site Desk = new(1, "Meldkamer", Role.Meldkamer, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-koerier-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_melding_goes_to_the_meldkamer_on_a_stick_and_the_proof_comes_back()
    {
        await using var punt = await Steunpunt.StartAsync();
        await using var meldkamer = await new TestNode(Desk, _folder.FullName).StartAsync();
        await using var desk = await PageBench.StartAsync(meldkamer, Desk);
        await punt.Pages.SubmitAsync(await punt.FillInAsync());

        var (there, name) = await TakeAlongAsync(punt.Pages);
        Assert.Matches(@"^""?koerier-11-noodsteunpunt-leek-\d{8}-\d{6}\.wrk""?$", name);
        Assert.DoesNotContain("Rook", Encoding.Latin1.GetString(there), StringComparison.Ordinal);
        var read = await UploadAsync(desk, there);
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Contains("Nieuw: ", read.Document.QuerySelector(".box")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Ingelezen", read.Document.QuerySelector(".box strong")!.TextContent);
        Assert.Contains("Nieuw: 0.", (await UploadAsync(desk, there)).Document.QuerySelector(".box")!.TextContent, StringComparison.Ordinal);

        var back = await UploadAsync(punt.Pages, (await TakeAlongAsync(desk)).File);
        Assert.Contains("Ontvangen door de meldkamer: 1 van onze berichten.", back.Text, StringComparison.Ordinal);
        Assert.Equal("Ontvangen", (await punt.Pages.GetAsync("/bericht/11-1")).Document.QuerySelector(".state")!.TextContent);
    }

    [Fact]
    public async Task What_is_no_courier_file_is_said_in_words_and_changes_nothing()
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Pages.SubmitAsync(await punt.FillInAsync());
        var good = (await TakeAlongAsync(punt.Pages)).File;
        (byte[] File, string Words)[] all =
        [
            ([], "geen bestand gekozen"), ("hallo"u8.ToArray(), "geen koeriersbestand"), (good[..^3], "niet heel"), ([.. good[..8], .. new byte[5000]], "niet heel"),
            (Encoding.UTF8.GetBytes("WRKOER1\n<script>alert(1)</script>"), "niet heel"),
        ];
        foreach (var (file, words) in all)
        {
            var page = await UploadAsync(punt.Pages, file, "<script>.wrk");
            Assert.Contains(words, page.Document.QuerySelector(".box")!.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("alert(1)", page.Document.QuerySelector("main")!.InnerHtml, StringComparison.Ordinal);
        }

        Assert.Single(punt.Node.Node.Board.Newest(10));
    }

    [Theory]
    [InlineData("multipart/form-data", "no boundary")]
    [InlineData("multipart/form-data; boundary=x", "")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"anders\"\r\n\r\nx\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"bestand\"; filename=\"a\"\r\n\r\nhalf")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n\r\n\r\n\r\n--x\r\nzonder kop\r\n--x--")]
    public async Task A_strange_form_is_refused_in_words(string type, string body)
    {
        await using var punt = await Steunpunt.StartAsync();
        var page = await punt.Pages.SendAsync(Request(punt.Pages, new StringContent(body), MediaTypeHeaderValue.Parse(type)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("Dat is niet gelukt", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_end_and_a_file_without_end_are_cut_off()
    {
        await using var punt = await Steunpunt.StartAsync();
        var head = $"--x\r\nContent-Disposition: form-data; name=\"bestand\"; filename=\"{new string('a', 20_000)}\"\r\n\r\nx\r\n--x--\r\n";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await punt.Pages.SendAsync(Request(punt.Pages, new StringContent(head), MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x")))).Status);

        var request = Request(punt.Pages, new ByteArrayContent([]), MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x"));
        request.Content!.Headers.ContentLength = KoerierPages.MostUpload + 1;
        // The length alone is enough: nothing of it is waited for.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var answer = await RawAsync(punt.Pages, $"POST {KoerierPages.UploadPath} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {KoerierPages.MostUpload + 1}\r\n\r\n", limit.Token);
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_from_a_page_of_another_site_is_refused_and_elsewhere_files_are_too()
    {
        await using var punt = await Steunpunt.StartAsync();
        var file = (await TakeAlongAsync(punt.Pages)).File;
        var foreign = Upload(punt.Pages, file, "a.wrk");
        foreign.Headers.Remove("Origin");
        foreign.Headers.Add("Origin", "http://elders.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await punt.Pages.SendAsync(foreign)).Status);

        var elsewhere = Upload(punt.Pages, file, "a.wrk");
        elsewhere.RequestUri = new Uri("/melding", UriKind.Relative);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await punt.Pages.SendAsync(elsewhere)).Status);

        var stranger = Upload(punt.Pages, file, "a.wrk");
        stranger.Headers.Add(PageBench.From, "192.168.4.66");
        Assert.Equal(HttpStatusCode.Forbidden, (await punt.Pages.SendAsync(stranger)).Status);
    }

    [Fact]
    public async Task A_message_that_fits_is_a_code_that_another_node_takes()
    {
        await using var punt = await Steunpunt.StartAsync();
        var sent = await punt.Pages.SubmitAsync(await punt.FillInAsync());
        var page = await punt.Pages.GetAsync(sent.Document.QuerySelector("a[href$='/qr']")!.GetAttribute("href")!);
        Assert.StartsWith("M", page.Document.QuerySelector("svg.qr path")!.GetAttribute("d"), StringComparison.Ordinal);
        Assert.Contains("11-1", page.Document.QuerySelector("svg.qr")!.GetAttribute("aria-label"), StringComparison.Ordinal);
        foreach (var none in (string[])["/bericht/11-99/qr", "/bericht/1-1/qr", "/bericht/x/qr", "/bericht/11-s1/qr"]) Assert.Equal(HttpStatusCode.NotFound, (await punt.Pages.GetAsync(none)).Status);
    }

    private static async Task<(byte[] File, string Name)> TakeAlongAsync(PageBench pages)
    {
        using var answer = await pages.Http.SendAsync(pages.Request((await pages.GetAsync("/koerier")).Form));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentDisposition!.FileName!);
    }

    private static Task<PageBench.Served> UploadAsync(PageBench pages, byte[] file, string name = "koerier.wrk") => pages.SendAsync(Upload(pages, file, name));

    private static HttpRequestMessage Upload(PageBench pages, byte[] file, string name)
    {
        var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent(file), "bestand", name);
        return Request(pages, form, form.Headers.ContentType!);
    }

    private static HttpRequestMessage Request(PageBench pages, HttpContent content, MediaTypeHeaderValue type)
    {
        content.Headers.ContentType = type;
        var request = new HttpRequestMessage(HttpMethod.Post, KoerierPages.UploadPath) { Content = content };
        request.Headers.Add("Origin", pages.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        return request;
    }

    private static async Task<string> RawAsync(PageBench pages, string head, CancellationToken cancellationToken)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, pages.Http.BaseAddress!.Port, cancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        var buffer = new byte[64];
        var read = await socket.GetStream().ReadAsync(buffer, cancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
