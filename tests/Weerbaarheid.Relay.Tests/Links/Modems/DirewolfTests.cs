using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>Packet radio with real modems: what is given to one comes out of the other.</summary>
public sealed class DirewolfTests
{
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(12_000)]
    public async Task Frames_arrive_in_order_over_the_air(int noise)
    {
        await using var channel = await DirewolfChannel.StartAsync(RequiredProgram.Check("direwolf"), noise: noise);
        await using var a = await RunningModem.UpAsync(Tnc(channel.Port(0), "PD1ABC-7"));
        await using var b = await RunningModem.UpAsync(Tnc(channel.Port(1), "PD2XYZ"));
        for (var i = 1; i <= 4; i++) await a.SendAsync(i, Frame(i));
        for (var i = 1; i <= 4; i++) Assert.Equal(Frame(i), await b.ReceivedAsync());
        for (var i = 1; i <= 4; i++) Assert.Equal(i, (await a.Events.NextAsync<LinkEvent.Sent>()).Number);
        await b.SendAsync(1, Frame(9));
        Assert.Equal(Frame(9), await a.ReceivedAsync());
    }

    [SkippableFact]
    public async Task The_longest_frame_arrives_and_what_is_sent_into_a_cut_does_not()
    {
        await using var channel = await DirewolfChannel.StartAsync(RequiredProgram.Check("direwolf"));
        await using var a = await RunningModem.UpAsync(Tnc(channel.Port(0), "PD1ABC-7"));
        await using var b = await RunningModem.UpAsync(Tnc(channel.Port(1), "PD2XYZ"));
        channel.IsCut = true;
        await a.SendAsync(1, Frame(1));
        await a.Events.NextAsync<LinkEvent.Sent>();
        // Sent is an estimate; a frame behind it that is sent means that the channel is free again.
        await a.SendAsync(2, Frame(2));
        await a.Events.NextAsync<LinkEvent.Sent>();
        channel.IsCut = false;
        await a.SendAsync(3, Frame(3, KissModem.MaxFrame));
        Assert.Equal(Frame(3, KissModem.MaxFrame), await b.ReceivedAsync());
    }

    [SkippableFact]
    public async Task A_modem_program_that_ends_is_a_port_that_is_gone()
    {
        var channel = await DirewolfChannel.StartAsync(RequiredProgram.Check("direwolf"));
        await using var a = await RunningModem.UpAsync(Tnc(channel.Port(0), "PD1ABC-7"));
        await channel.DisposeAsync();
        await a.DownAsync("plug the modem in again");
    }

    private static RunningModem Tnc(string port, string callSign)
    {
        Assert.True(Ax25Address.TryParse(callSign, out var address));
        var options = new KissOptions("tnc", port, 9_600, 1_200, address, new Ax25Address("APZWRB", 0), TimeSpan.FromMilliseconds(200), 255, TimeSpan.FromMilliseconds(10), "tnc", 1, []);
        return new RunningModem(KissModem.Describe(options), port, options.Baud, new KissModem(options));
    }

    private static byte[] Frame(int seed, int length = 64)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
