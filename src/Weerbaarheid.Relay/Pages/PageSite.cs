using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Pages.Beheer;
using Weerbaarheid.Relay.Pages.Door;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Koerier;
using Weerbaarheid.Relay.Pages.Meldkamer;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Pages.Oefeningen;
using Weerbaarheid.Relay.Pages.Roles;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages;

/// <summary>What the pages need to know besides the node.</summary>
/// <param name="Site">Who the node is.</param>
/// <param name="Listen">Where the pages are served.</param>
internal sealed record PageSettings(Site Site, IPEndPoint Listen)
{
    /// <summary>Names under which the pages may be asked for, besides addresses and private names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Full path of the file with the PINs; need not exist.</summary>
    public required string PinFile { get; init; }

    /// <summary>Whether anybody wrote a configuration; else the defaults hold, and the pages say what to do.</summary>
    public bool IsSetUp { get; init; } = true;

    /// <summary>Whose turn it is to hold a large file in memory.</summary>
    public required FileTurn Turn { get; init; }

    /// <summary>Makes a zip for who helps from afar, of status and report (JSON).</summary>
    public required Func<byte[], byte[], byte[]> Bundle { get; init; }

    /// <summary>What is known of other sites.</summary>
    public IReadOnlyList<KnownSite> Sites { get; init; } = [];

    /// <summary>The ground under the meldkamer's map; null for none.</summary>
    public MapSheet? Map { get; init; }
}

/// <summary>The node's web site: one door, behind it the pages of each role and the interfaces for programs.</summary>
internal static class PageSite
{
    /// <summary>Lets the web server listen for the pages, within limits.</summary>
    public static void ListenForPages(this IWebHostBuilder server, PageSettings settings) => server.ConfigureKestrel(kestrel => DoorLimits.Listen(kestrel, settings.Listen));

    /// <summary>Puts the door in front and everything behind it.</summary>
    public static void MapPages(this WebApplication app, RelayNode node, PageSettings settings, TimeProvider time, ILogger log)
    {
        PageFrame Frame() => NodeFrame.Of(node.Picture, settings.Site, node.Exercise?.Name);
        var door = new FrontDoor(Frame, new HostNames(settings.Names), time, log, (KoerierPages.UploadPath, KoerierPages.MostUpload));
        var book = new PinBook(settings.PinFile, time);
        var roles = new RoleDoor(book, Frame, time, log);
        app.Use(next => context => door.HandleAsync(context, next));
        app.Use(next => context => roles.HandleAsync(context, next));
        app.MapNode(node, time, context => LocalProgram.IsHere(context) || roles.MayEnter(context, PinRole.Coordinator));
        Asset.Style.Map(app);
        Asset.Script.Map(app);
        var isDesk = settings.Site.Role == Role.Meldkamer;
        app.MapVolunteerPages(node, settings.Site, Frame, time, isDesk ? "/punt" : "/", settings.IsSetUp);
        if (isDesk) app.MapDeskPages(node, new DeskSettings(settings.Site, settings.Sites, settings.Map), Frame, time, log);
        new OefeningPages(node, settings.Turn, Frame).Map(app);
        new KoerierPages(node, settings.Turn, Frame, time).Map(app);
        new BeheerPages(node, settings.Site, book, settings.Bundle, Frame).Map(app);
    }
}
