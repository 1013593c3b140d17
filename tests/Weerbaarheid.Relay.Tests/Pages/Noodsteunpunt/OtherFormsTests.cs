using System.Net;
using AngleSharp.Html.Dom;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

/// <summary>Hulpvraag, hulpaanbod and status.</summary>
public sealed class OtherFormsTests
{
    [Fact]
    public async Task A_hulpvraag_and_a_hulpaanbod_hold_what_was_filled_in_and_are_sent_once()
    {
        await using var punt = await Steunpunt.StartAsync();
        var asks = await punt.Pages.GetAsync("/hulpvraag");
        var asked = await punt.Pages.SubmitAsync(asks, ("soort", "medicatie"), ("aantal", "3"), ("tekst", "Insuline"));
        var twice = await punt.Pages.SubmitAsync(asks, ("soort", "medicatie"), ("aantal", "3"), ("tekst", "Insuline"));
        await punt.Pages.SubmitAsync(
            await punt.Pages.GetAsync("/hulpaanbod"), ("soort", "vervoer"), ("aantal", "4"), ("uren", "12"), ("waar", "hier"), ("postcode", "9351AB"), ("tekst", "Busje"));

        Assert.Equal((asked.Path, asked.Path), ("/bericht/11-1", twice.Path));
        var board = punt.Node.Node.Board.Newest(10);
        Assert.Equal(2, board.Count);
        var (offer, request) = (Assert.IsType<Hulpaanbod>(board[0].Message), Assert.IsType<Hulpvraag>(board[1].Message));
        Assert.Equal(("medicatie", 3, new SiteLocation(11), "Insuline"), (CategoryTable.Current.Name(request.Type, request.Category), request.People, request.Location, request.Text));
        Assert.Equal(("vervoer", 4, 12, new AddressLocation("9351AB", 0, null), "Busje"), (CategoryTable.Current.Name(offer.Type, offer.Category), offer.Quantity, offer.AvailableHours, offer.Location, offer.Text));
    }

    [Theory]
    [InlineData("soort", "", "Kies wat er nodig is")]
    [InlineData("aantal", "veel", "vul een heel getal in")]
    [InlineData("postcode", "12", "geen postcode")]
    public async Task What_is_wrong_with_a_hulpvraag_is_said_and_the_rest_is_kept(string field, string value, string sentence)
    {
        await using var punt = await Steunpunt.StartAsync();
        var filled = new Dictionary<string, string> { ["soort"] = "water", ["aantal"] = "5", ["waar"] = "", ["postcode"] = "9351AB", ["tekst"] = "Baby's" };
        filled[field] = value;

        var page = await punt.Pages.SubmitAsync(await punt.Pages.GetAsync("/hulpvraag"), [.. filled.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains(sentence, page.Text, StringComparison.Ordinal);
        Assert.Equal("Baby's", page.Document.QuerySelector("#tekst")!.TextContent);
        Assert.Empty(punt.Node.Node.Board.Newest(10));
    }

    [Fact]
    public async Task A_status_starts_from_the_last_one_and_replaces_it()
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Pages.SubmitAsync(
            await punt.Pages.GetAsync("/status"), ("state", "open"), ("present", "84"), ("capacity", "140"), ("powerHours", "11"), ("water", "3"), ("needs", "water"), ("needs", "staff"), ("comms", "lora"));

        var again = await punt.Pages.GetAsync("/status");
        Assert.Equal("84", ((IHtmlInputElement)again.Document.QuerySelector("#present")!).Value);
        Assert.Equal("3", ((IHtmlSelectElement)again.Document.QuerySelector("#water")!).Value);
        Assert.Equal("open", ((IHtmlInputElement)again.Document.QuerySelector("input[name=state][checked]")!).Value);
        var own = await punt.Pages.SubmitAsync(again, ("present", "90"));

        Assert.Equal("/mijn", own.Path);
        var status = Assert.IsType<Status>(Assert.Single(punt.Node.Node.Board.Newest(10)).Message);
        Assert.Equal((SiteState.Open, 90, 140, 11, 3), (status.State, status.Present, status.Capacity, status.PowerHours, status.Supplies.Water));
        Assert.Equal((0b100001u, 0b100000u), (status.Needs, status.Comms));
    }

    [Fact]
    public async Task A_status_of_an_exercise_is_not_where_the_next_real_one_starts_from()
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Pages.SubmitAsync(await punt.Pages.GetAsync("/status"), ("state", "open"), ("present", "84"));
        punt.Node.Node.BeginExercise("Waterwolf");
        await punt.Pages.SubmitAsync(await punt.Pages.GetAsync("/status"), ("state", "vol"), ("present", "200"));
        Assert.Equal("200", ((IHtmlInputElement)(await punt.Pages.GetAsync("/status")).Document.QuerySelector("#present")!).Value);
        punt.Node.Node.EndExercise();
        Assert.Equal("84", ((IHtmlInputElement)(await punt.Pages.GetAsync("/status")).Document.QuerySelector("#present")!).Value);
        Assert.Contains("OEFENING", (await punt.Pages.GetAsync("/mijn")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_later_word_is_called_what_it_does()
    {
        await using var punt = await Steunpunt.StartAsync();
        var sent = await punt.Pages.SubmitAsync(await punt.FillInAsync());
        foreach (var kind in (string[])["aanvulling", "correctie", "intrekking"]) await punt.Pages.SubmitAsync(await punt.Pages.GetAsync($"{sent.Path}/{kind}"), ("tekst", kind));
        var names = (await punt.Pages.GetAsync("/mijn")).Document.QuerySelectorAll(".cards a").Select(link => link.TextContent.Split(' ')[0]);
        Assert.Equal(["Intrekking", "Correctie", "Aanvulling", "Melding"], names);
    }

    [Fact]
    public async Task A_tag_with_a_sentence_in_it_breaks_rather_than_make_the_page_wider_than_a_phone()
    {
        await using var punt = await Steunpunt.StartAsync();
        var css = await punt.Pages.Http.GetStringAsync(((IHtmlLinkElement)(await punt.Pages.GetAsync("/mijn")).Document.QuerySelector("link[rel=stylesheet]")!).GetAttribute("href")!);
        var rule = css[css.IndexOf("\n.tag {", StringComparison.Ordinal)..];
        rule = rule[..rule.IndexOf('}', StringComparison.Ordinal)];
        Assert.DoesNotContain("nowrap", rule, StringComparison.Ordinal);
        Assert.Contains("overflow-wrap: anywhere", rule, StringComparison.Ordinal);
    }
}
