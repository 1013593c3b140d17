using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The shell, with the simplest machine, on real terminals.</summary>
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
