using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>A melding in four short steps. Each is a page of its own with the draft in its address; only the last one sends something.</summary>
internal sealed class MeldingPages(Site site, Func<PageFrame> frame, FormIntake intake)
{
    private static readonly (string Value, string Label)[] Urgencies = [("1", "Levensgevaar, nu hulp nodig"), ("2", "Spoed"), ("3", "Kan even wachten")];
    private static readonly string[] Titles = ["Waar is het?", "Wat is er aan de hand?", "Hoeveel en hoe erg?", "Klopt dit?"];
    private static readonly string[] Short = ["Waar", "Wat", "Hoeveel", "Controleer"];

    /// <summary>A step. Whoever skips one, or comes without a draft, is brought to where he must be.</summary>
    public Task StepAsync(HttpContext context, MeldingStep step)
    {
        var form = FormFields.Of(context.Request.Query);
        if (form.Concept is not { } concept)
        {
            FormAnswers.SeeOther(context, $"/melding/waar?concept={FormFields.NewConcept()}");
            return Task.CompletedTask;
        }

        var (draft, shown) = MeldingDraft.Read(concept, form, step);
        return WriteAsync(context, draft, shown, form, Html.None);
    }

    /// <summary>Sends the melding, and shows what became of it under its own address.</summary>
    public async Task SendAsync(HttpContext context)
    {
        var form = await FormFields.ReadAsync(context.Request);
        var concept = form.Concept ?? FormFields.NewConcept();
        var (draft, shown) = MeldingDraft.Read(concept, form, MeldingStep.Controleer);
        if (form.Problems.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await WriteAsync(context, draft, shown, form, Html.None);
            return;
        }

        var outcome = await intake.HandInAsync("melding", concept, json => draft.Write(json, site.Id));
        if (outcome.Key is { } key)
        {
            FormAnswers.SeeOther(context, key);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        // What was sent stays sent; who means another melding sends the same form under a reference of its own.
        var next = outcome.Earlier is null ? draft : draft with { Concept = FormFields.NewConcept() };
        await WriteAsync(context, next, MeldingStep.Controleer, form, FormAnswers.Refusal(outcome));
    }

    private Task WriteAsync(HttpContext context, MeldingDraft draft, MeldingStep step, FormFields form, Html refusal)
    {
        var body = step switch
        {
            MeldingStep.Waar => Where(draft, form),
            MeldingStep.Wat => What(draft),
            MeldingStep.Hoeveel => HowMuch(draft, form),
            _ => Check(draft, refusal),
        };
        var page = Html.Of($"""<ol class="steps" aria-label="Stappen">{Html.Each(Enum.GetValues<MeldingStep>(), one => Mark(one, step))}</ol>{Fields.Summary(form)}{body}""");
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent(Titles[(int)step], page)));
    }

    private static Html Mark(MeldingStep one, MeldingStep now) =>
        Html.Of($"<li{Html.When(one == now, $" aria-current=\"step\"")}>{(int)one + 1}. {Short[(int)one]}{Html.When(one < now, $" ✓")}</li>");

    private Html Where(MeldingDraft draft, FormFields form) => Html.Of($"""
        <form method="get" action="/melding/wat">
        {Carry(draft, "waar", "postcode", "nummer", "letter", "plek")}
        {Place.Draw(form, draft.Place)}
        <button>Verder</button>
        <p class="hint">Of kies:</p>
        <button class="choice" name="waar" value="{Place.Here}">Hier, bij {site.Name}</button>
        <button class="choice" name="waar" value="{Place.Unknown}">Ik weet niet waar het is</button>
        </form>
        """);

    private static Html What(MeldingDraft draft) => Html.Of($"""
        <form method="get" action="/melding/hoeveel">
        {Carry(draft, "wat")}
        <div class="choices" id="wat">{Html.Each(Choices.Melding, one => Html.Of($"<button class=\"choice\" name=\"wat\" value=\"{one.Code}\">{one.Label}{Html.When(one == draft.Choice, $" ✓ gekozen")}</button>"))}</div>
        </form>
        {Back(draft, MeldingStep.Waar)}
        """);

    private static Html HowMuch(MeldingDraft draft, FormFields form)
    {
        var few = new[] { ("", "Weet ik niet") }.Concat(Enumerable.Range(0, 6).Select(number => number.ToString(CultureInfo.InvariantCulture)).Select(number => (number, number)));
        var isMany = draft.Victims > 5;
        var chosen = isMany ? "" : draft.Victims?.ToString(CultureInfo.InvariantCulture) ?? "";
        return Html.Of($"""
            <form method="get" action="/melding/controleer">
            {Carry(draft, "aantal", "dringend", "tekst")}
            {Fields.Radios(form, "aantal", "Hoeveel slachtoffers?", chosen, few, "numbers")}
            {Fields.Number(form, "meer", "Meer dan 5, namelijk", isMany ? draft.Victims!.Value.ToString(CultureInfo.InvariantCulture) : form.ProblemOf("meer") is null ? "" : form.Text("meer"))}
            {Fields.Radios(form, "dringend", "Hoe dringend is het?", draft.Urgency.ToString(CultureInfo.InvariantCulture), Urgencies)}
            {Fields.Area(form, "tekst", "Vertel in uw eigen woorden", draft.Words, MeldingDraft.WordsLimit, "Geen namen en geen burgerservicenummers. Kort is snel.")}
            <button>Verder</button>
            </form>
            {Back(draft, MeldingStep.Wat)}
            """);
    }

    private Html Check(MeldingDraft draft, Html refusal) => Html.Of($"""
        {refusal}
        <p>Lees dit voor:</p>
        <article>
        <dl>
        <dt>Waar</dt><dd>{Layout.Said(draft.Place.Describe(site.Name))} <a class="change" href="{draft.AddressOf(MeldingStep.Waar)}">Wijzig waar</a></dd>
        <dt>Wat</dt><dd>{draft.Choice?.Label} <a class="change" href="{draft.AddressOf(MeldingStep.Wat)}">Wijzig wat</a></dd>
        <dt>Slachtoffers</dt><dd>{draft.Victims?.ToString(CultureInfo.InvariantCulture) ?? "Onbekend"}</dd>
        <dt>Hoe dringend</dt><dd>{Urgencies[draft.Urgency - 1].Label}</dd>
        <dt>Tekst</dt><dd>{Layout.Said(draft.Text.Length > 0 ? draft.Text : "Geen")} <a class="change" href="{draft.AddressOf(MeldingStep.Hoeveel)}">Wijzig hoeveel en tekst</a></dd>
        </dl>
        </article>
        <form method="post" action="/melding">
        {Carry(draft)}
        <button class="urgent">Verstuur melding</button>
        </form>
        """);

    /// <summary>What the page does not ask for itself.</summary>
    private static Html Carry(MeldingDraft draft, params string[] asked) =>
        Html.Each(draft.Pairs().Where(pair => pair.Value.Length > 0 && !asked.Contains(pair.Name)), pair => Fields.Hidden(pair.Name, pair.Value));

    private static Html Back(MeldingDraft draft, MeldingStep to) => Html.Of($"""<p><a class="button second" href="{draft.AddressOf(to)}">Terug</a></p>""");
}
