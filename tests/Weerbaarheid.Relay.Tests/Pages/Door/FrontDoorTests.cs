using System.Net;
using System.Net.Sockets;
using System.Text;
using Weerbaarheid.Relay.Pages.Door;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Door;

public sealed class FrontDoorTests
{
    private static readonly string[] Paths = ["/", "/melding/waar?concept=p1234567890", "/bulletins", "/mijn", "/bestaat-niet", "/api/v1/report", "/healthz", "/relay.css"];

    [Fact]
    public async Task Every_answer_has_the_headers_of_a_careful_site()
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var path in Paths)
        {
            using var response = await punt.Pages.Http.GetAsync(path);
            string Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
            var policy = Header("Content-Security-Policy").Split("; ");
            foreach (var rule in (string[])["default-src 'none'", "style-src 'self'", "img-src 'self' data:", "script-src 'self'", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
                Assert.Contains(rule, policy);
            Assert.Equal(("nosniff", "same-origin", "same-origin", "same-origin"), (Header("X-Content-Type-Options"), Header("Referrer-Policy"), Header("Cross-Origin-Opener-Policy"), Header("Cross-Origin-Resource-Policy")));
            Assert.Contains("geolocation=()", Header("Permissions-Policy"), StringComparison.Ordinal);
            Assert.Equal(path == "/relay.css", response.Headers.CacheControl?.NoStore != true);
            Assert.Empty(Header("Server"));
            Assert.Empty(Header("Set-Cookie"));
        }
    }

    [Theory]
    [InlineData("http://elders.example", null, null)]
    [InlineData("null", null, null)]
    [InlineData(null, "cross-site", null)]
    [InlineData(null, "same-site", null)]
    [InlineData(null, null, null)]
    [InlineData(null, null, "http://elders.example/pagina")]
    [InlineData("http://127.0.0.1:1", null, null)]
    [InlineData("self", "cross-site", null)]
    [InlineData("http://elders.example", "same-origin", null)]
    public async Task A_form_that_does_not_show_that_it_comes_from_here_is_refused(string? origin, string? site, string? referer)
    {
        await using var punt = await Steunpunt.StartAsync();

        var refused = await SendAsync(punt, origin, site, referer);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("kwam niet van een pagina van dit punt", refused.Text, StringComparison.Ordinal);
        Assert.Empty(punt.Node.Node.Board.Newest(10));
    }

    [Theory]
    [InlineData("self", null, null)]
    [InlineData("self", "same-origin", null)]
    [InlineData(null, "same-origin", null)]
    [InlineData(null, null, "self")]
    public async Task A_form_of_the_nodes_own_is_taken_also_from_browsers_that_say_little(string? origin, string? site, string? referer)
    {
        await using var punt = await Steunpunt.StartAsync();

        Assert.Equal("/bericht/11-1", (await SendAsync(punt, origin, site, referer)).Path);
    }

    [Theory]
    [InlineData("relay.lan", HttpStatusCode.OK)]
    [InlineData("relay", HttpStatusCode.OK)]
    [InlineData("192.168.4.1:8080", HttpStatusCode.OK)]
    [InlineData("[fe80::1]:8080", HttpStatusCode.OK)]
    [InlineData("herbind.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("relay.lan.example", HttpStatusCode.MisdirectedRequest)]
    public async Task A_name_that_somebody_on_the_internet_can_have_is_not_answered(string host, HttpStatusCode status)
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var path in (string[])["/", "/api/v1/report"])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            Assert.Equal(status, (await punt.Pages.Http.SendAsync(request)).StatusCode);
        }
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task Only_plain_forms_are_taken(string type)
    {
        await using var punt = await Steunpunt.StartAsync();
        var request = punt.Pages.Request((await punt.FillInAsync()).Form);
        request.Content!.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await punt.Pages.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Programs_get_a_line_and_people_a_page()
    {
        await using var punt = await Steunpunt.StartAsync();
        using var http = new HttpClient { BaseAddress = punt.Pages.Http.BaseAddress };

        using var line = await http.GetAsync("/bestaat-niet");
        Assert.Equal((HttpStatusCode.NotFound, "text/plain"), (line.StatusCode, line.Content.Headers.ContentType!.MediaType));

        var page = await punt.Pages.GetAsync("/bestaat-niet");
        Assert.Equal((HttpStatusCode.NotFound, "Niet gevonden"), (page.Status, page.Document.QuerySelector("h1")!.TextContent));
        using var wrong = await DeleteAsync(punt);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrong.StatusCode);
    }

    [Fact]
    public async Task A_client_that_sends_half_a_request_and_waits_is_let_go_and_others_are_served_meanwhile()
    {
        await using var punt = await Steunpunt.StartAsync();
        var address = punt.Pages.Http.BaseAddress!;
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await slow.ConnectAsync(IPAddress.Loopback, address.Port);
        await slow.SendAsync(Encoding.ASCII.GetBytes($"POST /melding HTTP/1.1\r\nHost: 127.0.0.1:{address.Port}\r\nOrigin: {address.GetLeftPart(UriPartial.Authority)}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nconcept=p"));

        Assert.Equal(HttpStatusCode.OK, (await punt.Pages.GetAsync("/")).Status);
        var buffer = new byte[4096];
        using var limit = new CancellationTokenSource(Eventually.Limit);
        var answer = new StringBuilder();
        for (int read; (read = await slow.ReceiveAsync(buffer, limit.Token)) > 0;) answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        Assert.StartsWith("HTTP/1.1 408", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_address_has_its_share_of_the_connections_and_no_more()
    {
        var seats = new AddressSeats(2);
        var (one, other) = (IPAddress.Parse("192.168.4.7"), IPAddress.Parse("192.168.4.8"));
        Assert.True(seats.TryTake(one) && seats.TryTake(one) && !seats.TryTake(one));
        Assert.True(seats.TryTake(other));
        seats.Leave(one);
        Assert.True(seats.TryTake(one) && !seats.TryTake(one));
    }

    [Fact]
    public void Who_asks_faster_than_people_do_waits_and_nobody_else_does()
    {
        var time = new ManualTime();
        var pace = new AddressPace(time);
        var (one, other) = (IPAddress.Parse("192.168.4.7"), IPAddress.Parse("192.168.4.8"));

        Assert.Equal(AddressPace.Burst / AddressPace.FormCost, Enumerable.Range(0, 50).Count(_ => pace.TryTake(one, AddressPace.FormCost)));
        Assert.True(pace.TryTake(other, AddressPace.FormCost));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2 * AddressPace.PerSecond, Enumerable.Range(0, 50).Count(_ => pace.TryTake(one, 1)));
    }

    [Fact]
    public void More_addresses_than_it_remembers_do_not_make_it_grow_and_are_served_again_later()
    {
        var time = new ManualTime();
        var pace = new AddressPace(time);
        var taken = Enumerable.Range(0, 3000).Count(i => pace.TryTake(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 1));
        Assert.Equal(1024, taken);
        time.Advance(TimeSpan.FromSeconds(13));
        Assert.True(pace.TryTake(IPAddress.Parse("192.168.4.7"), 1));
    }

    private static async Task<HttpResponseMessage> DeleteAsync(Steunpunt punt)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, "/melding") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("Origin", punt.Pages.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        return await punt.Pages.Http.SendAsync(request);
    }

    private static async Task<PageBench.Served> SendAsync(Steunpunt punt, string? origin, string? site, string? referer)
    {
        var self = punt.Pages.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var request = punt.Pages.Request((await punt.FillInAsync()).Form);
        request.Headers.Remove("Origin");
        if (origin is not null) request.Headers.Add("Origin", origin == "self" ? self : origin);
        if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
        if (referer is not null) request.Headers.Add("Referer", referer == "self" ? self + "/melding/controleer" : referer);
        return await punt.Pages.SendAsync(request);
    }
}
