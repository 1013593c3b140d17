using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>Dialogues as the AT command guide gives them.</summary>
public sealed class Rylr998EmulatorTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly RadioChannel _channel;
    private readonly Rylr998Emulator _modem;
    private readonly SerialHost _a;
    private readonly SerialHost _b;

    public Rylr998EmulatorTests()
    {
        _channel = new RadioChannel(_time);
        _modem = new Rylr998Emulator(_channel, "a");
        _a = new SerialHost(_modem);
        _b = new SerialHost(new Rylr998Emulator(_channel, "b"));
    }

    public void Dispose() => _channel.Dispose();

    [Fact]
    public void Settings_are_taken_told_and_refused()
    {
        Assert.Equal("+OK\r\n", _a.AskLine("AT"));
        Assert.Equal("+OK\r\n", _a.AskLine("AT+MODE=0"));
        Assert.Equal("+OK\r\n", _a.AskLine("AT+ADDRESS=65535"));
        Assert.Equal("+ADDRESS=65535\r\n", _a.AskLine("AT+ADDRESS?"));
        Assert.Equal("+OK\r\n", _a.AskLine("AT+BAND=868500000"));
        Assert.Equal("+BAND=868500000\r\n", _a.AskLine("AT+BAND?"));
        Assert.Equal("+OK\r\n", _a.AskLine("AT+PARAMETER=8,7,1,12"));
        Assert.Equal("+OK\r\n", _a.AskLine("AT+NETWORKID=5"));
        Assert.Equal("+ERR=18\r\n", _a.AskLine("AT+PARAMETER=8,7,1,8"));
        Assert.Equal("+PARAMETER=8,7,1,12\r\n", _a.AskLine("AT+PARAMETER?"));
        Assert.Equal("+ERR=15\r\n", _a.AskLine("AT+NETWORKID=17"));
        Assert.Equal("+ERR=15\r\n", _a.AskLine("AT+CRFOP=23"));
    }

    [Theory]
    [InlineData("AT+PARAMETER=9,7,1,12", "+OK")]
    [InlineData("AT+PARAMETER=10,7,1,12", "+ERR=15")]
    [InlineData("AT+PARAMETER=10,8,1,12", "+OK")]
    [InlineData("AT+PARAMETER=11,8,1,12", "+ERR=15")]
    [InlineData("AT+PARAMETER=11,9,4,12", "+OK")]
    [InlineData("AT+PARAMETER=6,9,4,12", "+ERR=15")]
    [InlineData("AT+PARAMETER=7,9,5,12", "+ERR=15")]
    [InlineData("AT+NONSENSE=1", "+ERR=4")]
    [InlineData("HELLO", "+ERR=2")]
    [InlineData("AT+SEND=0,5,hi", "+ERR=5")]
    [InlineData("AT+SEND=0,241,hi", "+ERR=13")]
    public void What_does_not_fit_has_an_error_of_its_own(string command, string answer) => Assert.Equal(answer + "\r\n", _a.AskLine(command));

    [Fact]
    public void A_command_that_comes_in_pieces_with_a_pause_is_error_1()
    {
        _a.WriteText("AT+ADD");
        _time.Advance(Ms(100));
        _a.WriteText("RESS?\r\n");
        Assert.Equal("+ADDRESS=0\r\n", _a.ReadText());

        _a.WriteText("AT");
        _time.Advance(Ms(250));
        Assert.Equal("+ERR=1\r\n", _a.ReadText());
        Assert.Equal("+ERR=2\r\n", _a.AskLine("+ADDRESS?"));
    }

    [Fact]
    public void Data_go_as_they_are_and_OK_comes_when_they_are_sent()
    {
        _a.AskLine("AT+ADDRESS=7");
        _b.AskLine("AT+ADDRESS=50");
        Assert.Equal("", _a.AskLine("AT+SEND=50,8,a,b,+OK\0"));
        Assert.Equal("+ERR=17\r\n", _a.AskLine("AT+SEND=50,2,no"));
        // SF9, 125 kHz, preamble 12, 16 bytes on the air: 8 more than the data.
        var onAir = Assert.Single(_channel.Transmissions);
        Assert.Equal((16, Ms(181.248)), (onAir.Bytes.Length, onAir.Duration));

        _time.Advance(Ms(181));
        Assert.Equal("", _a.ReadText());
        _time.Advance(Ms(1));
        Assert.Equal("+OK\r\n", _a.ReadText());
        Assert.Equal("+RCV=7,8,a,b,+OK\0,-60,9\r\n", _b.ReadText());
    }

    [Fact]
    public void Only_the_same_address_or_everybody_on_the_same_network_hears()
    {
        _b.AskLine("AT+ADDRESS=50");
        Send("AT+SEND=51,2,no");
        Assert.Equal("", _b.ReadText());
        Send("AT+SEND=0,3,all");
        Assert.Equal("+RCV=0,3,all,-60,9\r\n", _b.ReadText());
        _b.AskLine("AT+NETWORKID=4");
        Send("AT+SEND=50,2,no");
        Assert.Equal("", _b.ReadText());
    }

    [Fact]
    public void Two_that_send_at_once_are_not_heard_by_a_third_but_as_damage()
    {
        var c = new SerialHost(new Rylr998Emulator(_channel, "c"));
        _a.AskLine("AT+SEND=0,2,aa");
        _b.AskLine("AT+SEND=0,2,bb");
        _time.Advance(Ms(1_000));

        Assert.Equal("+OK\r\n", _a.ReadText());
        Assert.Equal("+OK\r\n", _b.ReadText());
        Assert.Equal("+ERR=12\r\n+ERR=12\r\n", c.ReadText());
    }

    [Fact]
    public void A_reset_ends_with_READY_and_forgets_only_a_band_without_M()
    {
        _modem.BootTime = Ms(300);
        _a.AskLine("AT+BAND=868500000");
        _a.AskLine("AT+ADDRESS=9");
        Assert.Equal("+RESET\r\n", _a.AskLine("AT+RESET"));
        Assert.Equal("", _a.AskLine("AT"));
        _time.Advance(Ms(300));
        Assert.Equal("+READY\r\n", _a.ReadText());
        Assert.Equal("+ADDRESS=9\r\n", _a.AskLine("AT+ADDRESS?"));
        Assert.Equal("+BAND=915000000\r\n", _a.AskLine("AT+BAND?"));

        _a.AskLine("AT+BAND=868500000,M");
        _modem.Reset();
        _time.Advance(Ms(300));
        _a.ReadText();
        Assert.Equal("+BAND=868500000\r\n", _a.AskLine("AT+BAND?"));
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private void Send(string command)
    {
        Assert.Equal("", _a.AskLine(command));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("+OK\r\n", _a.ReadText());
    }
}
