using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Door;
using Weerbaarheid.Relay.Pages.Markup;
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
}

/// <summary>The node's web site: one door, behind it the pages of each role and the interfaces for programs.</summary>
internal static class PageSite
{
    /// <summary>How long a browser may keep the style sheet: its address changes with it.</summary>
    private const string KeepForAYear = "public, max-age=31536000, immutable";

    /// <summary>Lets the web server listen for the pages, within limits.</summary>
    public static void ListenForPages(this IWebHostBuilder server, PageSettings settings) => server.ConfigureKestrel(kestrel => DoorLimits.Listen(kestrel, settings.Listen));

    /// <summary>Puts the door in front and everything behind it.</summary>
    public static void MapPages(this WebApplication app, RelayNode node, PageSettings settings, TimeProvider time, ILogger log)
    {
        PageFrame Frame() => NodeFrame.Of(node.Picture, settings.Site, node.Exercise?.Name ?? settings.Exercise);
        var door = new FrontDoor(Frame, new HostNames(settings.Names), time, log);
        app.Use(next => context => door.HandleAsync(context, next));
        app.MapNode(node);
        app.MapGet(Stylesheet.Route, WriteStylesheetAsync);
        app.MapVolunteerPages(node, settings.Site, settings.Exercise, Frame, time);
    }

    private static Task WriteStylesheetAsync(HttpContext context)
    {
        context.Response.ContentType = "text/css; charset=utf-8";
        context.Response.Headers.CacheControl = KeepForAYear;
        return context.Response.Body.WriteAsync(Stylesheet.Bytes).AsTask();
    }
}
