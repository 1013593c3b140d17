using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages.Oefeningen;

/// <summary>
/// Exercises for whoever leads one: begin, end, and what they taught. A form names what the page was about, the newest exercise or the one that
/// goes on: sent twice, or again days later, it does nothing more.
/// </summary>
/// <param name="node">The node behind them.</param>
/// <param name="turn">Whose turn it is to make a large file.</param>
/// <param name="frame">What stands around a page now.</param>
internal sealed class OefeningPages(RelayNode node, FileTurn turn, Func<PageFrame> frame)
{
    private const string Home = "/oefeningen";

    /// <summary>Digits of a number in a form: enough for <see cref="int"/> without a doubt.</summary>
    private const int MostNumber = 999_999_999;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Home, context => ShowAsync(context, FormFields.Empty, Html.None));
        app.MapPost($"{Home}/begin", BeginAsync);
        app.MapPost($"{Home}/einde", EndAsync);
        app.MapGet($"{Home}/{{number:int}}/evaluatie.html", context => EvaluateAsync(context, "text/html; charset=utf-8", "html", EvaluationPage.ToHtml));
        app.MapGet($"{Home}/{{number:int}}/evaluatie.csv", context => EvaluateAsync(context, "text/csv; charset=utf-8", "csv", EvaluationTable.ToCsv));
    }

    private async Task BeginAsync(HttpContext context)
    {
        var form = await FormFields.ReadAsync(context.Request);
        var name = form.Text("naam", isLine: true);
        if (!ExerciseBook.IsName(name)) form.Wrong("naam", $"Geef de oefening een naam van 1 tot {ExerciseBook.LongestName} tekens.");
        // Without it nothing shows that this is no repeat.
        var after = form.Number("na", "Formulier", MostNumber) ?? -1;
        if (form.Problems.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await ShowAsync(context, form, Html.None);
            return;
        }

        await DoAsync(context, form, () => node.BeginExercise(name, after) is not null || node.Exercises.Any(one => one.Number == after + 1 && one.Name == name),
            "Er is intussen een andere oefening begonnen, of dit formulier is oud. Kijk hieronder hoe het nu is.");
    }

    private async Task EndAsync(HttpContext context)
    {
        var form = await FormFields.ReadAsync(context.Request);
        var number = form.Number("nummer", "Formulier", MostNumber) ?? -1;
        await DoAsync(context, form, () => node.EndExercise(number) is not null || node.Exercises.Any(one => one.Number == number && one.Ended is not null),
            "Deze oefening is niet (meer) bezig. Kijk hieronder hoe het nu is.");
    }

    /// <summary>Does what was asked and shows how it is then, at an address that may be asked for again.</summary>
    private async Task DoAsync(HttpContext context, FormFields form, Func<bool> isDone, string otherwise)
    {
        try
        {
            if (isDone())
            {
                FormAnswers.SeeOther(context, Home);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status409Conflict;
            await ShowAsync(context, form, Layout.Box(Tone.Amber, "Niet gedaan", Html.Of($"<p>{otherwise}</p>")));
        }
        catch (IOException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await ShowAsync(context, form, Layout.Box(Tone.Bad, "Dat lukt nu niet", Html.Of($"<p>Dit punt kan het niet opslaan, en er is niets veranderd. Waarschuw de technicus.</p>")));
        }
    }

    private Task ShowAsync(HttpContext context, FormFields form, Html outcome)
    {
        var all = node.Exercises;
        var body = Html.Of($"""
            {outcome}{Fields.Summary(form)}
            {(node.Exercise is { } current ? GoesOn(current) : Begin(form, all.Count == 0 ? 0 : all[^1].Number))}
            <h2>Wat een oefening leerde</h2>
            {Html.When(all.Count == 0, $"<p>Er was hier nog geen oefening.</p>")}
            <ul class="cards">{Html.Each(all.Reverse(), Card)}</ul>
            <p>De evaluatie is gezien vanaf dit punt. Haal die ook op bij de andere punten die meededen. Er staan geen teksten van meldingen in.</p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Oefeningen", body)));
    }

    private static Html Begin(FormFields form, int newest) => Html.Of($"""
        <h2>Begin een oefening</h2>
        <p>Vanaf dat moment krijgt elk nieuw bericht van hier het woord OEFENING. Begin de oefening op elk punt dat meedoet, met dezelfde naam.</p>
        <form method="post" action="{Home}/begin">
        {Fields.Hidden("na", Text(newest))}
        {Fields.Line(form, "naam", "Naam van de oefening", form.Text("naam", isLine: true), ExerciseBook.LongestName)}
        <button>Begin de oefening</button>
        </form>
        """);

    private static Html GoesOn(ExerciseEntry current) => Html.Of($"""
        <h2>Nu bezig</h2>
        <p>{Layout.Said(current.Name)}</p>
        <p>Begonnen: {DutchTime.Short(current.Began)}. Elk nieuw bericht van hier krijgt nu het woord OEFENING. Gebeurt er iets echts? Stop dan eerst de oefening, en verstuur daarna de melding.</p>
        <form method="post" action="{Home}/einde">
        {Fields.Hidden("nummer", Text(current.Number))}
        <button>Stop de oefening</button>
        </form>
        """);

    private static Html Card(ExerciseEntry one) => Html.Of($"""
        <li><p><strong>{Layout.Said(one.Name)}</strong></p>
        <p>{DutchTime.Short(one.Began)} tot {(one.Ended is { } ended ? DutchTime.Short(ended) : "nu: nog bezig")}</p>
        <p><a href="{AddressOf(one, "html")}" aria-label="Evaluatie om te lezen (HTML): {one.Name}">Evaluatie om te lezen (HTML)</a></p>
        <p><a href="{AddressOf(one, "csv")}" aria-label="Evaluatie om mee te rekenen (CSV): {one.Name}">Evaluatie om mee te rekenen (CSV)</a></p></li>
        """);

    private static string AddressOf(ExerciseEntry one, string extension) => string.Create(CultureInfo.InvariantCulture, $"{Home}/{one.Number}/evaluatie.{extension}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task EvaluateAsync(HttpContext context, string contentType, string extension, Func<Evaluation, byte[]> write)
    {
        var number = int.Parse((string)context.GetRouteValue("number")!, CultureInfo.InvariantCulture);
        if (node.Exercises.FirstOrDefault(one => one.Number == number) is not { } exercise)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var seat = await turn.TakeAsync(context.RequestAborted);
        if (seat is null)
        {
            await RefuseAsync(context, FileTurn.Busy);
            return;
        }

        byte[] file;
        try
        {
            file = write(node.Evaluate(exercise));
        }
        catch (Exception e) when (e is OutboxException or IOException or ObjectDisposedException)
        {
            await RefuseAsync(context, "De gegevens van deze oefening kunnen nu niet worden gelezen. Probeer het over een minuut weer.");
            return;
        }

        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = file.Length;
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";
        // Nobody's words are in the name of a file.
        response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"evaluatie-punt-{node.Site.Id}-oefening-{exercise.Number}.{extension}\"");
        await response.Body.WriteAsync(file, context.RequestAborted);
    }

    private Task RefuseAsync(HttpContext context, string problem)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return ShowAsync(context, FormFields.Empty, Layout.Box(Tone.Amber, "Nu even niet", Html.Of($"<p>{problem}</p>")));
    }
}
