using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>A later word about a message that was sent from here. A form of its own, because the message's page comes anew by itself and would take along what somebody typed.</summary>
internal sealed class AmendPages(RelayNode node, Site site, Func<PageFrame> frame, FormIntake intake)
{
    /// <summary>What a volunteer can say about an own message.</summary>
    public static readonly IReadOnlyList<AmendKind> Kinds = [AmendKind.Aanvulling, AmendKind.Correctie, AmendKind.Intrekking];

    private const int WordsLimit = 300;

    /// <summary>The kind in the address and on the wire.</summary>
    public static string NameOf(AmendKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Whether there is anything to be said later about this message.</summary>
    public static bool Takes(BoardEntry entry) => entry.Envelope.Key.Series == Series.Records && entry.Envelope.Header.Type is MessageType.Melding or MessageType.Hulpvraag or MessageType.Hulpaanbod;

    /// <summary>The buttons under a message.</summary>
    public static Html Buttons(EnvelopeKey key) =>
        Html.Each(Kinds, kind => Html.Of($"""<a class="button second" href="/bericht/{key.ToString()}/{NameOf(kind)}">{ButtonOf(kind)}</a>"""));

    /// <summary>Writes what an amend is about, its kind and its text.</summary>
    public static void Write(Utf8JsonWriter json, EnvelopeKey about, string kind, string text)
    {
        json.WriteString("for", string.Create(CultureInfo.InvariantCulture, $"{about.Origin}-{about.Sequence}"));
        json.WriteString("kind", kind);
        if (text.Length > 0) json.WriteString("text", text);
    }

    public Task FormAsync(HttpContext context, string id, AmendKind kind)
    {
        if (Find(id) is not { } entry) return NotFoundAsync(context);
        if (FormFields.Of(context.Request.Query).Concept is { } concept) return WriteAsync(context, entry, kind, concept, "", FormFields.Empty, Html.None);
        FormAnswers.SeeOther(context, $"/bericht/{id}/{NameOf(kind)}?concept={OwnMessage.Of(node.Board, site, entry).NewConcept()}");
        return Task.CompletedTask;
    }

    public async Task SendAsync(HttpContext context, string id, AmendKind kind)
    {
        if (Find(id) is not { } entry)
        {
            await NotFoundAsync(context);
            return;
        }

        var form = await FormFields.ReadAsync(context.Request);
        var concept = form.Concept ?? FormFields.NewConcept();
        var words = form.Text("tekst", "Uw eigen woorden", WordsLimit);
        if (words.Length == 0 && kind != AmendKind.Intrekking) form.Wrong("tekst", kind == AmendKind.Correctie ? "Schrijf wat er niet klopte en hoe het wel is." : "Schrijf wat erbij moet.");
        FormOutcome? outcome = form.Problems.Count > 0 ? null : await intake.HandInAsync("amend", concept, json =>
        {
            // A correction of something about life must not wait behind what is less urgent than that was.
            json.WriteNumber("priority", entry.Envelope.Header.Priority);
            Write(json, entry.Envelope.Key, NameOf(kind), words);
        });
        if (outcome?.Key is not null)
        {
            FormAnswers.SeeOther(context, entry.Envelope.Key);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await WriteAsync(context, entry, kind, outcome?.Earlier is null ? concept : OwnMessage.Of(node.Board, site, entry).NewConcept(), words, form, outcome is { } refused ? FormAnswers.Refusal(refused) : Html.None);
    }

    private BoardEntry? Find(string id) => EnvelopeKey.TryParse(id, out var key) && key.Origin == site.Id && node.Board.Find(key) is { } entry && Takes(entry) ? entry : null;

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private Task WriteAsync(HttpContext context, BoardEntry entry, AmendKind kind, string concept, string words, FormFields form, Html refusal)
    {
        var id = entry.Envelope.Key.ToString();
        var own = OwnMessage.Of(node.Board, site, entry);
        var body = Html.Of($"""
            {refusal}{Fields.Summary(form)}
            {(own.IsAsked ? Layout.Box(Tone.Amber, "De meldkamer vraagt:", Html.Of($"<p>{Layout.Said(own.Told.Words)}</p>")) : Html.None)}
            <p>{ExplanationOf(kind)}</p>
            <form method="post" action="/bericht/{id}/{NameOf(kind)}">
            {Fields.Hidden("concept", concept)}
            {Fields.Area(form, "tekst", TitleOf(kind), words, WordsLimit, "Geen namen en geen burgerservicenummers. Kort is snel.")}
            <button>Verstuur {NameOf(kind)}</button>
            </form>
            <h2>Wat er eerder is verstuurd</h2>
            <article>{MessageWords.InFull(entry, site.Name)}</article>
            <p><a class="button second" href="/bericht/{id}">Terug, niets versturen</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent($"{ButtonOf(kind)}: {id}", body)));
    }

    private static string ButtonOf(AmendKind kind) => kind switch
    {
        AmendKind.Correctie => "Iets klopt niet",
        AmendKind.Intrekking => "Niet meer nodig",
        _ => "Iets toevoegen",
    };

    private static string TitleOf(AmendKind kind) => kind switch
    {
        AmendKind.Correctie => "Wat klopt niet, en hoe is het wel?",
        AmendKind.Intrekking => "Waarom is het niet meer nodig? (mag leeg blijven)",
        _ => "Wat moet erbij?",
    };

    private static string ExplanationOf(AmendKind kind) => kind switch
    {
        AmendKind.Correctie => "Uw eerste bericht blijft staan. De meldkamer ziet uw correctie erbij.",
        AmendKind.Intrekking => "De meldkamer ziet dat hulp niet meer nodig is. Trek alleen in wat echt voorbij is.",
        _ => "De meldkamer ziet uw aanvulling bij het eerste bericht.",
    };
}
