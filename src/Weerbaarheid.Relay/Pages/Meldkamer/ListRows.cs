using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Draws the parts of the list that change while somebody looks: rows, counts, and what came last.</summary>
internal static class ListRows
{
    private const int Words = 90;
    private const int NewestShown = 3;

    /// <summary>A row.</summary>
    public static Html Draw(DeskRecord record, SiteNames sites, Instant now)
    {
        var id = record.Key.ToString();
        return Html.Of($"""
            <tr id="m{id}" class="{ClassOf(record)}" data-k="{record.SortKey}"><td><a href="/meldkamer/bericht/{id}">{id}</a></td><td>{record.Priority}</td><td>{DeskWords.Tag(record.Exercise)}{DeskWords.KindOf(record)}</td><td><bdi>{DeskWords.Begin(DeskWords.PlaceOf(record, sites), Words)}</bdi></td><td><bdi>{DeskWords.Begin(DeskWords.TextOf(record), Words)}</bdi>{More(record)}</td><td>{sites.NameOf(record.Key.Origin)}</td><td>{DeskWords.Ticking(MessageAge.Of(record.Entry, now))}</td><td>{DeskWords.NameOf(record.Stand)}{Number(record)}</td></tr>

            """);
    }

    /// <summary>In the place of a row that does not belong on the page any more.</summary>
    public static Html Gone(string id) => Html.Of($"""<tr id="m{id}" hidden></tr>""");

    /// <summary>How many there are in all, whatever the filter. What is not real is counted apart.</summary>
    public static Html Counts(DeskPicture picture)
    {
        var real = picture.Records.Where(record => record.IsReal).ToList();
        var open = real.Where(record => record.IsOpen).ToList();
        return Html.Of($"""
            <p id="tellers" data-mark="{picture.Mark}" data-alarms="{picture.Alarms}" role="status"><strong class="{(picture.Alarms > 0 ? "bad" : "quiet")}">Prioriteit 1 wacht op aannemen: {picture.Alarms}</strong> · {open.Count} open ({Each(open)}) · {open.Count(record => record.Stand == DeskStand.Nieuw)} nieuw · {open.Count(record => record.Stand == DeskStand.Antwoord)} met antwoord · {real.Count - open.Count} gesloten{Unreal(picture)}</p>
            """);
    }

    /// <summary>What came last, wherever it stands in the list: nobody may have to look for it.</summary>
    public static Html Newest(DeskPicture picture, SiteNames sites, Instant now)
    {
        var newest = Latest(picture, isReal: true).Concat(Latest(picture, isReal: false));
        return Html.Of($"""<ol id="net">{Html.Each(newest, record => Html.Of($"<li><a href=\"/meldkamer/bericht/{record.Key.ToString()}\">{record.Key.ToString()}</a> P{record.Priority} {DeskWords.Tag(record.Exercise)}{DeskWords.KindOf(record)}, <bdi>{DeskWords.Begin(DeskWords.PlaceOf(record, sites), Words)}</bdi>: <bdi>{DeskWords.Begin(DeskWords.TextOf(record), Words)}</bdi> ({DeskWords.Ticking(MessageAge.Of(record.Entry, now))})</li>"))}</ol>""");
    }

    /// <summary>Of each kind: an exercise must not push out what is real.</summary>
    private static IEnumerable<DeskRecord> Latest(DeskPicture picture, bool isReal) =>
        picture.Records.Where(record => record.IsReal == isReal && (isReal || record.IsOpen)).OrderByDescending(record => record.Entry.Place).Take(NewestShown);

    private static Html Unreal(DeskPicture picture)
    {
        var open = picture.Records.Where(record => record is { IsReal: false, IsOpen: true }).ToList();
        return Html.When(open.Count > 0, $" · Niet meegeteld, oefening of test: {open.Count} open, waarvan {open.Count(record => record.IsUrgent)} met prioriteit 1 wacht");
    }

    private static string Each(List<DeskRecord> open) => string.Join(", ", Enumerable.Range(1, 4).Select(priority => $"P{priority}: {open.Count(record => record.Priority == priority)}"));

    private static string ClassOf(DeskRecord record) => record.IsAlarm ? "alarm" : !record.IsOpen ? "closed" : record.Stand is DeskStand.Nieuw or DeskStand.Antwoord ? "new" : "taken";

    private static Html More(DeskRecord record)
    {
        var later = record.Words.Count(word => word.Envelope.Key.Origin == record.Key.Origin && word.Message is Amend { Kind: AmendKind.Aanvulling or AmendKind.Correctie });
        return Html.When(later > 0, $" <span class=\"tag\">+{later} later</span>");
    }

    private static Html Number(DeskRecord record) => record.Told.Number.Length > 0 ? Html.Of($" <bdi>{record.Told.Number}</bdi>") : Html.None;
}
