using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The drivers at modems that were emulated from the same documents by somebody else, through the shell and a terminal.</summary>
public sealed class EmulatedModemTests
{
    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task Frames_of_every_length_go_both_ways_and_take_the_time_that_was_said(string type)
    {
        await using var rig = await new LoRaRig(type).UpAsync();
        var most = rig.A.Link.Description.MaxFrame;
        var number = 0;
        foreach (var length in (int[])[1, 2, 3, 4, 53, 54, most - 1, most])
        {
            // A modem that has just sent hears nothing until its driver lets it listen again.
            await rig.ListensAsync();
            await GoesAsync(rig.A, rig.B, ++number, Frame(number, length));
            await rig.ListensAsync();
            await GoesAsync(rig.B, rig.A, ++number, Frame(number, length));
        }

        Assert.False(rig.A.Link.TrySend(new OutgoingFrame(99, null, new byte[most + 1])));
        var said = ((int[])[1, 2, 3, 4, 53, 54, most - 1, most]).Sum(length => rig.A.Link.Description.Air!.TimeOnAir(length).TotalMilliseconds);
        Assert.Equal(said, rig.ModemA.Station.Airtime.TotalMilliseconds, 3);
        Assert.Equal(0, rig.PortA.Lost);
    }

    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task A_queue_of_frames_goes_in_order(string type)
    {
        await using var rig = await new LoRaRig(type).UpAsync();
        for (var i = 1; i <= 20; i++) await rig.A.SendAsync(i, Frame(i, 40));
        for (var i = 1; i <= 20; i++) Assert.Equal(Frame(i, 40), await rig.B.ReceivedAsync());
        for (var i = 1; i <= 20; i++) Assert.Equal(i, (await rig.A.Events.NextAsync<LinkEvent.Sent>()).Number);
    }

    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task A_modem_that_starts_anew_is_set_up_anew_and_the_link_stays_up(string type)
    {
        await using var rig = await new LoRaRig(type).UpAsync();
        rig.ModemA.Reset();
        await Eventually.TrueAsync(() => rig.A.Log.Lines.Any(line => line.Contains("is set up anew: it started anew.", StringComparison.Ordinal)), "the reset is noted");
        await GoesAsync(rig.A, rig.B, 1, Frame(1, 30));
        await rig.ListensAsync();
        await GoesAsync(rig.B, rig.A, 2, Frame(2, 30));
        Assert.DoesNotContain(rig.A.Log.Lines, line => line.Contains("is down", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task What_the_air_loses_counts_as_sent_and_the_next_frame_goes(string type)
    {
        await using var rig = await new LoRaRig(type).UpAsync();
        rig.Channel.Cut();
        for (var i = 1; i <= 3; i++)
        {
            await rig.A.SendAsync(i, Frame(i, 30));
            Assert.Equal(i, (await rig.A.Events.NextAsync<LinkEvent.Sent>()).Number);
        }

        rig.Channel.Restore();
        await rig.A.SendAsync(4, Frame(4, 30));
        // An RNode may have waited for a free channel with those before, without telling.
        await rig.B.Events.NextAsync<LinkEvent.Received>(received => received.Bytes.Span.SequenceEqual(Frame(4, 30)));
    }

    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task Noise_on_the_line_is_survived(string type)
    {
        await using var rig = new LoRaRig(type);
        rig.ModemA.Babble(Noise(1));
        await rig.UpAsync();
        for (var i = 1; i <= 10; i++)
        {
            rig.ModemA.Babble(Noise(i));
            // The noise may spoil one answer, so one that is told again must do.
            rig.ModemA.Babble("\r\n"u8);
            await GoesAsync(rig.A, rig.B, i, Frame(i, 30));
        }
    }

    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task A_modem_that_hangs_is_told_of_and_used_again_when_it_answers(string type)
    {
        await using var rig = await new LoRaRig(type).UpAsync();
        rig.ModemA.IsMute = true;
        await rig.A.SendAsync(1, Frame(1, 30));
        await rig.A.DownAsync("stopped answering: switch it off and on");
        rig.ModemA.IsMute = false;
        await rig.A.Events.NextAsync<LinkEvent.Up>();
        await GoesAsync(rig.A, rig.B, 2, Frame(2, 30));
    }

    [Theory]
    [InlineData("rnode")]
    [InlineData("rylr998")]
    [InlineData("rn2483")]
    public async Task A_modem_that_is_unplugged_comes_back(string type)
    {
        await using var rig = await new LoRaRig(type).UpAsync();
        rig.PortA.Unplug();
        await rig.A.Events.NextAsync<LinkEvent.Down>();
        rig.PortA.Plug();
        await rig.A.Events.NextAsync<LinkEvent.Up>();
        await GoesAsync(rig.A, rig.B, 1, Frame(1, 30));
    }

    [Theory]
    [InlineData("rylr998", "rnode", "not as an RNode")]
    [InlineData("rn2483", "rylr998", "not as a RYLR998")]
    [InlineData("rylr998", "rn2483", "not as an RN2483")]
    public async Task The_wrong_driver_says_so(string modem, string driver, string part)
    {
        await using var rig = new LoRaRig(modem).Start(driver);
        await rig.A.DownAsync(part);
    }

    [Fact]
    public async Task An_RNode_with_old_firmware_a_broken_radio_or_a_wrong_echo_is_told_of_one_after_the_other()
    {
        await using var rig = new LoRaRig("rnode");
        var modem = (RnodeEmulator)rig.ModemA;
        modem.Firmware = (0x01, 0x33);
        rig.Start();
        await rig.A.DownAsync("firmware 1.51, and 1.52 or later is needed");
        (modem.IsBroken, modem.Firmware) = (true, (0x01, 0x56));
        await rig.A.DownAsync("the modem leaves its radio off");
        (modem.WrongEcho, modem.IsBroken) = (RnodeCommand.SpreadingFactor, false);
        await rig.A.DownAsync("spreading factor was set to 7, modem says");
        modem.WrongEcho = null;
        await rig.A.Events.NextAsync<LinkEvent.Up>();
    }

    [Fact]
    public async Task An_RNode_that_reports_an_error_or_drops_what_it_has_goes_on()
    {
        await using var rig = await new LoRaRig("rnode").UpAsync();
        ((RnodeEmulator)rig.ModemA).Fail(0x06);
        await Eventually.TrueAsync(() => rig.A.Log.Lines.Any(line => line.Contains("error 06, the radio did not answer", StringComparison.Ordinal)), "the error is noted");
        await GoesAsync(rig.A, rig.B, 1, Frame(1, 30));
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

    /// <summary>What another speed of the line makes of anything; no line ends, which would be lines.</summary>
    private static byte[] Noise(int seed) => [.. Frame(seed, 100).Where(b => b is not (byte)'\n')];
}
