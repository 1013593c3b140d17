using System.Text;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Node;

/// <summary>Whole nodes with stores on disk take a new epoch.</summary>
[Collection("alone")]
public sealed class RekeyedNodeTests : IDisposable
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-rekey-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_noodsteunpunt_gets_its_keys_over_the_network_and_has_them_after_a_restart()
    {
        await using var meldkamer = await new TestNode(new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), Path.Combine(_folder.FullName, "1")).StartAsync();
        var folder = Path.Combine(_folder.FullName, "11");
        var link = new MqttLinkOptions("internet", new Uri($"mqtt://127.0.0.1:{meldkamer.Port}"), 11, []);
        for (var life = 0; life < 2; life++)
        {
            await using var steunpunt = new TestNode(new Site(11, "Noodsteunpunt", Role.Noodsteunpunt, "groningen"), folder, new MqttLink(link, TimeProvider.System, new ListLogger()))
            {
                Keys = () => SimulationKeys.For(new ScenarioSite(11, "", Role.Noodsteunpunt)),
            };
            await steunpunt.StartAsync();
            Assert.Equal(life, steunpunt.Status.GetProperty("keyEpoch").GetProperty("epoch").GetInt32());
            Assert.Equal(Refusal.None, (await steunpunt.SubmitAsync("melding", """{"text":"Brand"}""")).Refusal);
            Assert.True(await NodePair.UntilAsync(() => meldkamer.Report.GetProperty("total").GetInt32() == life + 1, Most), meldkamer.Report.ToString());
            if (life == 0) Assert.Equal(Refusal.None, (await await meldkamer.Node.OrderAsync(new KeyOrder(KeyOrderKind.Rotate, [], 0, false), CancellationToken.None)).Refusal);
            Assert.True(await NodePair.UntilAsync(() => EpochOf(meldkamer) == 1, Most), meldkamer.Report.ToString());
            // Its own document is told with a pause of a quarter of a second between two, and the meldkamer's may be sooner.
            Assert.True(await NodePair.UntilAsync(() => steunpunt.Status.GetProperty("keyEpoch").GetProperty("epoch").GetInt32() == 1, Most), steunpunt.Status.ToString());
            using var region = KeyRing.Demonstration();
            var key = Convert.ToHexString(region.KeysFor(11, 1).SiteKey);
            foreach (var said in (byte[][])[steunpunt.Node.Status, steunpunt.Node.Report, meldkamer.Node.Status, meldkamer.Node.Report])
                Assert.DoesNotContain(key[..8], Encoding.UTF8.GetString(said), StringComparison.OrdinalIgnoreCase);
        }
    }

    private static int EpochOf(TestNode meldkamer) =>
        meldkamer.Report.GetProperty("sites").EnumerateArray().Where(site => site.GetProperty("site").GetInt32() == 11).Select(site => site.GetProperty("epoch").GetInt32()).SingleOrDefault(-1);
}
