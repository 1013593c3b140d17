using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Weerbaarheid.Relay.Pages;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

public sealed class ListTests
{
    private const int Many = 5_000;

    [Fact]
    public async Task What_waits_longest_for_a_person_is_on_top_then_priority_then_the_newest()
    {
        await using var desk = await Desk.StartAsync();
        foreach (var priority in (int[])[3, 1, 2, 1, 3]) await desk.Node.SubmitAsync("melding", $$"""{"priority":{{priority}},"text":"Melding"}""");
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Al aangenomen"}""");
        await desk.DoAsync("1-6", "neem");

        Assert.Equal(["1-2", "1-4", "1-6", "1-3", "1-5", "1-1"], Desk.Ids(await desk.Pages.GetAsync("/")));
    }

    [Theory]
    [InlineData("q=kelder", "1-1")]
    [InlineData("q=KELDER", "1-1")]
    [InlineData("q=1-3", "1-3")]
    [InlineData("q=9351ab", "1-2")]
    [InlineData("prioriteit=3", "1-3")]
    [InlineData("type=hulpvraag", "1-3")]
    [InlineData("punt=1&prioriteit=1", "1-1")]
    [InlineData("punt=2", "")]
    [InlineData("stand=behandeling", "1-2")]
    [InlineData("stand=gesloten", "1-4")]
    [InlineData("stand=nieuw&prioriteit=1&type=melding&q=rook", "1-1")]
    [InlineData("stand=onzin&prioriteit=7&punt=x&rijen=-1&type=status", "1-1 1-2 1-3")]
    public async Task A_filter_in_the_address_shows_what_fits(string query, string ids)
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook uit de kelder"}""");
        await desk.Node.SubmitAsync("melding", """{"priority":2,"category":"ongeval","location":{"postcode":"9351AB","number":12}}""");
        await desk.Node.SubmitAsync("hulpvraag", """{"priority":3,"category":"water"}""");
        await desk.Node.SubmitAsync("hulpaanbod", """{"priority":3,"category":"opvang"}""");
        await desk.DoAsync("1-2", "neem");
        await desk.DoAsync("1-4", "sluit");

        Assert.Equal(ids, string.Join(' ', Desk.Ids(await desk.Pages.GetAsync("/meldkamer?" + query))));
    }

    [Fact]
    public async Task With_five_thousand_open_the_page_is_bounded_and_quick_and_an_arrival_costs_a_row()
    {
        await using var desk = await Desk.StartAsync();
        var tickets = new List<Task<SubmitOutcome>>();
        for (var i = 0; i < Many; i++)
            tickets.Add(await desk.Node.HandInAsync("melding", $$"""{"priority":{{(i % 50 == 0 ? 1 : 2 + (i % 3))}},"category":"ongeval","location":{"postcode":"9351AB","number":{{i + 1}}},"text":"Melding {{i}}: boom op de weg bij de brug, er ligt een auto onder en het regent hard"}"""));
        await Task.WhenAll(tickets);
        // The first page of a process pays for what is compiled then.
        await desk.Pages.GetAsync("/meldkamer?q=warm");

        var clock = Stopwatch.StartNew();
        var page = await desk.Pages.GetAsync("/");
        var took = clock.Elapsed;

        Assert.Equal(200, page.Document.QuerySelectorAll("#rijen tr").Length);
        Assert.InRange(page.Response.Content.Headers.ContentLength!.Value, 50_000, 150_000);
        Assert.Contains("5000 open", page.Text, StringComparison.Ordinal);
        Assert.Contains("Prioriteit 1 wacht op aannemen: 100", page.Text, StringComparison.Ordinal);
        Assert.Equal("Meer (nog 4800)", page.Document.QuerySelector("a[href*='rijen=400']")!.TextContent);
        Assert.Equal(400, Desk.Ids(await desk.Pages.GetAsync("/meldkamer?rijen=400")).Count);

        // An arrival: told at once, and sent as one row, although thousands are before it in the list.
        var mark = page.Document.QuerySelector("#tellers")!.GetAttribute("data-mark");
        var change = desk.Pages.Http.GetStringAsync($"/api/v1/changes?since={mark}");
        clock.Restart();
        await desk.Node.SubmitAsync("melding", """{"priority":4,"text":"Net aangekomen"}""");
        using var told = JsonDocument.Parse(await change);
        Assert.Equal([$"1-{Many + 1}"], told.RootElement.GetProperty("changed").EnumerateArray().Select(id => id.GetString()!));
        var patch = await desk.Pages.Http.GetStringAsync($"/meldkamer/rijen?sinds={mark}");
        var arrived = clock.Elapsed;
        var part = await new HtmlParser().ParseDocumentAsync(patch);
        Assert.Equal($"m{Many + 1}".Insert(1, "1-"), Assert.Single(part.QuerySelectorAll("tr")).Id);
        Assert.Contains("Net aangekomen", part.QuerySelector("#net")!.TextContent, StringComparison.Ordinal);
        Assert.InRange(patch.Length, 500, 5_000);
        Assert.Equal("30", page.Document.QuerySelector("noscript meta")?.GetAttribute("content") ?? System.Text.RegularExpressions.Regex.Match(page.Document.Head!.InnerHtml, "content=\"(30)\"").Groups[1].Value);

        // After a restart the desk finds again what it had in front of it.
        await desk.Node.DisposeAsync();
        await desk.Node.StartAsync();
        await desk.ServeAsync();
        Assert.Contains($"{Many + 1} open", (await desk.Pages.GetAsync("/")).Text, StringComparison.Ordinal);
        // A second each is the bar; a machine with other work on it gets some more.
        Assert.True(took < TimeSpan.FromSeconds(2) && arrived < TimeSpan.FromSeconds(2), $"the page took {took}, the arrival {arrived}");
    }

    [Fact]
    public async Task Five_hundred_sites_are_a_board_with_what_is_old_in_words()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("status", """{"state":"vol","present":84,"powerHours":11,"needs":["water"]}""");
        var known = Enumerable.Range(100, 500).Select(id => new KnownSite((ushort)id, $"Punt <{id}>", null)).ToList();
        await using var pages = await PageBench.StartAsync(desk.Node, Desk.Site, with: settings => settings with { Sites = known });

        var page = await pages.SaysAsync("/meldkamer/punten", "Vol: 84 aanwezig, 11 uur noodstroom, nodig: Water");

        Assert.Equal(501, page.Document.QuerySelectorAll("tbody tr").Length);
        Assert.InRange(page.Response.Content.Headers.ContentLength!.Value, 50_000, 250_000);
        Assert.Equal("stale", page.Document.QuerySelector("#p100")!.ClassName);
        Assert.Contains("Nooit gehoord", page.Document.QuerySelector("#p100")!.TextContent, StringComparison.Ordinal);
        var row = page.Document.QuerySelector("#p11")!;
        Assert.True(string.IsNullOrEmpty(row.ClassName));
        Assert.Contains("laatst gehoord", row.TextContent, StringComparison.Ordinal);
        await pages.SaysAsync("/meldkamer/punten", "0 berichten");
    }

    [Fact]
    public async Task Who_asks_for_changes_waits_for_one_and_of_another_life_is_told_to_begin_anew()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":2,"text":"Een"}""");
        using var first = JsonDocument.Parse(await desk.Pages.Http.GetStringAsync("/api/v1/changes"));
        Assert.True(first.RootElement.GetProperty("all").GetBoolean());
        var mark = first.RootElement.GetProperty("mark").GetString();

        using var none = JsonDocument.Parse(await desk.Pages.Http.GetStringAsync($"/api/v1/changes?since={mark}&wait=0"));
        Assert.False(none.RootElement.GetProperty("all").GetBoolean());
        Assert.Empty(none.RootElement.GetProperty("changed").EnumerateArray());

        await desk.Node.SubmitAsync("amend", """{"for":"1-1","kind":"aanvulling","text":"Twee"}""");
        using var amended = JsonDocument.Parse(await desk.Pages.Http.GetStringAsync($"/api/v1/changes?since={mark}"));
        Assert.Equal(["1-2", "1-1"], amended.RootElement.GetProperty("changed").EnumerateArray().Select(id => id.GetString()));

        foreach (var foreign in (string[])["00000000-1", "x", mark + "9999999", mark + " "])
        {
            using var all = JsonDocument.Parse(await desk.Pages.Http.GetStringAsync($"/api/v1/changes?since={Uri.EscapeDataString(foreign)}"));
            Assert.True(all.RootElement.GetProperty("all").GetBoolean(), foreign);
            Assert.Contains("id=\"opnieuw\"", await desk.Pages.Http.GetStringAsync($"/meldkamer/rijen?sinds={Uri.EscapeDataString(foreign)}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task So_many_wait_at_once_and_no_more()
    {
        await using var desk = await Desk.StartAsync();
        using var first = JsonDocument.Parse(await desk.Pages.Http.GetStringAsync("/api/v1/changes"));
        var address = $"/api/v1/changes?since={first.RootElement.GetProperty("mark").GetString()}";
        using var enough = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, ChangeSeats.Desk + 8).Select(_ => desk.Pages.Http.GetAsync(address, enough.Token)).ToList();

        for (var refused = 0; refused < 8; refused++)
        {
            var answer = await Task.WhenAny(waiting);
            waiting.Remove(answer);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).StatusCode);
        }

        await desk.Node.SubmitAsync("melding", """{"text":"Nu"}""");
        foreach (var answer in await Task.WhenAll(waiting)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
