using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Exports;

public sealed class SitrapTests
{
    private static readonly Site Meldkamer = new(1, "Meldkamer <Noord>", Role.Meldkamer, "groningen");

    private const string Report = """
        {"at":"2026-12-01T15:00:00Z","clockTrusted":true,"missingText":"2 berichten missen","sites":[
         {"site":11,"lastContact":"2026-12-01T14:37:00Z","secondsSinceContact":1380,"missingText":"2 berichten missen",
          "status":{"type":"status","exercise":"actueel","state":"open","present":84,"capacity":140,"powerHours":11,"supplies":{"water":3,"firstAid":0},"needs":["water","firstAid"]}},
         {"site":12,"lastContact":null,"missingText":"niets gemist","status":null},
         {"site":13,"lastContact":"2026-12-01T14:59:59Z","secondsSinceContact":1,"missingText":"niets gemist","status":{"type":"status","exercise":"oefening","state":"vol"}}]}
        """;

    [Fact]
    public void It_counts_what_waits_what_is_taken_up_and_what_is_done()
    {
        var facts = Gather(Exercise.Actueel,
            Records.Of(new Melding { Priority = 1, Text = "wacht" }, 1), Records.Of(new Melding { Priority = 1, Text = "bezig" }, 2, state: MessageState.InBehandeling),
            Records.Of(new Melding { Priority = 1, Text = "klaar" }, 4711), Records.Of(new Melding { Priority = 2, Text = "te laat" }, 4, state: MessageState.Vervallen),
            Records.Of(new Melding { Priority = 1, Text = "oefening", Exercise = Exercise.Oefening }, 5), Records.Of(new Hulpvraag { Text = "deken" }, 6));
        Assert.Equal(new Standing(1, 1, 1), facts.Of(MessageType.Melding, 1));
        Assert.Equal(new Standing(1, 1, 2), facts.Of(MessageType.Melding));
        Assert.Equal(new Standing(1, 0, 0), facts.Of(MessageType.Hulpvraag));
        Assert.Equal(1, facts.OfOtherKind);
        Assert.Equal(["wacht"], facts.Urgent.Select(one => one.Words));
    }

    [Fact]
    public void Of_too_many_urgent_ones_those_that_wait_longest_are_written_out_and_the_rest_is_counted()
    {
        var newestFirst = Enumerable.Range(1, 200).Reverse().Select(i => Records.Of(new Melding { Priority = (byte)(i % 2 == 0 ? 1 : 2), Text = $"nr {i}" }, (ulong)i));
        var facts = SitrapFacts.From(newestFirst, Amendments.From([], desk: 1), [], Encoding.UTF8.GetBytes(Report), Exercise.Actueel);
        Assert.Equal(("nr 2", "nr 4", SitrapFacts.MostUrgent), (facts.Urgent[0].Words, facts.Urgent[1].Words, facts.Urgent.Count));
        Assert.Equal(140, facts.UrgentLeftOut);
        Assert.Contains("En nog 140 die hier niet staan", SitrapPage.Draw(facts, Meldkamer), StringComparison.Ordinal);
    }

    [Fact]
    public void It_shows_the_sites_as_they_were_heard_and_never_an_exercise_among_what_is_real()
    {
        var facts = Gather(Exercise.Actueel);
        Assert.Equal(new SiteLine(11, "23 min geleden", "open", "84 van 140", "11 uur", "water genoeg, EHBO op", "water, EHBO", "2 berichten missen"), facts.Sites[0]);
        Assert.Equal(("nog nooit", "niet gemeld"), (facts.Sites[1].Heard, facts.Sites[1].State));
        Assert.Equal(("net", "alleen oefening"), (facts.Sites[2].Heard, facts.Sites[2].State));
        Assert.Equal("vol", Gather(Exercise.Oefening).Sites[2].State);
    }

    [Fact]
    public void Only_bulletins_that_hold_are_on_it()
    {
        List<OpenedRecord> bulletins =
        [
            Records.Of(new Bulletin { Number = 5, Kind = BulletinKind.Intrekking, Replaces = 4, Text = "vier geldt niet" }, 15, origin: 1), Records.Of(new Bulletin { Number = 4, Text = "ingetrokken" }, 14, origin: 1),
            Records.Of(new Bulletin { Number = 3, Kind = BulletinKind.Wijziging, Replaces = 2, Text = "nieuwer" }, 13, origin: 1), Records.Of(new Bulletin { Number = 2, Text = "vervangen" }, 12, origin: 1),
            Records.Of(new Bulletin { Number = 1, ValidHours = 1, Text = "voorbij", SentAt = Moment.From(Records.Sent.AddHours(-2), true) }, 11, origin: 1),
            Records.Of(new Bulletin { Number = 9, Text = "oefening", Exercise = Exercise.Oefening }, 19, origin: 1),
        ];
        var facts = SitrapFacts.From([], Amendments.From([], desk: 1), bulletins, Encoding.UTF8.GetBytes(Report), Exercise.Actueel);
        Assert.Equal(["nieuwer"], facts.Bulletins.Select(one => one.Bulletin.Text));
    }

    [Fact]
    public void The_page_is_whole_and_hostile_text_is_text_on_it()
    {
        var records = Records.Hostile.SelectMany(Records.Everywhere).Concat(Records.Hostile.Select((text, i) => Records.Of(new Melding { Priority = 1, Text = text, Location = new TextLocation(text) }, (ulong)i + 1)))
            .Append(Records.Of(new Melding { Priority = 1, Text = "aangevuld" }));
        List<OpenedRecord> bulletins = [.. Records.Hostile.Take(SitrapFacts.MostBulletins).Select((text, i) => Records.Of(new Bulletin { Number = i + 1, Text = text }, (ulong)i + 1, origin: 1))];
        foreach (var name in Records.Hostile)
        {
            var facts = SitrapFacts.From(records, Amendments.From([Records.Amend(AmendKind.Aanvulling, name)], desk: 1), bulletins, Encoding.UTF8.GetBytes(Report), Exercise.Actueel);
            var page = SitrapPage.Draw(facts, Meldkamer with { Name = name, Region = name });
            // As XML nothing is forgiven: every element that is opened is closed, and no text became one.
            var html = XElement.Parse(Regex.Replace(page["<!doctype html>\n".Length..], "<(meta [^>]*|br)>", "<$1/>"));
            Assert.Equal(["body", "head", "html", "bdi", "br", "footer", "h1", "h2", "header", "main", "meta", "p", "section", "span", "strong", "style", "table", "tbody", "td", "th", "thead", "title", "tr"],
                html.DescendantsAndSelf().Select(element => element.Name.LocalName).Distinct().OrderBy(found => found is "html" or "head" or "body" ? 0 : 1).ThenBy(found => found, StringComparer.Ordinal));
            Assert.All(html.DescendantsAndSelf().Attributes(), attribute => Assert.Contains(attribute.Name.LocalName, (string[])["lang", "charset", "name", "content", "class", "scope"]));
            Assert.DoesNotMatch("[\u200B\u202A-\u202E\u2066-\u2069\uFEFF]", page);
        }
    }

    [Fact]
    public void An_exercise_says_so_above_everything_and_an_incomplete_report_says_that()
    {
        var page = SitrapPage.Draw(Gather(Exercise.Oefening, Records.Of(new Melding { Text = "echt" }, 1)), Meldkamer);
        Assert.Contains("<p class=\"flag\">OEFENING: dit is niet echt</p>", page, StringComparison.Ordinal);
        Assert.Contains("Dit rapport is niet volledig: 2 berichten missen.", page, StringComparison.Ordinal);
        Assert.Contains("1 bericht staat hier niet in: van een andere soort.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"flag\"", SitrapPage.Draw(Gather(Exercise.Actueel), Meldkamer), StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_lets_exactly_its_own_style_through()
    {
        var page = SitrapPage.Draw(Gather(Exercise.Actueel), Meldkamer);
        var style = Regex.Match(page, "<style>(.*?)</style>", RegexOptions.Singleline).Groups[1].Value;
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Contains($"style-src 'sha256-{hash}'", SitrapPage.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
    }

    private static SitrapFacts Gather(Exercise exercise, params OpenedRecord[] records) =>
        SitrapFacts.From(records, Amendments.From([Records.Amend(AmendKind.Afgehandeld, "gedaan", origin: 1)], desk: 1), [], Encoding.UTF8.GetBytes(Report), exercise);

    [Fact]
    public void Of_a_site_that_told_both_each_report_has_its_own()
    {
        const string both = """
            {"at":"2026-12-01T15:00:00Z","clockTrusted":true,"missingText":"niets gemist","sites":[{"site":11,"lastContact":null,"missingText":"niets gemist",
             "status":{"type":"status","exercise":"actueel","state":"open"},"exerciseStatus":{"type":"status","exercise":"oefening","state":"vol"}}]}
            """;
        SitrapFacts Of(Exercise exercise) => SitrapFacts.From([], Amendments.From([], desk: 1), [], Encoding.UTF8.GetBytes(both), exercise);
        Assert.Equal(("open", "vol", "alleen actueel"), (Of(Exercise.Actueel).Sites[0].State, Of(Exercise.Oefening).Sites[0].State, Of(Exercise.Test).Sites[0].State));
    }
}
