using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

/// <summary>A noodsteunpunt without links, and its pages.</summary>
internal sealed class Steunpunt : IAsyncDisposable
{
    internal static readonly Site Site = new(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-pages-");

    internal TestNode Node { get; private set; } = null!;

    internal PageBench Pages { get; private set; } = null!;

    internal static async Task<Steunpunt> StartAsync(string? exercise = null, RelayRules? rules = null)
    {
        var punt = new Steunpunt();
        punt.Node = await new TestNode(Site, punt._folder.FullName).StartAsync(rules: rules);
        punt.Pages = await PageBench.StartAsync(punt.Node, Site, exercise);
        return punt;
    }

    /// <summary>Goes through the four steps, up to the page on which it is sent.</summary>
    internal async Task<PageBench.Served> FillInAsync(string words = "Rook uit de kelder", string what = "brand")
    {
        var where = await Pages.GetAsync("/melding");
        var choose = await Pages.SubmitAsync(where, ("postcode", "9351 ab"), ("nummer", "12"));
        var howMuch = await Pages.SubmitAsync(choose, ("wat", what));
        return await Pages.SubmitAsync(howMuch, ("aantal", "2"), ("tekst", words));
    }

    public async ValueTask DisposeAsync()
    {
        await Pages.DisposeAsync();
        await Node.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
