using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The shell with the simplest machine, on real terminals and sockets.</summary>
public sealed class ModemLinkTests
{
    [Fact]
    public async Task Frames_go_both_ways_and_are_reported_sent()
    {
        await using var line = new NullModem();
        await using var a = await RunningModem.UpAsync(RunningModem.Uart(line.A.Path));
        await using var b = await RunningModem.UpAsync(RunningModem.Uart(line.B.Path));
        for (var i = 1; i <= 20; i++)
        {
            await GoesAsync(a, b, i, Frame(i, 10 * i));
            await GoesAsync(b, a, i, Frame(100 + i, 11 * i));
        }
    }

    [Fact]
    public async Task A_port_that_is_unplugged_and_comes_back_is_normal()
    {
        await using var line = new NullModem();
        await using var a = await RunningModem.UpAsync(RunningModem.Uart(line.A.Path));
        await using var b = await RunningModem.UpAsync(RunningModem.Uart(line.B.Path));
        for (var i = 1; i <= 2; i++)
        {
            await GoesAsync(a, b, i, Frame(i, 50));
            line.A.Unplug();
            await a.DownAsync("plug the modem in again");
            Assert.False(a.Link.TrySend(new OutgoingFrame(99, null, Frame(99, 10))));
            await a.DownAsync($"there is no port '{line.A.Path}': plug the modem in, or name its port");
            line.A.Plug();
            await a.Events.NextAsync<LinkEvent.Up>();
            await GoesAsync(b, a, i, Frame(i, 60));
        }
    }

    [Fact]
    public async Task A_port_that_appears_later_is_taken_and_its_absence_is_said_once()
    {
        await using var line = new NullModem();
        line.A.Unplug();
        var time = new ManualTime();
        await using var a = RunningModem.Uart(line.A.Path, time: time);
        await a.DownAsync("there is no port");
        // Some more tries see the same; after each it waits once more.
        for (var tries = 1; tries <= 4; tries++)
        {
            await Eventually.TrueAsync(() => time.Made >= tries, "it waits for the next try");
            if (tries == 4) line.A.Plug();
            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.IsType<LinkEvent.Up>(await a.Events.ReadAsync().AsTask().WaitAsync(Eventually.Limit));
        Assert.Single(a.Log.Lines, text => text.Contains("is down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Garbage_and_half_frames_cost_nothing_that_comes_after_a_silence()
    {
        await using var line = new NullModem();
        await using var a = await RunningModem.UpAsync(RunningModem.Uart(line.A.Path));
        line.B.Give(Frame(1, 500));
        line.B.Give(CobsFraming.Encode(Frame(2, 100), delimiterInFront: false).AsSpan(0, 60));
        await using var b = await RunningModem.UpAsync(RunningModem.Uart(line.B.Path));
        await GoesAsync(a, b, 1, Frame(3, 100));
        line.B.Give(CobsFraming.Encode(Frame(4, 100), delimiterInFront: true).AsSpan(0, 60));
        line.B.Give(CobsFraming.Encode(Frame(5, 100), delimiterInFront: true));
        Assert.Equal(Frame(5, 100), await b.ReceivedAsync());
    }

    [Fact]
    public async Task A_slow_line_with_a_cut_loses_what_was_on_it_and_nothing_else()
    {
        const int baud = 1_200;
        await using var line = new NullModem(baud);
        await using var a = await RunningModem.UpAsync(RunningModem.Uart(line.A.Path, baud));
        await using var b = await RunningModem.UpAsync(RunningModem.Uart(line.B.Path, baud));
        var began = Stopwatch.GetTimestamp();
        for (var i = 1; i <= 10; i++)
        {
            line.IsCut = i is > 3 and <= 6;
            await a.SendAsync(i, Frame(i, 40));
            await a.Events.NextAsync<LinkEvent.Sent>(sent => sent.Number == i);
            // Sent means that the line had time for it, so it has arrived by now or soon will.
            if (!line.IsCut) Assert.Equal(Frame(i, 40), await b.ReceivedAsync());
            // Not more than the frames that were let through waits in the terminal.
            Assert.InRange(line.FromA.Taken, 46 * (i - 1), (47 * i) + 1);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 10 * 46 * 10.0 / baud, Eventually.Limit.TotalSeconds);
        Assert.InRange(line.FromA.Lost, 3 * 40, 3 * 47);
        Assert.Equal(line.FromA.Taken, line.FromA.Given + line.FromA.Lost);
    }

    [Fact]
    public async Task The_window_is_never_exceeded_and_frames_keep_their_order()
    {
        await using var line = new NullModem();
        await using var a = await RunningModem.UpAsync(RunningModem.Uart(line.A.Path, 9_600));
        await using var b = await RunningModem.UpAsync(RunningModem.Uart(line.B.Path, 9_600));
        for (var i = 1; i <= 12; i++)
        {
            await a.SendAsync(i, Frame(i, 30));
            // A frame of 30 bytes takes 37 ms, so right after one was taken there is no room for two more.
            var more = Enumerable.Range(0, 2).Count(_ => a.Link.TrySend(new OutgoingFrame(1_000 + i, null, Frame(1_000 + i, 200))));
            Assert.InRange(more, 0, 1);
        }

        var heard = new List<byte[]>();
        while (heard.Count(frame => frame.Length == 30) < 12) heard.Add(await b.ReceivedAsync());
        Assert.Equal(Enumerable.Range(1, 12).Select(i => Frame(i, 30)), heard.Where(frame => frame.Length == 30));
        Assert.False(a.Link.TrySend(new OutgoingFrame(1, null, new byte[234])), "longer than the link carries");
    }

    [Fact]
    public async Task A_line_with_bit_errors_loses_frames_and_changes_none()
    {
        await using var line = new NullModem(bitErrorRate: 5e-4, seed: 7);
        await using var a = await RunningModem.UpAsync(RunningModem.Uart(line.A.Path, 1_000_000));
        await using var b = await RunningModem.UpAsync(RunningModem.Uart(line.B.Path, 1_000_000));
        var frames = Enumerable.Range(1, 200).Select(i => Frame(i, 100)).ToList();
        for (var i = 0; i < frames.Count; i++) await a.SendAsync(i, frames[i]);
        await Eventually.TrueAsync(() => line.FromA.Given >= 200 * 106, "the line carried everything");
        var heard = new List<byte[]>();
        // The marker goes over the line until it comes through.
        for (var i = 0; heard.Count == 0 || heard[^1].Length != 5; i++)
        {
            if (i % 20 == 0) await a.SendAsync(1_000 + i, Frame(0, 5));
            while (b.Events.TryRead(out var item))
                if (item is LinkEvent.Received received) heard.Add(received.Bytes.ToArray());
            Assert.InRange(i, 0, 2_000);
            await Task.Delay(5);
        }

        var right = heard.Where(frame => frame.Length != 5).ToList();
        Assert.All(right, frame => Assert.Contains(frames, sent => sent.AsSpan().SequenceEqual(frame)));
        // 848 bits at 5e-4: two in three come through.
        Assert.InRange(right.Count, 80, 180);
    }

    [Fact]
    public async Task A_modem_behind_a_socket_is_as_good_as_one_at_a_port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using var a = RunningModem.Uart(port);
        for (var life = 1; life <= 2; life++)
        {
            using var modem = await listener.AcceptTcpClientAsync().WaitAsync(Eventually.Limit);
            await a.Events.NextAsync<LinkEvent.Up>();
            await a.SendAsync(life, Frame(life, 100));
            var line = new byte[107];
            await modem.GetStream().ReadExactlyAsync(line).AsTask().WaitAsync(Eventually.Limit);
            Assert.Equal(CobsFraming.Encode(Frame(life, 100), delimiterInFront: true), line);
            await modem.GetStream().WriteAsync(line);
            Assert.Equal(Frame(life, 100), await a.ReceivedAsync());
            modem.Close();
            await a.DownAsync("closed at the other side");
        }

        listener.Stop();
        await a.DownAsync($"nothing takes the connection at '{port}' (ConnectionRefused): start the modem there");
    }

    private static async Task GoesAsync(RunningModem from, RunningModem to, long number, byte[] frame)
    {
        await from.SendAsync(number, frame);
        Assert.Equal(frame, await to.ReceivedAsync());
        Assert.Equal(number, (await from.Events.NextAsync<LinkEvent.Sent>()).Number);
    }

    private static byte[] Frame(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
