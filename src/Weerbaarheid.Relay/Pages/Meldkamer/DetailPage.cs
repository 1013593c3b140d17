using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>One record, with the melder's own words, all that was said later, and what the desk can do.</summary>
internal sealed class DetailPage(DeskContext desk)
{
    private const int MostAlike = 5;

    /// <summary>Draws it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="record">The record.</param>
    /// <param name="draft">What somebody filled in and was not taken; null at first.</param>
    /// <param name="refusal">Why it was not.</param>
    public Task WriteAsync(HttpContext context, DeskRecord record, DeskDraft? draft = null, Html refusal = default)
    {
        var (now, envelope, id) = (desk.Node.Now, record.Entry.Envelope, record.Key.ToString());
        var form = draft?.Form ?? FormFields.Empty;
        var terms = MessageWords.Terms(record.Entry.Message, record.Key.Origin, desk.Sites.NameOf(record.Key.Origin)).Where(term => term.Name is not "Tekst" && !string.IsNullOrEmpty(term.Value));
        var body = Html.Of($"""
            {refusal}{Fields.Summary(form)}
            <p class="state {(record.IsAlarm ? "bad" : record.IsOpen ? "amber" : "quiet")}" role="status">{DeskWords.Tag(record.Exercise)}Prioriteit {MessageWords.Urgency(record.Priority)} · {DeskWords.NameOf(record.Stand)} · {DeskWords.Ticking(MessageAge.Of(record.Entry, now))} oud</p>
            <div class="columns"><section aria-labelledby="kop-woorden"><h2 id="kop-woorden">In de woorden van de melder</h2>
            <blockquote class="words">{Words(record)}</blockquote>
            <dl>
            {Html.Each(terms, term => Html.Of($"<dt>{term.Name}</dt><dd>{Layout.Said(term.Value)}</dd>"))}
            {Grid(DeskWords.LocationOf(record))}
            <dt>Van</dt><dd>{desk.Sites.FullNameOf(record.Key.Origin)}{(record.Key.Origin == desk.Site.Id ? Html.None : Html.Of($" (<a href=\"/meldkamer/punten#p{record.Key.Origin}\">punt</a>)"))}</dd>
            <dt>Gemaakt</dt><dd>{Made(record.Entry, now)}</dd>
            <dt>Hier ontvangen</dt><dd>{desk.Moments.At(envelope.ReceivedAt, now.Wall)}</dd>
            {Told(record)}
            {Alike(record)}
            </dl>
            <label class="title" for="gmsregel">Regel voor GMS</label><input type="text" id="gmsregel" readonly value="{new FieldValue(LineFor(record))}"></section>
            <section aria-labelledby="kop-doen"><h2 id="kop-doen">Wat u kunt doen</h2>{Forms(record, draft, form)}</section></div>
            <h2>Wat er later is gezegd</h2>
            {History(record, now)}
            <p class="noprint"><a class="button second" href="/meldkamer">Terug naar de lijst</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent($"{MessageWords.TypeOf(record.Type)} {id}", body)));
    }

    /// <summary>Open records of the same place: perhaps the same fire, seen by two. A person decides.</summary>
    private Html Alike(DeskRecord record)
    {
        if (DeskWords.LocationOf(record) is not (AddressLocation or GridLocation) || record.Type != MessageType.Melding) return Html.None;
        var alike = desk.View.Current().Records.Where(other => other.Key != record.Key && other.IsOpen && other.Type == record.Type && DeskWords.LocationOf(other) == DeskWords.LocationOf(record)).Take(MostAlike).ToList();
        return alike.Count == 0 ? Html.None : Html.Of($"<dt>Zelfde plaats, misschien hetzelfde</dt><dd>{Html.Each(alike, other => Html.Of($"<a href=\"/meldkamer/bericht/{other.Key.ToString()}\">{other.Key.ToString()}</a> {DeskWords.KindOf(other)} "))}</dd>");
    }

    private static string LineFor(DeskRecord record) => GmsLine.Of(RecordFacts.Of(new OpenedRecord(record.Entry.Envelope, record.Entry.Message), Amendments.From([], desk: null)));

    private static Html Words(DeskRecord record) => DeskWords.TextOf(record) is { Length: > 0 } text ? Layout.Said(text) : Html.Of($"(Geen tekst)");

    private static Html Grid(Location? location)
    {
        if (location is not GridLocation grid) return Html.None;
        var (latitude, longitude) = Rijksdriehoek.ToDegrees(grid.X, grid.Y);
        return Html.Of($"<dt>WGS 84</dt><dd>{string.Create(CultureInfo.InvariantCulture, $"{latitude:F5}, {longitude:F5}")} (op {grid.Precision} m)</dd>");
    }

    private static Html Told(DeskRecord record) => record.Told is var told && told.ToString().Length > 0
        ? Html.Of($"<dt>Kenmerk dat het punt ziet</dt><dd>{Layout.Said(told.ToString())}</dd>") : Html.None;

    private static Html Forms(DeskRecord record, DeskDraft? draft, FormFields form)
    {
        var id = record.Key.ToString();
        string Value(string field, string standard) => draft is null || !draft.Form.Has(field) ? standard : draft.Value(field);
        string Concept(string action) => draft is { } one && one.Action == action ? one.Concept : FormFields.NewConcept();
        var room = DeskWord.RoomForQuestion(record.Told.Number);
        if (!record.IsOpen)
        {
            return Html.Of($"""
                <p>Dit is gesloten. Zegt het punt er nog iets over, dan gaat het vanzelf weer open.</p>
                <form id="heropen" method="post" action="/meldkamer/bericht/{id}/heropen">{Fields.Hidden("concept", Concept("heropen"))}
                <button class="second">Toch weer openen</button></form>
                {Note(id, Value("notitie", ""), Concept("notitie"), form)}
                """);
        }

        return Html.Of($"""
            <form id="neem" method="post" action="/meldkamer/bericht/{id}/neem">{Fields.Hidden("concept", Concept("neem"))}
            {Fields.Line(form, "gms", "GMS-nummer (mag leeg)", Value("gms", record.Told.Number), DeskWord.NumberLimit)}
            <button{Html.When(record.IsAlarm, $" class=\"urgent\"")}>{(record.Stand == DeskStand.Nieuw ? "Neem aan" : "Zet op in behandeling")}</button></form>
            <form method="post" action="/meldkamer/bericht/{id}/vraag">{Fields.Hidden("concept", Concept("vraag"))}
            {Fields.Line(form, "vraag", "Vraag aan het punt", Value("vraag", ""), room, $"Hoogstens {room} tekens: het gaat mee in de ontvangstbevestiging.")}
            <button class="second">Aanvulling vragen</button></form>
            {Note(id, Value("notitie", ""), Concept("notitie"), form)}
            <form method="post" action="/meldkamer/bericht/{id}/sluit">{Fields.Hidden("concept", Concept("sluit"))}
            {Fields.Line(form, "reden", "Reden of afloop (mag leeg; het punt ziet alleen dat het is afgehandeld)", Value("reden", ""), DeskActions.WordsLimit)}
            <button class="second">Sluiten</button></form>
            """);
    }

    private static Html Note(string id, string words, string concept, FormFields form) => Html.Of($"""
        <form method="post" action="/meldkamer/bericht/{id}/notitie">{Fields.Hidden("concept", concept)}
        {Fields.Area(form, "notitie", "Aanvulling van de meldkamer (het punt ziet dit niet)", words, DeskActions.WordsLimit)}
        <button class="second">Aanvulling bewaren</button></form>
        """);

    /// <summary>Who had no clock made it some time before it came in: how long before is known as far as other nodes counted it.</summary>
    private string Made(BoardEntry entry, Instant now)
    {
        if (MessageAge.IsKnown(entry.Message)) return desk.Moments.At(MessageAge.MadeAt(entry.Envelope, entry.Message), now.Wall);
        var latest = now.WallTrusted ? now.Wall - MessageAge.Of(entry, now) : entry.Envelope.ReceivedAt;
        return $"uiterlijk {desk.Moments.At(latest, now.Wall)} (de klok van het punt was niet zeker)";
    }

    private Html History(DeskRecord record, Instant now)
    {
        var steps = record.Entry.Steps.Where(step => step.State == MessageState.InBehandeling).Select(step => (At: step.Wall, Line: Html.Of($"{desk.Moments.At(step.Wall, now.Wall)}: <strong>In behandeling</strong> genomen")));
        var words = record.Words.Zip(LaterWords.Moments(record.Words), (word, place) => (At: place, Line: Html.Of($"{desk.Moments.At(word.Envelope.ReceivedAt, now.Wall)}: {Word(word)}")));
        var all = steps.Concat(words).OrderBy(one => one.At).ToList();
        if (record.Entry.Envelope.State == MessageState.InBehandeling && !record.Entry.Steps.Any(step => step.State == MessageState.InBehandeling))
            all.Insert(0, (default, Html.Of($"<strong>In behandeling</strong> genomen (tijd niet bekend: deze meldkamer is daarna opnieuw gestart)")));
        if (all.Count == 0) return Html.Of($"<p>Nog niets.</p>");
        return Html.Of($"""<ol class="history">{Html.Each(all, one => Html.Of($"<li>{one.Line}</li>"))}</ol>""");
    }

    /// <summary>Who says something about another's record is named, and that it changes nothing.</summary>
    private Html Word(BoardEntry word)
    {
        var (amend, origin) = ((Amend)word.Message!, word.Envelope.Key.Origin);
        var isOther = origin != amend.ForSite && origin != desk.Site.Id;
        return Html.Of($"<strong>{amend.Kind.ToString()}</strong> van {desk.Sites.FullNameOf(origin)} ({word.Envelope.Key.ToString()}){Html.When(isOther, $", <strong>niet van wie het bericht maakte</strong>")}{Html.When(!string.IsNullOrEmpty(amend.Text), $"<br>{Layout.Said(amend.Text)}")}");
    }
}
