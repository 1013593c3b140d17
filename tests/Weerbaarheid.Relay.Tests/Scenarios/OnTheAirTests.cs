using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Demo;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>Two whole nodes on the air, with emulated RNodes and with real packet radio programs.</summary>
public sealed class OnTheAirTests
{
    private const int SpreadingFactor = 7;

    /// <summary>Only reached when something does not happen at all, also on a machine so busy that the packet radio programs miss most of the sound.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(12);

    [Fact]
    public async Task Over_two_RNodes_everything_arrives_once_though_one_starts_anew_in_between()
    {
        using var channel = new RadioChannel(TimeProvider.System);
        var (modemA, modemB) = (new RnodeEmulator(channel, "a"), new RnodeEmulator(channel, "b"));
        await using var portA = new EmulatorPort(modemA);
        await using var portB = new EmulatorPort(modemB);
        await using var pair = await NodePair.StartAsync(ModemLinks.Rnode(portB.Path, SpreadingFactor), ModemLinks.Rnode(portA.Path, SpreadingFactor));
        Assert.True(await pair.LeadsUpAsync("lora", Patience), $"{pair}");
        await pair.HandInAsync(HeldOutTexts.Dutch.Take(3));
        Assert.True(await pair.ReceivedAsync(1, Patience), $"{pair}");
        modemA.Reset();
        await pair.HandInAsync(HeldOutTexts.Dutch.Skip(3).Take(3));
        Assert.True(await pair.ReceivedAsync(6, Patience), $"{pair}");
        AssertOnce(pair, 6);
    }

    [Fact]
    public async Task When_the_broker_dies_in_silence_an_urgent_melding_goes_over_the_radio_and_arrives_once()
    {
        using var channel = new RadioChannel(TimeProvider.System);
        var (modemA, modemB) = (new RnodeEmulator(channel, "a"), new RnodeEmulator(channel, "b"));
        await using var portA = new EmulatorPort(modemA);
        await using var portB = new EmulatorPort(modemB);
        CuttableProxy? network = null;
        await using var pair = await NodePair.StartAsync(ModemLinks.Rnode(portB.Path, SpreadingFactor), port =>
        {
            network = new CuttableProxy(port);
            var options = new MqttLinkOptions("internet", new Uri($"mqtt://127.0.0.1:{network.Port}"), 11, []);
            return [new MqttLink(options, TimeProvider.System, NullLogger.Instance), ModemLinks.Rnode(portA.Path, SpreadingFactor)];
        });
        await using var proxy = network!;
        Assert.True(await pair.LeadsUpAsync("internet", Patience), $"{pair}");
        Assert.True(await NodePair.UntilAsync(() => modemA.Station.HeardWhole > 0 && modemB.Station.HeardWhole > 0, Patience), $"{pair}");
        proxy.Stall();
        await pair.HandInAsync("Man onwel in de hal", priority: 1);
        Assert.True(await pair.ReceivedAsync(1, Patience), $"{pair}");
        proxy.Restore();
        await pair.HandInAsync("Vrouw gevallen", priority: 1);
        Assert.True(await pair.ReceivedAsync(2, Patience), $"{pair}");
        AssertOnce(pair, 2);
    }

    [SkippableFact]
    public async Task Between_two_Dire_Wolfs_everything_arrives_once_through_noise_that_costs_frames()
    {
        await using var channel = await DirewolfChannel.StartAsync(RequiredProgram.Check("direwolf"), noise: 30_000);
        await using var pair = await NodePair.StartAsync(ModemLinks.Kiss(channel.Port(1), "PD2XYZ"), ModemLinks.Kiss(channel.Port(0), "PD1ABC"));
        Assert.True(await pair.LeadsUpAsync("packet", Patience), $"{pair}");
        await pair.HandInAsync(HeldOutTexts.Dutch.Take(6));
        Assert.True(await pair.ReceivedAsync(6, Patience), $"{pair}");
        AssertOnce(pair, 6);
    }

    private static void AssertOnce(NodePair pair, int count)
    {
        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), pair.Delivered.Order());
        Assert.Equal(0, pair.GivenUp);
    }
}
