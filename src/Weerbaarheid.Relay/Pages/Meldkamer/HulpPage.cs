using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Hulpvragen and hulpaanbod side by side. A person links one to another; the program proposes nothing and assigns nothing.</summary>
internal sealed partial class HulpPage(DeskContext desk, DeskActions actions)
{
    /// <summary>Rows on either side.</summary>
    private const int Shown = 100;

    private const string Linked = "Gekoppeld aan ";

    public Task ShowAsync(HttpContext context) => WriteAsync(context, FormFields.NewConcept(), FormFields.Empty, Html.None);

    /// <summary>Links two: both get a word of the desk that names the other, and both sites are told.</summary>
    public async Task LinkAsync(HttpContext context)
    {
        var form = await FormFields.ReadAsync(context.Request);
        var (concept, picture) = (form.Concept ?? FormFields.NewConcept(), desk.View.Current());
        var (asked, offered) = (Chosen(form, picture, "vraag", MessageType.Hulpvraag), Chosen(form, picture, "aanbod", MessageType.Hulpaanbod));
        if (asked is null) form.Wrong("vraag", "Kies een hulpvraag.");
        if (offered is null) form.Wrong("aanbod", "Kies een hulpaanbod.");
        if (asked is not null && offered is not null && asked.Exercise != offered.Exercise) form.Wrong("vraag", "Het ene is een oefening en het andere niet: dat kan niet samen.");
        if (asked is null || offered is null || form.Problems.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await WriteAsync(context, concept, form, Html.None);
            return;
        }

        var outcome = await LinkAsync(asked, offered, concept);
        if (outcome.Key is not null)
        {
            FormAnswers.SeeOther(context, "/meldkamer/hulp");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await WriteAsync(context, outcome.Earlier is null ? concept : FormFields.NewConcept(), form, FormAnswers.Refusal(outcome));
    }

    /// <summary>The records that the desk linked this one to, oldest first.</summary>
    public static IReadOnlyList<string> LinksOf(DeskRecord record, ushort desk) =>
        [.. record.Words.Where(word => word.Envelope.Key.Origin == desk).Select(word => LinkText().Match((word.Message as Amend)?.Text ?? "")).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()];

    [GeneratedRegex(@"^Gekoppeld aan (\d{1,5}-[\d.]{1,20})$")]
    private static partial Regex LinkText();

    private async Task<FormOutcome> LinkAsync(DeskRecord asked, DeskRecord offered, string concept)
    {
        var outcome = await actions.KeepAsync(asked, concept + "a", AmendKind.Aanvulling, Linked + offered.Key);
        if (outcome.Key is not null) outcome = await actions.KeepAsync(offered, concept + "b", AmendKind.Aanvulling, Linked + asked.Key);
        if (outcome.Key is not null) outcome = await actions.TellAsync(asked, concept + "c", new DeskWord(asked.Told.Number, DeskTopic.Linked, offered.Key.ToString()));
        return outcome.Key is null ? outcome : await actions.TellAsync(offered, concept + "d", new DeskWord(offered.Told.Number, DeskTopic.Linked, asked.Key.ToString()));
    }

    private static DeskRecord? Chosen(FormFields form, DeskPicture picture, string field, MessageType type) =>
        EnvelopeKey.TryParse(form.Text(field, isLine: true), out var key) && picture.Find(key) is { } record && record.Type == type && record.IsOpen ? record : null;

    private Task WriteAsync(HttpContext context, string concept, FormFields form, Html refusal)
    {
        var (picture, now) = (desk.View.Current(), desk.Node.Now);
        var body = Html.Of($"""
            {refusal}{Fields.Summary(form)}
            <p>Kies links een vraag en rechts een aanbod, en koppel ze. Het programma kiest niets zelf. Beide punten zien de koppeling bij hun bericht.</p>
            <form method="post" action="/meldkamer/hulp">{Fields.Hidden("concept", concept)}
            <div class="columns">
            {Column("vraag", "Hulpvragen", MessageType.Hulpvraag, picture, form, now)}
            {Column("aanbod", "Hulpaanbod", MessageType.Hulpaanbod, picture, form, now)}
            </div>
            <button>Koppel deze twee</button></form>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Hulpvraag en hulpaanbod", body)));
    }

    /// <summary>By category, so that what is alike lies side by side.</summary>
    private Html Column(string field, string title, MessageType type, DeskPicture picture, FormFields form, Instant now)
    {
        var open = picture.Records.Where(record => record.Type == type && record.IsOpen).ToList();
        var shown = open.OrderBy(DeskWords.KindOf, StringComparer.Ordinal).ThenByDescending(record => record.MadeAt).Take(Shown);
        var chosen = form.Text(field, isLine: true);
        return Html.Of($"""
            <fieldset id="{field}"><legend>{title}: {open.Count} open</legend>
            {Html.Each(shown, record => Draw(record, field, chosen, now))}
            {Html.When(open.Count == 0, $"<p>Er is niets open.</p>")}{Html.When(open.Count > Shown, $"<p>Alleen {Shown} staan hier. Zoek de andere in de lijst.</p>")}
            </fieldset>
            """);
    }

    private Html Draw(DeskRecord record, string field, string chosen, Instant now)
    {
        var (id, links) = (record.Key.ToString(), LinksOf(record, desk.Site.Id));
        return Html.Of($"""
            <div class="offer"><label class="pick"><input type="radio" name="{field}" value="{id}"{Html.When(id == chosen, $" checked")}> <span>{DeskWords.Tag(record.Exercise)}<strong>{DeskWords.KindOf(record)}</strong>, <bdi>{DeskWords.PlaceOf(record, desk.Sites)}</bdi> ({desk.Sites.NameOf(record.Key.Origin)}, {DeskWords.Ticking(MessageAge.Of(record.Entry, now))}){Quantity(record)}<br><bdi>{DeskWords.TextOf(record)}</bdi></span></label>
            <p class="hint"><a href="/meldkamer/bericht/{id}">{id}</a>{Html.Each(links, link => Html.Of($" · gekoppeld aan <a href=\"/meldkamer/bericht/{link}\">{link}</a>"))}</p></div>
            """);
    }

    private static Html Quantity(DeskRecord record) => record.Entry.Message switch
    {
        Hulpvraag { People: { } people } => Html.Of($", voor {Moments.Count(people, "mens", "mensen")}"),
        Hulpaanbod { Quantity: { } quantity } offered => Html.Of($", {quantity} beschikbaar{(offered.AvailableHours is { } hours ? Html.Of($" voor {hours} uur") : Html.None)}"),
        _ => Html.None,
    };
}
