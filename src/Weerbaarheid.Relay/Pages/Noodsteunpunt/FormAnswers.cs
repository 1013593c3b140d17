using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>How a form that was sent is answered.</summary>
internal static class FormAnswers
{
    /// <summary>Taken in: the message has an address of its own, so that a reload asks and does not send.</summary>
    public static void SeeOther(HttpContext context, EnvelopeKey key) => SeeOther(context, $"/bericht/{key}");

    public static void SeeOther(HttpContext context, string address)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = address;
    }

    /// <summary>Refused: why, and what to do.</summary>
    public static Html Refusal(FormOutcome outcome) => Layout.Box(Tone.Bad, "Niet verstuurd", Html.Of($"""
        <p>{outcome.Problem}</p>
        {Earlier(outcome.Earlier)}<details><summary>Voor de technicus</summary><p lang="en">{outcome.Detail}</p></details>
        """));

    private static Html Earlier(EnvelopeKey? earlier) => earlier is { } key
        ? Html.Of($"""<p><a href="/bericht/{key.ToString()}">Bekijk het eerste bericht, {key.ToString()}</a>. Is dit echt een ander bericht, druk dan nog een keer op versturen.</p>""") : Html.None;
}
