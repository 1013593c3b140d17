using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>The list: dense, what waits longest for a person on top. Whole without scripts; with them only what changed comes over.</summary>
internal sealed class ListPage(DeskContext desk, SitrapArchive sitraps)
{
    /// <summary>Changed rows that are sent; who missed more reads the page anew.</summary>
    private const int MostPatched = 400;

    private const int RefreshSeconds = 30;

    public Task ShowAsync(HttpContext context)
    {
        var (filter, picture, now) = (DeskFilter.Read(context.Request.Query), desk.View.Current(), desk.Node.Now);
        var fitting = picture.Records.Where(record => filter.Fits(record, desk.Sites)).ToList();
        var shown = fitting.Take(filter.Rows);
        var body = Html.Of($"""
            {ListRows.Counts(picture)}
            {SitrapDue(now)}{Cut(picture)}
            <section aria-labelledby="net-kop"><h2 id="net-kop">Net binnen</h2>{ListRows.Newest(picture, desk.Sites, now)}</section>
            {Form(filter, picture)}
            <p class="tools"><button type="button" id="geluid" class="second" aria-pressed="false" hidden>Geluid: uit</button> <button type="button" id="hulp" class="second" hidden>Toetsen (?)</button></p>
            <div id="toetsen" class="box quiet" hidden><p><strong>Toetsen</strong></p><p>j of ↓: volgende · k of ↑: vorige · Enter: openen · n: neem aan · /: zoeken · ?: deze uitleg · Esc: uit het zoekvak</p></div>
            <p id="levend" class="hint" role="status"></p>
            <div class="scroll" tabindex="0" role="region" aria-label="Berichten"><table class="list" data-rows="{filter.Rows}" data-query="{filter.Query(DeskFilter.PageRows)}">
            <thead><tr><th scope="col">Id</th><th scope="col">Prio</th><th scope="col">Soort</th><th scope="col">Waar</th><th scope="col">Wat</th><th scope="col">Punt</th><th scope="col">Oud</th><th scope="col">Stand</th></tr></thead>
            <tbody id="rijen">{Html.Each(shown, record => ListRows.Draw(record, desk.Sites, now))}</tbody></table></div>
            {Html.When(fitting.Count == 0, $"<p id=\"leeg\">Er is niets dat hierbij past.</p>")}
            {More(filter, fitting.Count)}
            <p>Meenemen: <a href="/export/meldingen.csv">CSV voor Excel</a> · <a href="/export/meldingen.geojson">GeoJSON voor de kaart</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Berichten", body) { RefreshWithoutScripts = RefreshSeconds }));
    }

    /// <summary>The rows that changed since a mark, with the counts: what the script puts into the page. An answer without them means that the page must be read anew.</summary>
    public Task PatchAsync(HttpContext context)
    {
        var (filter, picture, now) = (DeskFilter.Read(context.Request.Query), desk.View.Current(), desk.Node.Now);
        if (picture.Board.VersionOf(context.Request.Query["sinds"].ToString()) is not { } seen) return TooMuchAsync(context);
        var changed = picture.Records.Where(record => record.Version > seen).Take(MostPatched + 1).ToList();
        if (changed.Count > MostPatched) return TooMuchAsync(context);
        var rows = Html.Each(changed, record => filter.Fits(record, desk.Sites) ? ListRows.Draw(record, desk.Sites, now) : ListRows.Gone(record.Key.ToString()));
        return PageAnswer.WriteAsync(context, Html.Of($"""{ListRows.Counts(picture)}{ListRows.Newest(picture, desk.Sites, now)}<table><tbody>{rows}</tbody></table>"""));
    }

    private static Task TooMuchAsync(HttpContext context) => PageAnswer.WriteAsync(context, Html.Of($"""<p id="opnieuw">Lees de pagina opnieuw.</p>"""));

    private Html Form(DeskFilter filter, DeskPicture picture)
    {
        var sites = picture.Records.Select(record => record.Key.Origin).Distinct().Order().Select(site => (site.ToString(CultureInfo.InvariantCulture), desk.Sites.FullNameOf(site)));
        return Html.Of($"""
            <form class="filter" method="get" action="/meldkamer" role="search" aria-label="Filter">
            <div><label class="title" for="q">Zoek</label><input type="text" id="q" name="q" value="{new FieldValue(filter.Text)}" maxlength="100" autocomplete="off"></div>
            {DeskFields.Select("prioriteit", "Prioriteit", filter.Priority?.ToString(CultureInfo.InvariantCulture) ?? "", [("", "Alle"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")])}
            {DeskFields.Select("type", "Type", filter.Type is { } type ? MessageRules.NameOf(type) : "", [("", "Alle"), .. DeskFilter.Types.Select(one => (MessageRules.NameOf(one), MessageWords.TypeOf(one)))])}
            {DeskFields.Select("punt", "Punt", filter.Site?.ToString(CultureInfo.InvariantCulture) ?? "", [("", "Alle"), .. sites])}
            {DeskFields.Select("stand", "Stand", filter.Stand, DeskFilter.Stands)}
            <div><button class="second">Filter</button></div>
            </form>
            """);
    }

    private static Html More(DeskFilter filter, int fitting)
    {
        if (fitting <= filter.Rows) return Html.None;
        if (filter.Rows >= DeskFilter.MostRows) return Html.Of($"<p>Er zijn er nog {fitting - filter.Rows}. Meer dan {DeskFilter.MostRows} rijen past niet op een pagina: gebruik het filter of de CSV.</p>");
        return Html.Of($"""<p><a class="button second" href="/meldkamer?{filter.Query(Math.Min(filter.Rows + DeskFilter.PageRows, DeskFilter.MostRows))}">Meer (nog {fitting - filter.Rows})</a></p>""");
    }

    private Html SitrapDue(Instant now) => sitraps.IsDue(now.Wall) ? Html.Of($"""<p class="amber pad"><a href="/meldkamer/sitrap">Er is een uur geen situatierapport vrijgegeven: bekijk het ontwerp.</a></p>""") : Html.None;

    private static Html Cut(DeskPicture picture) => Html.When(picture.IsCut, $"<p class=\"amber pad\">Er zijn meer berichten dan hier passen: alleen de nieuwste staan in de lijst. De CSV heeft ze allemaal.</p>");
}
