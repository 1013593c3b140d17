using AngleSharp.Dom;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Pages.Meldkamer;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>A meldkamer and its pages, and when asked for a noodsteunpunt that is connected to it and has its own.</summary>
internal sealed class Desk : IAsyncDisposable
{
    internal static readonly Site Site = new(1, "Meldkamer Noord-Nederland", Role.Meldkamer, "groningen");
    internal static readonly Site Punt = new(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, "groningen");
    internal static readonly KnownSite[] Sites = [new(11, "Leek", (220_000, 576_000)), new(12, "Zuidhorn", (223_000, 584_000))];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-desk-");
    private MapSheet? _map;

    internal TestNode Node { get; private set; } = null!;

    internal PageBench Pages { get; private set; } = null!;

    internal TestNode PuntNode { get; private set; } = null!;

    internal PageBench PuntPages { get; private set; } = null!;

    internal static async Task<Desk> StartAsync(Func<KeyRing>? keys = null, string? exercise = null, MapSheet? map = null, TimeProvider? time = null)
    {
        var desk = new Desk { _map = map };
        desk.Node = new TestNode(Site, Path.Combine(desk._folder.FullName, "1")) { Keys = keys ?? KeyRing.Demonstration, Time = time ?? TimeProvider.System };
        await desk.Node.StartAsync();
        await desk.ServeAsync(exercise);
        return desk;
    }

    internal static async Task<Desk> WithPuntAsync()
    {
        var desk = await StartAsync();
        var link = new MqttLink(new MqttLinkOptions("internet", new Uri($"mqtt://127.0.0.1:{desk.Node.Port}"), 11, [1]), TimeProvider.System, NullLogger.Instance);
        desk.PuntNode = await new TestNode(Punt, Path.Combine(desk._folder.FullName, "11"), link).StartAsync();
        desk.PuntPages = await PageBench.StartAsync(desk.PuntNode, Punt);
        return desk;
    }

    /// <summary>A desk that nothing comes to but what is carried there (<see cref="CarryAsync"/>), and a noodsteunpunt without a way out.</summary>
    internal static async Task<Desk> ApartAsync(TimeProvider? time = null, TimeProvider? puntTime = null)
    {
        var desk = await StartAsync(time: time);
        desk.PuntNode = await new TestNode(Punt, Path.Combine(desk._folder.FullName, "11")) { Time = puntTime ?? TimeProvider.System }.StartAsync();
        desk.PuntPages = await PageBench.StartAsync(desk.PuntNode, Punt);
        return desk;
    }

    /// <summary>Carries some of the noodsteunpunt's messages to the desk, each by itself and in this order.</summary>
    internal async Task CarryAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            Assert.True(EnvelopeKey.TryParse(id, out var key));
            var load = await PuntNode.Node.ExportAsync(key, CancellationToken.None);
            await Node.Node.ImportAsync(load.Frames, CancellationToken.None);
            await Eventually.TrueAsync(() => Node.Node.Board.Find(key) is not null, $"{id} is at the desk");
        }
    }

    /// <summary>The desk's node starts again, and its pages.</summary>
    internal async Task RestartAsync()
    {
        await Node.DisposeAsync();
        await Node.StartAsync();
        await ServeAsync();
    }

    /// <summary>The pages of the desk anew, as after a restart.</summary>
    internal async Task ServeAsync(string? exercise = null)
    {
        if (Pages is not null) await Pages.DisposeAsync();
        Pages = await PageBench.StartAsync(Node, Site, exercise, with: settings => settings with { Sites = Sites, Map = _map });
    }

    /// <summary>Fills in one of the forms of a record.</summary>
    internal async Task<PageBench.Served> DoAsync(string id, string action, params (string Name, string Value)[] filled) =>
        await Pages.SubmitToAsync(await Pages.GetAsync($"/meldkamer/bericht/{id}"), $"/meldkamer/bericht/{id}/{action}", filled);

    /// <summary>The ids in the list, in its order.</summary>
    internal static IReadOnlyList<string> Ids(PageBench.Served list) => [.. list.Document.QuerySelectorAll("#rijen tr td:first-child a").Select(link => link.TextContent)];

    public async ValueTask DisposeAsync()
    {
        if (PuntPages is not null) await PuntPages.DisposeAsync();
        if (PuntNode is not null) await PuntNode.DisposeAsync();
        await Pages.DisposeAsync();
        await Node.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
