using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>The evaluation as one HTML file that needs nothing else: to read, to print and to send on. It holds no words of a melding.</summary>
internal static class EvaluationPage
{
    private const string Style = """
        body { font: 11pt/1.4 system-ui, sans-serif; color: #000; background: #fff; max-width: 260mm; margin: 0 auto; padding: 5mm }
        h1 { font-size: 18pt; margin: 0 } h2 { font-size: 13pt; margin: 7mm 0 2mm } .flag { border: 1.2mm solid #000; padding: 2mm; font-weight: bold; text-align: center }
        .warn { border-left: 1.2mm solid #000; padding-left: 2mm } table { border-collapse: collapse; width: 100% } th, td { border: .2mm solid #555; padding: .8mm 1.5mm; text-align: left } th { background: #e8e8e8 }
        svg { width: 100%; font: 11px system-ui, sans-serif } .up { fill: #cfe3cf } .down { fill: #b00020 } .switch { stroke: #1a4fa3; stroke-dasharray: 3 3 } .small { font-size: 9px }
        .came { stroke: #333; stroke-width: 2 } .lost { stroke: #b00020; stroke-width: 2; stroke-dasharray: 4 3 } circle { fill: #555 } circle.p1 { fill: #b00020 } circle.p2 { fill: #b45f00 }
        """;

    public static byte[] ToHtml(Evaluation evaluation) => Encoding.UTF8.GetBytes($"""
        <!doctype html>
        <html lang="nl">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>{Html.Of($"Evaluatie {evaluation.Exercise.Name}")}</title>
        <style>{Style}</style>
        </head>
        <body>
        {Body(evaluation)}
        </body>
        </html>

        """);

    private static Html Body(Evaluation evaluation) => Html.Of($"""
        <p class="flag">OEFENING: niets hiervan is echt</p>
        <h1>Evaluatie {evaluation.Exercise.Name}</h1>
        <p>Gezien vanaf {evaluation.Site.Name} (punt {evaluation.Site.Id}). Begin {DutchTime.Short(evaluation.Exercise.Began)}, einde {(evaluation.Exercise.Ended is { } ended ? DutchTime.Short(ended) : "nog bezig")}.
        {evaluation.Messages.Count} berichten van de oefening, {evaluation.Undelivered.Count()} niet bij de meldkamer gekomen, {evaluation.Unanswered.Count()} nooit opgepakt. {evaluation.Real} echte berichten in die tijd; die staan hier niet in.</p>
        {Html.Each(evaluation.Remarks, remark => Html.Of($"<p class=\"warn\">{remark}</p>"))}
        <h2>Tijdlijn</h2>
        <p>Per verbinding: groen is er, rood is weg. Een stippellijn omhoog is een omschakeling. Elke streep daaronder is een bericht, van innemen tot ontvangen; rood en gestippeld is niet aangekomen.</p>
        {EvaluationTimeline.Draw(evaluation)}
        <h2>Hoe lang het duurde, per prioriteit en verbinding</h2>
        {Table("Prioriteit|Verbinding|Berichten|Ontvangen|De helft binnen|Langste", evaluation.Delivery, row => [row.Priority, row.Link ?? "hier zelf of van een ander punt", row.Count, row.Delivered, EvaluationWords.Duration(row.Median), EvaluationWords.Duration(row.Slowest)])}
        <h2>Uitval van verbindingen</h2>
        {Table("Verbinding|Vanaf|Duur|Reden", evaluation.Outages, row => [row.Link, DutchTime.Sheet(row.At), EvaluationWords.Duration(row.Lasted) + (row.Until is null ? ", tot het einde" : ""), row.Reason ?? ""])}
        <h2>Omschakelingen</h2>
        {Table("Wanneer|Van|Naar", evaluation.Switches, row => [DutchTime.Sheet(row.At), row.From ?? "geen weg", row.To ?? "geen weg"])}
        <h2>Verbindingen: verkeer, herhalingen en zendtijd</h2>
        {Table("Verbinding|Frames|Bytes|Zendtijd|Berichten verstuurd|Daarvan herhaald", evaluation.Links, row => [row.Link, row.Frames, row.Bytes, EvaluationWords.Duration(row.Air), row.Records, row.Repeats])}
        <h2>Gaten aan het einde</h2>
        {Table("Punt|Mist|Nummers", evaluation.Gaps, row => [row.Site, row.Missing, row.Numbers])}
        <h2>Wie pakte wat op, en wanneer</h2>
        {Table("Bericht|Soort|Prioriteit|Van punt|Binnen|Ontvangen na|Opgepakt na|Nummer van de meldkamer", evaluation.Messages.Where(row => row.TakenUp is not null), row => [row.Id, row.Type, row.Priority, row.Site, DutchTime.Sheet(row.At), EvaluationWords.Duration(row.Received), EvaluationWords.Duration(row.TakenUp), row.Reference ?? ""])}
        <h2>Nooit opgepakt</h2>
        {Table("Bericht|Soort|Prioriteit|Van punt|Binnen|Toestand", evaluation.Unanswered, row => [row.Id, row.Type, row.Priority, row.Site, DutchTime.Sheet(row.At), row.State])}
        <h2>Alle berichten van de oefening</h2>
        {Table("Bericht|Soort|Prioriteit|Van punt|Binnen|Verzonden na|Ontvangen na|Verbinding|Keer verstuurd|Toestand", evaluation.Messages, row => [row.Id, row.Type, row.Priority, row.Site, DutchTime.Sheet(row.At), EvaluationWords.Duration(row.Sent), EvaluationWords.Duration(row.Received), row.Link ?? "–", row.Sends, row.State])}
        """);

    private static Html Table<T>(string head, IEnumerable<T> rows, Func<T, object[]> cells)
    {
        var all = rows.ToList();
        return all.Count == 0 ? Html.Of($"<p>Geen.</p>") : Html.Of($"""
            <table><thead><tr>{Html.Each(head.Split('|'), name => Html.Of($"<th>{name}</th>"))}</tr></thead>
            <tbody>{Html.Each(all, row => Html.Of($"<tr>{Html.Each(cells(row), cell => Html.Of($"<td>{Convert.ToString(cell, CultureInfo.InvariantCulture)}</td>"))}</tr>\n"))}</tbody></table>
            """);
    }
}
