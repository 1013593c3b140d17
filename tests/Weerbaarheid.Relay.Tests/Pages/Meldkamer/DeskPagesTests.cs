using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

public sealed class DeskPagesTests
{
    private static readonly string[] Paths = ["/", "/meldkamer", "/meldkamer/hulp", "/meldkamer/punten", "/meldkamer/kaart", "/meldkamer/bulletin", "/meldkamer/sitrap", "/meldkamer/bericht/1-1", "/punt"];

    [Fact]
    public async Task Every_page_is_small_whole_and_of_the_node_itself()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook","location":{"lat":53.16,"lon":6.38}}""");
        await desk.Node.SubmitAsync("hulpvraag", """{"category":"water"}""");
        await desk.Node.SubmitAsync("hulpaanbod", """{"category":"water"}""");
        foreach (var path in Paths)
        {
            var page = await desk.Pages.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Single(page.Document.QuerySelectorAll("h1"));
            var bytes = page.Response.Content.Headers.ContentLength!.Value;
            foreach (var part in page.Document.QuerySelectorAll("link[rel=stylesheet], script, img"))
            {
                var address = part.GetAttribute("href") ?? part.GetAttribute("src")!;
                Assert.Matches(new Regex(@"^/(relay\.css|desk\.css|desk\.js|relay\.js)\?v=[0-9a-f]{12}$"), address);
                using var file = await desk.Pages.Http.GetAsync(address);
                Assert.Contains("immutable", file.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
                bytes += (await file.Content.ReadAsByteArrayAsync()).Length;
            }

            Assert.InRange(bytes, 1_000, 150_000);
            Assert.Empty(page.Document.QuerySelectorAll("[style], style"));
            foreach (var field in page.Document.QuerySelectorAll("input:not([type=hidden]), textarea, select"))
                Assert.True(field.ParentElement!.LocalName == "label" || page.Document.QuerySelector($"label[for={field.Id}]") is not null, $"{path}: {field.OuterHtml}");
            var ids = page.Document.QuerySelectorAll("[id]").Select(one => one.Id).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            foreach (var link in page.Document.QuerySelectorAll("a[href^='/']").Select(link => link.GetAttribute("href")!.Split('#')[0]).Distinct())
                Assert.Equal(HttpStatusCode.OK, (await desk.Pages.GetAsync(link)).Status);
        }
    }

    [Theory]
    [InlineData("<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>&lt;b&gt;")]
    [InlineData("</textarea></form></table><form action=http://x>")]
    [InlineData("=HYPERLINK(\"http://x\")\u202E\u200B")]
    public async Task Whatever_somebody_writes_is_text_on_every_page_and_in_every_field(string text)
    {
        await using var desk = await Desk.StartAsync();
        var json = System.Text.Json.JsonSerializer.Serialize(text);
        await desk.Node.SubmitAsync("melding", $$$"""{"priority":1,"text":{{{json}}},"location":{"text":{{{json}}} } }""");
        await desk.Node.SubmitAsync("hulpvraag", $$$"""{"category":"water","text":{{{json}}},"location":{"text":{{{json}}} } }""");
        await desk.Node.SubmitAsync("hulpaanbod", $$"""{"category":"water","text":{{json}}}""");
        await desk.Node.SubmitAsync("amend", $$"""{"for":"1-1","kind":"aanvulling","text":{{json}}}""");
        await desk.Node.SubmitAsync("amend", $$"""{"for":"1-1","kind":"inBehandeling","text":{{System.Text.Json.JsonSerializer.Serialize(text[..Math.Min(40, text.Length)])}}}""");
        foreach (var path in Paths.Append("/meldkamer?stand=alle&q=" + Uri.EscapeDataString(text))) AssertHarmless(await desk.Pages.GetAsync(path));
        foreach (var path in Paths.Where(path => path.Length > 1))
        {
            var page = await desk.Pages.GetAsync(path);
            foreach (var form in page.Document.QuerySelectorAll("main form").OfType<AngleSharp.Html.Dom.IHtmlFormElement>())
            {
                var fields = form.QuerySelectorAll("[name]").Select(field => field.GetAttribute("name")!).Where(name => name != "concept").Distinct();
                AssertHarmless(await desk.Pages.SendAsync(desk.Pages.Request(form, [.. fields.Select(name => (name, text))])));
            }
        }

        Assert.Equal(text, Assert.IsType<Melding>(desk.Node.Node.Board.Newest(100, type: MessageType.Melding)[0].Message).Text);
    }

    [Fact]
    public async Task A_bulletin_is_written_read_over_and_arrives_with_what_it_costs_said_before()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.Node.SubmitAsync("bulletin", """{"number":7,"text":"Opvang is in Leek."}""");
        var form = await desk.Pages.GetAsync("/meldkamer/bulletin");
        Assert.Equal("8", form.Document.QuerySelector("#nummer")!.GetAttribute("value"));

        var wrong = await desk.Pages.SubmitAsync(form, ("soort", "wijziging"), ("tekst", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("Vul in welk bulletin dit wijzigt of intrekt.", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("Schrijf wat iedereen moet weten.", wrong.Text, StringComparison.Ordinal);
        var check = await desk.Pages.SubmitAsync(form, ("soort", "wijziging"), ("vervangt", "7"), ("geldig", "48"), ("grip", "3"), ("tekst", "Opvang is nu in <Roden>."));
        Assert.Contains("Opvang is nu in <Roden>.", check.Text, StringComparison.Ordinal);
        Assert.Single(desk.Node.Node.Board.Newest(10, type: MessageType.Bulletin));
        var size = Regex.Match(check.Text, @"24 tekens, gecodeerd \d+ bytes, ondertekend (\d+) bytes\. Er is hier geen radioverbinding");
        Assert.True(size.Success, check.Text);
        Assert.Matches(@"^3 tekens, gecodeerd", await desk.Pages.Http.GetStringAsync("/meldkamer/bulletin/kosten?tekst=abc"));

        // The first form of that page confirms; sent twice it is one bulletin.
        for (var i = 0; i < 2; i++) Assert.Equal("/bulletins", (await desk.Pages.SubmitAsync(check)).Path);

        Assert.Equal(2, desk.Node.Node.Board.Newest(10, type: MessageType.Bulletin).Count);
        var entry = desk.Node.Node.Board.Newest(1, type: MessageType.Bulletin)[0];
        Assert.InRange(entry.Envelope.Bytes.Length, int.Parse(size.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), int.Parse(size.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) + EnvelopeHeader.LifeLength);
        var arrived = await desk.PuntPages.SaysAsync("/bulletins", "Opvang is nu in <Roden>.");
        Assert.Contains("Vervangt bulletin 7.", arrived.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_issue_bulletins_reads_why_not()
    {
        await using var desk = await Desk.StartAsync(() => KeyRing.ForRegion(0, new byte[KeyRing.KeySize], null, mayIssueBulletins: false));
        var page = await desk.Pages.GetAsync("/meldkamer/bulletin");
        Assert.Contains("mag geen bulletins uitgeven", page.Text, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("form"));
        var request = new HttpRequestMessage(HttpMethod.Post, "/meldkamer/bulletin") { Content = new FormUrlEncodedContent([KeyValuePair.Create("tekst", "x"), KeyValuePair.Create("bevestig", "ja")]) };
        request.Headers.Add("Origin", desk.Pages.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.Pages.SendAsync(request)).Status);
        Assert.Empty(desk.Node.Node.Board.Newest(1, type: MessageType.Bulletin));
    }

    [Fact]
    public async Task A_situation_report_is_drafted_by_the_program_and_released_by_a_person_and_stays_as_it_was()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"category":"brand","text":"Rook uit de kelder"}""");
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Alsof","exercise":"oefening"}""");
        var draft = await desk.Pages.GetAsync("/meldkamer/sitrap");
        var text = draft.Document.QuerySelector("textarea")!.TextContent;
        Assert.Contains("Prioriteit 1: 1 open, waarvan 1 nog niet aangenomen", text, StringComparison.Ordinal);
        Assert.Contains("1-1 P1 Brand", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Alsof", text, StringComparison.Ordinal);

        Assert.Contains("Vul in wie het rapport vrijgeeft", (await desk.Pages.SubmitAsync(draft)).Text, StringComparison.Ordinal);
        for (var i = 0; i < 2; i++) Assert.Equal("/meldkamer/sitrap/1", (await desk.Pages.SubmitAsync(draft, ("door", "OvD <Jansen>"), ("tekst", text + "Dijk <houdt>."))).Path);
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Later gekomen"}""");
        await desk.ServeAsync();

        var released = await desk.Pages.GetAsync("/meldkamer/sitrap/1");
        Assert.Contains("Vrijgegeven door OvD <Jansen>", released.Text, StringComparison.Ordinal);
        Assert.Contains("Dijk <houdt>.", released.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Later gekomen", released.Text, StringComparison.Ordinal);
        Assert.Contains("Later gekomen", (await desk.Pages.GetAsync("/meldkamer/sitrap")).Document.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Pages.GetAsync("/meldkamer/sitrap/2")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Pages.GetAsync("/meldkamer/sitrap/x")).Status);
    }

    [Fact]
    public async Task The_map_shows_what_has_coordinates_and_says_what_has_not()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook","location":{"rdX":221000,"rdY":577000}}""");
        await desk.Node.SubmitAsync("hulpvraag", """{"category":"water","location":{"site":12}}""");
        await desk.Node.SubmitAsync("melding", """{"priority":2,"text":"Ergens","location":{"postcode":"9351AB"}}""");

        var page = await desk.Pages.GetAsync("/meldkamer/kaart");

        Assert.Contains("2 open berichten met coördinaten, 1 zonder", page.Text, StringComparison.Ordinal);
        Assert.Equal(["hulp", "site", "site", "urgent"], page.Document.QuerySelectorAll("svg a").Select(mark => mark.GetAttribute("class")));
        Assert.Contains("1-1", page.Document.QuerySelector("svg")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("RD 221000, 577000", page.Text, StringComparison.Ordinal);
        Assert.Contains("53.17", (await desk.Pages.GetAsync("/meldkamer/bericht/1-1")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_an_exercise_everything_says_so()
    {
        await using var desk = await Desk.StartAsync(exercise: "Waterwolf");
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Alsof","exercise":"oefening"}""");
        foreach (var path in Paths.Except(["/punt"])) Assert.Contains("OEFENING", (await desk.Pages.GetAsync(path)).Document.QuerySelector("header")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("OEFENING", (await desk.Pages.GetAsync("/")).Document.QuerySelector("#m1-1")!.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("OEFENING", (await desk.Pages.GetAsync("/meldkamer/sitrap")).Document.QuerySelector("textarea")!.TextContent.Trim(), StringComparison.Ordinal);
        await desk.DoAsync("1-1", "notitie", ("notitie", "Ook alsof"));
        Assert.Equal(Exercise.Oefening, desk.Node.Node.Board.Newest(1, type: MessageType.Amend)[0].Envelope.Header.Exercise);
    }

    [Fact]
    public async Task What_is_done_about_a_real_melding_during_an_exercise_is_real()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Echt"}""");
        Assert.NotNull(desk.Node.Node.BeginExercise("Waterwolf"));
        await desk.DoAsync("1-1", "notitie", ("notitie", "Ook echt"));
        await desk.Node.SubmitAsync("amend", """{"for":"1-1","kind":"aanvulling","text":"Van een programma"}""");
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Alsof"}""");
        Assert.Equal(
            [("Melding", Exercise.Oefening), ("Amend", Exercise.Actueel), ("Amend", Exercise.Actueel), ("Melding", Exercise.Actueel)],
            desk.Node.Node.Board.Newest(4).Select(entry => (entry.Envelope.Header.Type.ToString(), entry.Envelope.Header.Exercise)));
        Assert.DoesNotContain("Echt", (await desk.Pages.GetAsync("/meldkamer/sitrap")).Document.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(desk.Node.Node.EndExercise());
        Assert.DoesNotContain("OEFENING", (await desk.Pages.GetAsync("/meldkamer/sitrap")).Document.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
    }

    private static void AssertHarmless(PageBench.Served page)
    {
        Assert.True(page.Status is HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity, $"{page.Path}: {page.Status}");
        Assert.Empty(page.Document.QuerySelectorAll("script:not([src^='/relay.js']):not([src^='/desk.js']), img, iframe, object, embed, style, base, svg:not(.map)"));
        foreach (var element in page.Document.All)
        {
            Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            foreach (var name in (string[])["href", "action", "src"])
                Assert.True(element.GetAttribute(name) is null or ['/', ..] or ['#', ..] or "data:,", $"{name}={element.GetAttribute(name)}");
        }
    }

    [Fact]
    public async Task The_board_of_sites_shows_what_is_real_and_in_an_exercise_what_is_practised_with_that_word()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntPages.SubmitAsync(await desk.PuntPages.GetAsync("/status"), ("state", "open"), ("present", "84"));
        await desk.Pages.SaysAsync("/meldkamer/punten", "84 aanwezig");
        desk.PuntNode.Node.BeginExercise("Waterwolf");
        desk.Node.Node.BeginExercise("Waterwolf");
        await desk.PuntPages.SubmitAsync(await desk.PuntPages.GetAsync("/status"), ("state", "vol"), ("present", "200"));
        var practised = await desk.Pages.SaysAsync("/meldkamer/punten", "200 aanwezig");
        Assert.Contains("OEFENING", practised.Document.QuerySelector("#p11")!.TextContent, StringComparison.Ordinal);
        desk.Node.Node.EndExercise();
        var real = (await desk.Pages.GetAsync("/meldkamer/punten")).Document.QuerySelector("#p11")!.TextContent;
        Assert.Contains("84 aanwezig", real, StringComparison.Ordinal);
        Assert.DoesNotContain("OEFENING", real, StringComparison.Ordinal);
        Assert.DoesNotContain("Vol: 1", (await desk.Pages.GetAsync("/meldkamer/sitrap")).Text, StringComparison.Ordinal);
    }
}
