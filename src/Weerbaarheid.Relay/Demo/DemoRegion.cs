using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Demo;

/// <summary>
/// A small region in one process: a noodsteunpunt, a coördinatiepunt and a meldkamer, each a whole node with its own
/// store and broker, joined by a network that can be cut and by a simulated LoRa channel.
/// </summary>
internal sealed class DemoRegion : IAsyncDisposable
{
    /// <summary>LoRa at SF7, 125 kHz, coding rate 4/5: 5,470 bit/s and frames of 255 bytes.</summary>
    private static readonly SimulatedMediumOptions LoRa = new(
        MaxFrame: 255, BitRate: 5_470, Loss: 0.02, Delay: TimeSpan.FromMilliseconds(5), Overhead: TimeSpan.FromMilliseconds(12.5));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weerbaarheid-demo-");
    private readonly List<RelayNode> _nodes = [];
    private readonly SimulatedAir _air;
    private CuttableProxy? _network;

    private DemoRegion(ulong seed, TimeProvider time) => _air = new SimulatedAir(LoRa, seed, time);

    public static Site Noodsteunpunt { get; } = new(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, "groningen");

    public static Site Coordinatiepunt { get; } = new(21, "Coördinatiepunt Westerkwartier", Role.Coordinatiepunt, "groningen");

    public static Site Meldkamer { get; } = new(1, "Meldkamer Noord-Nederland", Role.Meldkamer, "groningen");

    /// <summary>Node of the noodsteunpunt.</summary>
    public RelayNode Steunpunt => _nodes[2];

    /// <summary>Node of the meldkamer.</summary>
    public RelayNode Desk => _nodes[0];

    /// <summary>Starts the three nodes.</summary>
    public static async Task<DemoRegion> StartAsync(ulong seed, TimeProvider time, ILoggerFactory logs)
    {
        var region = new DemoRegion(seed, time);
        try
        {
            await region.StartNodeAsync(Meldkamer, [region.Radio(Meldkamer, 21)], time, logs);
            region._network = new CuttableProxy(region.Desk.BrokerEndpoint!.Port);
            await region.StartNodeAsync(Coordinatiepunt, [region.Net(Coordinatiepunt, time, logs, 1, 11), region.Radio(Coordinatiepunt, 1, 11)], time, logs);
            await region.StartNodeAsync(Noodsteunpunt, [region.Net(Noodsteunpunt, time, logs, 21), region.Radio(Noodsteunpunt, 21)], time, logs);
            return region;
        }
        catch
        {
            await region.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cuts the network: connections break, new ones are refused.</summary>
    public void Cut() => _network!.Cut();

    /// <summary>Joins the network again.</summary>
    public void Restore() => _network!.Restore();

    /// <summary>A node's published document.</summary>
    public static JsonElement Read(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes)) await node.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        _air.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartNodeAsync(Site site, IReadOnlyList<ILink> links, TimeProvider time, ILoggerFactory logs)
    {
        var settings = new NodeSettings(
            site, KeyRing.Demonstration(), Path.Combine(_folder.FullName, $"{site.Id}"), new IPEndPoint(IPAddress.Loopback, 0), links, RelayRules.Default);
        var node = new RelayNode(settings, time, logs);
        _nodes.Add(node);
        await node.StartAsync();
    }

    private MqttLink Net(Site site, TimeProvider time, ILoggerFactory logs, params ushort[] peers) =>
        new(new MqttLinkOptions("internet", new Uri($"mqtt://127.0.0.1:{_network!.Port}"), site.Id, peers), time, logs.CreateLogger("Link"));

    private SimulatedLink Radio(Site site, params ushort[] peers) => new(_air, site.Id, "lora", peers);
}
