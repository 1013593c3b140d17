using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>Dialogues as the command reference gives them.</summary>
public sealed class Rn2483EmulatorTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly RadioChannel _channel;
    private readonly Rn2483Emulator _modem;
    private readonly SerialHost _a;
    private readonly SerialHost _b;

    public Rn2483EmulatorTests()
    {
        _channel = new RadioChannel(_time);
        _modem = new Rn2483Emulator(_channel, "a");
        (_a, _b) = (new SerialHost(_modem), new SerialHost(new Rn2483Emulator(_channel, "b")));
    }

    public void Dispose() => _channel.Dispose();

    [Fact]
    public void It_says_who_it_is_and_wants_the_stack_paused_first()
    {
        Assert.Equal("RN2483 1.0.5 Oct 31 2018 15:06:52\r\n", _a.AskLine("sys reset"));
        Assert.Equal("invalid_param\r\n", _a.AskLine("radio set sf sf8"));
        Assert.Equal("busy\r\n", _a.AskLine("radio tx 00"));
        Assert.Equal("busy\r\n", _a.AskLine("radio rx 0"));
        Assert.Equal("4294967245\r\n", _a.AskLine("mac pause"));
        Assert.Equal("ok\r\n", _a.AskLine("radio set sf sf8"));
        Assert.Equal("sf8\r\n", _a.AskLine("radio get sf"));
        Assert.Equal("15000\r\n", _a.AskLine("radio get wdt"));
    }

    [Theory]
    [InlineData("radio set mod lora", "ok")]
    [InlineData("radio set freq 869525000", "ok")]
    [InlineData("radio set freq 915000000", "invalid_param")]
    [InlineData("radio set sf 8", "invalid_param")]
    [InlineData("radio set bw 250", "ok")]
    [InlineData("radio set cr 4/9", "invalid_param")]
    [InlineData("radio set pwr -3", "ok")]
    [InlineData("radio set pwr 16", "invalid_param")]
    [InlineData("radio set crc on", "ok")]
    [InlineData("radio set iqi off", "ok")]
    [InlineData("radio set sync 12", "ok")]
    [InlineData("radio set prlen 8", "ok")]
    [InlineData("radio set wdt 0", "ok")]
    [InlineData("RADIO SET WDT 0", "invalid_param")]
    [InlineData("radio tx 123", "invalid_param")]
    [InlineData("radio tx 0g", "invalid_param")]
    public void Values_are_taken_or_refused(string command, string answer)
    {
        _a.AskLine("mac pause");
        Assert.Equal(answer + "\r\n", _a.AskLine(command));
    }

    [Fact]
    public void A_packet_is_given_once_for_each_arming()
    {
        SetUp(_a);
        SetUp(_b);
        Assert.Equal("ok\r\n", _b.AskLine("radio rx 0"));
        Assert.Equal("busy\r\n", _b.AskLine("radio rx 0"));
        Assert.Equal("busy\r\n", _b.AskLine("radio tx 00"));

        Assert.Equal("ok\r\n", _a.AskLine("radio tx 48656c6C6F"));
        Assert.Equal("busy\r\n", _a.AskLine("radio tx 00"));
        var onAir = Assert.Single(_channel.Transmissions).Duration;
        _time.Advance(onAir - Ms(1));
        Assert.Equal("", _a.ReadText());
        _time.Advance(Ms(1));
        Assert.Equal("radio_tx_ok\r\n", _a.ReadText());
        Assert.Equal("radio_rx  48656C6C6F\r\n", _b.ReadText());

        Assert.Equal("ok\r\n", _a.AskLine("radio tx 00"));
        _time.Advance(Ms(1_000));
        Assert.Equal("", _b.ReadText());
    }

    [Fact]
    public void The_watchdog_ends_receiving_unless_it_is_off()
    {
        _a.AskLine("mac pause");
        Assert.Equal("ok\r\n", _a.AskLine("radio rx 0"));
        _time.Advance(Ms(14_999));
        Assert.Equal("", _a.ReadText());
        _time.Advance(Ms(1));
        Assert.Equal("radio_err\r\n", _a.ReadText());
        Assert.False(_modem.IsReceiving);

        _a.AskLine("radio set wdt 0");
        Assert.Equal("ok\r\n", _a.AskLine("radio rx 0"));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("", _a.ReadText());
        Assert.True(_modem.IsReceiving);
        Assert.Equal("ok\r\n", _a.AskLine("radio rxstop"));
        Assert.False(_modem.IsReceiving);
    }

    [Fact]
    public void The_watchdog_of_an_earlier_arming_leaves_a_later_one_alone()
    {
        _a.AskLine("mac pause");
        _a.AskLine("radio rx 0");
        _time.Advance(Ms(10_000));
        _a.AskLine("radio rxstop");
        Assert.Equal("ok\r\n", _a.AskLine("radio rx 0"));
        _time.Advance(Ms(14_000));
        Assert.Equal("", _a.ReadText());
        _time.Advance(Ms(1_000));
        Assert.Equal("radio_err\r\n", _a.ReadText());
    }

    [Fact]
    public void A_collision_ends_receiving()
    {
        var c = new SerialHost(new Rn2483Emulator(_channel, "c"));
        foreach (var host in (SerialHost[])[_a, _b, c]) SetUp(host);
        c.AskLine("radio rx 0");
        _a.AskLine("radio tx 01");
        _b.AskLine("radio tx 02");
        _time.Advance(Ms(1_000));

        Assert.Equal("radio_err\r\n", c.ReadText());
        Assert.Equal("radio_tx_ok\r\n", _a.ReadText());
    }

    [Fact]
    public void A_reset_in_the_middle_forgets_everything()
    {
        SetUp(_a);
        _a.AskLine("radio tx 010203");
        _modem.Reset();
        _time.Advance(Ms(1_000));
        Assert.Equal(Rn2483Emulator.Banner + "\r\n", _a.ReadText());
        Assert.Equal("sf12\r\n", _a.AskLine("radio get sf"));
        Assert.Equal("busy\r\n", _a.AskLine("radio rx 0"));
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static void SetUp(SerialHost host)
    {
        host.AskLine("mac pause");
        foreach (var setting in (string[])["freq 869525000", "sf sf8", "sync 12", "wdt 0"])
            Assert.Equal("ok\r\n", host.AskLine("radio set " + setting));
    }
}
