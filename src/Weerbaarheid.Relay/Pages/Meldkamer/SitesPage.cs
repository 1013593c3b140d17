using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>The board of sites: how each is doing, when it was heard last, and what is missing of it. What is old is grey, and says so.</summary>
internal sealed class SitesPage(DeskContext desk)
{
    private const int RefreshSeconds = 30;

    public Task ShowAsync(HttpContext context)
    {
        var rows = desk.Node.Exercise is null ? SiteRow.All(desk.Node, desk.Sites.All, SiteRow.RealStatus) : SiteRow.All(desk.Node, desk.Sites.All, SiteRow.ExerciseStatus, SiteRow.RealStatus);
        var body = Html.Of($"""
            <p role="status">{Moments.Count(rows.Count, "punt", "punten")} · {rows.Count(row => row.IsStale)} lang niet gehoord · {rows.Count(row => row.Gaps.Length > 0)} met ontbrekende berichten</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Punten"><table class="list">
            <thead><tr><th scope="col">Punt</th><th scope="col">Toestand</th><th scope="col">Laatst gehoord</th><th scope="col">Ontvangen</th><th scope="col">Wacht daar</th><th scope="col">Ontbreekt</th><th scope="col">Rechtstreeks via</th></tr></thead>
            <tbody>{Html.Each(rows, Draw)}</tbody></table></div>
            {Html.When(rows.Count == 0, $"<p>Er is nog geen punt bekend.</p>")}
            <h2>Verbindingen van de meldkamer</h2>
            {Links(desk.Node.Picture?.Status.Links ?? [])}
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Punten", body) { Refresh = RefreshSeconds }));
    }

    private Html Draw(SiteRow row) => Html.Of($"""
        <tr id="p{row.Site}"{Html.When(row.IsStale, $" class=\"stale\"")}><td><a href="{ListOf(row.Site)}">{desk.Sites.FullNameOf(row.Site)}</a>{Html.When(row.IsRevoked, $" <span class=\"tag bad\">Uitgesloten</span>")}</td><td>{State(row)}</td><td>{Heard(row)}</td><td>{row.Received}</td><td>{(row.Waiting is { } waiting ? Moments.Count(waiting, "bericht", "berichten") : "onbekend")}</td><td>{(row.Gaps.Length > 0 ? Html.Of($"<span class=\"tag amber\">{row.Gaps}</span>") : Html.Of($"niets"))}</td><td>{(row.Links.Count > 0 ? string.Join(", ", row.Links) : "–")}</td></tr>

        """);

    private static string ListOf(ushort site) => string.Create(CultureInfo.InvariantCulture, $"/meldkamer?punt={site}&stand=alle");

    private static Html State(SiteRow row)
    {
        if (row.State is null) return Html.Of($"Nooit gemeld");
        var via = row.Via is { } other ? Html.Of($", via punt {other}") : Html.None;
        return Html.Of($"{(row.IsExercise ? DeskWords.Tag(Exercise.Oefening) : Html.None)}<strong>{row.State}</strong>{Html.When(row.Facts.Length > 0, $": {row.Facts}")} ({Ago(row.SinceState)}{via})");
    }

    private static Html Heard(SiteRow row) =>
        row.SinceHeard is null ? Html.Of($"Nooit gehoord") : Html.Of($"laatst gehoord {Ago(row.SinceHeard)}{Html.When(row.IsStale, $" <span class=\"tag\">Verouderd</span>")}");

    private static Html Ago(TimeSpan? span) => span is { } known ? Html.Of($"{DeskWords.Ticking(known)} geleden") : Html.Of($"tijd onbekend");

    private static Html Links(IReadOnlyList<LinkStatus> links) => links.Count == 0 ? Html.Of($"<p>Geen.</p>") : Html.Of($"""
        <ul>{Html.Each(links, link => Html.Of($"<li><strong>{link.Name}</strong> ({link.Type}): {(link.Up ? "werkt" : "werkt niet")}{Html.When(link.DownReason.Length > 0, $", <span lang=\"en\">{link.DownReason}</span>")}, hoort {(link.Neighbours.Count == 0 ? "niemand" : $"punt {string.Join(", ", link.Neighbours)}")}{Air(link)}</li>"))}</ul>
        """);

    private static string Air(LinkStatus link) => link.Air is { } air ? $", zendtijd over dit uur: {(air.Left is { } left ? $"{(int)left.TotalSeconds} s" : "onbeperkt")}" : "";
}
