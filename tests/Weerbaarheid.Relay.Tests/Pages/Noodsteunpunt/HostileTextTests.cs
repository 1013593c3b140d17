using System.Net;
using System.Text;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

/// <summary>Whatever somebody writes, on the page or elsewhere, is text and stays text.</summary>
public sealed class HostileTextTests
{
    private const string Script = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)>&lt;b&gt;";

    public static TheoryData<string> Texts => new()
    {
        Script, "'; DROP TABLE envelope; --", "=HYPERLINK(\"http://x\")", "</textarea></form><form action=http://x>", "javascript:alert(1)", "{{7*7}} ${7*7} <%= 7*7 %>",
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task In_every_field_of_every_form_it_is_shown_as_text(string text)
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var path in (string[])["/melding", "/hulpvraag", "/hulpaanbod", "/status"])
        {
            var form = await punt.Pages.GetAsync(path);
            var fields = form.Form.QuerySelectorAll("[name]").Select(field => field.GetAttribute("name")!).Where(name => name != "concept").Distinct();
            var answer = await punt.Pages.SubmitAsync(form, [.. fields.Select(name => (name, text))]);
            AssertHarmless(answer);
            if (path != "/status") Assert.Contains(answer.Document.QuerySelectorAll("textarea"), area => area.TextContent == text);
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task What_was_sent_stands_on_every_page_as_it_was_written(string text)
    {
        await using var punt = await Steunpunt.StartAsync();
        var check = await punt.FillInAsync(words: text);
        AssertHarmless(check);

        var sent = await punt.Pages.SubmitAsync(check);

        AssertHarmless(sent);
        Assert.Contains(sent.Document.QuerySelectorAll("bdi.said"), said => said.TextContent == text);
        var list = await punt.Pages.GetAsync("/mijn");
        AssertHarmless(list);
        Assert.Contains(text, list.Text, StringComparison.Ordinal);
        Assert.Equal(text, Assert.IsType<Melding>(punt.Node.Node.Board.Newest(1)[0].Message).Text);
    }

    [Fact]
    public async Task What_turns_or_hides_text_is_made_visible()
    {
        await using var punt = await Steunpunt.StartAsync();
        const string hidden = "Kerkstraat \u202E21\u202C en\u200B meer \uFEFFhier, \U0001F468\u200D\U0001F469 woont er";

        var sent = await punt.Pages.SubmitAsync(await punt.FillInAsync(words: hidden));

        Assert.Contains(
            sent.Document.QuerySelectorAll("bdi.said"),
            said => said.TextContent == "Kerkstraat [U+202E]21[U+202C] en[U+200B] meer [U+FEFF]hier, \U0001F468\u200D\U0001F469 woont er");
        Assert.Equal(hidden, Assert.IsType<Melding>(punt.Node.Node.Board.Newest(1)[0].Message).Text);
    }

    [Fact]
    public async Task What_nobody_can_type_is_left_out_and_of_applications_it_is_shown()
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Pages.SubmitAsync(await punt.FillInAsync(words: "Rook\0 uit\u0007 de\r\nkelder\u009B"));
        Assert.Equal("Rook uit de\nkelder", Assert.IsType<Melding>(punt.Node.Node.Board.Newest(1)[0].Message).Text);

        await punt.Node.SubmitAsync("melding", """{"text":"Bel\u0007 en \u001b[2J en \u0000 en \u0085"}""");
        var page = await punt.Pages.GetAsync("/bericht/11-2");
        Assert.Contains("Bel\u2407 en \u241B[2J en \u2400 en \n", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_megabyte_is_refused_in_words_and_the_node_goes_on()
    {
        await using var punt = await Steunpunt.StartAsync();
        var check = await punt.FillInAsync();

        var refused = await punt.Pages.SubmitAsync(check, ("tekst", new string('x', 1 << 20)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.Status);
        Assert.Contains("te veel tekst", refused.Text, StringComparison.Ordinal);

        // Without saying beforehand how much it is.
        var request = punt.Pages.Request(check.Form, ("tekst", new string('x', 1 << 20)));
        request.Content!.Headers.ContentLength = null;
        request.Headers.TransferEncodingChunked = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await punt.Pages.SendAsync(request)).Status);

        Assert.Empty(punt.Node.Node.Board.Newest(10));
        Assert.Equal("/bericht/11-1", (await punt.Pages.SubmitAsync(check)).Path);
    }

    [Fact]
    public async Task A_text_that_does_not_fit_comes_back_whole_with_how_much_too_long_it_is()
    {
        await using var punt = await Steunpunt.StartAsync();
        var words = new string('x', 400);

        var page = await punt.FillInAsync(words);

        Assert.Contains("dit zijn 400 tekens, er passen er 300", page.Text, StringComparison.Ordinal);
        Assert.Equal(words, page.Document.QuerySelector("#tekst")!.TextContent);
    }

    [Fact]
    public async Task The_longest_melding_there_is_goes_from_step_to_step_and_is_sent()
    {
        await using var punt = await Steunpunt.StartAsync();
        var where = await punt.Pages.GetAsync("/melding");
        // Three bytes in UTF-8, nine in an address.
        var choose = await punt.Pages.SubmitAsync(where, ("postcode", "9351AB"), ("plek", new string('\u20AC', 150)));
        var howMuch = await punt.Pages.SubmitAsync(choose, ("wat", "apparaat"));
        var check = await punt.Pages.SubmitAsync(howMuch, ("tekst", new string('\u20AC', 300)));

        Assert.Equal("/bericht/11-1", (await punt.Pages.SubmitAsync(check)).Path);
    }

    private static void AssertHarmless(PageBench.Served page)
    {
        Assert.True(page.Status is HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity, $"{page.Path}: {page.Status}");
        // The one script is the program's own file.
        var script = Assert.Single(page.Document.QuerySelectorAll("script"));
        Assert.Equal((Asset.Script.Path, ""), (script.GetAttribute("src"), script.TextContent));
        Assert.Empty(page.Document.QuerySelectorAll("img, svg, iframe, object, embed, style, base"));
        foreach (var element in page.Document.All)
        {
            Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            foreach (var name in (string[])["href", "action", "src"])
                Assert.True(element.GetAttribute(name) is null or ['/', ..] or ['#', ..] or "data:,", $"{name}={element.GetAttribute(name)}");
        }
    }
}
