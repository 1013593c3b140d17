using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>Locks, restarts and modems that misbehave because a test wants them to.</summary>
public sealed class RnodeFaultTests : IDisposable
{
    private readonly RnodePair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void A_long_airtime_lock_holds_silently_and_lets_go_within_the_hour()
    {
        // 1 % of an hour is 36 s; a frame of 254 bytes takes 0.72755 s, so the fiftieth goes over it.
        _pair.SwitchOn("C0 0C 0064 C0");
        var ready = 0;
        for (var i = 0; i < 60; i++)
        {
            _pair.SendFrom(_pair.A, 254);
            _pair.Seconds(2);
            if (_pair.A.Ask("C0 0F 00 C0") == "C00F01C0") ready++;
        }

        Assert.Equal(60, ready);
        Assert.Equal(50, _pair.Modem.Station.Packets);
        Assert.Equal(10, _pair.Modem.Queued);
        Assert.True(_pair.Modem.IsLocked);
        Assert.Equal("", _pair.A.Read());

        // The lock looked at the hour before; the whole queue then goes at once, over the limit again.
        _pair.Seconds(3_600);
        Assert.Equal(60, _pair.Modem.Station.Packets);
        Assert.Equal(0, _pair.Modem.Queued);
    }

    [Fact]
    public void Airtime_counts_for_an_hour_and_for_two_bins()
    {
        var bins = new AirtimeBins();
        bins.Add(TimeSpan.FromSeconds(0), TimeSpan.FromSeconds(3));
        Assert.Equal(3 / 15.0, bins.Short(TimeSpan.FromSeconds(14.9)), 6);
        Assert.Equal(0, bins.Short(TimeSpan.FromSeconds(15)));
        Assert.Equal(3 / 3_600.0, bins.Long(TimeSpan.FromSeconds(3_599.9)), 6);
        Assert.Equal(0, bins.Long(TimeSpan.FromSeconds(3_600)));
    }

    [Fact]
    public void A_short_lock_looks_back_two_bins()
    {
        // 10 % of 15 s is 1.5 s: three frames of 0.72755 s are over it.
        _pair.SwitchOn("C0 0B 03E8 C0");
        for (var i = 0; i < 4; i++)
        {
            _pair.SendFrom(_pair.A, 254);
            _pair.Seconds(1.5);
        }

        Assert.Equal(3, _pair.Modem.Station.Packets);
        _pair.Seconds(17);
        Assert.Equal(4, _pair.Modem.Station.Packets);
    }

    [Fact]
    public void A_lock_is_looked_at_only_between_flushes()
    {
        _pair.SwitchOn("C0 0B 03E8 C0");
        for (var i = 0; i < 6; i++) _pair.SendFrom(_pair.A, 254);
        _pair.Seconds(10);

        Assert.Equal(6, _pair.Modem.Station.Packets);
        Assert.True(_pair.Modem.IsLocked);
    }

    [Fact]
    public void A_restart_forgets_the_airtime_that_was_used()
    {
        _pair.SwitchOn("C0 0C 0001 C0");
        _pair.SendFrom(_pair.A, 254);
        _pair.Seconds(2);
        Assert.True(_pair.Modem.IsLocked);

        _pair.Modem.Reset();
        _pair.SwitchOn("C0 0C 0001 C0");
        Assert.False(_pair.Modem.IsLocked);
    }

    [Fact]
    public void Channel_statistics_come_while_the_radio_is_on()
    {
        _pair.Modem.ChannelStatsEvery = TimeSpan.FromSeconds(1);
        _pair.SwitchOn();
        Assert.Equal("", _pair.A.Read());
        _pair.SendFrom(_pair.A, 254);
        _pair.Seconds(0.5);
        _pair.A.Read();
        _pair.Seconds(1);

        // 0.72755 s of 15 s is 4.85 %, and of an hour 0.02 %, of the modem itself and of the channel.
        Assert.Equal("C025" + "01E5" + "0002" + "01E5" + "0002" + "61" + "28" + "FF" + "C0", _pair.A.Read());
        _pair.A.Ask("C0 06 00 C0");
        _pair.Seconds(10);
        Assert.Equal("", _pair.A.Read());
    }

    [Fact]
    public void A_restart_is_announced_and_forgets_configuration_and_queue()
    {
        _pair.SwitchOn();
        _pair.SendFrom(_pair.A, 100);
        _pair.Modem.Reset();

        Assert.Equal("C055F8C0", _pair.A.Read());
        Assert.Equal("C00600C0" + "C00100000000C0", _pair.A.Ask("C0 06 FF C0 C0 01 00000000 C0"));
        _pair.Seconds(10);
        Assert.Empty(_pair.Channel.Transmissions);
        Assert.Equal("C055F8C0", _pair.A.Ask("C0 55 F8 C0"));
    }

    [Fact]
    public void A_restart_in_the_middle_of_a_flush_ends_it()
    {
        _pair.SwitchOn();
        for (var i = 0; i < 5; i++) _pair.SendFrom(_pair.A, 254);
        _pair.Seconds(1.5);
        _pair.Modem.Reset();
        _pair.Seconds(10);

        Assert.InRange(_pair.Modem.Station.Packets, 1, 4);
    }

    [Fact]
    public void A_slow_boot_is_deaf_until_it_says_that_it_has_started()
    {
        _pair.Modem.BootTime = TimeSpan.FromSeconds(2);
        _pair.Modem.Reset();
        Assert.Equal("", _pair.A.Ask("C0 08 73 C0"));
        _pair.Seconds(2);
        Assert.Equal("C055F8C0", _pair.A.Read());
        Assert.Equal("C00846C0", _pair.A.Ask("C0 08 73 C0"));
    }

    [Fact]
    public void A_mute_modem_takes_everything_and_answers_nothing()
    {
        _pair.SwitchOn();
        _pair.Modem.IsMute = true;
        Assert.Equal("", _pair.A.Ask("C0 08 73 C0"));
        _pair.SendFrom(_pair.B, 10);
        _pair.Seconds(2);
        Assert.Equal("", _pair.A.Read());
        _pair.Modem.IsMute = false;
        Assert.Equal("C00846C0", _pair.A.Ask("C0 08 73 C0"));
    }

    [Fact]
    public void A_test_can_have_a_wrong_echo_an_old_version_noise_and_errors()
    {
        _pair.Modem.WrongEcho = RnodeCommand.Frequency;
        Assert.Equal("C00123D3E608C0", _pair.A.Ask("C0 01 33D3E608 C0"));
        _pair.Modem.WrongEcho = null;
        Assert.Equal("C00133D3E608C0", _pair.A.Ask("C0 01 00000000 C0"));

        _pair.Modem.Firmware = (0x01, 0x33);
        Assert.Equal("C0500133C0", _pair.A.Ask("C0 50 00 C0"));

        _pair.Modem.Babble([0x01, 0xC0, 0xDB]);
        Assert.Equal("01C0DB", _pair.A.Read());
        _pair.Modem.Fail(0x06);
        Assert.Equal("C09006C0", _pair.A.Read());

        _pair.Modem.IsBroken = true;
        _pair.A.Ask("C0 02 0001E848 C0 C0 03 0E C0 C0 04 08 C0");
        Assert.Equal("C09001C0" + "C00600C0", _pair.A.Ask("C0 06 01 C0"));
    }
}
