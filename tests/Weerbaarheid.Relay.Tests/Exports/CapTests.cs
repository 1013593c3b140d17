using System.Text;
using System.Xml.Linq;
using CsCheck;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Exports;

public sealed class CapTests
{
    private static readonly XNamespace Cap = CapXml.Namespace;

    [Fact]
    public void A_bulletin_is_the_alert_that_it_says()
    {
        var bulletin = Records.Of(new Bulletin { Priority = 2, Number = 7, ValidHours = 12, Grip = 2, Text = "Kook het drinkwater.\nHet water is <niet> veilig & troebel." }, 31, origin: 1);
        const string expected = """
            <?xml version="1.0" encoding="utf-8"?>
            <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
              <identifier>weerbaarheid-relay.groningen.1-31</identifier>
              <sender>punt-1.groningen.weerbaarheid-relay</sender>
              <sent>2026-12-01T14:03:22+01:00</sent>
              <status>Actual</status>
              <msgType>Alert</msgType>
              <scope>Public</scope>
              <info>
                <language>nl-NL</language>
                <category>Safety</category>
                <event>Bulletin noodsteunpunten</event>
                <urgency>Expected</urgency>
                <severity>Moderate</severity>
                <certainty>Unknown</certainty>
                <expires>2026-12-02T02:03:22+01:00</expires>
                <senderName>Veiligheidsregio groningen</senderName>
                <headline>Bulletin 7: Kook het drinkwater. / Het water is &lt;niet&gt; veilig &amp; troebel.</headline>
                <description>Kook het drinkwater.
            Het water is &lt;niet&gt; veilig &amp; troebel.</description>
                <parameter>
                  <valueName>bulletin</valueName>
                  <value>7</value>
                </parameter>
                <parameter>
                  <valueName>GRIP</valueName>
                  <value>2</value>
                </parameter>
                <area>
                  <areaDesc>Regio groningen</areaDesc>
                </area>
              </info>
            </alert>
            """;
        Assert.Equal(expected, Xml(bulletin, [bulletin]));
        Assert.Empty(CapRules.Problems(expected));
    }

    [Fact]
    public void A_bulletin_that_replaces_another_names_the_newest_of_that_number_and_never_one_of_an_exercise()
    {
        var older = Records.Of(new Bulletin { Number = 7, Text = "een jaar oud" }, 3, origin: 1);
        var real = Records.Of(new Bulletin { Number = 7, Text = "kook het water", SentAt = Moment.From(Records.Sent.AddHours(-3), true) }, 30, origin: 1);
        var exercise = Records.Of(new Bulletin { Number = 7, Text = "oefening", Exercise = Exercise.Oefening }, 31, origin: 1);
        var foreign = Records.Of(new Bulletin { Number = 7, Text = "van een ander" }, 32, origin: 2);
        var change = Records.Of(new Bulletin { Number = 8, Kind = BulletinKind.Wijziging, Replaces = 7, Text = "het water is weer veilig" }, 33, origin: 1);
        var after = Records.Of(new Bulletin { Number = 7, Text = "een nieuw nummer zeven" }, 40, origin: 1);
        var xml = Xml(change, [after, change, foreign, exercise, real, older]);
        Assert.Empty(CapRules.Problems(xml));
        var alert = XElement.Parse(xml);
        Assert.Equal("Update", alert.Element(Cap + "msgType")!.Value);
        Assert.Equal("punt-1.groningen.weerbaarheid-relay,weerbaarheid-relay.groningen.1-30,2026-12-01T11:03:22+01:00", alert.Element(Cap + "references")!.Value);
    }

    [Theory]
    [InlineData(BulletinKind.Wijziging, true, "Update")]
    [InlineData(BulletinKind.Intrekking, true, "Cancel")]
    [InlineData(BulletinKind.Wijziging, false, "Alert")]
    [InlineData(BulletinKind.Intrekking, false, "Alert")]
    public void What_replaces_a_bulletin_that_is_not_here_is_an_alert_that_says_so(BulletinKind kind, bool isHere, string type)
    {
        var first = Records.Of(new Bulletin { Number = 7, Text = "een", Exercise = Exercise.Oefening }, 30, origin: 1);
        var second = Records.Of(new Bulletin { Number = 8, Kind = kind, Replaces = 7, Text = "twee", Exercise = Exercise.Oefening }, 31, origin: 1);
        var xml = Xml(second, isHere ? [second, first] : [second]);
        Assert.Empty(CapRules.Problems(xml));
        var alert = XElement.Parse(xml);
        Assert.Equal(type, alert.Element(Cap + "msgType")!.Value);
        Assert.Equal("Exercise", alert.Element(Cap + "status")!.Value);
        Assert.Equal(!isHere, alert.Element(Cap + "note")!.Value.Contains("Bulletin 7 is hier niet ontvangen", StringComparison.Ordinal));
        Assert.Contains("bulletin 7", alert.Descendants(Cap + "headline").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bulletin_with_any_words_of_any_region_keeps_the_rules()
    {
        var regions = Records.Hostile.Append("Noord- en Oost-Gelderland").Append("Fryslân").ToList();
        var texts = Gen.OneOf(Gen.String[0, MessageLimits.BulletinText], Gen.Int[0, Records.Hostile.Count - 1].Select(place => Records.Hostile[place]));
        Gen.Select(texts, Gen.Int[0, regions.Count - 1], Gen.Int[0, 2], Gen.Int[1, 4], Gen.Int[0, 2], Gen.Int[0, 720]).Sample(
            (text, region, kind, priority, exercise, hours) =>
            {
                var first = Records.Of(new Bulletin { Number = 7, Exercise = (Exercise)exercise, Text = text }, (3UL << 24) | 1, origin: 1);
                var bulletin = new Bulletin
                {
                    Number = 8,
                    Kind = (BulletinKind)kind,
                    Replaces = 7,
                    Priority = (byte)priority,
                    Exercise = (Exercise)exercise,
                    ValidHours = hours,
                    Text = text,
                    SentAt = hours % 2 == 0 ? null : Moment.From(Records.Sent, trusted: hours % 3 == 0),
                };
                var second = Records.Of(bulletin, (3UL << 24) | 2, origin: 1);
                var xml = Xml(second, [second, first], regions[region]);
                Assert.Empty(CapRules.Problems(xml));
                Assert.DoesNotContain('\u202E', xml);
            },
            iter: 500);
    }

    [Fact]
    public void The_rules_notice_what_is_wrong()
    {
        var bulletin = Records.Of(new Bulletin { Priority = 2, Number = 7, Text = "x" }, 31, origin: 1);
        var good = Xml(bulletin, [bulletin]);
        foreach (var (before, after) in new[]
        {
            ("+01:00</sent>", "Z</sent>"), ("<status>Actual", "<status>actueel"), ("groningen.1-31", "groningen 1-31"), ("<scope>Public</scope>", ""), ("<msgType>Alert", "<msgType>Update"),
            ("<urgency>Expected</urgency>", ""), ("<scope>Public</scope>", "<references>a b</references><scope>Public</scope>"), ("<category>Safety", "<category>Bulletin"),
        })
        {
            Assert.Contains(before, good, StringComparison.Ordinal);
            Assert.NotEmpty(CapRules.Problems(good.Replace(before, after, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_feed_holds_each_alert_whole()
    {
        List<OpenedRecord> bulletins = [.. Records.Hostile.Select((text, place) => Records.Of(new Bulletin { Number = place + 1, Text = text }, (ulong)place + 1, origin: 1))];
        var alerts = bulletins.Select(one => CapAlert.Of(one.Envelope, (Bulletin)one.Message!, bulletins, "groningen")).ToList();
        var feed = XElement.Parse(Encoding.UTF8.GetString(CapXml.Feed(alerts, "weerbaarheid-relay.bulletins.punt-1", "Bulletins", Records.Sent)), LoadOptions.PreserveWhitespace);
        XNamespace atom = "http://www.w3.org/2005/Atom";
        var entries = feed.Elements(atom + "entry").ToList();
        Assert.Equal(bulletins.Count, entries.Count);
        Assert.Equal("urn:x-weerbaarheid-relay.groningen.1-1", entries[0].Element(atom + "id")!.Value);
        foreach (var entry in entries) Assert.Empty(CapRules.Problems(entry.Element(atom + "content")!.Element(Cap + "alert")!.ToString()));
        Assert.Empty(XElement.Parse(Encoding.UTF8.GetString(CapXml.Feed([], "x", "Bulletins", Records.Sent))).Elements(atom + "entry"));
    }

    private static string Xml(OpenedRecord bulletin, IReadOnlyList<OpenedRecord> all, string region = "groningen") =>
        Encoding.UTF8.GetString(CapXml.Alert(CapAlert.Of(bulletin.Envelope, (Bulletin)bulletin.Message!, all, region)));

    [Theory]
    [InlineData(Exercise.Actueel, Exercise.Oefening, "OEFENING: dit is niet echt. Bulletin 7 is echt: het blijft gelden.")]
    [InlineData(Exercise.Oefening, Exercise.Actueel, "Bulletin 7 hoort bij een oefening: dit verandert er niets aan.")]
    [InlineData(Exercise.Test, Exercise.Actueel, "Bulletin 7 was een test: dit verandert er niets aan.")]
    public void What_means_a_bulletin_of_another_kind_says_that_and_not_that_it_never_came(Exercise first, Exercise then, string note)
    {
        var known = Records.Of(new Bulletin { Number = 7, Text = "kook het water", Exercise = first }, 30, origin: 1);
        var change = Records.Of(new Bulletin { Number = 8, Kind = BulletinKind.Wijziging, Replaces = 7, Text = "schoon", Exercise = then }, 31, origin: 1);
        var alert = XElement.Parse(Xml(change, [change, known]));
        Assert.Equal(("Alert", note), (alert.Element(Cap + "msgType")!.Value, alert.Element(Cap + "note")!.Value));
    }
}
