using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>The schematic map, and the same in words under it. Who gave no coordinates is not on it, and that is said: nothing is guessed from an address.</summary>
/// <param name="desk">What every page of the desk works with.</param>
/// <param name="sheet">The ground under it; null for none.</param>
internal sealed class MapPage(DeskContext desk, MapSheet? sheet)
{
    /// <summary>Records on the map: more would be a blot.</summary>
    private const int MostRecords = 500;

    private const int RefreshSeconds = 60;

    public Task ShowAsync(HttpContext context)
    {
        var open = desk.View.Current().Records.Where(record => record.IsOpen).ToList();
        var placed = open.Select(record => (Record: record, At: PlaceOf(record))).Where(pair => pair.At is not null).ToList();
        var unreal = placed.Count(pair => !pair.Record.IsReal);
        // What matters most is drawn last, and so lies on top and keeps its label.
        var records = placed.Take(MostRecords).Reverse().Select(pair => new MapMark(pair.At!.Value.X, pair.At.Value.Y, KindOf(pair.Record), LabelOf(pair.Record), $"/meldkamer/bericht/{pair.Record.Key}")).ToList();
        var sites = desk.Sites.All.Where(site => site.Place is not null).Select(site => new MapMark(site.Place!.Value.X, site.Place.Value.Y, MarkKind.Site, desk.Sites.FullNameOf(site.Id), string.Create(CultureInfo.InvariantCulture, $"/meldkamer/punten#p{site.Id}")));
        var marks = records.Where(mark => mark.Kind != MarkKind.Urgent).Concat(sites).Concat(records.Where(mark => mark.Kind == MarkKind.Urgent)).ToList();
        var (address, problem) = sheet?.Look() ?? default;
        var ground = address is null ? null : new MapGround(sheet!, address);
        var body = Html.Of($"""
            <p>{Moments.Count(placed.Count, "open bericht", "open berichten")} met coördinaten, {open.Count - placed.Count} zonder (alleen een adres of woorden): die staan in <a href="/meldkamer">de lijst</a>.{Html.When(placed.Count > MostRecords, $" Alleen de {MostRecords} dringendste staan op de kaart.")}{Html.When(unreal > 0, $" <strong>Daarvan {(unreal == 1 ? "is" : "zijn")} {unreal} niet echt: OEFENING of TEST staat erbij.</strong>")}</p>
            {(problem is null ? Html.None : Layout.Box(Tone.Amber, "Geen ondergrond", Html.Of($"<p>Het plaatje voor onder de kaart, {sheet!.File}, kan niet worden gebruikt. {problem} De kaart is daarom schematisch. De technicus past http.map in relay.json aan.</p>")))}
            {Html.When(marks.Count == 0, $"<p>Er is nog niets met coördinaten. Plaatsen van punten komen uit de lijst 'sites' in relay.json.</p>")}
            {SiteMap.Draw(marks, ground)}
            {(ground is { Sheet.Source: { } source } ? Html.Of($"<p class=\"hint\">Ondergrond: {source}</p>") : Html.None)}
            <p class="legend">■ punt · ▲ melding prioriteit 1 · ● andere melding · ◆ hulpvraag of hulpaanbod · ◌ oefening of test, niet echt</p>
            <h2>Dezelfde kaart in woorden</h2>
            <ul>{Html.Each(placed.Take(MostRecords), pair => Html.Of($"<li><a href=\"/meldkamer/bericht/{pair.Record.Key.ToString()}\">{pair.Record.Key.ToString()}</a> {DeskWords.Tag(pair.Record.Exercise)}P{pair.Record.Priority} {DeskWords.KindOf(pair.Record)}: RD {Metres(pair.At!.Value.X)}, {Metres(pair.At.Value.Y)}</li>"))}</ul>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Kaart", body) { Refresh = RefreshSeconds }));
    }

    private (double X, double Y)? PlaceOf(DeskRecord record) => DeskWords.LocationOf(record) switch
    {
        GridLocation grid => (grid.X, grid.Y),
        SiteLocation at => desk.Sites.PlaceOf(at.Site),
        _ => null,
    };

    private static MarkKind KindOf(DeskRecord record) => !record.IsReal ? MarkKind.Oefening : record.Type != MessageType.Melding ? MarkKind.Hulp : record.Priority == 1 ? MarkKind.Urgent : MarkKind.Melding;

    private static string LabelOf(DeskRecord record) => record.IsReal ? record.Key.ToString() : $"{record.Exercise.ToString().ToUpperInvariant()} {record.Key}";

    private static long Metres(double metres) => (long)Math.Round(metres);
}
