using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>The evaluation as a file for Dutch Excel: UTF-8 with a byte order mark, semicolons, one table after another with an empty row between.</summary>
internal static class EvaluationTable
{
    public static byte[] ToCsv(Evaluation evaluation)
    {
        var text = new StringBuilder("\uFEFF");
        Row(text, "OEFENING", CsvCell.Text(evaluation.Exercise.Name), "Punt", Number(evaluation.Site.Id), CsvCell.Text(evaluation.Site.Name));
        Row(text, "Begin", DutchTime.Sheet(evaluation.Exercise.Began), "Einde", evaluation.Exercise.Ended is { } ended ? DutchTime.Sheet(ended) : "");
        foreach (var remark in evaluation.Remarks) Row(text, "LetOp", CsvCell.Text(remark));
        Table(text, "Bericht;Soort;Prioriteit;Punt;Binnen;VerzondenNaSeconden;OntvangenNaSeconden;OpgepaktNaSeconden;Verbinding;KeerVerstuurd;Toestand;GmsNummer", evaluation.Messages, row =>
        [
            CsvCell.Text($"WR {row.Id}"), CsvCell.Text(row.Type), Number(row.Priority), Number(row.Site), DutchTime.Sheet(row.At), EvaluationWords.Seconds(row.Sent),
            EvaluationWords.Seconds(row.Received), EvaluationWords.Seconds(row.TakenUp), CsvCell.Text(row.Link), Number(row.Sends), CsvCell.Text(row.State), CsvCell.Text(row.Reference),
        ]);
        Table(text, "Prioriteit;Verbinding;Berichten;Ontvangen;MiddelsteSeconden;LangsteSeconden", evaluation.Delivery, row =>
            [Number(row.Priority), CsvCell.Text(row.Link), Number(row.Count), Number(row.Delivered), EvaluationWords.Seconds(row.Median), EvaluationWords.Seconds(row.Slowest)]);
        Table(text, "UitvalVerbinding;Vanaf;DuurSeconden;Hersteld;Reden", evaluation.Outages, row =>
            [CsvCell.Text(row.Link), DutchTime.Sheet(row.At), EvaluationWords.Seconds(row.Lasted), row.Until is null ? "nee" : "ja", CsvCell.Text(row.Reason)]);
        Table(text, "Omschakeling;Van;Naar", evaluation.Switches, row => [DutchTime.Sheet(row.At), CsvCell.Text(row.From ?? "geen"), CsvCell.Text(row.To ?? "geen")]);
        Table(text, "Verbinding;Frames;Bytes;ZendtijdSeconden;Berichten;Herhaald", evaluation.Links, row =>
            [CsvCell.Text(row.Link), Number(row.Frames), Number(row.Bytes), EvaluationWords.Seconds(row.Air), Number(row.Records), Number(row.Repeats)]);
        Table(text, "PuntMetGaten;Mist;Nummers", evaluation.Gaps, row => [Number(row.Site), Number(row.Missing), CsvCell.Text(row.Numbers)]);
        Table(text, "NooitOpgepakt;Soort;Prioriteit;Toestand", evaluation.Unanswered, row => [CsvCell.Text($"WR {row.Id}"), CsvCell.Text(row.Type), Number(row.Priority), CsvCell.Text(row.State)]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Table<T>(StringBuilder text, string head, IEnumerable<T> rows, Func<T, string[]> cells)
    {
        text.Append("\r\n").Append(head).Append("\r\n");
        foreach (var row in rows) Row(text, cells(row));
    }

    private static void Row(StringBuilder text, params string[] cells) => text.AppendJoin(CsvCell.Separator, cells).Append("\r\n");
}
