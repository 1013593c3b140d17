using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Writes a bulletin: first the text with what it costs on the air, then the same to be read by a second pair of eyes, and only then it goes out.</summary>
internal sealed class BulletinPage(DeskContext desk)
{
    private const string Confirmed = "ja";

    private static readonly (string Value, string Label)[] Kinds = [("nieuw", "Nieuw"), ("wijziging", "Wijziging van een eerder bulletin"), ("intrekking", "Intrekking van een eerder bulletin")];

    public Task ShowAsync(HttpContext context)
    {
        if (!desk.Node.MayIssueBulletins) return RefuseAsync(context);
        if (FormFields.Of(context.Request.Query).Concept is { } concept) return WriteAsync(context, concept, BulletinDraft.New(NextNumber()), FormFields.Empty, Html.None);
        FormAnswers.SeeOther(context, $"/meldkamer/bulletin?concept={FormFields.NewConcept()}");
        return Task.CompletedTask;
    }

    public async Task SendAsync(HttpContext context)
    {
        if (!desk.Node.MayIssueBulletins)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await RefuseAsync(context);
            return;
        }

        var form = await FormFields.ReadAsync(context.Request);
        var concept = form.Concept ?? FormFields.NewConcept();
        var draft = BulletinDraft.Read(form, NextNumber());
        var isConfirmed = form.Text("bevestig", isLine: true) == Confirmed;
        if (form.Problems.Count > 0) await RefusedAsync(context, concept, draft, form, Html.None);
        else if (form.Text("bevestig", isLine: true) == "nee") await WriteAsync(context, concept, draft, form, Html.None);
        else if (!isConfirmed) await ConfirmAsync(context, concept, draft);
        else await IssueAsync(context, concept, draft, form);
    }

    /// <summary>What a text costs, in a line of plain text: for the script, while somebody types.</summary>
    public Task CostAsync(HttpContext context)
    {
        var draft = BulletinDraft.Read(FormFields.Of(context.Request.Query), 1);
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(CostOf(draft), context.RequestAborted);
    }

    private async Task IssueAsync(HttpContext context, string concept, BulletinDraft draft, FormFields form)
    {
        var outcome = await desk.Intake.HandInAsync("bulletin", concept, draft.Write);
        if (outcome.Key is not null) FormAnswers.SeeOther(context, "/bulletins");
        else await RefusedAsync(context, outcome.Earlier is null ? concept : FormFields.NewConcept(), draft, form, FormAnswers.Refusal(outcome));
    }

    private Task RefusedAsync(HttpContext context, string concept, BulletinDraft draft, FormFields form, Html refusal)
    {
        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return WriteAsync(context, concept, draft, form, refusal);
    }

    private int NextNumber() =>
        Math.Min(MessageLimits.Count, desk.Node.Board.Newest(MessageBoard.Bulletins, type: MessageType.Bulletin).Select(entry => entry.Message).OfType<Bulletin>().Select(bulletin => bulletin.Number).DefaultIfEmpty(0).Max() + 1);

    private string CostOf(BulletinDraft draft)
    {
        if (draft.Text.Length > MessageLimits.BulletinText) return $"{draft.Text.Length} tekens: te lang, er passen er {MessageLimits.BulletinText}.";
        var (body, envelope) = draft.SizeOf(desk.Site.Id, Moment.From(desk.Node.Now.Wall, trusted: true));
        var air = desk.Node.TimeOnAir(envelope);
        var cost = air.Count == 0 ? "Er is hier geen radioverbinding ingesteld." : string.Join(" ", air.Select(one => string.Create(CultureInfo.InvariantCulture, $"Over {one.Link} kost het ongeveer {one.Time.TotalSeconds:F1} s zendtijd, voor elk buurpunt.")));
        return $"{draft.Text.Length} tekens, gecodeerd {body} bytes, ondertekend {envelope} bytes. {cost}";
    }

    private Task RefuseAsync(HttpContext context) => PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Bulletin opstellen", Layout.Box(Tone.Amber, "Kan hier niet", Html.Of($"""
        <p>Deze meldkamer mag geen bulletins uitgeven: in het sleutelbestand staat de privésleutel van de regio niet. Bulletins zijn ondertekend, zodat niemand ze kan vervalsen.</p>
        <p>Laat de technicus een sleutelbestand met uitgiftesleutel installeren, of geef het bulletin uit op de meldkamer die dat wel kan.</p>
        """)))));

    private Task WriteAsync(HttpContext context, string concept, BulletinDraft draft, FormFields form, Html refusal)
    {
        var body = Html.Of($"""
            {refusal}{Fields.Summary(form)}
            <form id="opstellen" method="post" action="/meldkamer/bulletin">{Fields.Hidden("concept", concept)}
            <div class="triple">{Fields.Number(form, "nummer", "Nummer", InDigits(draft.Number))}
            {Fields.Number(form, "geldig", "Geldig, in uren", InDigits(draft.Hours), "1 tot en met 720")}
            {DeskFields.Select("prioriteit", "Prioriteit", InDigits(draft.Priority), [("1", "1, levensgevaar"), ("2", "2, spoed"), ("3", "3, kan even wachten"), ("4", "4, ter informatie")])}</div>
            <div class="triple">{DeskFields.Select("soort", "Soort", BulletinDraft.NameOf(draft.Kind), Kinds)}
            {Fields.Number(form, "vervangt", "Vervangt bulletin", InDigits(draft.Replaces), "Alleen bij wijziging of intrekking")}
            {Fields.Number(form, "grip", "GRIP (mag leeg)", InDigits(draft.Grip), "0 tot en met 5")}</div>
            {Fields.Area(form, "tekst", "Wat moet iedereen weten?", draft.Text, MessageLimits.BulletinText, "Korte zinnen, gewone woorden. Alle punten krijgen dit en hangen het op.")}
            <p id="kosten" class="quiet pad" role="status">{CostOf(draft)}</p>
            <button>Controleer</button></form>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Bulletin opstellen", body)));
    }

    private Task ConfirmAsync(HttpContext context, string concept, BulletinDraft draft)
    {
        var carried = Html.Each(draft.Pairs().Append(("concept", concept)), pair => Fields.Hidden(pair.Item1, pair.Item2));
        var isTaken = draft.Number < NextNumber();
        var body = Html.Of($"""
            <p>Laat een collega dit meelezen. Na versturen is het niet meer terug te halen, alleen in te trekken met een nieuw bulletin.</p>
            {(isTaken ? Layout.Box(Tone.Amber, "Let op het nummer", Html.Of($"<p>Nummer {draft.Number} is niet nieuw: er is al een bulletin met dit of een hoger nummer. Het nieuwste met een nummer geldt.</p>")) : Html.None)}
            <article class="bulletin"><h2>Bulletin {draft.Number}: {BulletinDraft.NameOf(draft.Kind)}</h2>
            {Html.When(draft.Replaces is not null, $"<p><strong>Vervangt bulletin {draft.Replaces ?? 0}{(desk.Node.Exercise is null ? "" : ", alleen in de oefening")}.</strong></p>")}
            <p class="text">{Layout.Said(draft.Text)}</p>
            <p>Prioriteit {MessageWords.Urgency(draft.Priority)}. Geldig: {Moments.Count(draft.Hours, "uur", "uur")}.{Html.When(draft.Grip is not null, $" GRIP {draft.Grip ?? 0}.")}</p></article>
            <p class="quiet pad">{CostOf(draft)}</p>
            <form method="post" action="/meldkamer/bulletin">{carried}{Fields.Hidden("bevestig", Confirmed)}<button class="urgent">Verstuur bulletin {draft.Number} naar alle punten</button></form>
            <form method="post" action="/meldkamer/bulletin">{carried}{Fields.Hidden("bevestig", "nee")}<button class="second">Terug, ik wil het wijzigen</button></form>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Klopt dit bulletin?", body)));
    }

    private static string InDigits(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
