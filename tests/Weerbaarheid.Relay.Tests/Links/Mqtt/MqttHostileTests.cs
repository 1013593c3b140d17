using System.Net.Sockets;
using System.Text;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class MqttHostileTests
{
    private const string To11 = "weerbaarheid/v1/wire/to/11";

    // Version 5: the broker itself keeps back the largest and what is retained. 3.1.1: it delivers all five.
    [SkippableTheory]
    [InlineData("5", 3)]
    [InlineData("3.1.1", 5)]
    public async Task What_cannot_be_a_frame_is_dropped_counted_and_never_offered_again(string protocol, int dropped)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var probe = await MqttProbe.ConnectAsync(broker.Uri);
        await probe.PublishAsync("weerbaarheid/v1/wire/all", [7], retain: true);
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, protocol));

        await probe.PublishAsync(To11, []);
        await probe.PublishAsync(To11, new byte[16_385]);
        await probe.PublishAsync(To11, new byte[1_000_000]);
        await probe.PublishAsync("weerbaarheid/v1/wire/all", [], retain: true);
        await probe.PublishAsync(To11, [1]);
        Assert.Equal([1], await a.ReceivedAsync());
        Assert.Equal(dropped, a.Link.Dropped);
        await a.StopAsync();

        await using var again = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, protocol));
        await probe.PublishAsync(To11, [2]);
        Assert.Equal([2], await again.ReceivedAsync());
        Assert.Equal(0, again.Link.Dropped);
    }

    [SkippableFact]
    public async Task A_node_that_reads_slowly_gets_everything_once_it_reads()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var probe = await MqttProbe.ConnectAsync(broker.Uri);
        var options = RunningLink.Options(broker.Uri, 11);
        await using var a = new RunningLink(options with { Timings = options.Timings with { KeepAlive = TimeSpan.FromSeconds(60) } }, capacity: 1);
        await a.Events.NextAsync<LinkEvent.Up>();

        for (var i = 0; i < 1_000; i++)
            await probe.PublishAsync(To11, [(byte)i, (byte)(i >> 8)]);
        for (var i = 0; i < 1_000; i++)
        {
            var bytes = await a.ReceivedAsync();
            Assert.Equal(i, bytes[0] | (bytes[1] << 8));
        }
    }

    [Fact]
    public async Task A_refused_subscription_is_the_reason()
    {
        await using var broker = new ScriptedBroker((socket, packet) => packet[0] >> 4 == 8
            ? AnswerAsync(socket, [0x90, 4, packet[2], packet[3], 1, 0x80])
            : ScriptedBroker.AnswerPolitelyAsync(socket, packet));
        await using var a = new RunningLink(RunningLink.Options(broker.Uri, 11, "3.1.1"));

        var down = Assert.IsType<LinkEvent.Down>(await a.Events.NextAsync<LinkEvent>());
        Assert.Contains("refuses the subscription to weerbaarheid/v1/wire/all", down.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x90, 0xFF, 0xFF, 0xFF, 0x7F })]
    [InlineData(new byte[] { 0x30, 0x00 })]
    [InlineData(new byte[] { 0xC0, 0x00 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0x01 })]
    public async Task Garbage_from_the_broker_costs_the_connection_and_nothing_else(byte[] garbage)
    {
        var first = 1;
        await using var broker = new ScriptedBroker(async (socket, packet) =>
        {
            await ScriptedBroker.AnswerPolitelyAsync(socket, packet);
            // The presence is the last thing said before Up.
            return packet[0] >> 4 != 3 || Interlocked.Exchange(ref first, 0) == 0 || await AnswerAsync(socket, garbage);
        });
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, "3.1.1"));

        await a.Events.NextAsync<LinkEvent.Down>();
        await a.Events.NextAsync<LinkEvent.Up>();
        Assert.True(a.Send(12, 1));
        await a.Events.NextAsync<LinkEvent.Sent>();
    }

    [Fact]
    public async Task User_and_password_are_shown_to_the_broker_and_read_anew_each_time()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "old-secret\n");
        var connects = System.Threading.Channels.Channel.CreateUnbounded<string>();
        await using var broker = new ScriptedBroker(async (socket, packet) =>
        {
            await connects.Writer.WriteAsync(Encoding.Latin1.GetString(packet));
            await File.WriteAllTextAsync(file, "new-secret");
            return await AnswerAsync(socket, [0x20, 2, 0, 5]) && false;
        });
        await using var a = new RunningLink(RunningLink.Options(broker.Uri, 11, "3.1.1") with { User = "leek", PasswordFile = file });

        Assert.EndsWith("\0\u0004leek\0\nold-secret", await connects.Reader.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("NotAuthorized", (await a.Events.NextAsync<LinkEvent.Down>()).Reason, StringComparison.Ordinal);
        Assert.EndsWith("\0\u0004leek\0\nnew-secret", await connects.Reader.ReadAsync(), StringComparison.Ordinal);
        File.Delete(file);
    }

    private static async Task<bool> AnswerAsync(Socket socket, byte[] bytes)
    {
        await socket.SendAsync(bytes);
        return true;
    }
}
