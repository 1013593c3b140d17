using System.Globalization;
using Weerbaarheid.Relay.Demo;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Browser;

/// <summary>
/// Three real nodes as <c>samples</c> configures them, each a process of its own, through a real Mosquitto: a noodsteunpunt, whose way out can be cut,
/// a coördinatiepunt and a meldkamer.
/// </summary>
internal sealed class Region : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-browser-");
    private readonly MosquittoBroker _network;
    private readonly CuttableProxy _wayOut;

    private Region(MosquittoBroker network, string[] settings)
    {
        _network = network;
        _wayOut = new CuttableProxy(network.Port);
        GroundFile = Path.Combine(_folder.FullName, "kaart.png");
        NodeProcess Node(string name, Uri up, params string[] more) => new(name, Path.Combine(_folder.FullName, name), up, [.. settings, .. more]);
        Steunpunt = Node("noodsteunpunt", new Uri(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{_wayOut.Port}")));
        Coordinatie = Node("coordinatiepunt", network.Uri);
        Meldkamer = Node("meldkamer", network.Uri, Ground.Settings(GroundFile));
    }

    internal NodeProcess Steunpunt { get; }

    internal NodeProcess Coordinatie { get; }

    internal NodeProcess Meldkamer { get; }

    /// <summary>The picture under the meldkamer's map; nobody made it yet.</summary>
    internal string GroundFile { get; }

    internal static async Task<Region> StartAsync(params string[] settings)
    {
        var region = new Region(await MosquittoBroker.StartAsync(), settings);
        await region.Meldkamer.StartAsync();
        await region.Coordinatie.StartAsync();
        await region.Steunpunt.StartAsync();
        return region;
    }

    internal static string Address(NodeProcess node, string path) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{node.HttpPort}{path}");

    /// <summary>Gives the coördinatiepunt a PIN for its coordinators.</summary>
    internal void Lock() => PinFile.Set(Path.Combine(Coordinatie.Folder, "pins"), PinRole.Coordinator, PinHash.Of("480192"));

    /// <summary>The noodsteunpunt is alone.</summary>
    internal void Cut() => _wayOut.Cut();

    internal void Restore() => _wayOut.Restore();

    public async ValueTask DisposeAsync()
    {
        await Steunpunt.DisposeAsync();
        await Coordinatie.DisposeAsync();
        await Meldkamer.DisposeAsync();
        await _wayOut.DisposeAsync();
        await _network.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
