using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>Where everybody begins: large buttons, and whether anything can leave.</summary>
internal sealed class HomePage(RelayNode node, Site site, Func<PageFrame> frame, Moments moments, bool isSetUp)
{
    private const int RefreshSeconds = 30;

    public Task ShowAsync(HttpContext context)
    {
        var now = node.Now;
        var bulletins = BulletinPages.Current(node.Board.Newest(MessageBoard.Bulletins, type: MessageType.Bulletin), now).Count;
        var late = OwnMessage.All(node.Board, site).Count(own => own.IsLate(now));
        var body = Html.Of($"""
            {(late > 0 ? Layout.Box(Tone.Amber, "Wacht niet langer", Html.Of($"<p>Op {Moments.Count(late, "bericht", "berichten")} kwam geen antwoord. <a href=\"/mijn\">Kijk wat u moet doen.</a></p>")) : Html.None)}
            {(isSetUp ? Html.None : Layout.Box(Tone.Amber, "Dit punt is nog niet ingericht", Html.Of($"<p>Het werkt, maar alleen om te proberen. <a href=\"/begin\">Lees wat de technicus nu moet doen.</a></p>")))}
            <div data-concepten></div>
            <p><a class="button urgent" href="/melding">Melding (spoed)</a></p>
            <p><a class="button" href="/hulpvraag">Hulp vragen</a></p>
            <p><a class="button" href="/hulpaanbod">Hulp aanbieden</a></p>
            <p><a class="button" href="/bulletins">Bulletins ({bulletins})</a></p>
            <p><a class="button second" href="/mijn">Mijn meldingen</a></p>
            <p><a class="button second" href="/status">Status van dit punt</a></p>
            <h2>Verbinding</h2>
            {Links(node.Picture, now)}
            <p><a class="change" href="/infopunt">Bulletins, groot op een scherm</a> <a class="change" href="/koerier">Koerier</a> <a class="change" href="/oefeningen">Oefeningen</a> <a class="change" href="/beheer">Beheer</a></p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Wat wilt u doen?", body) { Refresh = RefreshSeconds }));
    }

    private Html Links(NodePicture? picture, Instant now)
    {
        if (picture is null) return Html.Of($"<p>Dit punt start op.</p>");
        var waiting = picture.Status.Waiting.Sum();
        return Html.Of($"""
            <dl>
            <dt>Laatste teken van een ander punt</dt><dd>{LastContact(picture, now)}</dd>
            <dt>Wacht nog op verzending</dt><dd>{Moments.Count(waiting, "bericht", "berichten")}</dd>
            {Html.Each(picture.Status.Links, link => Html.Of($"<dt>{link.Name}</dt><dd>{State(link)}</dd>"))}
            </dl>
            """);
    }

    private static string State(LinkStatus link) => !link.Up ? "Werkt niet" : link.Neighbours.Count == 0 ? "Werkt, hoort niemand" : $"Werkt, hoort punt {string.Join(", ", link.Neighbours)}";

    private string LastContact(NodePicture picture, Instant now)
    {
        if (picture.Status.Origins.Where(origin => origin.Site != site.Id).Max(origin => origin.LastHeard) is not { } heard) return "Nog niets gehoord sinds de start";
        var ago = now.Now - heard;
        return $"{moments.At(now.Wall - ago, now.Wall)} ({Moments.Span(ago)} geleden)";
    }
}
