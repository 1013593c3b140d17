using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>The situation report of the hour: the program drafts it, a person reads it, changes it and releases it under a name.</summary>
internal sealed class SitrapPage(DeskContext desk, SitrapArchive archive, ILogger log)
{
    private const int LongestText = 6_000;
    private const int LongestName = 60;
    private const int Listed = 72;

    public Task ShowAsync(HttpContext context)
    {
        if (FormFields.Of(context.Request.Query).Concept is { } concept) return WriteAsync(context, concept, Draft(), "", FormFields.Empty, Html.None);
        FormAnswers.SeeOther(context, $"/meldkamer/sitrap?concept={FormFields.NewConcept()}");
        return Task.CompletedTask;
    }

    public async Task ReleaseAsync(HttpContext context)
    {
        var form = await FormFields.ReadAsync(context.Request);
        var concept = form.Concept ?? FormFields.NewConcept();
        var (text, by) = (form.Text("tekst", "Situatierapport", LongestText), form.Text("door", "Vrijgegeven door", LongestName));
        if (text.Length == 0) form.Wrong("tekst", "Het rapport is leeg.");
        if (by.Length == 0) form.Wrong("door", "Vul in wie het rapport vrijgeeft: naam of functie.");
        var refusal = Html.None;
        if (form.Problems.Count == 0 && Release(text, by, concept, out refusal) is { } number)
        {
            FormAnswers.SeeOther(context, $"/meldkamer/sitrap/{number}");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await WriteAsync(context, concept, text, by, form, refusal);
    }

    public Task OneAsync(HttpContext context)
    {
        if (!int.TryParse(context.GetRouteValue("number") as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || archive.Find(number) is not { } one)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var body = Html.Of($"""
            <p class="good pad"><strong>Vrijgegeven</strong> door {Layout.Said(one.By)}, {desk.Moments.At(one.At, desk.Node.Now.Wall)}.</p>
            <article class="paper">{Layout.Said(one.Text)}</article>
            <p class="noprint">Afdrukken: gebruik de knop Afdrukken van de browser. <a href="/meldkamer/sitrap">Naar het ontwerp</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent($"Situatierapport {one.Number}", body)));
    }

    private int? Release(string text, string by, string concept, out Html refusal)
    {
        refusal = Html.None;
        try
        {
            var now = desk.Node.Now;
            return archive.Release(text, by, concept, now.Wall, now.Now).Number;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.SitrapNotKept(e.GetType().Name);
            refusal = Layout.Box(Tone.Bad, "Niet vrijgegeven", Html.Of($"<p>Het bewaren is mislukt. Probeer het opnieuw, of druk het ontwerp af.</p>"));
        }

        return null;
    }

    private string Draft()
    {
        var now = desk.Node.Now;
        return SitrapDraft.Write(desk.View.Current(), SiteRow.All(desk.Node, desk.Sites.All, desk.Node.Exercise is null ? SiteRow.RealStatus : SiteRow.ExerciseStatus), desk.Node.Exercise is null ? Exercise.Actueel : Exercise.Oefening, desk.Sites, now, desk.Moments.At(now.Wall, now.Wall));
    }

    private Task WriteAsync(HttpContext context, string concept, string text, string by, FormFields form, Html refusal)
    {
        var (released, wall) = (archive.All(), desk.Node.Now.Wall);
        var body = Html.Of($"""
            {refusal}{Fields.Summary(form)}
            <p>{(released.Count == 0 ? "Er is nog geen rapport vrijgegeven." : $"Laatste rapport: nummer {released[0].Number}, {desk.Moments.At(released[0].At, wall)}.")} Dit ontwerp is van nu. Lees het, vul aan en geef het vrij; daarna verandert het niet meer.</p>
            <form method="post" action="/meldkamer/sitrap">{Fields.Hidden("concept", concept)}
            <div class="tall">{Fields.Area(form, "tekst", "Ontwerp", text, LongestText)}</div>
            {Fields.Line(form, "door", "Vrijgegeven door", by, LongestName, "Naam of functie")}
            <button>Geef vrij</button></form>
            <p class="noprint"><a class="button second" href="/meldkamer/sitrap">Maak het ontwerp opnieuw</a> <a class="button second" href="/export/sitrap.html">Overzicht op A4</a></p>
            <h2>Vrijgegeven rapporten</h2>
            {Html.When(released.Count == 0, $"<p>Nog geen.</p>")}<ul>{Html.Each(released.Take(Listed), one => Html.Of($"<li><a href=\"/meldkamer/sitrap/{one.Number}\">Situatierapport {one.Number}</a>, {desk.Moments.At(one.At, wall)}, door <bdi>{one.By}</bdi></li>"))}</ul>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(desk.Frame(), new PageContent("Situatierapport", body)));
    }
}
