using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>The information point: what the region tells everybody, large, newest first, fit for the notice board.</summary>
internal sealed class BulletinPages(RelayNode node, Site site, Func<PageFrame> frame, Moments moments)
{
    private const int RefreshSeconds = 60;

    public Task ListAsync(HttpContext context)
    {
        var now = node.Now;
        var current = Current(node.Board.Newest(MessageBoard.Bulletins, type: MessageType.Bulletin), now);
        var body = current.Count == 0
            ? Html.Of($"<p>Er zijn nu geen bulletins.</p>")
            : Html.Of($"""{Html.Each(current, one => Draw(one.Entry, one.Bulletin, now))}<p class="noprint hint">Voor het prikbord: druk deze pagina af met de knop Afdrukken van de browser.</p>""");
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Bulletins", body) { Refresh = RefreshSeconds }));
    }

    /// <summary>The same for a screen that everybody looks at, and for the notice board.</summary>
    public Task BoardAsync(HttpContext context)
    {
        var now = node.Now;
        var current = Current(node.Board.Newest(MessageBoard.Bulletins, type: MessageType.Bulletin), now);
        var body = Html.Of($"""
            <div class="board">{Html.When(current.Count == 0, $"<p>Er zijn nu geen bulletins.</p>")}{Html.Each(current, one => Draw(one.Entry, one.Bulletin, now))}</div>
            <p class="hint">Bijgewerkt om {moments.At(now.Wall, now.Wall)}{Html.When(!now.WallTrusted, $" (de klok van dit punt is niet zeker)")}.</p>
            <p class="noprint hint">Voor het prikbord: druk deze pagina af met de knop Afdrukken van de browser.</p>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent("Informatiepunt", body) { Refresh = RefreshSeconds }));
    }

    /// <summary>Those that hold: not too old, and not replaced or withdrawn by a later one. A number means one thing in reality and another in an exercise: what is said in one takes nothing away in the other.</summary>
    /// <param name="newestFirst">The bulletins that are known.</param>
    /// <param name="now">The moment.</param>
    public static IReadOnlyList<(BoardEntry Entry, Bulletin Bulletin)> Current(IEnumerable<BoardEntry> newestFirst, Instant now)
    {
        var current = new List<(BoardEntry, Bulletin)>();
        var gone = new HashSet<(Exercise, int)>();
        foreach (var entry in newestFirst)
        {
            if (entry.Message is not Bulletin bulletin) continue;
            if (gone.Add((bulletin.Exercise, bulletin.Number)) && MessageAge.LeftOf(entry.Envelope, bulletin, now) > TimeSpan.Zero) current.Add((entry, bulletin));
            if (bulletin.Replaces is { } replaced) gone.Add((bulletin.Exercise, replaced));
        }

        return current;
    }

    private Html Draw(BoardEntry entry, Bulletin bulletin, Instant now)
    {
        var (origin, left) = (entry.Envelope.Key.Origin, MessageAge.LeftOf(entry.Envelope, bulletin, now));
        return Html.Of($"""
            <article class="bulletin">
            <h2>Bulletin {bulletin.Number}{Html.When(bulletin.Kind == BulletinKind.Intrekking, $": ingetrokken")}</h2>
            {Html.When(bulletin.Exercise != Exercise.Actueel, $"<p><span class=\"tag amber\">{(bulletin.Exercise == Exercise.Oefening ? "OEFENING" : "TEST")}</span></p>")}
            {Replaces(bulletin)}<p class="text">{Layout.Said(bulletin.Text)}</p>
            <p>{(origin == site.Id ? site.Name : "Meldkamer")} (punt {origin}), {moments.At(MessageAge.MadeAt(entry.Envelope, bulletin), now.Wall)}. Geldig tot {moments.At(MessageAge.EndOf(entry.Envelope, bulletin), now.Wall)} (nog {Moments.Span(left)}).{Html.When(bulletin.Grip is not null, $" GRIP {bulletin.Grip ?? 0}.")}</p>
            </article>
            """);
    }

    private static Html Replaces(Bulletin bulletin) => bulletin.Replaces is not { } replaced ? Html.None
        : bulletin.Kind == BulletinKind.Intrekking ? Html.Of($"<p><strong>Bulletin {replaced} geldt niet meer{Only(bulletin)}.</strong></p>") : Html.Of($"<p><strong>Vervangt bulletin {replaced}{Only(bulletin)}.</strong></p>");

    /// <summary>A real bulletin of that number may hang beside it, and goes on holding.</summary>
    private static string Only(Bulletin bulletin) => bulletin.Exercise switch
    {
        Exercise.Oefening => ", alleen in de oefening",
        Exercise.Test => ", alleen in de test",
        _ => "",
    };
}
