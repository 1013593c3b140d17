using Weerbaarheid.Relay.Demo;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class MqttLinkTests
{
    [SkippableTheory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    [InlineData(null)]
    public async Task Frames_go_both_ways_through_a_real_broker(string? protocol)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, protocol));
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12, protocol));

        Assert.True(a.Send(12, 1, 2, 3));
        Assert.Equal([1, 2, 3], await b.ReceivedAsync());
        Assert.Equal(1, (await a.Events.NextAsync<LinkEvent.Sent>()).Number);

        Assert.True(b.Send(null, 4, 5));
        Assert.Equal([4, 5], await a.ReceivedAsync());
    }

    [SkippableTheory]
    [InlineData("5", false)]
    [InlineData("3.1.1", true)]
    public async Task Own_frames_for_everybody_come_back_only_under_3_1_1(string protocol, bool comeBack)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, protocol));
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12, protocol));

        Assert.True(a.Send(null, 1));
        Assert.Equal([1], await b.ReceivedAsync());
        Assert.True(b.Send(11, 2));
        Assert.Equal(comeBack ? [1] : [2], await a.ReceivedAsync());
    }

    [SkippableFact]
    public async Task Many_frames_at_once_arrive_in_order_and_each_is_reported_sent()
    {
        const int frames = 2_000;
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11));
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12));
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < frames;)
            {
                if (a.Send(12, (byte)i, (byte)(i >> 8)))
                    i++;
                else
                    sent += (await a.Events.NextAsync<LinkEvent.Sent>()) is not null ? 1 : 0;
            }
        });

        for (var i = 0; i < frames; i++)
        {
            var bytes = await b.ReceivedAsync();
            Assert.Equal(i, bytes[0] | (bytes[1] << 8));
        }

        await sending;
        for (; sent < frames; sent++)
            await a.Events.NextAsync<LinkEvent.Sent>();
    }

    [SkippableFact]
    public async Task After_the_broker_came_back_the_link_comes_back_by_itself()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11));
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12));

        await broker.StopAsync();
        await a.Events.NextAsync<LinkEvent.Down>();
        await b.Events.NextAsync<LinkEvent.Down>();
        Assert.False(a.Send(12, 1));

        await broker.StartAsync();
        await a.Events.NextAsync<LinkEvent.Up>();
        await b.Events.NextAsync<LinkEvent.Up>();
        Assert.True(a.Send(12, 2));
        Assert.Equal([2], await b.ReceivedAsync());
    }

    [SkippableTheory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task What_the_broker_kept_while_a_link_was_away_arrives_when_it_returns(string protocol)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, protocol));
        await using (await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12, protocol)))
        {
        }

        for (byte i = 1; i <= 10; i++)
        {
            Assert.True(a.Send(12, i));
            await a.Events.NextAsync<LinkEvent.Sent>();
        }

        // A clean stop of the broker in between: it must have written the session down.
        await broker.StopAsync();
        await broker.StartAsync();
        await using var b = new RunningLink(RunningLink.Options(broker.Uri, 12, protocol));
        await b.Events.NextAsync<LinkEvent.Up>();
        for (byte i = 1; i <= 10; i++)
            Assert.Equal([i], await b.ReceivedAsync());
    }

    [SkippableFact]
    public async Task A_path_that_is_cut_gives_Down_and_Up_after_it_is_restored()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var proxy = new CuttableProxy(broker.Port);
        await using var a = await RunningLink.UpAsync(RunningLink.Options(new($"mqtt://127.0.0.1:{proxy.Port}"), 11));

        proxy.Cut();
        await a.Events.NextAsync<LinkEvent.Down>();
        var before = proxy.Accepted;
        await Eventually.TrueAsync(() => proxy.Accepted >= before + 2, "two attempts during the cut");
        proxy.Restore();
        await a.Events.NextAsync<LinkEvent.Up>();
        Assert.Equal("5", a.Link.Version);
    }

    [SkippableFact]
    public async Task A_black_hole_is_noticed_within_the_keep_alive_and_survived()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var proxy = new CuttableProxy(broker.Port);
        await using var a = await RunningLink.UpAsync(RunningLink.Options(new($"mqtt://127.0.0.1:{proxy.Port}"), 11));

        proxy.Stall();
        var began = TimeProvider.System.GetTimestamp();
        var down = await a.Events.NextAsync<LinkEvent.Down>();
        Assert.Contains("ping", down.Reason, StringComparison.Ordinal);
        // 2 s of keep-alive, and room for a busy machine.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(6));

        proxy.Restore();
        await a.Events.NextAsync<LinkEvent.Up>();
    }

    [SkippableFact]
    public async Task A_frame_without_acknowledgement_ends_the_connection_and_is_not_reported_sent()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var proxy = new CuttableProxy(broker.Port);
        var options = RunningLink.Options(new($"mqtt://127.0.0.1:{proxy.Port}"), 11);
        options = options with { Timings = options.Timings with { KeepAlive = TimeSpan.FromSeconds(60), Acknowledge = TimeSpan.FromSeconds(0.5) } };
        await using var a = await RunningLink.UpAsync(options);

        proxy.Stall();
        Assert.True(a.Send(12, 1));
        var first = await a.Events.NextAsync<LinkEvent>();
        Assert.Contains("acknowledged", Assert.IsType<LinkEvent.Down>(first).Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_full_window_takes_no_more_frames_until_the_broker_acknowledges()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var proxy = new CuttableProxy(broker.Port);
        var options = RunningLink.Options(new($"mqtt://127.0.0.1:{proxy.Port}"), 11);
        options = options with { Timings = options.Timings with { KeepAlive = TimeSpan.FromSeconds(60), Acknowledge = TimeSpan.FromSeconds(60) } };
        await using var a = await RunningLink.UpAsync(options);

        proxy.Stall();
        for (var i = 0; i < a.Link.Description.Window; i++)
            Assert.True(a.Send(12, 1));
        Assert.False(a.Send(12, 1));

        proxy.Restore();
        for (var i = 0; i < a.Link.Description.Window; i++)
            await a.Events.NextAsync<LinkEvent.Sent>();
        Assert.True(a.Send(12, 1));
    }

    [SkippableFact]
    public async Task Whatever_was_reported_sent_arrives_however_often_the_path_is_cut()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var proxy = new CuttableProxy(broker.Port);
        var options = RunningLink.Options(new($"mqtt://127.0.0.1:{proxy.Port}"), 11);
        options = options with { Timings = options.Timings with { GoodConnection = TimeSpan.FromMilliseconds(1) } };
        await using var a = await RunningLink.UpAsync(options);
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12));
        var sent = new HashSet<int>();
        var heard = new HashSet<int>();
        using var enough = new CancellationTokenSource();
        var hearing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested || !sent.IsSubsetOf(heard))
                heard.Add(BitConverter.ToInt32(await b.ReceivedAsync()));
        });

        var number = 0;
        for (var cut = 0; cut < 8; cut++)
        {
            var target = sent.Count + 100 + (37 * cut);
            while (sent.Count < target)
            {
                while (a.Send(12, BitConverter.GetBytes(number + 1)))
                    number++;
                sent.Add((int)(await a.Events.NextAsync<LinkEvent.Sent>()).Number);
            }

            proxy.Cut();
            await a.Events.NextAsync<LinkEvent.Down>();
            proxy.Restore();
            await a.Events.NextAsync<LinkEvent.Up>();
        }

        await enough.CancelAsync();
        Assert.True(a.Send(12, BitConverter.GetBytes(number + 1)));
        await hearing.WaitAsync(Eventually.Limit);
        Assert.Subset(heard, sent);
    }

    [Fact]
    public async Task Each_change_is_logged_once_and_not_each_attempt()
    {
        var port = FreePort.Take();
        var log = new ListLogger();
        await using var a = new RunningLink(RunningLink.Options(new($"mqtt://127.0.0.1:{port}"), 11), log: log);

        await Eventually.TrueAsync(() => a.Link.Attempts >= 4, "a fourth attempt");
        Assert.Contains("refused", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_frame_that_is_too_large_is_not_taken()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11));
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12));

        Assert.False(a.Send(12, new byte[16_385]));
        Assert.True(a.Send(12, new byte[16_384]));
        Assert.Equal(16_384, (await b.ReceivedAsync()).Length);
    }

    [SkippableFact]
    public async Task A_link_that_is_stopped_while_the_node_reads_nothing_stops()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11));
        var b = new RunningLink(RunningLink.Options(broker.Uri, 12), capacity: 1);
        await b.Events.NextAsync<LinkEvent.Up>();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(a.Send(12, 1));
            await a.Events.NextAsync<LinkEvent.Sent>();
        }

        await b.StopAsync();
    }

    [Fact]
    public void Options_with_mistakes_name_each_of_them()
    {
        var options = new MqttLinkOptions("test", new Uri("http://broker"), 11, [], "4", PasswordFile: "/p", KeyFile: "/k");
        Assert.Equal(4, options.Problems().Count);
        Assert.Throws<ArgumentException>(() => new RunningLink(options));
    }
}
