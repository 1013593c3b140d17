using System.Text;
using CsCheck;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The RN2483's machine against the lines of its command reference.</summary>
public sealed class Rn2483ModemTests
{
    private const string Banner = "RN2483 1.0.5 Oct 31 2018 15:06:52";

    private static readonly string[] Settings =
    [
        "radio set mod lora", "radio set freq 869525000", "radio set pwr 14", "radio set sf sf8", "radio set bw 125", "radio set cr 4/5",
        "radio set prlen 8", "radio set crc on", "radio set iqi off", "radio set sync 12", "radio set wdt 0",
    ];

    private readonly Rn2483Modem _modem;
    private readonly Bench _bench;

    public Rn2483ModemTests()
    {
        _modem = new Rn2483Modem(Bench.Options("rn2483"));
        _bench = new Bench(_modem);
    }

    [Fact]
    public void It_is_reset_set_one_command_at_a_time_and_listens()
    {
        Assert.Equal("sys reset\r\n"u8.ToArray(), Assert.Single(_bench.Writes));
        _bench.Writes.Clear();
        _bench.FeedByByte(Encoding.ASCII.GetBytes(Banner + "\r\n"));
        Assert.Equal(["mac pause"], _bench.Lines());
        _bench.FeedLine("4294967245");
        foreach (var command in Settings)
        {
            Assert.Equal([command], _bench.Lines());
            _bench.FeedLine("ok");
        }

        Assert.Equal(["radio rx 0"], _bench.Lines());
        Assert.Equal(0, _bench.Ready);
        Assert.Equal(1, _bench.FeedLine("ok").Ready);
        Assert.Empty(_bench.Lines());
        Assert.Empty(_bench.Notes);
        Assert.Equal("1.0.5", _modem.Facts.Firmware);
    }

    [Fact]
    public void Its_own_settings_go_to_the_modem()
    {
        var options = Bench.Options("rn2483") with { Frequency = 868_300_000, Bandwidth = 250_000, SpreadingFactor = 12, CodingRate = 8, TxPower = -3, SyncWord = 0x0A };
        var bench = new Bench(new Rn2483Modem(options));
        Start(bench, keep: true);
        var lines = bench.Lines();
        foreach (var command in (string[])["radio set freq 868300000", "radio set bw 250", "radio set sf sf12", "radio set cr 4/8", "radio set pwr -3", "radio set sync 0a"])
            Assert.Contains(command, lines);
    }

    [Fact]
    public void Leftovers_before_the_banner_do_not_count()
    {
        _bench.FeedLine("ok").FeedLine("invalid_param").FeedLine("busy").FeedLine("radio_err").FeedLine("0");
        Assert.Equal(["sys reset"], _bench.Lines());
        Start(_bench);
    }

    [Fact]
    public void Silence_fails_with_a_remedy()
    {
        _bench.Advance(10);
        Assert.Equal("no answer from /dev/relay-modem: see that the RN2483 is on and connected, and check port and baud of link 'lora'", _bench.Failure);
        Assert.Equal(3, _bench.Lines().Length);
        Assert.Equal(TimeSpan.MaxValue, _bench.NextDue);
    }

    [Fact]
    public void Another_device_fails_with_a_remedy_and_one_note()
    {
        for (var i = 0; i < 4; i++) _bench.FeedLine("+ERR=2").Advance(2);
        Assert.Equal("the device on /dev/relay-modem answers, but not as an RN2483: check type, port and baud of link 'lora'", _bench.Failure);
        Assert.Equal(["The RN2483 says what it should not: +ERR=2"], _bench.Notes);
    }

    [Fact]
    public void The_sister_for_another_continent_is_refused()
    {
        Assert.Contains("is an RN2903, whose radio is for 915 MHz: use an RN2483", _bench.FeedLine("RN2903 1.0.5 Nov 06 2018 10:45:27").Failure, StringComparison.Ordinal);
        Assert.Empty(_bench.FeedLine(Banner).Advance(60).Notes);
    }

    [Fact]
    public void A_refused_setting_is_told_three_times_and_fails_by_name()
    {
        _bench.FeedLine(Banner).FeedLine("4294967245").FeedLine("ok").Lines();
        for (var i = 0; i < 3; i++) _bench.FeedLine("invalid_param").Advance(0.4);
        Assert.Equal("the RN2483 refuses 'radio set freq 869525000' (invalid_param): check that setting of link 'lora'", _bench.Failure);
        Assert.Equal(2, _bench.Lines().Length);
    }

    [Fact]
    public void Without_a_pause_of_LoRaWAN_there_is_no_radio()
    {
        _bench.FeedLine(Banner);
        for (var i = 0; i < 3; i++) _bench.FeedLine("0").Advance(0.4);
        Assert.Contains("refuses 'mac pause' (0)", _bench.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_busy_is_told_later()
    {
        _bench.FeedLine(Banner).FeedLine("4294967245").Lines();
        for (var i = 0; i < 6; i++) _bench.FeedLine("busy").Advance(0.4);
        Assert.Equal(Enumerable.Repeat("radio set mod lora", 6), _bench.Lines());
        _bench.FeedLine("ok");
        Assert.Equal(["radio set freq 869525000"], _bench.Lines());
    }

    [Fact]
    public void A_packet_is_heard_and_it_listens_again()
    {
        Start(_bench);
        _bench.FeedByByte([.. "radio_rx  00C0DBFF\r\n"u8]);
        Assert.Equal([[0x00, 0xC0, 0xDB, 0xFF]], _bench.Heard);
        Assert.Equal(["radio rx 0"], _bench.Lines());
        _bench.FeedLine("ok").FeedLine($"radio_rx  {new string('a', 510)}");
        Assert.Equal(255, _bench.Heard[1].Length);
        Assert.Equal(["radio rx 0"], _bench.Lines());
    }

    [Fact]
    public void To_transmit_it_stops_listening_and_listens_again_afterwards()
    {
        Start(_bench);
        _bench.Transmit(5, 0x00, 0xC0, 0xFF);
        Assert.Equal(["radio rxstop"], _bench.Lines());
        _bench.FeedLine("ok");
        Assert.Equal(["radio tx 00C0FF"], _bench.Lines());
        _bench.FeedLine("ok");
        Assert.Empty(_bench.Sent);
        Assert.Empty(_bench.Lines());
        Assert.Equal([5], _bench.FeedLine("radio_tx_ok").Sent);
        Assert.Equal(["radio rx 0"], _bench.Lines());
        _bench.FeedLine("ok");
        Assert.Equal(1, _bench.Ready);
        Assert.Empty(_bench.Notes);
    }

    [Fact]
    public void A_packet_that_comes_while_it_is_stopped_is_heard()
    {
        Start(_bench);
        _bench.Transmit(5, 1).FeedLine("radio_rx  02").FeedLine("ok");
        Assert.Equal([[2]], _bench.Heard);
        Assert.Equal(["radio rxstop", "radio tx 01"], _bench.Lines());
    }

    [Theory]
    [InlineData("invalid_param")]
    [InlineData("busy")]
    public void One_that_had_stopped_listening_already_transmits(string answer)
    {
        Start(_bench);
        _bench.Transmit(5, 1).FeedLine(answer);
        Assert.Equal(["radio rxstop", "radio tx 01"], _bench.Lines());
    }

    [Fact]
    public void A_frame_waits_while_the_modem_begins_to_listen()
    {
        Start(_bench);
        _bench.FeedLine("radio_rx  02").Transmit(5, 1);
        Assert.Equal(["radio rx 0"], _bench.Lines());
        _bench.FeedLine("ok");
        Assert.Equal(["radio rxstop"], _bench.Lines());
    }

    [Fact]
    public void A_busy_modem_gets_the_frame_later()
    {
        Start(_bench);
        _bench.Transmit(5, 1).FeedLine("ok").FeedLine("busy");
        Assert.Equal(["radio rxstop", "radio tx 01", "radio tx 01"], _bench.Advance(0.4).Lines());
        Assert.Equal([5], _bench.FeedLine("ok").FeedLine("radio_tx_ok").Sent);
    }

    [Fact]
    public void Frames_that_do_not_go_are_noted_once_and_then_the_modem_is_set_up_anew()
    {
        Start(_bench);
        for (var frame = 1; frame <= 3; frame++)
        {
            _bench.Transmit(frame, 1).FeedLine("ok").FeedLine("ok").FeedLine("radio_err");
            if (frame < 3) _bench.FeedLine("ok");
        }

        Assert.Equal([1, 2, 3], _bench.Sent);
        Assert.Equal(["The RN2483 did not send a frame: radio_err.", "The RN2483 is set up anew: it does not transmit (radio_err)."], _bench.Notes);
        Assert.Equal("sys reset", _bench.Lines()[^1]);
    }

    [Fact]
    public void A_frame_that_is_never_confirmed_counts_as_sent_once_and_the_modem_is_looked_after()
    {
        Start(_bench);
        _bench.Transmit(5, 1).FeedLine("ok").FeedLine("ok").Advance(5);
        Assert.Equal([5], _bench.Sent);
        Assert.Equal(["The RN2483 is set up anew: it did not confirm a frame."], _bench.Notes);
        Assert.Equal(["radio rxstop", "radio tx 01", "sys reset"], _bench.Lines());
        Assert.Equal("the RN2483 stopped answering: switch it off and on", _bench.Advance(10).Failure);
    }

    [Fact]
    public void After_a_reset_it_is_set_anew_and_the_frame_goes_again()
    {
        Start(_bench);
        _bench.Transmit(5, 1).FeedLine("ok").FeedLine(Banner);
        Assert.Equal(["The RN2483 is set up anew: it started anew."], _bench.Notes);
        Assert.Equal(["radio rxstop", "radio tx 01", "mac pause"], _bench.Lines());
        _bench.FeedLine("4294967245");
        for (var i = 0; i <= Settings.Length; i++) _bench.FeedLine("ok");
        Assert.Equal(2, _bench.Ready);
        Assert.Equal("radio rxstop", _bench.Lines()[^1]);
        Assert.Equal([5], _bench.FeedLine("ok").FeedLine("ok").FeedLine("radio_tx_ok").Sent);
    }

    [Fact]
    public void One_that_starts_again_and_again_is_given_up()
    {
        Start(_bench);
        for (var i = 0; i < 5; i++) _bench.FeedLine(Banner);
        Assert.Null(_bench.Failure);
        Assert.Contains("again and again (it start", _bench.FeedLine(Banner).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_receptions_are_noted_once_and_do_not_make_it_spin()
    {
        Start(_bench);
        for (var i = 0; i < 100; i++) _bench.FeedLine("radio_err").FeedLine("ok").Advance(0.1);
        Assert.Single(_bench.Notes);
        // Two at once, then one a second.
        Assert.InRange(_bench.Lines().Length, 5, 15);
        _bench.Advance(2).FeedLine("ok").FeedLine("radio_rx  01");
        Assert.Equal([[1]], _bench.Heard);
    }

    [Theory]
    [InlineData("radio_rx  ")]
    [InlineData("radio_rx  0")]
    [InlineData("radio_rx  0G")]
    [InlineData("radio_rx  01 02")]
    [InlineData("Ok")]
    [InlineData("no_free_ch")]
    public void Damaged_lines_are_noted_once_and_it_goes_on(string line)
    {
        Start(_bench);
        for (var i = 0; i < 3; i++) _bench.FeedLine(line).FeedLine("ok");
        Assert.Empty(_bench.Heard);
        Assert.Single(_bench.Notes);
        _bench.Transmit(5, 1).FeedLine("ok").FeedLine("ok");
        Assert.Equal([5], _bench.FeedLine("radio_tx_ok").Sent);
    }

    [Fact]
    public void An_endless_line_is_skipped()
    {
        Start(_bench);
        _bench.Feed([.. Enumerable.Repeat((byte)'x', 100_000)]).FeedLine("").FeedLine("radio_rx  01");
        Assert.Equal([[1]], _bench.Heard);
    }

    [Fact]
    public void An_idle_modem_is_asked_every_minute_and_set_again_after_an_hour_without_a_packet()
    {
        Start(_bench);
        for (var minute = 0; minute < 59; minute++)
        {
            Assert.Equal(["radio get snr"], _bench.Advance(60).Lines());
            _bench.FeedLine("-128");
        }

        Assert.Equal(["sys reset"], _bench.Advance(60).Lines());
        Start(_bench);
        Assert.Empty(_bench.Notes);
        Assert.Equal("the RN2483 stopped answering: switch it off and on", _bench.Advance(80).Failure);
    }

    [Fact]
    public void A_frame_that_comes_during_the_question_goes_after_it()
    {
        Start(_bench);
        _bench.Advance(60).Transmit(5, 1).FeedLine("-128");
        Assert.Equal(["radio get snr", "radio rxstop"], _bench.Lines());
    }

    [Theory]
    [InlineData(250, 686.592)]
    [InlineData(1, 51.712)]
    public void Time_on_the_air_is_that_of_the_packet(int bytes, double milliseconds) =>
        Assert.Equal(milliseconds, Rn2483Modem.Describe(Bench.Options("rn2483")).Air!.TimeOnAir(bytes).TotalMilliseconds, 3);

    [Fact]
    public void The_link_is_described()
    {
        var link = Rn2483Modem.Describe(Bench.Options("rn2483") with { Frequency = 868_300_000 });
        Assert.Equal(("lora", "rn2483", 250, 1, "EU868 M", 0.01), (link.Name, link.Type, link.MaxFrame, link.Window, link.Air!.Band, link.Air.DutyCycle));
    }

    [Fact]
    public void Whatever_comes_it_neither_throws_nor_wants_more_and_more()
    {
        string[] known = ["ok\r\n", "busy\r\n", "invalid_param\r\n", "radio_err\r\n", "radio_tx_ok\r\n", "radio_rx  0102\r\n", "radio_rx  ", "4294967245\r\n", Banner + "\r\n", "RN2483 \r\n", "\n", "0\r\n"];
        var piece = Gen.OneOf(Gen.Byte.Array[0, 600], Gen.Int[0, known.Length - 1].Select(which => Encoding.ASCII.GetBytes(known[which])));
        Gen.Select(piece, Gen.Int[0, 4_000], Gen.Bool).Array[1, 80].Sample(steps =>
        {
            var bench = new Bench(new Rn2483Modem(Bench.Options("rn2483")));
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

    private static void Start(Bench bench, bool keep = false)
    {
        bench.FeedLine(Banner).FeedLine("4294967245");
        for (var i = 0; i <= Settings.Length; i++) bench.FeedLine("ok");
        Assert.InRange(bench.Ready, 1, 2);
        if (!keep) bench.Writes.Clear();
    }
}
