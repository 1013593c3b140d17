using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>What an operator types at the meldkamer when a box was stolen, with real processes on real stores.</summary>
[Collection("alone")]
public sealed class KeyOrderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_site_that_is_shut_out_knows_it_says_it_and_stays_so_after_power_cuts()
    {
        await using var meldkamer = await new NodeProcess("meldkamer", Path.Combine(_folder.FullName, "1"), null).StartAsync();
        await using var steunpunt = await new NodeProcess("noodsteunpunt", Path.Combine(_folder.FullName, "11"), new Uri($"mqtt://127.0.0.1:{meldkamer.BrokerPort}"), "links.0.peers.0=1").StartAsync();
        var site = (await steunpunt.StatusAsync()).GetProperty("site").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var sent = await RunAsync(steunpunt, "send", "melding", "--category", "brand", "--text", "voor de diefstal", "--wait", "ontvangen", "--timeout", "60");
        Assert.True(sent.ExitCode == 0, sent.Error);

        var elsewhere = await RunAsync(steunpunt, "keys", "revoke", "--site", "99");
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.Contains("Only the meldkamer orders this", elsewhere.Error, StringComparison.Ordinal);
        var revoked = await RunAsync(meldkamer, "keys", "revoke", "--site", site);
        Assert.True(revoked.ExitCode == 0, revoked.Error);
        for (var life = 0; life < 2; life++)
        {
            await steunpunt.StatusSaysAsync(status => status.GetProperty("keyEpoch").GetProperty("thisSiteRevoked").GetBoolean(), "that this site is shut out");
            await meldkamer.ReportSaysAsync(report => report.GetProperty("sites").EnumerateArray().Any(one => one.TryGetProperty("revoked", out var flag) && flag.GetBoolean()), "who is shut out");
            var refused = await RunAsync(steunpunt, "send", "melding", "--category", "brand", "--text", "van de dief");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("shut this site out", refused.Error, StringComparison.Ordinal);
            Assert.Contains("LET OP: DE REGIO VERTROUWT DIT PUNT NIET MEER", (await RunAsync(steunpunt, "status")).Out, StringComparison.Ordinal);
            var keys = await RunAsync(meldkamer, "keys", "status");
            Assert.Contains("Sleuteltijdvak 1", keys.Out, StringComparison.Ordinal);
            Assert.Contains($"Uitgesloten: site {site} (intrekking 1)", keys.Out, StringComparison.Ordinal);
            Assert.Contains("nee, uitgesloten", keys.Out, StringComparison.Ordinal);
            if (life == 1) break;
            meldkamer.Kill9();
            steunpunt.Kill9();
            await meldkamer.StartAsync();
            await steunpunt.StartAsync();
        }

        Assert.Equal(1, (await meldkamer.ReportAsync()).GetProperty("total").GetInt32());
        Assert.Contains("SHUT OUT", steunpunt.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_use_and_orders_that_are_refused_have_their_own_exit_codes()
    {
        await using var meldkamer = new NodeProcess("meldkamer", Path.Combine(_folder.FullName, "1"), null);
        foreach (var wrong in new string[][] { ["revoke"], ["revoke", "--site", "0"], ["revoke", "--site", "65535"], ["revoke", "--site", "elf"], ["close"], ["close", "--epoch", "16"] })
            Assert.Equal(2, (await RunAsync(meldkamer, ["keys", .. wrong])).ExitCode);
        Assert.Contains("no node answers on ", (await RunAsync(meldkamer, "keys", "rotate-now")).Error, StringComparison.Ordinal);
        await meldkamer.StartAsync();
        var early = await RunAsync(meldkamer, "keys", "close", "--epoch", "0");
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("Epoch 0 is not over", early.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(meldkamer, "keys", "rotate-now")).ExitCode);
        Assert.Equal(0, (await RunAsync(meldkamer, "keys", "close", "--epoch", "0")).ExitCode);
        await meldkamer.StatusSaysAsync(status => status.GetProperty("keyEpoch").GetProperty("oldestEpoch").GetInt32() == 1, "that epoch 0 is closed");
        var json = JsonDocument.Parse((await RunAsync(meldkamer, "keys", "status", "--json")).Out).RootElement;
        Assert.Equal((1, 2), (json.GetProperty("keyEpoch").GetProperty("epoch").GetInt32(), json.GetProperty("keyEpoch").GetProperty("serial").GetInt32()));
    }

    private static Task<RelayProgram.Run> RunAsync(NodeProcess node, params string[] verb) => RelayProgram.RunAsync([.. verb, .. node.Options]);
}
