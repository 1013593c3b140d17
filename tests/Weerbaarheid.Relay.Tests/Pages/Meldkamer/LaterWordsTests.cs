using AngleSharp.Dom;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>What is said later comes in another order than it was said in (design §4.2): the maker's last word is the one with the highest number.</summary>
public sealed class LaterWordsTests
{
    [Fact]
    public async Task What_was_withdrawn_last_stays_withdrawn_whatever_comes_in_after_it()
    {
        await using var desk = await Desk.ApartAsync();
        await MakeAsync(desk, "aanvulling", "intrekking");

        await desk.CarryAsync("11-1", "11-3", "11-2");

        await AssertStandsAsync(desk, "Ingetrokken", "Intrekking");
        await desk.RestartAsync();
        await AssertStandsAsync(desk, "Ingetrokken", "Intrekking");
    }

    [Fact]
    public async Task Who_withdrew_and_spoke_again_after_that_is_heard_whatever_comes_in_first()
    {
        await using var desk = await Desk.ApartAsync();
        await MakeAsync(desk, "intrekking", "correctie");

        await desk.CarryAsync("11-1", "11-3", "11-2");

        await AssertStandsAsync(desk, "Nieuw", "Correctie");
        await desk.RestartAsync();
        await AssertStandsAsync(desk, "Nieuw", "Correctie");
    }

    [Fact]
    public async Task What_the_desk_closed_opens_for_whatever_it_had_not_read()
    {
        await using var desk = await Desk.ApartAsync();
        await MakeAsync(desk, "aanvulling", "correctie");
        await desk.CarryAsync("11-1", "11-3");
        await desk.DoAsync("11-1", "sluit");

        await desk.CarryAsync("11-2");

        await AssertStandsAsync(desk, "Antwoord binnen", "Correctie");
    }

    [Fact]
    public async Task What_the_desk_opened_again_is_not_closed_by_what_was_said_before()
    {
        await using var desk = await Desk.ApartAsync();
        await MakeAsync(desk, "intrekking", "intrekking");
        await desk.CarryAsync("11-1", "11-3");
        await desk.DoAsync("11-1", "heropen");

        await desk.CarryAsync("11-2");

        Assert.Contains("11-1", Desk.Ids(await desk.Pages.GetAsync("/")));
    }

    private static async Task MakeAsync(Desk desk, params string[] kinds)
    {
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        foreach (var kind in kinds) await desk.PuntNode.SubmitAsync("amend", $$"""{"for":"11-1","kind":"{{kind}}","priority":1,"text":"Dus {{kind}}"}""");
    }

    private static async Task AssertStandsAsync(Desk desk, string stand, string last)
    {
        var page = await desk.Pages.GetAsync("/meldkamer/bericht/11-1");
        Assert.Contains($"· {stand} ·", page.Document.QuerySelector(".state")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(last, page.Document.QuerySelectorAll("ol.history li strong").Last(word => word.TextContent != "Afgehandeld" && word.TextContent != "In behandeling").TextContent);
    }
}
