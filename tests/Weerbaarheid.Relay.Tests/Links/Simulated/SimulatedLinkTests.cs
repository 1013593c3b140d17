using System.Threading.Channels;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Simulated;

public sealed class SimulatedLinkTests : IAsyncDisposable
{
    // 100 bytes take 100 ms.
    private static readonly SimulatedMediumOptions Radio = new(MaxFrame: 255, BitRate: 8_000, Delay: TimeSpan.FromMilliseconds(7), Window: 3);

    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _runs = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_runs).WaitAsync(Eventually.Limit);
        _stop.Dispose();
    }

    [Fact]
    public async Task Sent_comes_when_the_transmission_is_done_and_Received_after_the_delay()
    {
        using var air = new SimulatedAir(Radio, 1, _time);
        var (a, aEvents) = await RunAsync(air, 1);
        var (_, bEvents) = await RunAsync(air, 2);

        Assert.True(a.TrySend(new OutgoingFrame(5, 2, Enumerable.Repeat((byte)9, 100).ToArray())));
        _time.Advance(Ms(99));
        Assert.False(aEvents.TryPeek(out _));
        _time.Advance(Ms(1));
        Assert.Equal(5, (await aEvents.NextAsync<LinkEvent.Sent>()).Number);
        _time.Advance(Ms(6));
        Assert.False(bEvents.TryPeek(out _));
        _time.Advance(Ms(1));
        Assert.Equal(100, (await bEvents.NextAsync<LinkEvent.Received>()).Bytes.Length);
    }

    [Fact]
    public async Task A_full_window_takes_no_more_frames_until_one_is_gone()
    {
        using var air = new SimulatedAir(Radio, 1, _time);
        var (a, events) = await RunAsync(air, 1);

        for (var i = 0; i < 3; i++)
            Assert.True(a.TrySend(new OutgoingFrame(i, null, new byte[100])));
        Assert.False(a.TrySend(new OutgoingFrame(3, null, new byte[100])));
        _time.Advance(Ms(100));
        Assert.Equal(0, (await events.NextAsync<LinkEvent.Sent>()).Number);
        Assert.True(a.TrySend(new OutgoingFrame(4, null, new byte[100])));
        Assert.False(a.TrySend(new OutgoingFrame(5, null, new byte[100])));
        _time.Advance(Ms(300));
        foreach (var number in new[] { 1, 2, 4 })
            Assert.Equal(number, (await events.NextAsync<LinkEvent.Sent>()).Number);
    }

    [Fact]
    public async Task A_radio_does_not_know_that_nobody_hears_it()
    {
        using var air = new SimulatedAir(Radio, 1, _time);
        var (a, aEvents) = await RunAsync(air, 1);
        var (_, bEvents) = await RunAsync(air, 2);

        Assert.True(a.TrySend(new OutgoingFrame(1, null, new byte[] { 1 })));
        air.Cut();
        Assert.True(a.TrySend(new OutgoingFrame(2, null, new byte[] { 2 })));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await aEvents.NextAsync<LinkEvent.Sent>()).Number);
        Assert.Equal(2, (await aEvents.NextAsync<LinkEvent.Sent>()).Number);

        air.Restore();
        Assert.True(a.TrySend(new OutgoingFrame(3, null, new byte[] { 3 })));
        _time.Advance(TimeSpan.FromSeconds(1));
        var first = Assert.IsType<LinkEvent.Received>(await bEvents.NextAsync<LinkEvent>());
        Assert.Equal([3], first.Bytes.ToArray());
    }

    [Fact]
    public async Task A_medium_that_reports_cuts_gives_Down_and_Up_and_forgets_what_was_handed_over()
    {
        using var air = new SimulatedAir(Radio with { ReportsCuts = true }, 1, _time);
        var (a, events) = await RunAsync(air, 1);

        Assert.True(a.TrySend(new OutgoingFrame(1, null, new byte[] { 1 })));
        air.Cut();
        Assert.IsType<LinkEvent.Down>(await events.NextAsync<LinkEvent>());
        Assert.False(a.TrySend(new OutgoingFrame(2, null, new byte[] { 2 })));
        _time.Advance(TimeSpan.FromSeconds(1));
        air.Restore();
        Assert.IsType<LinkEvent.Up>(await events.NextAsync<LinkEvent>());

        Assert.True(a.TrySend(new OutgoingFrame(3, null, new byte[] { 3 })));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, Assert.IsType<LinkEvent.Sent>(await events.NextAsync<LinkEvent>()).Number);
    }

    [Fact]
    public async Task A_site_joins_a_medium_only_once_and_may_come_back()
    {
        using var air = new SimulatedAir(Radio, 1, _time);
        var (a, _) = await RunAsync(air, 1);
        var twin = new SimulatedLink(air, 1, "twin");
        await Assert.ThrowsAsync<InvalidOperationException>(() => twin.RunAsync(Channel.CreateUnbounded<LinkEvent>().Writer, default));

        await _stop.CancelAsync();
        await Task.WhenAll(_runs).WaitAsync(Eventually.Limit);
        Assert.False(a.TrySend(new OutgoingFrame(1, null, new byte[] { 1 })));
        using var again = new CancellationTokenSource();
        var events = Channel.CreateUnbounded<LinkEvent>();
        var run = twin.RunAsync(events.Writer, again.Token);
        Assert.IsType<LinkEvent.Up>(await events.Reader.NextAsync<LinkEvent>());
        await again.CancelAsync();
        await run.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task In_real_time_frames_arrive_too()
    {
        using var air = new SimulatedAir(Radio with { BitRate = 1_000_000 }, 1, TimeProvider.System);
        var (a, aEvents) = await RunAsync(air, 1);
        var (_, bEvents) = await RunAsync(air, 2);
        for (byte i = 0; i < 50; i++)
        {
            Assert.True(a.TrySend(new OutgoingFrame(i, null, new[] { i })));
            await aEvents.NextAsync<LinkEvent.Sent>();
            Assert.Equal([i], (await bEvents.NextAsync<LinkEvent.Received>()).Bytes.ToArray());
        }
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private async Task<(SimulatedLink Link, ChannelReader<LinkEvent> Events)> RunAsync(SimulatedAir air, ushort site)
    {
        var link = new SimulatedLink(air, site, "radio");
        var events = Channel.CreateUnbounded<LinkEvent>();
        _runs.Add(Task.Run(() => link.RunAsync(events.Writer, _stop.Token)));
        await events.Reader.NextAsync<LinkEvent.Up>();
        return (link, events.Reader);
    }
}
