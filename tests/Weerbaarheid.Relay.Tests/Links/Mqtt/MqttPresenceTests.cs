using System.Text;
using Weerbaarheid.Relay.Demo;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class MqttPresenceTests
{
    private const string Topic = "weerbaarheid/v1/node/11";
    private const string Online = """{"site":11,"state":"online"}""";
    private const string Offline = """{"site":11,"state":"offline"}""";

    [SkippableTheory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task A_link_is_online_while_it_runs_and_offline_after_a_clean_stop(string protocol)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using (await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, protocol)))
        {
            Assert.Equal(Online, await RetainedAsync(broker));
        }

        Assert.Equal(Offline, await RetainedAsync(broker));
    }

    [SkippableFact]
    public async Task The_broker_says_offline_when_the_line_breaks()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var proxy = new CuttableProxy(broker.Port);
        // Under 3.1.1 the will has no delay, so the test need not wait for it.
        await using var a = await RunningLink.UpAsync(RunningLink.Options(new($"mqtt://127.0.0.1:{proxy.Port}"), 11, "3.1.1"));
        await using var probe = await MqttProbe.ConnectAsync(broker.Uri, Topic);
        Assert.Equal(Online, Encoding.UTF8.GetString(await probe.HearAsync(Topic)));

        proxy.Cut();
        Assert.Equal(Offline, Encoding.UTF8.GetString(await probe.HearAsync(Topic)));
        proxy.Restore();
        Assert.Equal(Online, Encoding.UTF8.GetString(await probe.HearAsync(Topic)));
    }

    [SkippableFact]
    public async Task A_connection_given_up_by_us_is_said_to_be_offline_too()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var proxy = new CuttableProxy(broker.Port);
        await using var a = await RunningLink.UpAsync(RunningLink.Options(new($"mqtt://127.0.0.1:{proxy.Port}"), 11, "3.1.1"));
        await using var probe = await MqttProbe.ConnectAsync(broker.Uri, Topic);
        Assert.Equal(Online, Encoding.UTF8.GetString(await probe.HearAsync(Topic)));

        proxy.Stall();
        await a.Events.NextAsync<LinkEvent.Down>();
        proxy.Restore();
        Assert.Equal(Offline, Encoding.UTF8.GetString(await probe.HearAsync(Topic)));
        Assert.Equal(Online, Encoding.UTF8.GetString(await probe.HearAsync(Topic)));
    }

    private static async Task<string> RetainedAsync(MosquittoBroker broker)
    {
        await using var probe = await MqttProbe.ConnectAsync(broker.Uri, Topic);
        return Encoding.UTF8.GetString(await probe.HearAsync(Topic));
    }
}
