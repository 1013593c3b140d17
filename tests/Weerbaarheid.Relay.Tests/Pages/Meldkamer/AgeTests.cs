using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Dom;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>How old something is when the node was without power for hours: node time stood still, and people's did not.</summary>
public sealed class AgeTests
{
    private static readonly TimeSpan Off = TimeSpan.FromHours(3);

    [Fact]
    public async Task After_hours_without_power_a_melding_is_as_old_as_it_is_and_was_made_before_it_came_in()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var desk = await Desk.StartAsync(time: time);
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        var made = Term(await desk.Pages.GetAsync("/meldkamer/bericht/1-1"), "Gemaakt");

        time.Ahead = Off;
        await desk.RestartAsync();

        var page = await desk.Pages.GetAsync("/meldkamer/bericht/1-1");
        Assert.Contains("3 u 00 oud", page.Document.QuerySelector(".state")!.TextContent, StringComparison.Ordinal);
        Assert.EndsWith(made, Term(page, "Gemaakt"), StringComparison.Ordinal);
        Assert.EndsWith(made, Term(page, "Hier ontvangen"), StringComparison.Ordinal);
        Assert.Contains("3 u 00", (await desk.Pages.GetAsync("/")).Document.QuerySelector("#m1-1")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("(Nieuw, 3 u 00)", (await desk.Pages.GetAsync("/meldkamer/sitrap")).Document.QuerySelector("textarea")!.TextContent, StringComparison.Ordinal);
        // On its own page it is time to do something.
        Assert.Contains("Wacht niet langer", (await desk.Pages.GetAsync("/mijn")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_had_no_clock_made_it_before_it_came_in()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var desk = await Desk.ApartAsync(time, new ShiftedTime(TimeSpan.FromDays(-3_650)));
        await desk.PuntNode.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.CarryAsync("11-1");
        Assert.Null(((Melding)desk.Node.Node.Board.Newest(1)[0].Message!).SentAt);

        time.Ahead = Off;
        await desk.RestartAsync();

        var page = await desk.Pages.GetAsync("/meldkamer/bericht/11-1");
        Assert.Contains("3 u 00 oud", page.Document.QuerySelector(".state")!.TextContent, StringComparison.Ordinal);
        Assert.Equal($"uiterlijk {Term(page, "Hier ontvangen")} (de klok van het punt was niet zeker)", Term(page, "Gemaakt"));
    }

    [Fact]
    public async Task With_a_clock_that_was_put_back_nothing_is_older_than_node_time_says()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var desk = await Desk.StartAsync(time: time);
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Rook"}""");
        await desk.Node.SubmitAsync("bulletin", """{"number":6,"text":"Kook het water.","validHours":1}""");

        time.Ahead = -Off;
        await desk.RestartAsync();

        Assert.Matches(@" \d+ s oud", (await desk.Pages.GetAsync("/meldkamer/bericht/1-1")).Document.QuerySelector(".state")!.TextContent);
        Assert.Contains("Kook het water.", (await desk.Pages.GetAsync("/bulletins")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bulletin_ends_at_one_moment_on_the_page_in_CAP_and_on_paper()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var desk = await Desk.StartAsync(time: time);
        await desk.Node.SubmitAsync("bulletin", """{"number":6,"text":"Kook het water.","validHours":4}""");

        time.Ahead = Off;
        await desk.RestartAsync();

        var card = (await desk.Pages.GetAsync("/bulletins")).Document.QuerySelector("article.bulletin")!.TextContent;
        var alert = XDocument.Parse(await desk.Pages.Http.GetStringAsync("/export/bulletins/1-1.cap"));
        var expires = DateTimeOffset.Parse(alert.Descendants().Single(one => one.Name.LocalName == "expires").Value, System.Globalization.CultureInfo.InvariantCulture);
        var sent = desk.Node.Node.Board.Newest(1, type: MessageType.Bulletin)[0].Message is Bulletin { SentAt: { } at } ? at.ToDateTimeOffset() : default;
        Assert.Equal(sent.AddHours(4), expires);
        Assert.Contains(DutchTime.At(expires).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture) + " (nog ", card, StringComparison.Ordinal);
        Assert.Matches(new Regex(@"\(nog (59|60) minuten\)"), card);

        time.Ahead = TimeSpan.FromHours(4.1);
        await desk.RestartAsync();
        Assert.Contains("geen bulletins", (await desk.Pages.GetAsync("/bulletins")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Kook het water", await desk.Pages.Http.GetStringAsync("/export/sitrap.html"), StringComparison.Ordinal);
    }

    private static string Term(PageBench.Served page, string name) => page.Document.QuerySelectorAll("dt").Single(term => term.TextContent == name).NextElementSibling!.TextContent;
}
