using System.Net;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

public sealed class MeldingTests
{
    [Fact]
    public async Task Four_steps_make_one_melding_with_all_that_was_filled_in()
    {
        await using var punt = await Steunpunt.StartAsync();

        var check = await punt.FillInAsync();
        Assert.Contains("9351AB 12", check.Text, StringComparison.Ordinal);
        Assert.Contains("Rook uit de kelder", check.Text, StringComparison.Ordinal);
        var sent = await punt.Pages.SubmitAsync(check);

        Assert.Equal((HttpStatusCode.OK, "/bericht/11-1"), (sent.Status, sent.Path));
        Assert.Equal("Opgeslagen", sent.Document.QuerySelector(".state")!.TextContent);
        var melding = Assert.IsType<Melding>(Assert.Single(punt.Node.Node.Board.Newest(10)).Message);
        Assert.Equal((new AddressLocation("9351AB", 12, null), 2, (byte)1, "Rook uit de kelder"), (melding.Location, melding.Victims, melding.Priority, melding.Text));
        Assert.Equal("brand", CategoryTable.Current.Name(MessageType.Melding, melding.Category));
        Assert.Equal(Exercise.Actueel, melding.Exercise);
    }

    [Fact]
    public async Task A_double_tap_a_second_one_later_and_the_back_button_give_one_melding()
    {
        await using var punt = await Steunpunt.StartAsync();
        var check = await punt.FillInAsync();

        var taps = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => punt.Pages.SubmitAsync(check)));
        // Back: the page is asked for again under its address, and the form in it is sent once more.
        var again = await punt.Pages.SubmitAsync(await punt.Pages.GetAsync(check.Path));

        Assert.All(taps.Append(again), served => Assert.Equal("/bericht/11-1", served.Path));
        Assert.Single(punt.Node.Node.Board.Newest(10));
    }

    [Fact]
    public async Task What_is_sent_twice_over_a_restart_is_still_one_melding()
    {
        await using var punt = await Steunpunt.StartAsync();
        var check = await punt.FillInAsync();
        await punt.Pages.SubmitAsync(check);

        await punt.Node.DisposeAsync();
        await punt.Node.StartAsync();
        await using var pages = await PageBench.StartAsync(punt.Node, Steunpunt.Site);
        var again = await pages.SubmitAsync(await pages.GetAsync(check.Path));

        Assert.Equal("/bericht/11-1", again.Path);
        Assert.Single(punt.Node.Node.Board.Newest(10));
    }

    [Fact]
    public async Task A_form_that_was_sent_and_then_changed_says_so_and_can_be_sent_as_a_melding_of_its_own()
    {
        await using var punt = await Steunpunt.StartAsync();
        var check = await punt.FillInAsync();
        await punt.Pages.SubmitAsync(check);

        var changed = await punt.Pages.SubmitAsync(check, ("tekst", "Het is nu uitslaand"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, changed.Status);
        Assert.Contains("al verstuurd", changed.Text, StringComparison.Ordinal);
        Assert.NotNull(changed.Document.QuerySelector("a[href='/bericht/11-1']"));
        Assert.Single(punt.Node.Node.Board.Newest(10));

        Assert.Equal("/bericht/11-2", (await punt.Pages.SubmitAsync(changed)).Path);
    }

    [Theory]
    [InlineData("postcode", "12", "geen postcode")]
    [InlineData("nummer", "12b", "geen huisnummer")]
    [InlineData("letter", "bis", "geen letter")]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_is_lost(string field, string value, string sentence)
    {
        await using var punt = await Steunpunt.StartAsync();
        var filled = new Dictionary<string, string> { ["postcode"] = "9351AB", ["nummer"] = "12", ["plek"] = "achterom" };
        filled[field] = value;

        var page = await punt.Pages.SubmitAsync(await punt.Pages.GetAsync("/melding"), [.. filled.Select(pair => (pair.Key, pair.Value))]);

        Assert.Contains(sentence, page.Document.QuerySelector($"#{field}-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("true", page.Document.QuerySelector($"#{field}")!.GetAttribute("aria-invalid"));
        Assert.Equal("achterom", page.Document.QuerySelector("#plek")!.TextContent);
    }

    [Theory]
    [InlineData("hier", "site")]
    [InlineData("onbekend", "unknown")]
    public async Task Here_and_unknown_are_answers(string button, string kind)
    {
        await using var punt = await Steunpunt.StartAsync();
        var choose = await punt.Pages.SubmitAsync(await punt.Pages.GetAsync("/melding"), ("waar", button));
        var howMuch = await punt.Pages.SubmitAsync(choose, ("wat", "bewusteloos"));
        await punt.Pages.SubmitAsync(await punt.Pages.SubmitAsync(howMuch));

        var melding = Assert.IsType<Melding>(Assert.Single(punt.Node.Node.Board.Newest(10)).Message);
        Assert.Equal(kind == "site" ? new SiteLocation(11) : null, melding.Location);
        Assert.Null(melding.Victims);
    }

    [Fact]
    public async Task A_text_is_wanted_only_when_the_button_says_nothing()
    {
        await using var punt = await Steunpunt.StartAsync();

        var check = await punt.FillInAsync(words: "", what: "anders");

        Assert.Contains("paar woorden", check.Document.QuerySelector("#tekst-wrong")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Controleer", (await punt.FillInAsync(words: "", what: "gas")).Document.QuerySelector("[aria-current]")!.TextContent[3..]);
    }

    [Theory]
    [InlineData("brand", "", null)]
    [InlineData("brand", "In de kelder", "In de kelder")]
    [InlineData("bewusteloos", "", "Niet aanspreekbaar")]
    [InlineData("bewusteloos", "In de hal", "Niet aanspreekbaar. In de hal")]
    public async Task A_button_is_sent_as_text_only_where_its_category_says_less(string what, string words, string? text)
    {
        await using var punt = await Steunpunt.StartAsync();

        await punt.Pages.SubmitAsync(await punt.FillInAsync(words, what));

        Assert.Equal(text, Assert.IsType<Melding>(Assert.Single(punt.Node.Node.Board.Newest(10)).Message).Text);
    }

    [Fact]
    public async Task In_an_exercise_every_page_and_every_melding_says_so()
    {
        await using var punt = await Steunpunt.StartAsync(exercise: "Waterwolf");

        var sent = await punt.Pages.SubmitAsync(await punt.FillInAsync());

        Assert.Equal(Exercise.Oefening, Assert.Single(punt.Node.Node.Board.Newest(10)).Message!.Exercise);
        Assert.Contains("OEFENING", sent.Document.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        foreach (var path in (string[])["/", "/melding", "/hulpvraag", "/hulpaanbod", "/status", "/bulletins", "/mijn", "/bestaat-niet"])
            Assert.Contains("OEFENING Waterwolf", (await punt.Pages.GetAsync(path)).Document.QuerySelector("header")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_node_refuses_comes_back_with_the_fields_and_the_reason()
    {
        await using var punt = await Steunpunt.StartAsync(rules: RelayRules.Default with { MaxHeld = 10 });
        for (var i = 0; i < 10; i++) await punt.Node.SubmitAsync("melding", $$"""{"priority":1,"text":"Nummer {{i}}"}""");

        var refused = await punt.Pages.SubmitAsync(await punt.FillInAsync(what: "water"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("NIET opgeslagen", refused.Text, StringComparison.Ordinal);
        Assert.Contains("Rook uit de kelder", refused.Document.QuerySelector("article")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(10, punt.Node.Node.Board.Newest(20).Count);
    }
}
