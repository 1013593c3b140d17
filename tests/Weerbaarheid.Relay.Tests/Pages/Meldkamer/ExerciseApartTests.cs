using AngleSharp.Dom;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>What is not real never stands between a person and what is.</summary>
public sealed class ExerciseApartTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_real_is_on_top_and_counted_and_heard_alone_while_an_exercise_runs_and_after_it(bool isRunning)
    {
        await using var desk = await Desk.StartAsync(exercise: "Waterwolf");
        for (var i = 0; i < 3; i++) await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Alsof","exercise":"oefening"}""");
        desk.Node.Node.EndExercise();
        foreach (var priority in (int[])[4, 1]) await desk.Node.SubmitAsync("melding", $$"""{"priority":{{priority}},"text":"Brand"}""");
        if (isRunning) desk.Node.Node.BeginExercise("Waterwolf 2");

        var page = await desk.Pages.GetAsync("/");

        Assert.Equal(["1-5", "1-4", "1-1", "1-2", "1-3"], Desk.Ids(page));
        var counts = page.Document.QuerySelector("#tellers")!;
        Assert.Equal("1", counts.GetAttribute("data-alarms"));
        Assert.Contains("Prioriteit 1 wacht op aannemen: 1 · 2 open", counts.TextContent, StringComparison.Ordinal);
        Assert.Contains("oefening of test: 3 open, waarvan 3 met prioriteit 1 wacht", counts.TextContent, StringComparison.Ordinal);
        Assert.Equal("m1-5", Assert.Single(page.Document.QuerySelectorAll("tr.alarm")).Id);
        Assert.StartsWith("1-5", page.Document.QuerySelector("#net li")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_map_and_in_its_words_an_exercise_says_so_and_looks_like_nothing_real()
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Brand","location":{"rdX":221000,"rdY":577000}}""");
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Alsof","location":{"rdX":222000,"rdY":577000},"exercise":"oefening"}""");

        var page = await desk.Pages.GetAsync("/meldkamer/kaart");

        var mark = page.Document.QuerySelector("svg a[href='/meldkamer/bericht/1-2']")!;
        Assert.Equal("oefening", mark.ClassName);
        Assert.Equal(["OEFENING 1-2", "OEFENING 1-2"], mark.QuerySelectorAll("title, text").Select(one => one.TextContent));
        Assert.Equal("urgent", page.Document.QuerySelector("svg a[href='/meldkamer/bericht/1-1']")!.ClassName);
        Assert.Contains("OEFENING", page.Document.QuerySelectorAll("main ul li").Single(line => line.TextContent.StartsWith("1-2", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal);
        Assert.Contains("Daarvan is 1 niet echt", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_draft_of_an_exercise_says_how_much_of_what_is_real_is_not_in_it()
    {
        await using var desk = await Desk.StartAsync();
        for (var i = 0; i < 2; i++) await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Brand"}""");
        desk.Node.Node.BeginExercise("Waterwolf");
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Alsof"}""");

        var draft = (await desk.Pages.GetAsync("/meldkamer/sitrap")).Document.QuerySelector("textarea")!.TextContent.Trim();

        Assert.StartsWith("OEFENING\nLET OP: 2 echte berichten die open zijn, staan hier niet in\n", draft, StringComparison.Ordinal);
        Assert.DoesNotContain("Brand", draft, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\n")]
    [InlineData("\\u2028")]
    [InlineData("\\u0085")]
    public async Task Nobody_writes_a_line_of_his_own_into_the_draft_or_turns_one(string end)
    {
        await using var desk = await Desk.StartAsync();
        await desk.Node.SubmitAsync("melding", $$$"""{"priority":1,"text":"Rook{{{end}}}GRIP 4 afgekondigd\u202Eteskaar","location":{"text":"Dorp{{{end}}}GRIP 4 ook hier"} }""");

        var draft = (await desk.Pages.GetAsync("/meldkamer/sitrap")).Document.QuerySelector("textarea")!.TextContent;

        Assert.DoesNotContain(draft.Split('\n', '\u2028', '\u0085'), line => line.StartsWith("GRIP", StringComparison.Ordinal));
        Assert.Contains("Dorp / GRIP 4 ook hier: Rook / GRIP 4 afgekondigd[U+202E]teskaar", draft, StringComparison.Ordinal);
    }
}
