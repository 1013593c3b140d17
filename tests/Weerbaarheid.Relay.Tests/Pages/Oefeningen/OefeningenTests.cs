using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Tests.Pages.Meldkamer;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Pages.Oefeningen;

/// <summary>Exercises from the page, over HTTP, by a browser without JavaScript.</summary>
public sealed class OefeningenTests
{
    private const string Home = "/oefeningen", Phone = "192.168.4.7", Pin = "480192";

    [Fact]
    public async Task An_exercise_is_begun_marks_what_is_sent_is_ended_and_tells_what_it_taught()
    {
        await using var punt = await Steunpunt.StartAsync();
        var empty = await punt.Pages.GetAsync(Home);
        Assert.Contains("Er was hier nog geen oefening", empty.Text, StringComparison.Ordinal);

        var begun = await BeginAsync(punt, empty, "Waterwolf");
        Assert.Equal((HttpStatusCode.OK, Home), (begun.Status, begun.Path));
        Assert.Contains("Nu bezig", begun.Text, StringComparison.Ordinal);
        Assert.Contains("Waterwolf", begun.Document.QuerySelector("header .exercise")!.TextContent, StringComparison.Ordinal);
        await punt.Pages.SubmitAsync(await punt.FillInAsync(words: "Geoefende woorden"));
        Assert.Equal(Exercise.Oefening, punt.Node.Node.Board.Newest(1)[0].Envelope.Header.Exercise);

        var ended = await punt.Pages.SubmitAsync(await punt.Pages.GetAsync(Home));
        Assert.Equal((HttpStatusCode.OK, Home), (ended.Status, ended.Path));
        Assert.Null(ended.Document.QuerySelector("header .exercise"));
        await punt.Pages.SubmitAsync(await punt.FillInAsync(words: "Echte woorden"));
        Assert.Equal(Exercise.Actueel, punt.Node.Node.Board.Newest(1)[0].Envelope.Header.Exercise);

        var (html, csv) = await EvaluationsAsync(punt.Pages, ended);
        Assert.Contains("Evaluatie Waterwolf", html, StringComparison.Ordinal);
        Assert.Contains("1 berichten van de oefening", html, StringComparison.Ordinal);
        Assert.StartsWith("\uFEFFOEFENING;\"Waterwolf\";Punt;11;", csv, StringComparison.Ordinal);
        Assert.Contains("\"WR 11-1\";\"melding\"", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("WR 11-2", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("woorden", html + csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_taps_or_twenty_are_one_exercise_and_one_end_also_long_afterwards()
    {
        await using var punt = await Steunpunt.StartAsync();
        var form = await punt.Pages.GetAsync(Home);
        var taps = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => BeginAsync(punt, form, "Waterwolf")));
        Assert.All(taps, tap => Assert.Equal((HttpStatusCode.OK, Home), (tap.Status, tap.Path)));
        Assert.Equal("Waterwolf", Assert.Single(punt.Node.Node.Exercises).Name);

        var end = await punt.Pages.GetAsync(Home);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => punt.Pages.SubmitAsync(end))), tap => Assert.Equal(HttpStatusCode.OK, tap.Status));
        var first = Assert.Single(punt.Node.Node.Exercises);
        Assert.NotNull(first.Ended);

        // A browser that is opened again the next day sends its last form again.
        Assert.Equal(HttpStatusCode.OK, (await BeginAsync(punt, form, "Waterwolf")).Status);
        Assert.Null(punt.Node.Node.Exercise);
        await BeginAsync(punt, await punt.Pages.GetAsync(Home), "Waterwolf");
        Assert.Equal(HttpStatusCode.OK, (await punt.Pages.SubmitAsync(end)).Status);
        Assert.Equal(2, punt.Node.Node.Exercise!.Number);
        Assert.Equal(first, punt.Node.Node.Exercises[0]);
    }

    [Fact]
    public async Task Who_comes_second_is_told_how_it_is()
    {
        await using var punt = await Steunpunt.StartAsync();
        var form = await punt.Pages.GetAsync(Home);
        await BeginAsync(punt, form, "Waterwolf");
        var late = await BeginAsync(punt, form, "Stormvloed");
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains("andere oefening begonnen", late.Text, StringComparison.Ordinal);
        Assert.Contains("Waterwolf", late.Text, StringComparison.Ordinal);
        Assert.Equal("Waterwolf", punt.Node.Node.Exercise!.Name);
        Assert.Single(punt.Node.Node.Exercises);
        // A form of somebody's own making does not say what it is about.
        punt.Node.Node.EndExercise();
        foreach (var number in (string[])["", "-1", "x", "99999999999999", "1e3", "7"])
        {
            var odd = await punt.Pages.SubmitAsync(await punt.Pages.GetAsync(Home), ("naam", "Ander"), ("na", number));
            Assert.True(odd.Status is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity, $"{number}: {odd.Status}");
        }

        Assert.Null(punt.Node.Node.Exercise);
    }

    public static TheoryData<string, string> Names => new()
    {
        { "<script>alert(1)</script><img src=x onerror=alert(1)>\"'", "<script>alert(1)</script><img src=x onerror=alert(1)>\"'" },
        { "=HYPERLINK(\"http://x\";\"y\")", "=HYPERLINK(\"http://x\";\"y\")" },
        { "@SUM(1+1)|cmd", "@SUM(1+1)|cmd" },
        { "Water\u202Eflow\u200B", "Water[U+202E]flow[U+200B]" },
        { "../../../etc/passwd\\..", "../../../etc/passwd\\.." },
        { "</title></style><svg onload=alert(1)>", "</title></style><svg onload=alert(1)>" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_name_is_text_on_the_page_and_in_both_files(string name, string shown)
    {
        await using var punt = await Steunpunt.StartAsync();
        var going = await BeginAsync(punt, await punt.Pages.GetAsync(Home), name);
        Assert.Equal(name, punt.Node.Node.Exercise!.Name);
        AssertText(going.Document, shown);
        AssertText((await punt.Pages.GetAsync("/")).Document, shown);
        var ended = await punt.Pages.SubmitAsync(await punt.Pages.GetAsync(Home));
        AssertText(ended.Document, shown);

        var (html, csv) = await EvaluationsAsync(punt.Pages, ended);
        var file = await new HtmlParser().ParseDocumentAsync(html);
        Assert.Empty(file.QuerySelectorAll("script, img, iframe, [onload], [onerror]"));
        Assert.Equal($"Evaluatie {shown}", file.QuerySelector("h1")!.TextContent);
        Assert.Equal($"Evaluatie {shown}", file.Title);
        var cell = csv.Split('\n')[0]["\uFEFFOEFENING;".Length..];
        Assert.StartsWith("\"", cell, StringComparison.Ordinal);
        Assert.DoesNotMatch("^\"[=+@-]", cell);
        Assert.DoesNotMatch("[\u202E\u200B]", csv + html);
        // Nothing of it became a name on the disk.
        var folder = Path.Combine(punt.Node.Folder, "exercises");
        Assert.All(Directory.GetFileSystemEntries(folder), entry => Assert.Matches(@"^(exercises\.json|journal-1\.jsonl)$", Path.GetFileName(entry)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("81")]
    public async Task A_name_that_is_none_comes_back_with_what_is_wrong(string name)
    {
        await using var punt = await Steunpunt.StartAsync();
        var given = name == "81" ? new string('x', ExerciseBook.LongestName + 1) : name;
        var page = await BeginAsync(punt, await punt.Pages.GetAsync(Home), given);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("Geef de oefening een naam van 1 tot 80 tekens", page.Text, StringComparison.Ordinal);
        Assert.Equal(given.Trim(), page.Document.QuerySelector("#naam")!.GetAttribute("value"));
        Assert.Empty(punt.Node.Node.Exercises);
    }

    [Fact]
    public async Task A_megabyte_another_sites_form_and_other_methods_are_refused()
    {
        await using var punt = await Steunpunt.StartAsync();
        var form = await punt.Pages.GetAsync(Home);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await BeginAsync(punt, form, new string('x', 1 << 20))).Status);
        foreach (var origin in (string?[])["http://elders.example", "null", null])
        {
            var foreign = punt.Pages.Request(form.Form, ("naam", "Ander"));
            foreign.Headers.Remove("Origin");
            if (origin is not null) foreign.Headers.Add("Origin", origin);
            Assert.Equal(HttpStatusCode.Forbidden, (await punt.Pages.SendAsync(foreign)).Status);
        }

        // What a link or a picture elsewhere can ask for begins nothing.
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await punt.Pages.GetAsync($"{Home}/begin?naam=Ander&na=0")).Status);
        Assert.Empty(punt.Node.Node.Exercises);
        await BeginAsync(punt, form, "Waterwolf");
        var end = punt.Pages.Request((await punt.Pages.GetAsync(Home)).Form);
        end.Headers.Remove("Origin");
        end.Headers.Add("Origin", "http://elders.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await punt.Pages.SendAsync(end)).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await punt.Pages.GetAsync($"{Home}/einde?nummer=1")).Status);
        Assert.NotNull(punt.Node.Node.Exercise);
    }

    [Theory]
    [InlineData("/oefeningen/2/evaluatie.html")]
    [InlineData("/oefeningen/0/evaluatie.csv")]
    [InlineData("/oefeningen/-1/evaluatie.csv")]
    [InlineData("/oefeningen/99999999999/evaluatie.csv")]
    [InlineData("/oefeningen/..%2f..%2fetc/evaluatie.csv")]
    [InlineData("/oefeningen/1/evaluatie.json")]
    [InlineData("/oefeningen/1%00/evaluatie.csv")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        await using var punt = await Steunpunt.StartAsync(exercise: "Waterwolf");
        Assert.Contains((await punt.Pages.GetAsync(path)).Status, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
    }

    [Fact]
    public async Task It_is_the_coordinators_and_their_PIN_opens_it()
    {
        await using var punt = await Steunpunt.StartAsync(exercise: "Waterwolf");
        foreach (var path in (string[])[Home, $"{Home}/1/evaluatie.html", $"{Home}/1/evaluatie.csv"])
            Assert.Equal(HttpStatusCode.Forbidden, (await FromPhoneAsync(punt, path)).Status);
        var form = punt.Pages.Request((await punt.Pages.GetAsync(Home)).Form);
        form.Headers.Add(PageBench.From, Phone);
        Assert.Equal(HttpStatusCode.Forbidden, (await punt.Pages.SendAsync(form)).Status);
        Assert.NotNull(punt.Node.Node.Exercise);
    }

    [Fact]
    public async Task With_the_PIN_a_form_goes_through_the_door_once_and_the_volunteers_PIN_does_not_open_it()
    {
        await using var punt = await Steunpunt.StartAsync();
        var blank = await punt.Pages.GetAsync(Home);
        RoleFile(punt, PinRole.Coordinator, Pin);
        RoleFile(punt, PinRole.Vrijwilliger, "135790");
        await using var pages = await PageBench.StartAsync(punt.Node, Steunpunt.Site);
        var form = pages.Request(blank.Form, ("naam", "Waterwolf"));
        form.Headers.Add(PageBench.From, Phone);
        var stopped = await pages.SendAsync(form);
        Assert.Contains("nog niet verstuurd", stopped.Text, StringComparison.Ordinal);
        Assert.Empty(punt.Node.Node.Exercises);
        var wrong = pages.Request(stopped.Form, (PinPages.RoleField, "vrijwilliger"), (PinPages.PinField, "135790"));
        wrong.Headers.Add(PageBench.From, Phone);
        Assert.Equal(HttpStatusCode.Forbidden, (await pages.SendAsync(wrong)).Status);
        Assert.Empty(punt.Node.Node.Exercises);
        var right = pages.Request(stopped.Form, (PinPages.RoleField, "coordinator"), (PinPages.PinField, Pin));
        right.Headers.Add(PageBench.From, Phone);
        using var answer = await pages.Http.SendAsync(right);
        Assert.Equal((HttpStatusCode.SeeOther, Home), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Equal("Waterwolf", punt.Node.Node.Exercise!.Name);
    }

    [Fact]
    public async Task The_desk_has_it_among_its_parts()
    {
        await using var desk = await Desk.StartAsync();
        Assert.NotNull((await desk.Pages.GetAsync("/meldkamer")).Document.QuerySelector($"nav a[href='{Home}']"));
        Assert.Equal("Oefeningen", (await desk.Pages.GetAsync(Home)).Document.QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_is_said_and_changes_nothing()
    {
        await using var punt = await Steunpunt.StartAsync();
        var form = await punt.Pages.GetAsync(Home);
        // The whole data folder is somewhere else for a moment, and root may write in any other.
        var away = punt.Node.Folder + ".weg";
        Directory.Move(punt.Node.Folder, away);
        await File.WriteAllTextAsync(punt.Node.Folder, "");
        var page = await BeginAsync(punt, form, "Waterwolf");
        File.Delete(punt.Node.Folder);
        Directory.Move(away, punt.Node.Folder);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("er is niets veranderd", page.Text, StringComparison.Ordinal);
        Assert.Null(punt.Node.Node.Exercise);
    }

    [Fact]
    public async Task Fifty_evaluations_at_once_are_made_one_by_one_and_a_melding_is_taken_in_meanwhile()
    {
        await using var punt = await Steunpunt.StartAsync(exercise: "Waterwolf");
        var asked = Enumerable.Range(0, 50).Select(i => punt.Pages.Http.GetAsync($"{Home}/1/evaluatie.{(i % 2 == 0 ? "html" : "csv")}")).ToList();
        Assert.Equal("/bericht/11-1", (await punt.Pages.SubmitAsync(await punt.FillInAsync())).Path);
        foreach (var answer in await Task.WhenAll(asked)) Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
        Assert.Equal(HttpStatusCode.OK, (await punt.Pages.GetAsync($"{Home}/1/evaluatie.csv")).Status);
    }

    private static Task<PageBench.Served> BeginAsync(Steunpunt punt, PageBench.Served page, string name) => punt.Pages.SubmitToAsync(page, $"{Home}/begin", ("naam", name));

    private static async Task<(string Html, string Csv)> EvaluationsAsync(PageBench pages, PageBench.Served page)
    {
        var files = new List<string>();
        foreach (var (extension, type) in ((string, string)[])[("html", "text/html"), ("csv", "text/csv")])
        {
            using var answer = await pages.Http.GetAsync(page.Document.QuerySelector($"main a[href$='.{extension}']")!.GetAttribute("href"));
            Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Equal($"attachment; filename=\"evaluatie-punt-11-oefening-1.{extension}\"", answer.Content.Headers.ContentDisposition!.ToString());
            Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            files.Add(Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));
        }

        return (files[0], files[1]);
    }

    private static void AssertText(IHtmlDocument page, string shown)
    {
        Assert.Contains(shown, page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("img, svg, [onload], [onerror], script:not([src])"));
        Assert.Empty(page.QuerySelectorAll("style"));
    }

    private static Task<PageBench.Served> FromPhoneAsync(Steunpunt punt, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(PageBench.From, Phone);
        return punt.Pages.SendAsync(request);
    }

    private static void RoleFile(Steunpunt punt, PinRole role, string pin) => PinFile.Set(Path.Combine(punt.Node.Folder, "pins"), role, PinHash.Of(pin));
}
