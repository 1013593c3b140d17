using System.Net.Sockets;
using MQTTnet.Formatter;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class MqttVersionTests
{
    [Theory]
    [InlineData("closes")]
    [InlineData("return code 1")]
    [InlineData("reason 0x84")]
    public async Task A_broker_that_knows_only_3_1_1_gets_3_1_1(string refusal)
    {
        await using var broker = new ScriptedBroker(async (socket, packet) =>
        {
            if (packet[0] >> 4 != 1 || ScriptedBroker.Level(packet) == 4)
                return await ScriptedBroker.AnswerPolitelyAsync(socket, packet);
            await RefuseAsync(socket, refusal);
            return false;
        });
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11));

        Assert.Equal("3.1.1", a.Link.Version);
        Assert.True(a.Send(12, 1));
        await a.Events.NextAsync<LinkEvent.Sent>();
    }

    [Fact]
    public async Task A_version_that_was_configured_is_kept()
    {
        var levels = new List<int>();
        await using var broker = new ScriptedBroker((_, packet) =>
        {
            lock (levels)
                levels.Add(ScriptedBroker.Level(packet));
            return Task.FromResult(false);
        });
        await using var a = new RunningLink(RunningLink.Options(broker.Uri, 11, "5"));

        await Eventually.TrueAsync(() => a.Link.Attempts >= 3, "a third attempt");
        lock (levels)
            Assert.All(levels, level => Assert.Equal(5, level));
    }

    [Fact]
    public void A_broker_that_accepted_5_once_is_not_doubted_again()
    {
        var choice = new ProtocolChoice(null);
        choice.Doubted();
        Assert.Equal(MqttProtocolVersion.V311, choice.Next);
        choice.Doubted();
        choice.Accepted();
        choice.Doubted();
        Assert.Equal(MqttProtocolVersion.V500, choice.Next);
    }

    [Fact]
    public async Task A_broker_that_answers_nothing_is_given_up_after_the_connect_limit_and_tried_again()
    {
        await using var broker = new ScriptedBroker((_, _) => Task.FromResult(true));
        var options = RunningLink.Options(broker.Uri, 11);
        await using var a = new RunningLink(options with { Timings = options.Timings with { Connect = TimeSpan.FromSeconds(0.3) } });

        Assert.Contains("no connection within 0.3 s", (await a.Events.NextAsync<LinkEvent.Down>()).Reason, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => a.Link.Attempts >= 2, "a second attempt");
    }

    private static Task RefuseAsync(Socket socket, string refusal) => refusal switch
    {
        "return code 1" => socket.SendAsync(new byte[] { 0x20, 2, 0, 1 }),
        "reason 0x84" => socket.SendAsync(new byte[] { 0x20, 3, 0, 0x84, 0 }),
        _ => Task.CompletedTask,
    };
}
