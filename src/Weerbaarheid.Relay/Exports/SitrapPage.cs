using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Exports;

/// <summary>A Sitrap on A4 paper: one HTML file that needs nothing else. A person releases it, on the paper.</summary>
internal static class SitrapPage
{
    private const string Style = """
        @page { size: A4; margin: 14mm }
        body { font: 10.5pt/1.35 system-ui, sans-serif; color: #000; background: #fff; max-width: 182mm; margin: 0 auto; padding: 4mm }
        h1 { font-size: 17pt; margin: 0 0 1mm } h2 { font-size: 12.5pt; margin: 6mm 0 1.5mm; break-after: avoid }
        p { margin: 1mm 0 } .flag { border: 1.2mm solid #000; padding: 2mm; font-size: 15pt; font-weight: bold; text-align: center; margin-bottom: 3mm }
        .warn { border-left: 1.2mm solid #000; padding-left: 2mm; font-weight: bold }
        table { border-collapse: collapse; width: 100% } thead { display: table-header-group } tr { break-inside: avoid }
        th, td { border: .2mm solid #555; padding: .8mm 1.4mm; text-align: left; vertical-align: top } td { overflow-wrap: anywhere } th { background: #e8e8e8; font-size: 9.5pt }
        .n { text-align: right; white-space: nowrap } .said { white-space: pre-wrap }
        .sign { margin-top: 8mm; border: .2mm solid #555; padding: 3mm; break-inside: avoid } .sign span { display: inline-block; min-width: 48mm; border-bottom: .2mm solid #000; margin-right: 6mm }
        footer { margin-top: 5mm; font-size: 9pt }
        @media print { body { padding: 0 } .screen { display: none } }
        """;

    private static readonly IReadOnlyList<(MessageType Type, string Name)> Types =
        [(MessageType.Melding, "Meldingen"), (MessageType.Hulpvraag, "Hulpvragen"), (MessageType.Hulpaanbod, "Hulpaanbod")];

    /// <summary>What a browser may do with the page: show it with its own style, and nothing else.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page.</summary>
    /// <param name="facts">What it says.</param>
    /// <param name="site">Who makes it.</param>
    public static string Draw(SitrapFacts facts, Site site) => $"""
        <!doctype html>
        <html lang="nl">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Html.Of($"Situatierapport {DutchTime.Short(facts.At)} – {site.Name}")}</title>
        <style>{Style}</style>
        </head>
        <body>
        {Body(facts, site)}
        </body>
        </html>

        """;

    private static Html Body(SitrapFacts facts, Site site) => Html.Of($"""
        {Flag(facts.Exercise)}<header>
        <h1>Situatierapport</h1>
        <p>{site.Name} (punt {site.Id}), regio {site.Region}. Stand van {DutchTime.Short(facts.At)}.</p>
        <p><strong>Vertrouwelijk:</strong> hier staan persoonsgegevens in.</p>
        {Warnings(facts)}</header>
        <main>
        {Counts(facts)}
        {Urgent(facts)}
        {Sites(facts)}
        {Bulletins(facts)}
        <section class="sign"><p>Dit rapport is pas van kracht als iemand het vrijgeeft.</p><p>Vrijgegeven door <span></span> om <span></span></p></section>
        </main>
        <footer>Gemaakt door Weerbaarheid.Relay uit de berichten die hier zijn aangekomen. <span class="screen">Druk af op A4.</span></footer>
        """);

    private static Html Flag(Exercise exercise) => exercise == Exercise.Actueel ? Html.None : Html.Of($"<p class=\"flag\">{exercise.ToString().ToUpperInvariant()}: dit is niet echt</p>\n");

    private static Html Warnings(SitrapFacts facts)
    {
        var warnings = new List<string>();
        if (!facts.IsClockTrusted) warnings.Add("De klok van dit punt is niet betrouwbaar. Controleer de tijden.");
        if (facts.MissingText != SituationReport.MissingText(0)) warnings.Add($"Dit rapport is niet volledig: {facts.MissingText}.");
        if (facts.Unreadable > 0) warnings.Add($"{Number(facts.Unreadable, "bericht is", "berichten zijn")} onleesbaar voor deze versie.");
        if (facts.OfOtherKind > 0) warnings.Add($"{Number(facts.OfOtherKind, "bericht staat", "berichten staan")} hier niet in: {(facts.Exercise == Exercise.Actueel ? "oefening of test" : "van een andere soort")}.");
        return Html.Each(warnings, warning => Html.Of($"<p class=\"warn\">{warning}</p>\n"));
    }

    private static string Number(int count, string one, string more) => count == 1 ? $"1 {one}" : $"{count} {more}";

    private static Html Counts(SitrapFacts facts) => Html.Of($"""
        <section><h2>Aantallen</h2>
        <table><thead><tr><th scope="col">Soort</th><th scope="col">Prioriteit</th><th scope="col" class="n">Wacht</th><th scope="col" class="n">In behandeling</th><th scope="col" class="n">Klaar</th><th scope="col" class="n">Totaal</th></tr></thead>
        <tbody>{Html.Each(Types, one => CountRows(facts, one.Type, one.Name))}</tbody></table></section>
        """);

    private static Html CountRows(SitrapFacts facts, MessageType type, string name)
    {
        IEnumerable<(string Priority, Standing Standing)> rows = [("alle", facts.Of(type))];
        if (type == MessageType.Melding) rows = rows.Concat(Enumerable.Range(1, 4).Select(priority => (priority.ToString(System.Globalization.CultureInfo.InvariantCulture), facts.Of(type, (byte)priority))));
        return Html.Each(rows, row => Html.Of(
            $"<tr><td>{name}</td><td>{row.Priority}</td><td class=\"n\">{row.Standing.Open}</td><td class=\"n\">{row.Standing.TakenUp}</td><td class=\"n\">{row.Standing.Closed}</td><td class=\"n\">{row.Standing.Total}</td></tr>\n"));
    }

    private static Html Urgent(SitrapFacts facts)
    {
        if (facts.Urgent.Count == 0) return Html.Of($"<section><h2>Wacht: prioriteit 1 en 2</h2><p>Geen.</p></section>");
        var more = facts.UrgentLeftOut == 0 ? Html.None : Html.Of($"<p class=\"warn\">En nog {facts.UrgentLeftOut} die hier niet staan; kijk in de lijst van de meldkamer.</p>");
        return Html.Of($"""
            <section><h2>Wacht: prioriteit 1 en 2</h2>
            <table><thead><tr><th scope="col">P</th><th scope="col">Nummer</th><th scope="col">Tijd</th><th scope="col">Wat</th><th scope="col">Waar</th><th scope="col">Woorden van de melder</th></tr></thead>
            <tbody>{Html.Each(facts.Urgent, UrgentRow)}</tbody></table>{more}</section>
            """);
    }

    private static Html UrgentRow(RecordFacts facts) => Html.Of($"""
        <tr><td class="n">{facts.Envelope.Header.Priority}</td><td class="n">{facts.Envelope.Key.ToString()}</td><td class="n">{DutchTime.Short(facts.SentAt?.ToDateTimeOffset() ?? facts.Envelope.ReceivedAt)}</td><td>{What(facts)}</td><td><bdi>{facts.Place.Name}</bdi></td><td><bdi class="said">{(facts.IsReadable ? facts.Words : "onleesbaar voor deze versie")}</bdi>{Html.Each(facts.Amendments, one => Html.Of($"<br>{one.Title}: <bdi>{one.Text}</bdi>"))}</td></tr>

        """);

    private static string What(RecordFacts facts) => facts.Count is { } count ? $"{facts.Category} ({count} {facts.Counted})".TrimStart() : facts.Category;

    private static Html Sites(SitrapFacts facts) => facts.Sites.Count == 0 ? Html.Of($"<section><h2>Punten</h2><p>Er is nog geen punt gehoord.</p></section>") : Html.Of($"""
        <section><h2>Punten</h2>
        <table><thead><tr><th scope="col">Punt</th><th scope="col">Gehoord</th><th scope="col">Toestand</th><th scope="col">Aanwezig</th><th scope="col">Noodstroom</th><th scope="col">Voorraad</th><th scope="col">Gevraagd</th><th scope="col">Gemist</th></tr></thead>
        <tbody>{Html.Each(facts.Sites, site => Html.Of($"<tr><td class=\"n\">{site.Site}</td><td>{site.Heard}</td><td>{site.State}</td><td>{site.Present}</td><td>{site.Power}</td><td>{site.Supplies}</td><td>{site.Needs}</td><td>{site.Missing}</td></tr>\n"))}</tbody></table></section>
        """);

    private static Html Bulletins(SitrapFacts facts) => facts.Bulletins.Count == 0 ? Html.Of($"<section><h2>Bulletins die gelden</h2><p>Geen.</p></section>") : Html.Of($"""
        <section><h2>Bulletins die gelden</h2>
        {Html.Each(facts.Bulletins, one => Html.Of($"<p><strong>Bulletin {one.Bulletin.Number}</strong>, geldig tot {DutchTime.Short(CapAlert.SentOf(one.Envelope, one.Bulletin).AddHours(one.Bulletin.ValidHours))}: <bdi class=\"said\">{one.Bulletin.Text}</bdi></p>\n"))}</section>
        """);
}
