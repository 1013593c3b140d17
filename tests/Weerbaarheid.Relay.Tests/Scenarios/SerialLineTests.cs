using System.Text;
using Microsoft.Win32.SafeHandles;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>Two whole nodes on a slow serial line to which things happen: everything arrives, and once.</summary>
public sealed class SerialLineTests
{
    private const int Baud = 9_600;

    /// <summary>Only reached when something does not happen at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task One_by_one_on_a_quiet_line_a_melding_and_its_receipt_stay_within_130_bytes()
    {
        await using var line = new NullModem(Baud);
        await using var pair = await JoinAsync(line);
        var before = Bytes(line);
        for (var i = 1; i <= 20; i++)
        {
            await pair.HandInAsync(HeldOutTexts.Dutch[i]);
            Assert.True(await pair.ReceivedAsync(i, Patience), $"{pair}");
        }

        Assert.InRange((Bytes(line) - before) / 20.0, 60, 130);
        AssertOnce(pair, 20);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(4e-4)]
    public async Task Through_bit_errors_and_a_cut_everything_arrives_once(double bitErrorRate)
    {
        await using var line = new NullModem(Baud, bitErrorRate);
        await using var pair = await JoinAsync(line);
        await pair.HandInAsync(HeldOutTexts.Dutch.Take(8));
        line.IsCut = true;
        var lost = line.FromA.Lost;
        Assert.True(await NodePair.UntilAsync(() => line.FromA.Lost > lost + 100, Patience), "nothing was said into the cut");
        line.IsCut = false;
        await pair.HandInAsync(HeldOutTexts.Dutch.Skip(8).Take(4));
        Assert.True(await pair.ReceivedAsync(12, Patience), $"{pair}");
        // Twelve messages are some ten thousand bits: at one error in ten thousand there may have been none yet.
        var handedIn = 12;
        for (; line.FromA.Flipped == 0 && handedIn < 100; handedIn++)
        {
            await pair.HandInAsync(HeldOutTexts.Dutch[handedIn % 20]);
            Assert.True(await pair.ReceivedAsync(handedIn + 1, Patience), $"{pair}");
        }

        AssertOnce(pair, handedIn);
        Assert.True(line.FromA.Flipped > 0, "there were no errors");
    }

    [Fact]
    public async Task A_port_that_is_unplugged_is_told_of_and_used_again_when_it_is_back()
    {
        await using var line = new NullModem(Baud);
        await using var pair = await JoinAsync(line);
        await pair.HandInAsync("voor het uittrekken");
        Assert.True(await pair.ReceivedAsync(1, Patience), $"{pair}");
        var handedIn = 1;
        foreach (var (end, node) in ((NullModemEnd, TestNode)[])[(line.A, pair.Steunpunt), (line.B, pair.Meldkamer)])
        {
            end.Unplug();
            Assert.True(await NodePair.UntilAsync(() => !IsUp(node), Patience), $"{pair}");
            await pair.HandInAsync(["tijdens het uittrekken", "en nog een"]);
            Assert.Equal(handedIn, pair.Delivered.Count);
            handedIn += 2;
            end.Plug();
            Assert.True(await pair.ReceivedAsync(handedIn, Patience), $"{pair}");
        }

        AssertOnce(pair, 5);
    }

    [Fact]
    public async Task Garbage_inside_frames_and_a_second_program_on_the_port_cost_frames_and_no_messages()
    {
        await using var line = new NullModem(Baud);
        await using var pair = await JoinAsync(line);
        var random = new Random(5);
        var garbage = 0;
        line.FromA.Tap = _ =>
        {
            if (random.Next(40) > 0) return;
            var noise = new byte[random.Next(1, 40)];
            random.NextBytes(noise);
            garbage += line.B.Give(noise);
        };
        // A program that heeds no lock; only the port of real hardware can be kept for one.
        using var chatterA = Libc.Open(line.A.Path, Libc.OpenPort);
        using var chatterB = Libc.Open(line.B.Path, Libc.OpenPort);
        for (var i = 1; i <= 12; i++)
        {
            Assert.True(Say(chatterA, Encoding.ASCII.GetBytes($"AT+SEND=1,{i},GARBAGE\r\n")));
            await pair.HandInAsync(HeldOutTexts.Dutch[i]);
            Assert.True(Say(chatterB, [0, (byte)i, 0xC0, 0, 0x7E, 0]));
            if (i % 3 == 0) Assert.True(await pair.ReceivedAsync(i, Patience), $"{pair}");
        }

        AssertOnce(pair, 12);
        Assert.True(garbage > 0, "there was no garbage");
    }

    private static async Task<NodePair> JoinAsync(NullModem line)
    {
        var pair = await NodePair.StartAsync(ModemLinks.Uart(line.B.Path, Baud), ModemLinks.Uart(line.A.Path, Baud));
        Assert.True(await pair.LeadsUpAsync("serial", Patience), $"{pair}");
        return pair;
    }

    /// <summary>A full line is waited for, as any program would.</summary>
    private static bool Say(SafeFileHandle port, byte[] bytes) => SpinWait.SpinUntil(() => Libc.Write(port, in bytes[0], bytes.Length) == bytes.Length, Patience);

    private static bool IsUp(TestNode node) =>
        node.Status.GetProperty("links").EnumerateArray().Single(link => link.GetProperty("name").GetString() == "serial").GetProperty("up").GetBoolean();

    private static long Bytes(NullModem line) => line.FromA.Taken + line.FromB.Taken;

    private static void AssertOnce(NodePair pair, int count)
    {
        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), pair.Delivered.Order());
        Assert.Equal(0, pair.GivenUp);
    }
}
