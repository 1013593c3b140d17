using Microsoft.AspNetCore.Http;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>What a node is before anybody set it up, and what to do next.</summary>
internal sealed class BeginPage(RelayNode node, Site site, Func<PageFrame> frame, bool isSetUp)
{
    public Task ShowAsync(HttpContext context)
    {
        var isDemonstration = node.Picture?.IsDemonstration == true;
        var body = Html.Of($"""
            <p>{(isSetUp ? "Dit punt is ingericht." : "Dit punt draait zonder instellingen, om te proberen.")} Het heet nu: <strong>{site.Name}</strong>, punt {site.Id}, rol {site.Role.ToString().ToLowerInvariant()}, regio {site.Region}.</p>
            {(isDemonstration ? Layout.Box(Tone.Amber, "Demonstratiesleutels", Html.Of($"<p>De sleutels van dit punt zijn openbaar. Iedereen kan berichten meelezen en vervalsen. Gebruik het zo alleen om te proberen, en schrijf niets echts.</p>")) : Layout.Box(Tone.Good, "Sleutels van de regio", Html.Of($"<p>Berichten zijn verzegeld met de sleutels van de regio.</p>")))}
            <h2>Wat de technicus nu doet</h2>
            <ol>
            <li>Vraag de regio om de sleutels van dit punt, op papier, op een stick of als QR-code.</li>
            <li>Richt het punt in, met vragen en antwoorden: <code>weerbaarheid-relay init --config /etc/weerbaarheid-relay/relay.json --keys BESTAND</code></li>
            <li>Alleen proberen, met twee punten op een tafel? <code>weerbaarheid-relay init --demonstration --config proef/relay.json</code></li>
            <li>Stel de pincodes in: <code>weerbaarheid-relay pin vrijwilliger</code>, <code>pin coordinator</code> en <code>pin technicus</code></li>
            <li>Start het punt opnieuw, en kijk of alles werkt: <code>weerbaarheid-relay status</code>, of op de pagina <a href="/beheer/toestand">Toestand</a>.</li>
            </ol>
            """);
        return PageAnswer.WriteAsync(context, Layout.Draw(frame(), new PageContent(isSetUp ? "Over dit punt" : "Dit punt inrichten", body)));
    }
}
