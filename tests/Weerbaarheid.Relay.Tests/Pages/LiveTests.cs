using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages;

/// <summary>What the script asks, and what is left when there is none.</summary>
public sealed class LiveTests
{
    [Fact]
    public async Task Who_waits_is_told_when_a_message_comes_a_step_further_and_not_before()
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Node.SubmitAsync("melding", """{"text":"Rook"}""");
        var first = await ChangesAsync(punt, "");
        Assert.True(first.GetProperty("all").GetBoolean());
        var mark = first.GetProperty("mark").GetString()!;

        var began = Stopwatch.GetTimestamp();
        var waiting = ChangesAsync(punt, mark);
        // Asked and answered after it: the node had time to answer this one too, and had nothing to say.
        Assert.Equal(mark, (await ChangesAsync(punt, "")).GetProperty("mark").GetString());
        Assert.False(waiting.IsCompleted);
        await punt.Node.SubmitAsync("melding", """{"text":"Nog meer rook"}""");
        var told = await waiting;

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(8));
        Assert.Equal(["11-2"], told.GetProperty("changed").EnumerateArray().Select(id => id.GetString()));
        Assert.NotEqual(mark, told.GetProperty("mark").GetString());
    }

    [Fact]
    public async Task Every_page_has_the_script_and_asks_again_by_itself_only_without_it()
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Pages.SubmitAsync(await punt.FillInAsync());
        foreach (var path in (string[])["/", "/mijn", "/bericht/11-1", "/bulletins", "/infopunt", "/melding", "/hulpvraag"])
        {
            var page = await punt.Pages.GetAsync(path);
            var script = Assert.Single(page.Document.QuerySelectorAll("script"));
            Assert.Equal(Asset.Script.Path, script.GetAttribute("src"));
            Assert.True(script.HasAttribute("defer"));
            var isForm = page.Document.QuerySelector("main form input[name=concept]") is not null;
            // Whoever types must not lose it to a page that comes again.
            Assert.Equal(isForm, script.GetAttribute("data-live") == "0");
            Assert.Equal(isForm, page.Document.QuerySelector("meta[http-equiv=refresh]") is null);
            Assert.All(page.Document.QuerySelectorAll("meta[http-equiv=refresh]"), one => Assert.Equal("noscript", one.ParentElement!.LocalName));
        }

        using var answer = await punt.Pages.Http.GetAsync(Asset.Script.Path);
        Assert.Equal((HttpStatusCode.OK, "text/javascript"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_board_for_everybody_shows_the_newest_bulletin_first_with_what_it_replaces()
    {
        var site = new Site(1, "Meldkamer", Role.Meldkamer, "groningen");
        var folder = Directory.CreateTempSubdirectory("relay-board-");
        await using var node = await new TestNode(site, folder.FullName).StartAsync();
        await using var pages = await PageBench.StartAsync(node, site);
        Assert.Contains("Er zijn nu geen bulletins.", (await pages.GetAsync("/infopunt")).Text, StringComparison.Ordinal);
        await node.SubmitAsync("bulletin", """{"number":7,"text":"Kook het water","validHours":12}""");
        await node.SubmitAsync("bulletin", """{"number":6,"text":"De school is open","validHours":12}""");
        await node.SubmitAsync("bulletin", """{"number":8,"text":"Het water is weer goed","replaces":7,"validHours":12}""");

        var board = (await pages.GetAsync("/infopunt")).Document.QuerySelectorAll(".board .bulletin");
        Assert.Equal(["Bulletin 8", "Bulletin 6"], board.Select(one => one.QuerySelector("h2")!.TextContent));
        foreach (var words in (string[])["Vervangt bulletin 7.", "punt 1", "Geldig tot"]) Assert.Contains(words, board[0].TextContent, StringComparison.Ordinal);
        await node.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task<JsonElement> ChangesAsync(Steunpunt punt, string mark)
    {
        using var document = JsonDocument.Parse(await punt.Pages.Http.GetStreamAsync($"/api/v1/changes?since={mark}"));
        return document.RootElement.Clone();
    }
}
