using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Pages.Beheer;

/// <summary>The technician's pages: how the node is doing, what is wrong and how to mend it, and a file for who helps from afar.</summary>
/// <param name="node">The node behind them.</param>
/// <param name="site">Who it is.</param>
/// <param name="book">Which roles have a PIN.</param>
/// <param name="bundle">Makes the file, of status and report.</param>
/// <param name="frame">What stands around a page now.</param>
internal sealed class BeheerPages(RelayNode node, Site site, PinBook book, Func<byte[], byte[], byte[]> bundle, Func<PageFrame> frame)
{
    private const int RefreshSeconds = 15;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/beheer", ShowAsync);
        app.MapGet("/beheer/toestand", StateAsync);
        app.MapPost("/beheer/hulpbestand", BundleAsync);
    }

    private Task ShowAsync(HttpContext context)
    {
        var body = Html.Of($"""
            <p>{site.Name}, punt {site.Id}, regio {site.Region}.</p>
            <p><a class="button" href="/beheer/toestand">Toestand: wat werkt en wat niet</a></p>
            <h2>Pincodes</h2>
            {Html.When(book.Problem is not null, $"<p class=\"wrong\">{book.Problem}</p>")}
            <dl>{Html.Each(Enum.GetValues<PinRole>(), role => Html.Of($"<dt>{PinPages.WordFor(role)}</dt><dd>{(book.Of(role) is null ? Unset(role) : "Ingesteld.")}</dd>"))}</dl>
            <p>Een pincode instellen gaat op het apparaat zelf: <code>weerbaarheid-relay pin ROL</code></p>
            <h2>Hulp van ver</h2>
            <p>In het hulpbestand staan de versie, de instellingen zonder geheimen, de toestand en het overzicht. Er staan geen teksten van meldingen, geen plaatsen, geen sleutels en geen pincodes in. Bekijk het voordat u het verstuurt: het zijn gewone tekstbestanden in een zip.</p>
            <form method="post" action="/beheer/hulpbestand"><button>Maak het hulpbestand</button></form>
            <form method="post" action="{RoleDoor.PinPath}"><input type="hidden" name="weg" value="weg"><button class="second">Meld dit toestel af</button></form>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Beheer", body)));
    }

    private static string Unset(PinRole role) => role == PinRole.Vrijwilliger
        ? "Niet ingesteld: iedereen op de wifi van dit punt kan meldingen doen en zien wat hier is verstuurd."
        : "Niet ingesteld: alleen op het apparaat zelf te openen.";

    private Task StateAsync(HttpContext context)
    {
        var findings = node.Picture is { } picture ? Look(picture) : [new Finding("Dit punt", FindingLevel.Warning, "Dit punt start op.")];
        var body = Html.Of($"""
            <ul class="checks">{Html.Each(findings.OrderByDescending(one => one.Level), Draw)}</ul>
            <p>Dezelfde toestand op het apparaat: <code>weerbaarheid-relay status</code></p>
            <p>Staat er een fout in relay.json, dan start dit punt niet en is deze pagina er ook niet. Op het scherm en in het logboek (<code>journalctl -u weerbaarheid-relay</code>) staat dan elke fout met wat u moet schrijven.</p>
            <p class="noprint"><a class="button second" href="/beheer">Beheer</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Toestand", body) { Refresh = RefreshSeconds }));
    }

    private List<Finding> Look(NodePicture picture)
    {
        var findings = NodeFindings.Of(site, picture.Status, picture.At.WallTrusted, picture.IsDemonstration, picture.Store).ToList();
        findings.Add(book switch
        {
            { Problem: { } problem } => new Finding("Pincodes", FindingLevel.Bad, problem, "weerbaarheid-relay pin ROL"),
            _ when Enum.GetValues<PinRole>().Where(role => book.Of(role) is null).Select(PinRoles.NameOf).ToList() is { Count: > 0 } open =>
                new Finding("Pincodes", FindingLevel.Warning, $"Geen pincode voor: {string.Join(", ", open)}.", $"weerbaarheid-relay pin {open[0]}"),
            _ => new Finding("Pincodes", FindingLevel.Good, "Elke rol heeft een pincode."),
        });
        return findings;
    }

    private static Html Draw(Finding finding)
    {
        var (look, word) = finding.Level switch { FindingLevel.Good => ("good", "Goed"), FindingLevel.Warning => ("amber", "Let op"), _ => ("bad", "Kapot") };
        return Html.Of($"""<li class="{look}"><p><span class="dot" aria-hidden="true">●</span> <strong>{finding.Part}: {word}</strong></p><p>{finding.Words}</p>{Html.When(finding.Remedy.Length > 0, $"<p>Wat te doen: {finding.Remedy}</p>")}</li>""");
    }

    private Task BundleAsync(HttpContext context)
    {
        var zip = bundle(node.Status, node.Report);
        context.Response.ContentType = "application/zip";
        context.Response.ContentLength = zip.Length;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"hulpbestand-punt-{site.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)}.zip\"";
        return context.Response.Body.WriteAsync(zip).AsTask();
    }
}
