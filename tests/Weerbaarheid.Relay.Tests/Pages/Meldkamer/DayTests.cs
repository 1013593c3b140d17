using System.Net;
using AngleSharp.Dom;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>A melding from the first word to the last, between two real nodes, over their pages alone.</summary>
public sealed class DayTests
{
    [Fact]
    public async Task What_the_desk_does_arrives_at_the_noodsteunpunt_and_what_the_volunteer_adds_arrives_at_the_desk()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"category":"brand","location":{"postcode":"9351AB","number":12},"text":"Rook uit de kelder"}""");
        var list = await desk.Pages.SaysAsync("/", "Rook uit de kelder");
        Assert.Equal("alarm", list.Document.QuerySelector("#m11-1")!.ClassName);
        Assert.Contains("Prioriteit 1 wacht op aannemen: 1", list.Text, StringComparison.Ordinal);

        var taken = await desk.DoAsync("11-1", "neem", ("gms", "GMS 4711"));
        Assert.Equal("/meldkamer/bericht/11-1", taken.Path);
        Assert.StartsWith("P1 MELDING BRAND, 9351AB 12, Rook uit de kelder", taken.Document.QuerySelector("#gmsregel")!.GetAttribute("value"), StringComparison.Ordinal);
        Assert.Contains("In behandeling", taken.Document.QuerySelector(".state")!.TextContent, StringComparison.Ordinal);
        await desk.PuntPages.SaysAsync("/bericht/11-1", "Kenmerk van de meldkamer: GMS 4711");

        await desk.DoAsync("11-1", "vraag", ("vraag", "Welke verdieping?"));
        var asked = await desk.PuntPages.SaysAsync("/bericht/11-1", "Welke verdieping?");
        Assert.Contains("De meldkamer vraagt:", asked.Text, StringComparison.Ordinal);
        Assert.Contains("De meldkamer vraagt iets", (await desk.PuntPages.GetAsync("/mijn")).Text, StringComparison.Ordinal);
        Assert.Contains("Aanvulling gevraagd", (await desk.Pages.GetAsync("/meldkamer")).Document.QuerySelector("#m11-1")!.TextContent, StringComparison.Ordinal);

        var form = await desk.PuntPages.GetAsync("/bericht/11-1/aanvulling");
        Assert.Contains("Welke verdieping?", form.Text, StringComparison.Ordinal);
        var answered = await desk.PuntPages.SubmitAsync(form, ("tekst", "De derde, links"));
        Assert.Equal("/bericht/11-1", answered.Path);
        Assert.Contains("De derde, links", answered.Text, StringComparison.Ordinal);
        var answer = await desk.Pages.SaysAsync("/meldkamer/bericht/11-1", "De derde, links");
        Assert.Contains("Antwoord binnen", answer.Document.QuerySelector(".state")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("11-1", Assert.Single(Desk.Ids(await desk.Pages.GetAsync("/meldkamer?stand=antwoord"))));

        await desk.DoAsync("11-1", "sluit", ("reden", "Brand meester"));
        await desk.PuntPages.SaysAsync("/bericht/11-1", "De meldkamer heeft dit afgesloten.");
        Assert.Contains("GMS 4711", (await desk.PuntPages.GetAsync("/bericht/11-1")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Brand meester", (await desk.PuntPages.GetAsync("/bericht/11-1")).Text, StringComparison.Ordinal);
        Assert.Empty(Desk.Ids(await desk.Pages.GetAsync("/meldkamer")));
        var closed = await desk.Pages.GetAsync("/meldkamer/bericht/11-1");
        Assert.Equal(["Afgehandeld"], closed.Document.QuerySelectorAll("ol.history li strong").Skip(3).Select(one => one.TextContent));
        Assert.Contains("Brand meester", closed.Text, StringComparison.Ordinal);

        // Who made it and has more to say opens it again: somebody must read that.
        await desk.PuntPages.SubmitAsync(await desk.PuntPages.GetAsync("/bericht/11-1/correctie"), ("tekst", "Het brandt toch weer"));
        await desk.Pages.SaysAsync("/meldkamer?stand=antwoord", "+2 later");
    }

    [Fact]
    public async Task A_volunteer_withdraws_and_both_sides_see_it_and_sending_twice_is_sending_once()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("hulpvraag", """{"category":"vervoer","text":"Naar de dialyse"}""");
        var form = await desk.PuntPages.GetAsync("/bericht/11-1/intrekking");

        for (var i = 0; i < 2; i++) Assert.Equal("/bericht/11-1", (await desk.PuntPages.SubmitAsync(form, ("tekst", "Buurman rijdt"))).Path);

        Assert.Single(desk.PuntNode.Node.Board.Newest(10, type: MessageType.Amend));
        Assert.Contains("Intrekking (11-2)", (await desk.PuntPages.GetAsync("/bericht/11-1")).Text, StringComparison.Ordinal);
        var page = await desk.Pages.SaysAsync("/meldkamer/bericht/11-1", "Buurman rijdt");
        Assert.Contains("Ingetrokken", page.Document.QuerySelector(".state")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(Desk.Ids(await desk.Pages.GetAsync("/meldkamer")));

        await desk.DoAsync("11-1", "heropen");
        Assert.Equal("11-1", Assert.Single(Desk.Ids(await desk.Pages.GetAsync("/meldkamer"))));
    }

    [Fact]
    public async Task The_forms_of_the_desk_sent_twice_do_their_work_once()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":2,"text":"Boom op de weg"}""");
        var page = await desk.Pages.GetAsync("/meldkamer/bericht/1-1");
        foreach (var (action, field) in ((string, string)[])[("vraag", "vraag"), ("notitie", "notitie"), ("sluit", "reden")])
        {
            for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, (await desk.Pages.SubmitToAsync(page, $"/meldkamer/bericht/1-1/{action}", (field, "Eens"))).Status);
        }

        Assert.Equal(3, desk.Node.Node.Board.Newest(10, type: MessageType.Amend).Count);
        // The same form with something else in it is another matter, and is refused with the way out.
        var other = await desk.Pages.SubmitToAsync(page, "/meldkamer/bericht/1-1/notitie", ("notitie", "Iets anders"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Contains("al verstuurd, met een andere inhoud", other.Text, StringComparison.Ordinal);
        Assert.Equal(3, desk.Node.Node.Board.Newest(10, type: MessageType.Amend).Count);
    }

    [Fact]
    public async Task A_question_that_does_not_fit_is_refused_with_how_much_does()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":2,"text":"Boom op de weg"}""");

        var refused = await desk.DoAsync("1-1", "vraag", ("vraag", new string('x', 34)));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("dit zijn 34 tekens, er passen er 33", refused.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await desk.DoAsync("1-1", "vraag", ("vraag", new string('x', 33)))).Status);
    }

    [Fact]
    public async Task Hulpvraag_and_hulpaanbod_are_linked_by_a_person_and_both_tell_it()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.PuntNode.SubmitAsync("hulpvraag", """{"category":"water","people":4,"text":"Geen water meer"}""");
        await desk.PuntNode.SubmitAsync("hulpaanbod", """{"category":"water","quantity":40,"text":"Flessen"}""");
        var page = await desk.Pages.SaysAsync("/meldkamer/hulp", "Flessen");
        Assert.Empty(page.Document.QuerySelectorAll("input[checked]"));

        var half = await desk.Pages.SubmitAsync(page, ("vraag", "11-1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, half.Status);
        Assert.Contains("Kies een hulpaanbod.", half.Text, StringComparison.Ordinal);
        for (var i = 0; i < 2; i++) Assert.Equal("/meldkamer/hulp", (await desk.Pages.SubmitAsync(page, ("vraag", "11-1"), ("aanbod", "11-2"))).Path);

        Assert.Equal(2, desk.Node.Node.Board.Newest(10, type: MessageType.Amend).Count);
        Assert.Equal(["gekoppeld aan 11-2", "gekoppeld aan 11-1"], (await desk.Pages.GetAsync("/meldkamer/hulp")).Document.QuerySelectorAll(".offer .hint").Select(hint => hint.TextContent.Split(" · ")[1]));
        await desk.PuntPages.SaysAsync("/bericht/11-1", "De meldkamer heeft dit gekoppeld aan 11-2.");
        await desk.PuntPages.SaysAsync("/bericht/11-2", "De meldkamer heeft dit gekoppeld aan 11-1.");
    }

    [Fact]
    public async Task Of_others_a_volunteer_cannot_say_anything_and_what_is_no_message_is_not_there()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":2,"text":"Van de meldkamer zelf"}""");
        foreach (var path in (string[])["/bericht/1-1/correctie", "/bericht/11-9/correctie", "/bericht/x/correctie", "/meldkamer", "/meldkamer/bericht/1-1"])
            Assert.Equal(HttpStatusCode.NotFound, (await desk.PuntPages.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Pages.GetAsync("/meldkamer/bericht/11-99")).Status);
    }

    [Fact]
    public async Task What_came_from_the_same_place_is_named_and_not_joined()
    {
        await using var desk = await Desk.StartAsync();
        foreach (var number in (int[])[12, 12, 14]) await desk.Node.SubmitAsync("melding", $$"""{"priority":1,"text":"Rook","location":{"postcode":"9351AB","number":{{number}}} }""");

        Assert.Contains("misschien hetzelfde1-2", (await desk.Pages.GetAsync("/meldkamer/bericht/1-1")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("misschien", (await desk.Pages.GetAsync("/meldkamer/bericht/1-3")).Text, StringComparison.Ordinal);
        Assert.Equal(3, Desk.Ids(await desk.Pages.GetAsync("/")).Count);
    }

    [Fact]
    public async Task In_an_exercise_nothing_real_is_closed_and_nothing_real_is_linked()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("hulpvraag", """{"category":"water"}""");
        await desk.Node.SubmitAsync("hulpaanbod", """{"category":"water","exercise":"oefening"}""");
        await desk.Node.SubmitAsync("amend", """{"for":"1-1","kind":"afgehandeld","exercise":"oefening"}""");
        Assert.Equal(["1-1", "1-2"], Desk.Ids(await desk.Pages.GetAsync("/")).Order(StringComparer.Ordinal));

        var refused = await desk.Pages.SubmitAsync(await desk.Pages.GetAsync("/meldkamer/hulp"), ("vraag", "1-1"), ("aanbod", "1-2"));
        Assert.Contains("Het ene is een oefening en het andere niet", refused.Text, StringComparison.Ordinal);

        await desk.DoAsync("1-2", "sluit");
        Assert.Equal("1-1", Assert.Single(Desk.Ids(await desk.Pages.GetAsync("/"))));
    }

    [Fact]
    public async Task A_stranger_who_says_that_it_is_over_does_not_close_it()
    {
        await using var desk = await Desk.WithPuntAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Hier brandt het"}""");
        await desk.PuntNode.SubmitAsync("amend", """{"for":"1-1","kind":"intrekking","text":"Vals"}""");
        await desk.PuntNode.SubmitAsync("amend", """{"for":"1-1","kind":"afgehandeld"}""");

        var page = await desk.Pages.SaysAsync("/meldkamer/bericht/1-1", "Afgehandeld van 11 Leek");

        Assert.Contains("niet van wie het bericht maakte", page.Text, StringComparison.Ordinal);
        Assert.Equal("alarm", (await desk.Pages.GetAsync("/")).Document.QuerySelector("#m1-1")!.ClassName);
    }
}
