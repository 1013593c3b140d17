using System.Text;
using CsCheck;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The RYLR998's machine against the lines of its command guide.</summary>
public sealed class Rylr998ModemTests
{
    private static readonly string[] SetUp =
    [
        "AT", "AT+MODE=0", "AT+NETWORKID=7", "AT+ADDRESS=1", "AT+BAND=869525000", "AT+PARAMETER=8,7,1,12", "AT+CRFOP=14",
    ];

    private readonly Bench _bench = new(new Rylr998Modem(Bench.Options("rylr998")));

    [Fact]
    public void It_is_set_one_command_at_a_time()
    {
        foreach (var command in SetUp)
        {
            Assert.Equal([command], _bench.Lines());
            Assert.Equal(0, _bench.Ready);
            _bench.FeedByByte([.. "+OK\r\n"u8]);
        }

        Assert.Equal(1, _bench.Ready);
        Assert.Empty(_bench.Lines());
        Assert.Empty(_bench.Notes);
    }

    [Fact]
    public void Its_own_settings_go_to_the_modem()
    {
        var bench = new Bench(new Rylr998Modem(Bench.Options("rylr998") with { NetworkId = 18, Address = 4711, Bandwidth = 250_000, SpreadingFactor = 10, CodingRate = 8, TxPower = 22 }));
        for (var i = 0; i < SetUp.Length; i++) bench.FeedLine("+OK");
        Assert.Equal(["AT", "AT+MODE=0", "AT+NETWORKID=18", "AT+ADDRESS=4711", "AT+BAND=869525000", "AT+PARAMETER=10,8,4,12", "AT+CRFOP=22"], bench.Lines());
    }

    [Fact]
    public void Each_command_is_one_write_with_its_end()
    {
        Assert.Equal("AT\r\n"u8.ToArray(), Assert.Single(_bench.Writes));
    }

    [Fact]
    public void An_unanswered_command_is_told_again_and_a_second_answer_is_not_the_next_commands()
    {
        _bench.Advance(2.1);
        Assert.Equal(["AT", "AT"], _bench.Lines());
        // Both answers arrive; the second one during the pause that follows.
        _bench.FeedLine("+OK").FeedLine("+OK");
        Assert.Empty(_bench.Lines());
        Assert.Equal(["AT+MODE=0"], _bench.Advance(0.6).Lines());
    }

    [Fact]
    public void Silence_fails_with_a_remedy()
    {
        _bench.Advance(10);
        Assert.Equal("no answer from /dev/relay-modem: see that the RYLR998 is on and connected, and check port and baud of link 'lora'", _bench.Failure);
        Assert.Equal(["AT", "AT", "AT"], _bench.Lines());
        Assert.Equal(TimeSpan.MaxValue, _bench.NextDue);
    }

    [Fact]
    public void Another_device_fails_with_a_remedy_and_one_note()
    {
        for (var i = 0; i < 5; i++) _bench.FeedLine("invalid_param").Advance(2);
        Assert.Equal("the device on /dev/relay-modem answers, but not as a RYLR998: check type, port and baud of link 'lora'", _bench.Failure);
        Assert.Equal(["The RYLR998 says what it should not: invalid_param"], _bench.Notes);
    }

    [Fact]
    public void A_refused_setting_is_told_three_times_and_fails_by_name()
    {
        for (var i = 0; i < 4; i++) _bench.FeedLine("+OK");
        _bench.Lines();
        for (var i = 0; i < 3; i++) _bench.FeedLine("+ERR=15").Advance(0.4);
        Assert.Equal(["AT+BAND=869525000", "AT+BAND=869525000"], _bench.Lines());
        Assert.Equal("the RYLR998 refuses 'AT+BAND=869525000' (+ERR=15, unknown failure): check that setting of link 'lora'", _bench.Failure);
    }

    [Fact]
    public void Half_a_command_left_in_the_modem_costs_one_attempt()
    {
        _bench.FeedLine("+ERR=2").Advance(0.4);
        Assert.Equal(["AT", "AT"], _bench.Lines());
        for (var i = 0; i < SetUp.Length; i++) _bench.FeedLine("+OK");
        Assert.Equal(1, _bench.Ready);
    }

    [Fact]
    public void A_frame_goes_as_text_and_is_sent_when_the_modem_says_so()
    {
        Start();
        _bench.Transmit(5, 0x00, 0x0D, 0x0A, 0xFF, 0x2C);
        Assert.Equal([$"AT+SEND=0,7,{AtText.Encode([0x00, 0x0D, 0x0A, 0xFF, 0x2C])}"], _bench.Lines());
        Assert.Empty(_bench.Advance(1).Sent);
        Assert.Equal([5], _bench.FeedLine("+OK").Sent);
        Assert.Empty(_bench.Advance(1).Lines());
    }

    [Fact]
    public void While_it_still_transmits_a_frame_waits_and_goes_then()
    {
        Start();
        _bench.Transmit(5, 1, 2, 3).FeedLine("+ERR=17");
        var line = Assert.Single(_bench.Lines());
        Assert.Empty(_bench.Advance(0.3).Lines());
        Assert.Equal([line], _bench.Advance(0.2).Lines());
        Assert.Equal([5], _bench.FeedLine("+OK").Sent);
        Assert.Empty(_bench.Notes);
    }

    [Fact]
    public void One_that_stays_busy_loses_the_frame_and_says_so()
    {
        Start();
        _bench.Transmit(5, 1);
        for (var i = 0; i < 12; i++) _bench.FeedLine("+ERR=17").Advance(0.5);
        Assert.Equal([5], _bench.Sent);
        Assert.Equal(["The RYLR998 did not send a frame: +ERR=17, still transmitting."], _bench.Notes);
        Assert.Equal(12, _bench.Lines().Length);
    }

    [Fact]
    public void One_that_refuses_frame_after_frame_is_set_up_anew()
    {
        Start();
        for (var frame = 1; frame <= 3; frame++)
        {
            _bench.Transmit(frame, 1);
            for (var i = 0; i < 3; i++) _bench.FeedLine("+ERR=10").Advance(0.4);
        }

        Assert.Equal([1, 2, 3], _bench.Sent);
        Assert.Equal(["The RYLR998 did not send a frame: +ERR=10, transmitting took too long.", "The RYLR998 is set up anew: it refuses frames (+ERR=10, transmitting took too long)."], _bench.Notes);
        Assert.Equal("AT", _bench.Lines()[^1]);
    }

    [Fact]
    public void A_frame_that_is_never_confirmed_counts_as_sent_once_and_the_modem_is_looked_after()
    {
        Start();
        _bench.Transmit(5, 1).Advance(5);
        Assert.Equal([5], _bench.Sent);
        Assert.Equal(["The RYLR998 is set up anew: it did not confirm a frame."], _bench.Notes);
        Assert.Equal(["AT+SEND=0,2,$e", "AT"], _bench.Lines().Select(line => line.StartsWith("AT+SEND", StringComparison.Ordinal) ? "AT+SEND=0,2,$e" : line));
        Assert.Equal("the RYLR998 stopped answering: switch it off and on", _bench.Advance(10).Failure);
    }

    [Fact]
    public void After_a_reset_it_is_set_anew_and_the_frame_goes_again()
    {
        Start();
        _bench.Transmit(5, 1).FeedLine("+READY");
        Assert.Equal(["The RYLR998 is set up anew: it started anew."], _bench.Notes);
        Assert.Equal("AT", _bench.Lines()[^1]);
        for (var i = 0; i < SetUp.Length; i++) _bench.FeedLine("+OK");
        Assert.Equal(2, _bench.Ready);
        Assert.StartsWith("AT+SEND=0,2,", _bench.Lines()[^1], StringComparison.Ordinal);
        Assert.Equal([5], _bench.FeedLine("+OK").Sent);
    }

    [Fact]
    public void One_that_starts_again_and_again_is_given_up()
    {
        Start();
        for (var i = 0; i < 5; i++) _bench.FeedLine("+READY").Advance(1);
        Assert.Null(_bench.Failure);
        Assert.Contains("again and again (it started anew)", _bench.FeedLine("+READY").Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_are_heard_by_their_length_in_any_pieces_and_between_answers()
    {
        Start();
        byte[] frame = [.. Enumerable.Range(0, 192).Select(i => (byte)(i * 7))];
        var text = AtText.Encode(frame);
        _bench.Transmit(5, 1).FeedByByte(Encoding.ASCII.GetBytes($"+RCV=21,{text.Length},{text},-99,40\r\n+OK\r\n"));
        Assert.Equal([frame], _bench.Heard);
        Assert.Equal([5], _bench.Sent);
    }

    [Fact]
    public void What_the_modem_told_of_a_packet_is_kept()
    {
        var modem = new Rylr998Modem(Bench.Options("rylr998"));
        var bench = new Bench(modem);
        bench.FeedLine($"+RCV=21,2,{AtText.Encode([9])},-99,-4");
        Assert.Equal((-99, -4.0), (modem.Facts.Rssi, modem.Facts.Snr));
        Assert.Empty(bench.Heard);
    }

    [Theory]
    [InlineData("+RCV=21,5,HI, U,-99,40")]
    [InlineData("+RCV=21,6,\r\n+OK\r,-99,40")]
    [InlineData("+RCV=21,13,+RCV=1,2,$e,1,-99,40")]
    public void A_strangers_packet_is_noted_once_whatever_it_holds(string line)
    {
        Start();
        _bench.Transmit(5, 1).FeedLine(line).FeedLine(line);
        Assert.Empty(_bench.Heard);
        Assert.Empty(_bench.Sent);
        Assert.Single(_bench.Notes);
        Assert.Equal([5], _bench.FeedLine("+OK").Sent);
    }

    [Theory]
    [InlineData("+RCV=21,2,$e-99,40")]
    [InlineData("+RCV=21,-2,$e,-99,40")]
    [InlineData("+RCV=21,241,$e,-99,40")]
    [InlineData("+RCV=21,99999999999,$e,-99,40")]
    [InlineData("+RCV=,,,,")]
    [InlineData("+RCV=")]
    [InlineData("+RCV=21,2,$e,x,40")]
    [InlineData("+ERR=")]
    [InlineData("OK")]
    public void Damaged_lines_are_noted_once_and_change_nothing(string line)
    {
        Start();
        for (var i = 0; i < 3; i++) _bench.FeedLine(line);
        // A packet that announced more than came swallows at most what it announced, and only until a silence.
        _bench.Advance(3);
        Assert.Empty(_bench.Heard);
        _bench.Transmit(5, 1);
        Assert.Equal([5], _bench.FeedLine("+OK").Sent);
        Assert.InRange(_bench.Notes.Count, 0, 1);
    }

    [Theory]
    [InlineData("+ERR=12")]
    [InlineData("+ERR=19")]
    public void Damaged_packets_answer_no_command(string line)
    {
        Start();
        _bench.Transmit(5, 1).FeedLine(line).FeedLine("+OK");
        Assert.Equal([5], _bench.Sent);
        Assert.Single(_bench.Lines());
    }

    [Fact]
    public void An_idle_modem_is_asked_every_minute_and_set_again_after_an_hour_without_a_packet()
    {
        Start();
        for (var minute = 0; minute < 59; minute++)
        {
            Assert.Equal(["AT"], _bench.Advance(60).Lines());
            _bench.FeedLine("+OK");
        }

        _bench.Advance(60);
        for (var i = 0; i < SetUp.Length; i++) _bench.FeedLine("+OK");
        Assert.Equal(SetUp, _bench.Lines());
        Assert.Empty(_bench.Notes);
        Assert.Equal("the RYLR998 stopped answering: switch it off and on", _bench.Advance(70).Failure);
    }

    [Theory]
    // 240 characters and 8 more, preamble 12, SF8.
    [InlineData(192, 694.784)]
    // 2 characters and 8 more.
    [InlineData(1, 80.384)]
    public void Time_on_the_air_counts_the_text_and_what_the_modem_adds(int bytes, double milliseconds) =>
        Assert.Equal(milliseconds, Rylr998Modem.Describe(Bench.Options("rylr998")).Air!.TimeOnAir(bytes).TotalMilliseconds, 3);

    [Fact]
    public void The_link_is_described()
    {
        var link = Rylr998Modem.Describe(Bench.Options("rylr998"));
        Assert.Equal(("lora", "rylr998", 192, 1, "EU868 P", 0.1), (link.Name, link.Type, link.MaxFrame, link.Window, link.Air!.Band, link.Air.DutyCycle));
        Assert.Equal(240, AtText.Length(link.MaxFrame));
    }

    [Fact]
    public void Whatever_comes_it_neither_throws_nor_wants_more_and_more()
    {
        string[] known = ["+OK\r\n", "+READY\r\n", "+ERR=17\r\n", "+ERR=4\r\n", "+ERR=12\r\n", "+RCV=1,240,", "+RCV=1,2,$e,-1,2\r\n", "+RCV=1,0,,1,2\r\n", "\r\n", "\n", "+RCV=1,99999,\n"];
        var piece = Gen.OneOf(Gen.Byte.Array[0, 600], Gen.Int[0, known.Length - 1].Select(which => Encoding.ASCII.GetBytes(known[which])));
        Gen.Select(piece, Gen.Int[0, 4_000], Gen.Bool).Array[1, 60].Sample(steps =>
        {
            var bench = new Bench(new Rylr998Modem(Bench.Options("rylr998")));
            foreach (var (bytes, wait, send) in steps)
            {
                bench.Feed(bytes).Advance(wait / 1000.0);
                if (send) bench.TransmitIfFree(1, 2, 3);
                if (bench.Failure is not null) break;
            }

            bench.Advance(120);
            Assert.NotNull(bench.Failure);
        }, iter: 1_000);
    }

    private void Start()
    {
        for (var i = 0; i < SetUp.Length; i++) _bench.FeedLine("+OK");
        Assert.Equal(1, _bench.Ready);
        _bench.Writes.Clear();
    }
}
