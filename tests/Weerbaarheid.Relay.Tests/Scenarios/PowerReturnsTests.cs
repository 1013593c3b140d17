using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>The mains come back, and every radio starts at the same moment.</summary>
public sealed class PowerReturnsTests
{
    /// <summary>Of modems that do not listen before they send, what two say together nobody hears; so they must not go on doing it.</summary>
    [Fact]
    public async Task Two_modems_that_do_not_listen_before_they_send_find_each_other()
    {
        using var channel = new RadioChannel(TimeProvider.System);
        await using var portA = new EmulatorPort(new Rn2483Emulator(channel, "a"));
        await using var portB = new EmulatorPort(new Rn2483Emulator(channel, "b"));
        await using var pair = await NodePair.StartAsync(Rn2483(portB), Rn2483(portA));
        Assert.True(await pair.LeadsUpAsync("lora", TimeSpan.FromMinutes(5)), string.Join('\n', channel.Transmissions.Select(one => $"{one.By.Name} {one.Start} {one.Duration}")));
    }

    private static ModemLink Rn2483(EmulatorPort port)
    {
        var options = Bench.Options("rn2483") with { Port = port.Path };
        return new ModemLink(Rn2483Modem.Describe(options), port.Path, options.Baud, new Rn2483Modem(options), TimeProvider.System, new ListLogger());
    }
}
