using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>A hulpvraag or a hulpaanbod: one page, because nobody's life hangs on it.</summary>
/// <param name="type">Which of the two.</param>
/// <param name="site">Where it is filled in.</param>
/// <param name="frame">What stands around the page.</param>
/// <param name="intake">Who takes it.</param>
internal sealed class HulpPages(MessageType type, Site site, Func<PageFrame> frame, FormIntake intake)
{
    private const int WordsLimit = 300;

    private readonly bool _isOffer = type == MessageType.Hulpaanbod;
    private readonly string _name = MessageRules.NameOf(type);

    private string Title => _isOffer ? "Hulp aanbieden" : "Hulp vragen";

    private string QuantityTitle => _isOffer ? "Hoeveel (mensen, liters, plaatsen)" : "Voor hoeveel mensen?";

    /// <param name="Place">Where.</param>
    /// <param name="Category">What; empty when nothing was chosen.</param>
    /// <param name="Quantity">How many.</param>
    /// <param name="Hours">For how long, of an offer.</param>
    /// <param name="Words">Own words.</param>
    private sealed record Draft(Place Place, string Category, int? Quantity, int? Hours, string Words)
    {
        public string Text => string.Join(". ", new[] { Words, Place.Beside.Length > 0 ? $"Plek: {Place.Beside}" : "" }.Where(part => part.Length > 0));
    }

    public Task FormAsync(HttpContext context)
    {
        if (FormFields.Of(context.Request.Query).Concept is { } concept)
            return WriteAsync(context, concept, new Draft(new Place(Place.Here, "", "", "", ""), "", null, null, ""), FormFields.Empty, Html.None);
        FormAnswers.SeeOther(context, $"/{_name}?concept={FormFields.NewConcept()}");
        return Task.CompletedTask;
    }

    public async Task SendAsync(HttpContext context)
    {
        var form = await FormFields.ReadAsync(context.Request);
        var concept = form.Concept ?? FormFields.NewConcept();
        var draft = Read(form);
        FormOutcome? outcome = form.Problems.Count > 0 ? null : await intake.HandInAsync(_name, concept, json => Write(json, draft));
        if (outcome?.Key is { } key)
        {
            FormAnswers.SeeOther(context, key);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        var refusal = outcome is { } refused ? FormAnswers.Refusal(refused) : Html.None;
        await WriteAsync(context, outcome?.Earlier is null ? concept : FormFields.NewConcept(), draft, form, refusal);
    }

    private Draft Read(FormFields form)
    {
        var place = Place.Read(form);
        // Whoever fills in a place means that place, whatever stood on "here" before.
        if (place.Choice == Place.Here && (place.Postcode.Length > 0 || place.Words.Length > 0)) place = place with { Choice = "" };
        place.Check(form);
        var category = form.Text("soort", isLine: true);
        var draft = new Draft(
            place, CategoryTable.Current.Hulp.Contains(category) ? category : "", form.Number("aantal", QuantityTitle, MessageLimits.Count),
            _isOffer ? form.Number("uren", "Hoeveel uur", MessageLimits.Count) : null, form.Text("tekst", "Uw eigen woorden", WordsLimit));
        if (draft.Category.Length == 0) form.Wrong("soort", _isOffer ? "Kies wat u aanbiedt." : "Kies wat er nodig is.");
        else if (draft is { Category: "anders", Words.Length: 0 }) form.Wrong("tekst", "Vertel in een paar woorden wat het is.");
        return draft;
    }

    private void Write(Utf8JsonWriter json, Draft draft)
    {
        json.WriteString("category", draft.Category);
        if (draft.Quantity is { } quantity) json.WriteNumber(_isOffer ? "quantity" : "people", quantity);
        if (draft.Hours is { } hours) json.WriteNumber("availableHours", hours);
        draft.Place.Write(json, site.Id);
        if (draft.Text.Length > 0) json.WriteString("text", draft.Text);
    }

    private Task WriteAsync(HttpContext context, string concept, Draft draft, FormFields form, Html refusal)
    {
        var body = Html.Of($"""
            {refusal}{Fields.Summary(form)}
            <p>{(_isOffer ? "Uw aanbod komt in een lijst. Mensen kijken of het bij een vraag past. U hoort iets als het nodig is." : "Voor hulp die even kan wachten. Is er gevaar, maak dan een melding.")}</p>
            <form method="post" action="/{_name}">
            {Fields.Hidden("concept", concept)}
            {Fields.Radios(form, "soort", _isOffer ? "Wat biedt u aan?" : "Wat is er nodig?", draft.Category, CategoryTable.Current.Hulp.Select(name => (name, Choices.WordFor(name))))}
            {Fields.Number(form, "aantal", QuantityTitle, draft.Quantity?.ToString(CultureInfo.InvariantCulture) ?? "")}
            {(_isOffer ? Fields.Number(form, "uren", "Hoeveel uur is het beschikbaar?", draft.Hours?.ToString(CultureInfo.InvariantCulture) ?? "") : Html.None)}
            {Fields.Radios(form, "waar", "Waar?", draft.Place.Choice, [(Place.Here, $"Hier, bij {site.Name}"), ("", "Op deze plek:"), (Place.Unknown, "Weet ik niet")])}
            {Place.Draw(form, draft.Place)}
            {Fields.Area(form, "tekst", "Vertel in uw eigen woorden", draft.Words, WordsLimit, "Geen namen en geen burgerservicenummers.")}
            <button>Verstuur</button>
            </form>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent(Title, body)));
    }
}
