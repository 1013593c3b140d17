using System.Net;
using System.Text;
using AngleSharp.Html.Dom;
using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Roles;

/// <summary>The door with PINs, as a phone on the site's Wi-Fi meets it.</summary>
public sealed class RoleDoorTests
{
    private const string Pin = "480192";
    private const string Phone = "192.168.4.7";

    private static readonly string[] OfOthers = ["/export/meldingen.csv", "/export/sitrap.html", "/api/v1/messages", "/api/v1/report", "/koerier", "/meldkamer"];

    [Fact]
    public async Task Without_PINs_volunteers_are_not_stopped_and_what_others_sent_is_shown_on_the_machine_alone()
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var path in (string[])["/", "/melding", "/mijn", "/bulletins", "/infopunt", "/api/v1/status"])
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(punt, path, Phone)).Status);
        foreach (var path in OfOthers.Append("/beheer").Append("/beheer/toestand"))
        {
            var page = await GetAsync(punt, path, Phone);
            Assert.Equal(HttpStatusCode.Forbidden, page.Status);
            Assert.Contains("weerbaarheid-relay pin ", page.Text, StringComparison.Ordinal);
            using var program = await ProgramAsync(punt, path);
            Assert.Equal((HttpStatusCode.Forbidden, "text/plain"), (program.StatusCode, program.Content.Headers.ContentType!.MediaType));
        }

        foreach (var path in OfOthers[..^1].Append("/beheer")) Assert.Equal(HttpStatusCode.OK, (await punt.Pages.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "192.168.4.7")]
    [InlineData("Forwarded", "for=192.168.4.7")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Who_comes_through_a_proxy_on_the_machine_does_not_sit_at_it(string header, string value)
    {
        await using var punt = await Steunpunt.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/export/meldingen.csv");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.Forbidden, (await punt.Pages.SendAsync(request)).Status);
    }

    [Fact]
    public async Task The_PIN_opens_the_page_that_was_asked_for_with_a_cookie_that_scripts_and_other_sites_do_not_get()
    {
        await using var punt = await Steunpunt.StartAsync();
        Set(punt, PinRole.Coordinator);
        foreach (var from in (string[])[Phone, "127.0.0.1"])
        {
            var asked = await GetAsync(punt, "/export/sitrap.html?soort=oefening", from);
            Assert.StartsWith("/pin?rol=coordinator", asked.Path, StringComparison.Ordinal);
            var (answer, cookie) = await EnterAsync(punt, asked, PinRole.Coordinator, Pin, from);

            Assert.Equal((HttpStatusCode.SeeOther, "/export/sitrap.html?soort=oefening"), (answer.StatusCode, answer.Headers.Location!.ToString()));
            var parts = cookie!.Split("; ").Select(part => part.ToLowerInvariant()).ToList();
            Assert.Matches("^punt=[0-9a-f]{32}$", parts[0]);
            foreach (var flag in (string[])["httponly", "samesite=strict", "path=/", "max-age=43200"]) Assert.Contains(flag, parts);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(punt, "/export/sitrap.html", from, cookie)).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(punt, "/koerier", from, cookie)).Status);
            Assert.Contains("Hier is een pincode voor nodig", (await GetAsync(punt, "/beheer", Phone, cookie)).Text, StringComparison.Ordinal);
        }

        using var program = await ProgramAsync(punt, "/api/v1/messages");
        Assert.Contains("Geef eerst de pincode van coordinator", await program.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_PIN_opens_nothing_and_guessing_is_slowed_for_the_guesser_alone()
    {
        await using var punt = await Steunpunt.StartAsync();
        var log = new ListLogger();
        await using var pages = await PageBench.StartAsync(punt.Node, Steunpunt.Site, log: log);
        Set(punt, PinRole.Coordinator);
        var asked = await GetAsync(punt, "/koerier", Phone, pages: pages);
        var refused = 0;
        for (var i = 0; i < 8; i++)
        {
            var (answer, cookie) = await EnterAsync(punt, asked, PinRole.Coordinator, $"guess-{i}", "192.168.4.66", pages);
            Assert.Equal((HttpStatusCode.Forbidden, null), (answer.StatusCode, cookie));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("guess-", text, StringComparison.Ordinal);
            if (text.Contains("probeer het dan opnieuw", StringComparison.Ordinal)) refused++;
        }

        Assert.InRange(refused, 5, 7);
        Assert.Equal(HttpStatusCode.SeeOther, (await EnterAsync(punt, asked, PinRole.Coordinator, Pin, Phone, pages)).Answer.StatusCode);
        Assert.Contains(log.Lines, line => line.Contains("wrong PIN for coordinator", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("guess-", StringComparison.Ordinal) || line.Contains(Pin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_guesses_at_once_from_one_phone_are_one_guess()
    {
        await using var punt = await Steunpunt.StartAsync();
        Set(punt, PinRole.Coordinator);
        var asked = await GetAsync(punt, "/koerier", Phone);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => EnterAsync(punt, asked, PinRole.Coordinator, $"{100 + i}-abc", Phone)));
        var looked = 0;
        foreach (var (answer, _) in answers)
            if ((await answer.Content.ReadAsStringAsync()).Contains("klopt niet", StringComparison.Ordinal)) looked++;
        Assert.Equal(1, looked);
    }

    [Fact]
    public async Task A_form_that_comes_when_the_session_is_over_is_carried_through_the_door_and_is_one_melding()
    {
        await using var punt = await Steunpunt.StartAsync();
        var check = await punt.FillInAsync(words: "Rook <b>uit</b> \"de\" kelder");
        Set(punt, PinRole.Vrijwilliger);
        // The same node after its web server started anew: no session is left, and the PIN is asked for.
        await using var pages = await PageBench.StartAsync(punt.Node, Steunpunt.Site);

        var request = pages.Request(check.Form);
        request.Headers.Add(PageBench.From, Phone);
        var stopped = await pages.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, stopped.Status);
        Assert.Contains("nog niet verstuurd", stopped.Text, StringComparison.Ordinal);
        Assert.Empty(punt.Node.Node.Board.Newest(10));

        var (answer, cookie) = await EnterAsync(punt, stopped, PinRole.Vrijwilliger, Pin, Phone, pages);
        Assert.Equal((HttpStatusCode.SeeOther, "/bericht/11-1"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Contains("Rook <b>uit</b> \"de\" kelder", (await GetAsync(punt, "/bericht/11-1", Phone, cookie, pages)).Text, StringComparison.Ordinal);
        Assert.Single(punt.Node.Node.Board.Newest(10));
    }

    [Fact]
    public async Task With_a_PIN_for_volunteers_the_bulletins_stay_everybodys_and_a_draft_survives_the_door()
    {
        await using var punt = await Steunpunt.StartAsync();
        Set(punt, PinRole.Vrijwilliger);
        foreach (var path in (string[])["/bulletins", "/infopunt", "/begin", "/healthz"]) Assert.Equal(path, (await GetAsync(punt, path, Phone)).Path);
        const string draft = "/melding/hoeveel?concept=p0123456789&postcode=9351AB&nummer=12&wat=brand";
        var asked = await GetAsync(punt, draft, Phone);
        Assert.StartsWith("/pin?", asked.Path, StringComparison.Ordinal);
        var (answer, cookie) = await EnterAsync(punt, asked, PinRole.Coordinator, Pin, Phone);
        Assert.Null(cookie);
        (answer, cookie) = await EnterAsync(punt, asked, PinRole.Vrijwilliger, Pin, "192.168.4.8");
        Assert.Equal(draft, answer.Headers.Location!.ToString());
        Assert.Equal("Hoeveel en hoe erg?", (await GetAsync(punt, draft, Phone, cookie)).Document.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task At_the_meldkamer_the_beginning_is_the_desks_and_not_for_who_walks_in()
    {
        var site = new Site(1, "Meldkamer", Role.Meldkamer, "groningen");
        var folder = Directory.CreateTempSubdirectory("relay-desk-door-");
        await using var node = await new TestNode(site, folder.FullName).StartAsync();
        await using var pages = await PageBench.StartAsync(node, site);
        await node.SubmitAsync("melding", """{"text":"Rook uit de kelder"}""");
        foreach (var path in (string[])["/", "/meldkamer", "/meldkamer/bericht/1-1", "/meldkamer/rijen", "/MELDKAMER", "/Export/meldingen.csv"])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add(PageBench.From, Phone);
            var page = await pages.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, page.Status);
            Assert.DoesNotContain("Rook", page.Text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/")).Status);
        await node.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("//elders.example/")]
    [InlineData("https://elders.example/")]
    [InlineData("/\\elders.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/pin?verder=/pin")]
    [InlineData("/x\r\nSet-Cookie: a=b")]
    [InlineData("")]
    public async Task Behind_the_door_is_only_this_site(string address)
    {
        await using var punt = await Steunpunt.StartAsync();
        Set(punt, PinRole.Coordinator);
        var asked = await GetAsync(punt, $"/pin?rol=coordinator&verder={Uri.EscapeDataString(address)}", Phone);
        Assert.Equal("/", ((IHtmlInputElement)asked.Document.QuerySelector("input[name=verder]")!).Value);
        Assert.Equal("/", (await EnterAsync(punt, asked, PinRole.Coordinator, Pin, Phone)).Answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Who_signs_off_is_out_and_a_PIN_from_another_site_is_refused()
    {
        await using var punt = await Steunpunt.StartAsync();
        Set(punt, PinRole.Technicus);
        var (_, cookie) = await EnterAsync(punt, await GetAsync(punt, "/beheer", Phone), PinRole.Technicus, Pin, Phone);
        var away = punt.Pages.Request((await GetAsync(punt, "/beheer", Phone, cookie)).Document.QuerySelectorAll("form").Cast<IHtmlFormElement>().Last());
        away.Headers.Add("Cookie", cookie!.Split(';')[0]);
        using var left = await punt.Pages.Http.SendAsync(away);
        Assert.Contains("max-age=0", left.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("/pin", (await GetAsync(punt, "/beheer", Phone, cookie)).Path, StringComparison.Ordinal);

        var foreign = punt.Pages.Request((await GetAsync(punt, "/beheer", Phone)).Form, (PinPages.PinField, Pin));
        foreign.Headers.Remove("Origin");
        foreign.Headers.Add("Origin", "http://elders.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await punt.Pages.SendAsync(foreign)).Status);
    }

    internal static void Set(Steunpunt punt, PinRole role) => PinFile.Set(Path.Combine(punt.Node.Folder, "pins"), role, PinHash.Of(Pin));

    private static Task<PageBench.Served> GetAsync(Steunpunt punt, string path, string from, string? cookie = null, PageBench? pages = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(PageBench.From, from);
        if (cookie is not null) request.Headers.Add("Cookie", cookie.Split(';')[0]);
        return (pages ?? punt.Pages).SendAsync(request);
    }

    private static async Task<HttpResponseMessage> ProgramAsync(Steunpunt punt, string path)
    {
        using var http = new HttpClient { BaseAddress = punt.Pages.Http.BaseAddress };
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(PageBench.From, Phone);
        return await http.SendAsync(request);
    }

    private static async Task<(HttpResponseMessage Answer, string? Cookie)> EnterAsync(Steunpunt punt, PageBench.Served asked, PinRole role, string pin, string from, PageBench? pages = null)
    {
        var request = (pages ?? punt.Pages).Request(asked.Form, (PinPages.RoleField, PinRoles.NameOf(role)), (PinPages.PinField, pin));
        request.Headers.Add(PageBench.From, from);
        var answer = await (pages ?? punt.Pages).Http.SendAsync(request);
        return (answer, answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single() : null);
    }
}
