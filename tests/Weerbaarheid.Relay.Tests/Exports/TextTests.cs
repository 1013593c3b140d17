using CsCheck;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Exports;

public sealed class TextTests
{
    [Theory]
    [InlineData("gewoon, met ë en €", "gewoon, met ë en €")]
    [InlineData("een\r\ntwee\ndrie\rvier\tvijf", "een / twee / drie / vier vijf")]
    [InlineData("\u202Etxet", "[U+202E]txet")]
    [InlineData("a\u200Bb\uFEFFc\u00ADd", "a[U+200B]b[U+FEFF]c[U+00AD]d")]
    [InlineData("nul\0 bel\u0007 del\u007F", "nul␀ bel␇ del␡")]
    [InlineData("👨‍👩‍👧", "👨‍👩‍👧")]
    [InlineData("a\u200Db", "a[U+200D]b")]
    [InlineData("\U000E0041", "[U+E0041]")]
    [InlineData(null, "")]
    public void What_cannot_be_seen_is_shown(string? text, string shown) => Assert.Equal(shown, VisibleText.Line(text));

    [Fact]
    public void What_is_no_character_is_shown_as_such() => Assert.Equal("\uFFFD x \uFFFD[U+FFFE]", VisibleText.Line("\uD83D x \uDC00\uFFFE"));

    [Fact]
    public void Lines_stay_where_they_are_wanted() => Assert.Equal("een\ntwee", VisibleText.Lines("een\r\ntwee"));

    [Theory]
    [InlineData("2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00")]
    [InlineData("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00")]
    [InlineData("2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00")]
    [InlineData("2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00")]
    [InlineData("2026-12-31T23:30:00Z", "2027-01-01T00:30:00+01:00")]
    [InlineData("2027-03-28T01:00:00Z", "2027-03-28T03:00:00+02:00")]
    public void Dutch_time_changes_on_the_last_Sundays(string utc, string dutch) =>
        Assert.Equal(dutch, DutchTime.Iso(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_line_for_GMS_is_what_somebody_types()
    {
        var melding = new Melding { Priority = 1, Category = 3, Victims = 2, Location = new AddressLocation("9351AB", 12, null), Text = "Rook uit café ‘De Coöperatie’ – 2 mensen één boven\n-br /adres =object" };
        Assert.Equal("P1 MELDING BRAND, 9351AB 12, 2 slachtoffers, Rook uit cafe De Cooperatie' 2 mensen een boven br adres object (WR 11-4711)", GmsLine.Of(Records.Facts(melding)));
    }

    [Fact]
    public void A_long_melding_keeps_its_place_and_its_id_and_an_exercise_says_so_first()
    {
        var line = GmsLine.Of(Records.Facts(new Hulpvraag { Priority = 3, Exercise = Exercise.Oefening, Location = new TextLocation(new string('p', 300)), Text = new string('t', 500) }));
        Assert.Equal(GmsLine.Longest, line.Length);
        Assert.StartsWith("OEFENING P3 HULPVRAAG, ppp", line, StringComparison.Ordinal);
        Assert.EndsWith("ttt... (WR 11-4711)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_words_make_one_bounded_line_of_ASCII_without_a_command()
    {
        Gen.Select(Gen.String[0, 500], Gen.Int[0, Records.Hostile.Count - 1].Select(place => Records.Hostile[place])).Sample((any, hostile) =>
        {
            foreach (var text in (string[])[any, hostile, any + hostile])
            {
                var cut = text[..Math.Min(text.Length, 500)];
                foreach (var record in Records.Everywhere(cut))
                {
                    var line = GmsLine.Of(RecordFacts.Of(record, Amendments.From([], desk: 1)));
                    Assert.InRange(line.Length, 1, GmsLine.Longest);
                    Assert.All(line, one => Assert.InRange(one, ' ', '~'));
                    Assert.EndsWith($"(WR {record.Envelope.Key})", line, StringComparison.Ordinal);
                    Assert.DoesNotMatch(@"(^|\s)[-+=@/!#*<>|]", line);
                }
            }
        }, iter: 500);
    }

    [Fact]
    public void A_correction_stands_before_what_it_corrects_and_is_not_cut_for_it()
    {
        var melding = new Melding { Priority = 1, Category = 3, Location = new AddressLocation("9351AB", 12, null), Text = "Rook, op 12" };
        Assert.Equal(
            "P1 MELDING BRAND, 9351AB 12, CORRECTIE: het is nummer 14, EERST GEMELD: Rook, op 12 (WR 11-4711)",
            GmsLine.Of(Records.Facts(melding, Records.Amend(AmendKind.Correctie, "het is nummer 13"), Records.Amend(AmendKind.Correctie, "het is nummer 14", 5001))));
        Assert.Contains("CORRECTIE: nummer 14,", GmsLine.Of(Records.Facts(melding with { Text = new string('t', 400) }, Records.Amend(AmendKind.Correctie, "nummer 14"))), StringComparison.Ordinal);
        Assert.DoesNotContain("CORRECTIE", GmsLine.Of(Records.Facts(melding, Records.Amend(AmendKind.Correctie, "van een ander", origin: 12))), StringComparison.Ordinal);
    }
}
