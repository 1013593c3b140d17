using System.Text;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Exercises;

/// <summary>The evaluation of a journal that was written by hand, so that every number of it is known.</summary>
public sealed class EvaluationTests
{
    private static readonly DateTimeOffset Began = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly Site Leek = new(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, "groningen");
    private static readonly ExerciseEntry Waterwolf = new(1, "Waterwolf", Began, Began.AddMinutes(10));

    private readonly List<JournalLine> _lines = [];

    private void At(double seconds, string what, Func<JournalLine, JournalLine>? with = null)
    {
        var line = new JournalLine(_lines.Count, (long)(seconds * 1000), Began.AddSeconds(seconds), what);
        _lines.Add(with is null ? line : with(line));
    }

    private void Message(double seconds, string id, int priority, string kind = "oefening", string type = "melding", string state = "opgeslagen") =>
        At(seconds, JournalEvents.Message, line => line with { Id = id, Priority = priority, Kind = kind, Type = type, State = state, Site = 11 });

    private void Progress(double seconds, string id, string state) => At(seconds, JournalEvents.Progress, line => line with { Id = id, State = state });

    private void Send(double seconds, string link, int bytes, long? air, params string[] ids) =>
        At(seconds, JournalEvents.Send, line => line with { Link = link, Bytes = bytes, Air = air, Ids = ids });

    private void Link(double seconds, string link, bool up, string? reason = null) => At(seconds, JournalEvents.Link, line => line with { Link = link, Up = up, Reason = reason });

    private void Way(double seconds, string? link) => At(seconds, JournalEvents.Way, line => line with { Link = link });

    /// <summary>Ten minutes: two messages over internet, a cut of 60 seconds, one over LoRa with a repeat, one that never arrives.</summary>
    private Evaluation Play()
    {
        At(0, JournalEvents.Begins);
        Way(0, "internet");
        Link(0, "internet", up: true);
        Link(0, "lora", up: true);
        Message(10, "11-1", 1);
        Send(10.1, "internet", 100, null, "11-1");
        Progress(10.2, "11-1", "verzonden");
        Progress(10.5, "11-1", "ontvangen");
        Progress(70, "11-1", "in behandeling");
        Message(20, "11-2", 1);
        Send(20.1, "internet", 90, null, "11-2");
        Progress(21.5, "11-2", "ontvangen");
        Link(100, "internet", up: false, "the connection was lost");
        Way(102, "lora");
        Message(110, "11-3.3", 1, type: "hulpvraag");
        Send(111, "lora", 50, 300_000, "11-3");
        Send(121, "lora", 50, 300_000, "11-3", "11-4");
        Progress(125, "11-3.3", "verzonden");
        Progress(130, "11-3.3", "ontvangen");
        Message(115, "11-4", 3);
        Message(140, "11-5", 2, kind: "actueel");
        Link(160, "internet", up: true);
        Way(163, "internet");
        At(170, JournalEvents.Gaps, line => line with { Site = 12, Missing = 2, Gaps = "3-4" });
        At(171, JournalEvents.Gaps, line => line with { Site = 13, Missing = 1, Gaps = "9" });
        At(172, JournalEvents.Gaps, line => line with { Site = 13, Missing = 0, Gaps = "" });
        Link(580, "lora", up: false);
        At(600, JournalEvents.Ends);
        return Evaluation.Of(Waterwolf, Leek, new JournalContents(_lines, 0), [], Began.AddHours(1));
    }

    [Fact]
    public void Every_number_follows_from_the_journal()
    {
        var evaluation = Play();
        static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

        Assert.Equal(["11-1", "11-2", "11-3.3", "11-4"], evaluation.Messages.Select(row => row.Id));
        Assert.Equal([S(0.5), S(1.5), S(20), null], evaluation.Messages.Select(row => row.Received));
        Assert.Equal([S(0.2), null, S(15), null], evaluation.Messages.Select(row => row.Sent));
        Assert.Equal([S(60), null, null, null], evaluation.Messages.Select(row => row.TakenUp));
        Assert.Equal(["internet", "internet", "lora", "lora"], evaluation.Messages.Select(row => row.Link));
        Assert.Equal([1, 1, 2, 1], evaluation.Messages.Select(row => row.Sends));
        Assert.Equal(
            [new DeliveryRow(1, "internet", 2, 2, S(0.5), S(1.5)), new DeliveryRow(1, "lora", 1, 1, S(20), S(20)), new DeliveryRow(3, "lora", 1, 0, null, null)], evaluation.Delivery);
        Assert.Equal([("internet", S(60), true), ("lora", S(20), false)], evaluation.Outages.Select(row => (row.Link, row.Lasted, row.Until is not null)));
        Assert.Equal([("internet", "lora"), ("lora", "internet")], evaluation.Switches.Select(row => (row.From!, row.To!)));
        Assert.Equal([new LinkRow("internet", 2, 190, null, 2, 0), new LinkRow("lora", 2, 100, S(0.6), 3, 1)], evaluation.Links);
        Assert.Equal([new GapRow(12, 2, "3-4")], evaluation.Gaps);
        Assert.Equal(["11-2", "11-3.3", "11-4"], evaluation.Unanswered.Select(row => row.Id));
        Assert.Equal(["11-4"], evaluation.Undelivered.Select(row => row.Id));
        Assert.Equal((1, (0, 600_000)), (evaluation.Real, evaluation.Span));
        Assert.Empty(evaluation.Remarks);
    }

    [Fact]
    public void The_files_say_the_same_and_what_is_real_is_not_in_them()
    {
        var evaluation = Play();
        var csv = Encoding.UTF8.GetString(EvaluationTable.ToCsv(evaluation));
        Assert.StartsWith("\uFEFFOEFENING;\"Waterwolf\";Punt;11;", csv, StringComparison.Ordinal);
        Assert.Contains("\"WR 11-3.3\";\"hulpvraag\";1;11;02-11-2026 10:01:50;15,0;20,0;;\"lora\";2;\"ontvangen\";\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("\r\n1;\"internet\";2;2;0,5;1,5\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("\r\n\"lora\";2;100;0,6;3;1\r\n", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("11-5", csv, StringComparison.Ordinal);

        var html = Encoding.UTF8.GetString(EvaluationPage.ToHtml(evaluation));
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(html);
        Assert.Equal(2, page.QuerySelectorAll("svg rect.down").Length);
        Assert.Equal(4, page.QuerySelectorAll("svg circle").Length);
        Assert.Equal(1, page.QuerySelectorAll("svg line.lost").Length);
        Assert.Equal(2, page.QuerySelectorAll("svg line.switch").Length);
        Assert.Contains("4 berichten van de oefening, 1 niet bij de meldkamer gekomen, 3 nooit opgepakt. 1 echte berichten", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("11-5", html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_journal_lacks_is_said()
    {
        At(0, JournalEvents.Begins);
        At(5, JournalEvents.Lost, line => line with { Missing = 7 });
        At(9, JournalEvents.Begins);
        var lines = _lines.Select(line => line with { N = line.N + 40 }).ToList();
        var remarks = Evaluation.Of(Waterwolf, Leek, new JournalContents(lines, 2), [], Began).Remarks;
        Assert.Equal(4, remarks.Count);
        Assert.Contains("de eerste 40 regels", remarks[0], StringComparison.Ordinal);
        Assert.Contains("7 regels", remarks[1], StringComparison.Ordinal);
        Assert.Contains("2 regels", remarks[2], StringComparison.Ordinal);
        Assert.Contains("1 keer opnieuw gestart", remarks[3], StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_meldkamer_does_not_confirm_is_not_lost()
    {
        At(0, JournalEvents.Begins);
        Message(10, "11-1", 3, type: "status");
        Message(11, "11-2", 2);
        Assert.Equal(["11-2"], Evaluation.Of(Waterwolf, Leek, new JournalContents(_lines, 0), [], Began).Undelivered.Select(row => row.Id));

        var desk = new Site(1, "Meldkamer", Role.Meldkamer, "groningen");
        At(12, JournalEvents.Message, line => line with { Id = "1-1", Priority = 2, Kind = "oefening", Type = "bulletin", State = "opgeslagen", Site = 1 });
        At(13, JournalEvents.Message, line => line with { Id = "1-2", Priority = 3, Kind = "oefening", Type = "amend", State = "opgeslagen", Site = 1 });
        var evaluation = Evaluation.Of(Waterwolf, desk, new JournalContents(_lines, 0), [], Began);
        Assert.Equal(["11-2"], evaluation.Undelivered.Select(row => row.Id));
        Assert.Equal(1, evaluation.Delivery.Sum(row => row.Count));
        Assert.Equal(4, evaluation.Messages.Count);
    }
}
