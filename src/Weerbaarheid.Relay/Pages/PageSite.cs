using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Door;
using Weerbaarheid.Relay.Pages.Markup;
using Weerbaarheid.Relay.Pages.Meldkamer;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages;

/// <summary>What the pages need to know besides the node.</summary>
/// <param name="Site">Who the node is.</param>
/// <param name="Listen">Where the pages are served.</param>
internal sealed record PageSettings(Site Site, IPEndPoint Listen)
{
    /// <summary>Names under which the pages may be asked for, besides addresses and private names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The exercise that goes on; null when there is none.</summary>
    public string? Exercise { get; init; }

    /// <summary>What is known of other sites.</summary>
    public IReadOnlyList<KnownSite> Sites { get; init; } = [];

    /// <summary>Where what people released is kept; null for nowhere.</summary>
    public string? Folder { get; init; }
}

/// <summary>The node's web site: one door, behind it the pages of each role and the interfaces for programs.</summary>
internal static class PageSite
{
    /// <summary>Lets the web server listen for the pages, within limits.</summary>
    public static void ListenForPages(this IWebHostBuilder server, PageSettings settings) => server.ConfigureKestrel(kestrel => DoorLimits.Listen(kestrel, settings.Listen));

    /// <summary>Puts the door in front and everything behind it.</summary>
    public static void MapPages(this WebApplication app, RelayNode node, PageSettings settings, TimeProvider time, ILogger log)
    {
        PageFrame Frame() => NodeFrame.Of(node.Picture, settings.Site, settings.Exercise);
        var door = new FrontDoor(Frame, new HostNames(settings.Names), time, log);
        app.Use(next => context => door.HandleAsync(context, next));
        app.MapNode(node, time);
        Asset.Style.Map(app);
        var isDesk = settings.Site.Role == Role.Meldkamer;
        app.MapVolunteerPages(node, settings.Site, settings.Exercise, Frame, time, isDesk ? "/punt" : "/");
        if (isDesk) app.MapDeskPages(node, new DeskSettings(settings.Site, settings.Exercise, settings.Sites, settings.Folder), Frame, time, log);
    }
}
