using System.Buffers;
using System.Text;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Exports;

/// <summary>
/// A table for Dutch Excel: UTF-8 with a byte order mark, semicolons, CRLF, one row for each melding, hulpvraag and hulpaanbod. Columns that
/// a centralist knows have the names that GMS and the programs around it give them.
/// </summary>
internal sealed class CsvDocument : RecordDocument
{
    private const string EndOfRow = "\r\n";

    private static readonly IReadOnlyList<(string Name, Func<RecordFacts, string> Cell)> Columns =
    [
        ("IncidentNummer", facts => CsvCell.Text($"WR {facts.Envelope.Key}")),
        ("Soort", facts => CsvCell.Text(MessageDocument.NameOf(facts.Envelope.Header.Type))),
        ("Oefening", facts => CsvCell.Text(facts.Exercise.ToString().ToUpperInvariant())),
        ("StartDTG", facts => facts.SentAt is { } sent ? DutchTime.Sheet(sent.ToDateTimeOffset()) : ""),
        ("KlokBetrouwbaar", facts => facts.SentAt is { } sent ? YesNo(sent.Trusted) : ""),
        ("OntvangenDTG", facts => DutchTime.Sheet(facts.Envelope.ReceivedAt)),
        ("Toestand", facts => CsvCell.Text(MessageDocument.NameOf(facts.Envelope.State))),
        ("Afhandeling", facts => CsvCell.Text(facts.Closing?.Title)),
        ("GmsNummer", facts => CsvCell.Text(facts.DeskNumber)),
        ("Prioriteit", facts => CsvCell.Number(facts.Envelope.Header.Priority)),
        ("Meldingsclassificatie1", facts => CsvCell.Text(facts.Category)),
        ("NaamLocatie1", facts => CsvCell.Text(facts.Place.Name)),
        ("Postcode", facts => CsvCell.Text(facts.Place.Address?.Postcode)),
        ("Huisnummer", facts => CsvCell.Number(facts.Place.Address is { Number: > 0 } address ? address.Number : null)),
        ("Letter", facts => CsvCell.Text(facts.Place.Address?.Letter?.ToString())),
        ("XCoordinaat", facts => CsvCell.Number(facts.Place.Grid?.X)),
        ("YCoordinaat", facts => CsvCell.Number(facts.Place.Grid?.Y)),
        ("NauwkeurigheidMeter", facts => CsvCell.Number(facts.Place.Grid?.Precision)),
        ("Breedtegraad", facts => CsvCell.Degrees(facts.Place.Degrees?.Latitude)),
        ("Lengtegraad", facts => CsvCell.Degrees(facts.Place.Degrees?.Longitude)),
        ("Aantal", facts => CsvCell.Number(facts.Count)),
        ("AantalWat", facts => facts.Count is null ? "" : CsvCell.Text(facts.Counted)),
        ("BeschikbaarUren", facts => CsvCell.Number(facts.AvailableHours)),
        ("Kladblokregel", facts => CsvCell.Text(facts.IsReadable ? facts.Words : "(onleesbaar voor deze versie)")),
        ("Aanvullingen", facts => CsvCell.Text(Later(facts))),
        ("GmsRegel", facts => CsvCell.Text(GmsLine.Of(facts))),
        ("Meldpunt", facts => CsvCell.Number(facts.Envelope.Key.Origin)),
        ("Volgnummer", facts => Sequence.LifeOf(facts.Envelope.Key.Sequence) == 0 ? facts.Envelope.Key.Number : CsvCell.Text(facts.Envelope.Key.Number)),
        ("StartISO", facts => facts.SentAt is { } sent ? DutchTime.Iso(sent.ToDateTimeOffset()) : ""),
        ("OntvangenISO", facts => DutchTime.Iso(facts.Envelope.ReceivedAt)),
    ];

    /// <summary>The names of the columns, in order.</summary>
    public static IReadOnlyList<string> Header { get; } = [.. Columns.Select(column => column.Name)];

    public override string FileName => "meldingen.csv";

    public override string ContentType => "text/csv; charset=utf-8; header=present";

    public override void Begin(IBufferWriter<byte> to) => Write(to, '\uFEFF' + string.Join(CsvCell.Separator, Header) + EndOfRow);

    public override void Add(IBufferWriter<byte> to, RecordFacts facts) => Write(to, string.Join(CsvCell.Separator, Columns.Select(column => column.Cell(facts))) + EndOfRow);

    public override void End(IBufferWriter<byte> to, int amendmentsLeftOut)
    {
        // A row that no program takes for a melding: its number is missing.
        if (amendmentsLeftOut > 0) Write(to, CsvCell.Separator + CsvCell.Text($"LET OP: {amendmentsLeftOut} aanvullingen staan niet in dit bestand") + new string(CsvCell.Separator, Header.Count - 2) + EndOfRow);
    }

    private static void Write(IBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);

    private static string YesNo(bool yes) => yes ? "ja" : "nee";

    private static string Later(RecordFacts facts)
    {
        var words = facts.Amendments.Select(one => $"{DutchTime.Short(one.At)} {one.Title}{(one.Text.Length == 0 ? "" : ": " + one.Text)}");
        return string.Join(" | ", facts.IsCut ? words.Prepend("(oudere aanvullingen staan hier niet)") : words);
    }
}
