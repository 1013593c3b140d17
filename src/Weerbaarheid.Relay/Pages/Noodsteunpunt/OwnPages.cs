using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>What was sent from here, and how far it has come. Only what is this place's own: what others wrote is not for whoever walks in.</summary>
internal sealed class OwnPages(RelayNode node, Site site, Func<PageFrame> frame, Moments moments)
{
    private const int Shown = 100;
    private const int RefreshList = 15;
    private const int RefreshMoving = 5;
    private const int RefreshResting = 30;

    public Task ListAsync(HttpContext context)
    {
        var now = node.Now;
        var own = OwnMessage.All(node.Board, site).Where(one => one.Entry.Envelope.Header.Type is not (MessageType.Bulletin or MessageType.Sitrap)).Take(Shown).ToList();
        var body = own.Count == 0
            ? Html.Of($"""<p>Hier is nog niets verstuurd.</p><p><a class="button urgent" href="/melding">Melding (spoed)</a></p>""")
            : Html.Of($"""<ul class="cards">{Html.Each(own, one => Card(one, now))}</ul>{Html.When(own.Count == Shown, $"<p>Alleen de nieuwste {Shown} staan hier.</p>")}""");
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Mijn meldingen", body) { Refresh = RefreshList }));
    }

    public Task OneAsync(HttpContext context, string id)
    {
        if (!EnvelopeKey.TryParse(id, out var key) || key.Origin != site.Id || node.Board.Find(key) is not { } entry)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var (now, envelope) = (node.Now, entry.Envelope);
        var own = OwnMessage.Of(node.Board, site, entry);
        var body = Html.Of($"""
            {Tag(envelope.Header.Exercise)}<p class="state {(own.Tone == Tone.Good ? "good" : own.Tone == Tone.Bad ? "bad" : "quiet")}" role="status">{own.Word}</p>
            <p>{own.Explanation}</p>
            {Reference(own)}{Progress.Advice(own, now)}
            <h2>Hoe het ging</h2>
            <ol class="history">{History(entry, now)}</ol>
            <h2>Wat er is verstuurd</h2>
            <article>{MessageWords.InFull(entry, site.Name)}</article>
            {Html.When(envelope.Key.Series == Series.Records, $"<p class=\"noprint\"><a class=\"button second\" href=\"/bericht/{envelope.Key.ToString()}/qr\">Geef dit bericht mee op een foto (QR-code)</a></p>")}
            {Words(own.Words, now)}
            {(AmendPages.Takes(entry) ? Html.Of($"<div class=\"noprint\">{AmendPages.Buttons(key)}</div>") : Html.None)}
            <p class="noprint"><a class="button second" href="/mijn">Mijn meldingen</a></p>
            """);
        var refresh = envelope.State switch { MessageState.Opgeslagen or MessageState.Verzonden => RefreshMoving, MessageState.Ontvangen => RefreshList, _ => RefreshResting };
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent($"{MessageWords.NameOf(entry)} {id}", body) { Refresh = refresh }));
    }

    private Html Card(OwnMessage own, Instant now)
    {
        var (envelope, number) = (own.Entry.Envelope, own.Told.Number);
        return Html.Of($"""
            <li>{Tag(envelope.Header.Exercise)}<a href="/bericht/{envelope.Key.ToString()}">{MessageWords.NameOf(own.Entry)} {envelope.Key.ToString()}, {moments.At(envelope.ReceivedAt, now.Wall)}</a>
            <p><strong>{own.Word}</strong>{Html.When(number.Length > 0, $", kenmerk {number}")}{Html.When(own.IsAsked, $" <span class=\"tag amber\">De meldkamer vraagt iets</span>")}{Html.When(own.IsLate(now), $" <span class=\"tag amber\">Wacht niet langer: kijk wat u moet doen</span>")}</p>
            <p>{Layout.Said(MessageWords.InALine(own.Entry.Message))}</p></li>
            """);
    }

    /// <summary>The steps that were seen; of one that was made before the node started again only the outcome is known.</summary>
    private Html History(BoardEntry entry, Instant now)
    {
        var envelope = entry.Envelope;
        var steps = entry.Steps.Select(step => (step.State, When: $"{moments.At(step.Wall, now.Wall)}{(now.WallTrusted ? "" : " (de klok van dit punt is niet zeker)")}")).ToList();
        if (steps.Count == 0 || steps[0].State != MessageState.Opgeslagen) steps.Insert(0, (MessageState.Opgeslagen, moments.At(envelope.ReceivedAt, now.Wall)));
        if (steps[^1].State != envelope.State) steps.Add((envelope.State, "tijd niet bekend, dit punt is daarna opnieuw gestart"));
        return Html.Each(steps, step => Html.Of($"<li><strong>{Progress.WordFor(step.State)}</strong> {step.When}</li>"));
    }

    /// <summary>What was said later, each with how far that has come: a correction that is still here helps nobody yet.</summary>
    private Html Words(IReadOnlyList<BoardEntry> words, Instant now) => words.Count == 0 ? Html.None : Html.Of($"""
        <h2>Wat er later is verstuurd</h2>
        <ol class="history">{Html.Each(words, word => Html.Of($"<li><strong>{MessageWords.NameOf(word)}</strong> ({word.Envelope.Key.ToString()}) {moments.At(word.Envelope.ReceivedAt, now.Wall)}: <strong>{Progress.WordFor(word.Envelope.State)}</strong><br>{Layout.Said(((Amend)word.Message!).Text)}</li>"))}</ol>
        """);

    private static Html Reference(OwnMessage own)
    {
        var (key, word) = (own.Entry.Envelope.Key, own.Told);
        var number = Html.When(word.Number.Length > 0, $"<p>Kenmerk van de meldkamer: <strong>{Layout.Said(word.Number)}</strong></p>");
        return word.Topic switch
        {
            DeskTopic.Question when !own.IsAsked => Html.Of($"""{number}{Layout.Box(Tone.Quiet, "De meldkamer vroeg:", Html.Of($"<p>{Layout.Said(word.Words)}</p>{Html.When(own.HasReplied, $"<p>U hebt antwoord gegeven. Onder 'Wat er later is verstuurd' staat of het aankwam.</p>")}"))}"""),
            DeskTopic.Question => Html.Of($"""{number}{Layout.Box(Tone.Amber, "De meldkamer vraagt:", Html.Of($"<p>{Layout.Said(word.Words)}</p><p><a href=\"/bericht/{key.ToString()}/aanvulling\">Geef antwoord</a></p>"))}"""),
            DeskTopic.Linked => Html.Of($"""{number}{Layout.Box(Tone.Good, "Gekoppeld", Html.Of($"<p>De meldkamer heeft dit gekoppeld aan {Layout.Said(word.Words)}.</p>"))}"""),
            DeskTopic.Closed => Html.Of($"""{number}{Layout.Box(Tone.Good, "Afgehandeld", Html.Of($"<p>De meldkamer heeft dit afgesloten. Is er toch nog iets? Voeg dat dan toe.</p>"))}"""),
            _ => number,
        };
    }

    private static Html Tag(Exercise exercise) => exercise switch
    {
        Exercise.Oefening => Html.Of($"""<p><span class="tag amber">OEFENING</span></p>"""),
        Exercise.Test => Html.Of($"""<p><span class="tag amber">TEST</span></p>"""),
        _ => Html.None,
    };
}
