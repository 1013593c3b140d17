using System.Net;
using AngleSharp.Dom;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>To take something up takes nothing away, and undoes nothing that was done.</summary>
public sealed class TakingTests
{
    [Fact]
    public async Task To_take_up_without_a_number_keeps_the_number_at_both_ends()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.Pages.SaysAsync("/", "Rook");
        await desk.DoAsync("11-1", "neem", ("gms", "GMS 2026-777"));
        await desk.PuntPages.SaysAsync("/bericht/11-1", "GMS 2026-777");
        await desk.DoAsync("11-1", "vraag", ("vraag", "Hoeveel?"));
        await desk.PuntPages.SaysAsync("/bericht/11-1", "Hoeveel?");
        await desk.PuntNode.SubmitAsync("amend", """{"for":"11-1","kind":"aanvulling","text":"Twee"}""");
        await desk.Pages.SaysAsync("/meldkamer/bericht/11-1", "Antwoord binnen");

        Assert.Equal(HttpStatusCode.OK, (await PressAsync(desk, "11-1")).Status);

        Assert.Contains("In behandeling GMS 2026-777", (await desk.Pages.GetAsync("/")).Document.QuerySelector("#m11-1")!.TextContent, StringComparison.Ordinal);
        await desk.PuntPages.SaysAsync("/mijn", "In behandeling, kenmerk GMS 2026-777");
        // An empty field in the form takes nothing away either.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.DoAsync("11-1", "neem", ("gms", ""))).Status);
        Assert.Contains("GMS 2026-777", (await desk.Pages.GetAsync("/")).Document.QuerySelector("#m11-1")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("neem", "al aangenomen (GMS 1)", HttpStatusCode.UnprocessableEntity)]
    [InlineData("sluit", "is afgehandeld", HttpStatusCode.UnprocessableEntity)]
    [InlineData("vraag", "al aangenomen (GMS 1)", HttpStatusCode.UnprocessableEntity)]
    public async Task What_is_taken_or_closed_is_not_taken_up_by_a_key_and_the_words_say_so(string before, string words, HttpStatusCode status)
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.DoAsync("1-1", "neem", ("gms", "GMS 1"));
        if (before != "neem") await desk.DoAsync("1-1", before, ("vraag", "Waar?"));
        var known = desk.Node.Node.Board.Find(Key("1-1"))!.Envelope.Reference;

        var page = await PressAsync(desk, "1-1");

        Assert.Equal(status, page.Status);
        Assert.Contains(words, page.Document.QuerySelector("main .box.bad li")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(known, desk.Node.Node.Board.Find(Key("1-1"))!.Envelope.Reference);
    }

    [Fact]
    public async Task What_is_withdrawn_is_not_taken_up_or_asked_about_without_being_opened()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.PuntNode.SubmitAsync("amend", """{"for":"11-1","kind":"intrekking"}""");
        await desk.Pages.SaysAsync("/meldkamer/bericht/11-1", "Ingetrokken");

        foreach (var (action, field) in ((string, string)[])[("neem", "gms"), ("vraag", "vraag")])
        {
            var page = await PressAsync(desk, "11-1", action, (field, "Wat?"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
            Assert.Contains("Dit bericht is ingetrokken.", page.Text, StringComparison.Ordinal);
        }

        Assert.Null(desk.Node.Node.Board.Find(Key("11-1"))!.Envelope.Reference);
        Assert.Equal(HttpStatusCode.OK, (await desk.DoAsync("11-1", "heropen")).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.DoAsync("11-1", "neem", ("gms", "GMS 2"))).Status);
    }

    [Fact]
    public async Task Of_two_who_take_up_the_same_the_second_reads_that_the_first_did_and_a_form_sent_twice_is_no_second()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        var page = await desk.Pages.GetAsync("/meldkamer/bericht/1-1");
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await desk.Pages.SubmitToAsync(page, "/meldkamer/bericht/1-1/neem", ("gms", ""))).Status);

        var second = await PressAsync(desk, "1-1");
        Assert.Contains("Dit bericht is al aangenomen. Er is niets veranderd.", second.Text, StringComparison.Ordinal);

        // A number that was not there yet is news.
        Assert.Equal(HttpStatusCode.OK, (await desk.DoAsync("1-1", "neem", ("gms", "GMS 3"))).Status);
        Assert.Contains("GMS 3", (await desk.Pages.GetAsync("/")).Document.QuerySelector("#m1-1")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_it_was_taken_up_is_in_its_history_after_a_restart_too()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.DoAsync("1-1", "neem");
        Assert.Contains(": In behandeling genomen", (await desk.Pages.GetAsync("/meldkamer/bericht/1-1")).Document.QuerySelector("ol.history")!.TextContent, StringComparison.Ordinal);

        await desk.RestartAsync();

        Assert.Contains("In behandeling genomen (tijd niet bekend", (await desk.Pages.GetAsync("/meldkamer/bericht/1-1")).Document.QuerySelector("ol.history")!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>As the key in the list does, or a page that is old: without what the form would hold.</summary>
    private static Task<PageBench.Served> PressAsync(Desk desk, string id, string action = "neem", params (string Name, string Value)[] filled)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/meldkamer/bericht/{id}/{action}")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("concept", "p" + Guid.NewGuid().ToString("N")[..24]), .. filled.Select(one => KeyValuePair.Create(one.Name, one.Value))]),
        };
        request.Headers.Add("Origin", desk.Pages.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        return desk.Pages.SendAsync(request);
    }

    private static Weerbaarheid.Relay.Relaying.EnvelopeKey Key(string id) => Weerbaarheid.Relay.Relaying.EnvelopeKey.TryParse(id, out var key) ? key : throw new ArgumentException(id, nameof(id));
}
