using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Node;

public sealed class ThreeNodesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-three-");

    [Fact]
    public async Task A_melding_goes_up_over_the_meldkamers_own_broker_and_its_receipt_comes_down()
    {
        await using var meldkamer = await Node(1, Role.Meldkamer).StartAsync();
        await using var punt = await Node(21, Role.Coordinatiepunt, Link("net", 21, meldkamer.Port, 1, 11)).StartAsync();
        await using var steunpunt = await Node(11, Role.Noodsteunpunt, Link("net", 11, meldkamer.Port, 21)).StartAsync();

        var outcome = await steunpunt.SubmitAsync("melding", """{"category":"gezondheid","text":"Oudere man niet aanspreekbaar","priority":1}""");

        Assert.Equal(Refusal.None, outcome.Refusal);
        await Eventually.TrueAsync(() => meldkamer.Report.GetProperty("total").GetInt32() == 1, () => $"{meldkamer.Report}\n{meldkamer.Status}\n{punt.Status}\n{steunpunt.Status}");
        await Eventually.TrueAsync(() => steunpunt.Report.GetProperty("byState").TryGetProperty("ontvangen", out _), () => steunpunt.Report.ToString());
        await Eventually.TrueAsync(() => punt.Status.GetProperty("queue").GetProperty("total").GetInt32() == 0, () => punt.Status.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static MqttLink Link(string name, ushort site, int port, params ushort[] peers) =>
        new(new MqttLinkOptions(name, new Uri($"mqtt://127.0.0.1:{port}"), site, peers), TimeProvider.System, NullLogger.Instance);

    private TestNode Node(ushort site, Role role, params Weerbaarheid.Relay.Links.ILink[] links) =>
        new(new Site(site, $"Site {site}", role, "groningen"), Path.Combine(_folder.FullName, $"{site}"), links);
}
