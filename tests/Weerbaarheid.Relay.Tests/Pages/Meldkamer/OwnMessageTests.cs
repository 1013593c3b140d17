using AngleSharp.Dom;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>What the noodsteunpunt reads of what the desk did, and of what it said itself.</summary>
public sealed class OwnMessageTests
{
    [Fact]
    public async Task A_question_that_was_answered_is_not_asked_any_more_also_after_a_restart_and_another_is()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.Pages.SaysAsync("/", "Rook");
        await desk.DoAsync("11-1", "neem");
        await desk.DoAsync("11-1", "vraag", ("vraag", "Welke verdieping?"));
        await desk.PuntPages.SaysAsync("/mijn", "De meldkamer vraagt iets");

        // What was said before the question was read is no answer to it.
        await desk.PuntNode.SubmitAsync("amend", """{"for":"11-1","kind":"aanvulling","text":"Er is ook een hond"}""");
        Assert.Contains("De meldkamer vraagt iets", (await desk.PuntPages.GetAsync("/mijn")).Text, StringComparison.Ordinal);
        await desk.PuntPages.SubmitAsync(await desk.PuntPages.GetAsync("/bericht/11-1/aanvulling"), ("tekst", "De derde"));

        Assert.DoesNotContain("De meldkamer vraagt", (await desk.PuntPages.GetAsync("/mijn")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("De meldkamer vraagt", (await desk.PuntPages.GetAsync("/bericht/11-1/aanvulling")).Text, StringComparison.Ordinal);
        Assert.Contains("U hebt antwoord gegeven.", (await desk.PuntPages.GetAsync("/bericht/11-1")).Text, StringComparison.Ordinal);
        await desk.PuntNode.DisposeAsync();
        await desk.PuntNode.StartAsync();
        await using var again = await PageBench.StartAsync(desk.PuntNode, Desk.Punt);
        Assert.Contains("U hebt antwoord gegeven.", (await again.GetAsync("/bericht/11-1")).Text, StringComparison.Ordinal);

        await desk.Pages.SaysAsync("/meldkamer/bericht/11-1", "De derde");
        await desk.DoAsync("11-1", "vraag", ("vraag", "En hoeveel mensen?"));
        await again.SaysAsync("/mijn", "De meldkamer vraagt iets");
    }

    [Fact]
    public async Task What_is_closed_says_so_and_a_reference_is_a_number_and_nothing_else()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.Pages.SaysAsync("/", "Rook");
        await desk.DoAsync("11-1", "sluit");

        var page = await desk.PuntPages.SaysAsync("/bericht/11-1", "De meldkamer heeft dit afgesloten.");

        Assert.Equal("Afgehandeld", page.Document.QuerySelector(".state")!.TextContent);
        Assert.DoesNotContain("ermee bezig.", page.Text.Replace("Niemand is er nog mee bezig.", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var list = (await desk.PuntPages.GetAsync("/mijn")).Document.QuerySelector("ul.cards")!.TextContent;
        Assert.Contains("Afgehandeld", list, StringComparison.Ordinal);
        Assert.DoesNotContain("kenmerk", list, StringComparison.Ordinal);

        await desk.DoAsync("11-1", "heropen");
        list = (await desk.PuntPages.SaysAsync("/mijn", "In behandeling")).Document.QuerySelector("ul.cards")!.TextContent;
        Assert.DoesNotContain("kenmerk", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_withdrawn_sends_nobody_out_with_a_courier()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var desk = await Desk.ApartAsync(puntTime: time);
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        time.Ahead = TimeSpan.FromMinutes(5);
        Assert.Contains("Stuur een koerier", (await desk.PuntPages.GetAsync("/bericht/11-1")).Text, StringComparison.Ordinal);
        Assert.Contains("Op 1 bericht kwam geen antwoord", (await desk.PuntPages.GetAsync("/")).Text, StringComparison.Ordinal);

        await desk.PuntPages.SubmitAsync(await desk.PuntPages.GetAsync("/bericht/11-1/intrekking"));
        time.Ahead = TimeSpan.FromMinutes(20);

        var page = await desk.PuntPages.GetAsync("/bericht/11-1");
        Assert.Equal("Ingetrokken", page.Document.QuerySelector(".state")!.TextContent);
        foreach (var path in (string[])["/", "/mijn", "/bericht/11-1", "/bericht/11-2"]) Assert.DoesNotContain("Wacht niet langer", (await desk.PuntPages.GetAsync(path)).Text, StringComparison.Ordinal);
    }
}
