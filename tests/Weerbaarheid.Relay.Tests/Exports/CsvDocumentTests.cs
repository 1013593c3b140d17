using CsCheck;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Exports;

public sealed class CsvDocumentTests
{
    [Fact]
    public void A_melding_is_the_row_that_a_centralist_expects()
    {
        var melding = new Melding { Priority = 1, Category = 5, Victims = 1, Location = new AddressLocation("9351AB", 12, 'A'), Text = "Oudere man niet aanspreekbaar; hal \"Waezenburg\"" };
        var facts = RecordFacts.Of(Records.Of(melding, state: MessageState.InBehandeling, reference: "G-123"), Amendments.From([Records.Amend(AmendKind.Aanvulling, "ademt weer")], desk: 1));
        const string expected =
            "\uFEFFIncidentNummer;Soort;Oefening;StartDTG;KlokBetrouwbaar;OntvangenDTG;Toestand;Afhandeling;GmsNummer;Prioriteit;Meldingsclassificatie1;NaamLocatie1;Postcode;Huisnummer;Letter;"
            + "XCoordinaat;YCoordinaat;NauwkeurigheidMeter;Breedtegraad;Lengtegraad;Aantal;AantalWat;BeschikbaarUren;Kladblokregel;Aanvullingen;GmsRegel;Meldpunt;Volgnummer;StartISO;OntvangenISO\r\n"
            + "\"WR 11-4711\";\"melding\";\"ACTUEEL\";01-12-2026 14:03:22;ja;01-12-2026 14:03:27;\"in behandeling\";;\"G-123\";1;\"gezondheid\";\"9351AB 12A\";\"9351AB\";12;\"A\";"
            + ";;;;;1;\"slachtoffers\";;\"Oudere man niet aanspreekbaar; hal \"\"Waezenburg\"\"\";\"1-12-2026 14:03 aanvulling (11-5000): ademt weer\";"
            + "\"P1 MELDING GEZONDHEID, 9351AB 12A, 1 slachtoffers, Oudere man niet aanspreekbaar; hal Waezenburg\"\" (WR 11-4711)\";11;4711;2026-12-01T14:03:22+01:00;2026-12-01T14:03:27+01:00\r\n";
        Assert.Equal(expected, Records.Write(new CsvDocument(), facts));
    }

    [Fact]
    public void A_point_has_degrees_with_a_comma_and_metres_without()
    {
        var row = Row(RecordFacts.Of(Records.Of(new Hulpvraag { Location = new GridLocation(155000, 463000, 1) }), Amendments.From([], desk: 1)));
        Assert.Equal(("155000", "463000", "1", "52,155174", "5,387206"), (row["XCoordinaat"], row["YCoordinaat"], row["NauwkeurigheidMeter"], row["Breedtegraad"], row["Lengtegraad"]));
    }

    [Fact]
    public void What_is_unknown_is_empty_and_what_cannot_be_read_says_so()
    {
        var row = Row(RecordFacts.Of(Records.Of(new Melding { Text = "geheim", Exercise = Exercise.Oefening }, isReadable: false), Amendments.From([], desk: 1)));
        Assert.Equal("(onleesbaar voor deze versie)", row["Kladblokregel"]);
        Assert.Equal("OEFENING", row["Oefening"]);
        Assert.Equal("", row["StartDTG"] + row["Aantal"] + row["Postcode"] + row["Meldingsclassificatie1"]);
        Assert.DoesNotContain("geheim", string.Join("", row.Values), StringComparison.Ordinal);
        Assert.Equal("onbekend", row["NaamLocatie1"]);
    }

    [Fact]
    public void A_clock_that_cannot_be_trusted_and_a_later_life_of_the_counter_are_told()
    {
        var melding = new Melding { Text = "x", SentAt = Moment.From(Records.Sent, trusted: false) };
        var row = Row(RecordFacts.Of(Records.Of(melding, (2UL << 24) | 7), Amendments.From([], desk: 1)));
        Assert.Equal(("nee", "WR 11-2.7", "'2.7"), (row["KlokBetrouwbaar"], row["IncidentNummer"], row["Volgnummer"]));
    }

    [Fact]
    public void What_strangers_wrote_stays_in_its_cell_and_is_never_a_formula_whatever_the_separator()
    {
        foreach (var text in Records.Hostile) AssertHarmless(text);
    }

    [Fact]
    public void Any_text_stays_in_its_cell_and_is_never_a_formula() =>
        Gen.OneOf(Gen.String, Gen.Char["=+-@;,|\t\r\n\"' a1＝"].Array[0, 12].Select(signs => new string(signs))).Sample(AssertHarmless, iter: 2_000);

    [Fact]
    public void A_cell_is_never_longer_than_a_spreadsheet_takes()
    {
        var amends = Enumerable.Range(0, 40).Select(i => Records.Amend(AmendKind.Aanvulling, new string('\u202E', 500), 5000 + (ulong)i)).ToArray();
        var row = Row(Records.Facts(new Melding { Text = "x" }, amends));
        Assert.InRange(row["Aanvullingen"].Length, 30_000, 32_767);
        Assert.EndsWith("(afgekapt)", row["Aanvullingen"], StringComparison.Ordinal);
        Assert.StartsWith("(oudere aanvullingen staan hier niet)", row["Aanvullingen"], StringComparison.Ordinal);
    }

    [Fact]
    public void Amendments_that_did_not_fit_are_told_in_a_row_of_their_own()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        new CsvDocument().End(buffer, 3);
        var row = Assert.Single(Rfc4180.Read(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan), ';'));
        Assert.Equal((CsvDocument.Header.Count, "LET OP: 3 aanvullingen staan niet in dit bestand"), (row.Count, row[1]));
    }

    private static Dictionary<string, string> Row(RecordFacts facts)
    {
        var rows = Rfc4180.Read(Records.Write(new CsvDocument(), facts)[1..], ';');
        Assert.Equal(2, rows.Count);
        Assert.Equal(CsvDocument.Header.Count, rows[1].Count);
        return CsvDocument.Header.Zip(rows[1]).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static void AssertHarmless(string text)
    {
        foreach (var record in Records.Everywhere(text))
        {
            var facts = RecordFacts.Of(record, Amendments.From([Records.Amend(AmendKind.Correctie, text)], desk: 1));
            var csv = Records.Write(new CsvDocument(), facts);
            Row(facts);
            // As a program reads it that was told another separator and heeds no quotes.
            foreach (var line in csv[1..].Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
                foreach (var cell in line.Split(';', ',', '\t'))
                    Assert.False(cell.Trim(' ', '"') is ['=' or '+' or '-' or '@' or '＝', ..], $"{cell} in {line}");
            foreach (var one in csv[1..]) Assert.True(one is '\r' or '\n' || !(char.IsControl(one) || one is >= '\u202A' and <= '\u202E' or '\u200B' or '\uFEFF'), $"U+{(int)one:X4}");
        }
    }

    [Theory]
    [InlineData("AFGEHANDELD", "")]
    [InlineData("-", "")]
    [InlineData("VRAAG: hoe laat?", "")]
    [InlineData("KOPPELING: 11-5", "")]
    [InlineData("9001 AFGEHANDELD", "9001")]
    [InlineData("9001 VRAAG: hoe laat?", "9001")]
    [InlineData("9001", "9001")]
    public void Only_a_number_that_the_desk_gave_stands_under_its_name(string reference, string number)
    {
        var facts = RecordFacts.Of(Records.Of(new Melding { Text = "x" }, state: MessageState.InBehandeling, reference: reference), Amendments.From([], desk: 1));
        var csv = Records.Write(new CsvDocument(), facts).Split("\r\n");
        Assert.Equal(number, csv[1].Split(';')[csv[0].TrimStart('\uFEFF').Split(';').ToList().IndexOf("GmsNummer")].Trim('"').TrimStart('\''));
        Assert.Equal(number.Length > 0, Records.Write(new GeoJsonDocument(), facts).Contains($"\"gmsNummer\":\"{number}\"", StringComparison.Ordinal));
    }
}
