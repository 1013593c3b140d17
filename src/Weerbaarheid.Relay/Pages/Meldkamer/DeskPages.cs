using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Pins;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>The pages of the meldkamer, each under its address.</summary>
internal static class DeskPages
{
    private static readonly (string, string)[] Parts =
    [
        ("/meldkamer", "Berichten"), ("/meldkamer/hulp", "Hulp"), ("/meldkamer/punten", "Punten"), ("/meldkamer/kaart", "Kaart"), ("/meldkamer/bulletin", "Bulletin opstellen"),
        ("/bulletins", "Bulletins"), ("/meldkamer/sitrap", "Situatierapport"), ("/oefeningen", "Oefeningen"), ("/punt", "Zelf melden"),
    ];

    /// <summary>Maps them.</summary>
    /// <param name="app">Where.</param>
    /// <param name="node">The node behind them.</param>
    /// <param name="settings">What they need to know.</param>
    /// <param name="frame">What stands around a page now.</param>
    /// <param name="time">The machine's clocks.</param>
    /// <param name="log">Where faults are told; never what somebody wrote.</param>
    public static void MapDeskPages(this IEndpointRouteBuilder app, RelayNode node, DeskSettings settings, Func<PageFrame> frame, TimeProvider time, ILogger log)
    {
        var site = settings.Site;
        var desk = new DeskContext(
            node, site, new DeskView(node, site.Id), new FormIntake(node, time), new SiteNames(site, settings.Sites), new Moments(DutchTime.At),
            () => frame() with { Parts = Parts, IsDesk = true });
        var archive = node.Papers;
        var actions = new DeskActions(desk, new DetailPage(desk));
        var (list, hulp, bulletin, sitrap) = (new ListPage(desk, archive), new HulpPage(desk, actions), new BulletinPage(desk), new SitrapPage(desk, archive, log));
        Asset.DeskStyle.Map(app);
        Asset.DeskScript.Map(app);
        app.MapGet("/", list.ShowAsync).Requires(PinRole.Coordinator);
        app.MapGet("/meldkamer", list.ShowAsync);
        app.MapGet("/meldkamer/rijen", list.PatchAsync);
        app.MapGet("/meldkamer/bericht/{id}", actions.ShowAsync);
        foreach (var action in DeskActions.Names) app.MapPost($"/meldkamer/bericht/{{id}}/{action}", context => actions.SendAsync(context, action));
        app.MapGet("/meldkamer/hulp", hulp.ShowAsync);
        app.MapPost("/meldkamer/hulp", hulp.LinkAsync);
        app.MapGet("/meldkamer/punten", new SitesPage(desk).ShowAsync);
        app.MapGet("/meldkamer/kaart", new MapPage(desk, settings.Map).ShowAsync);
        if (settings.Map is { } sheet) app.MapGet(MapSheet.Path, sheet.ServeAsync);
        app.MapGet("/meldkamer/bulletin", bulletin.ShowAsync);
        app.MapPost("/meldkamer/bulletin", bulletin.SendAsync);
        app.MapGet("/meldkamer/bulletin/kosten", bulletin.CostAsync);
        app.MapGet("/meldkamer/sitrap", sitrap.ShowAsync);
        app.MapPost("/meldkamer/sitrap", sitrap.ReleaseAsync);
        app.MapGet("/meldkamer/sitrap/{number}", sitrap.OneAsync);
    }
}
