using CsCheck;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The RNode's machine against the bytes of its firmware.</summary>
public sealed class RnodeModemTests
{
    private const string Handshake = "C00873C0 C05000C0 C04800C0 C04900C0";
    private const string Found = "C00846C0 C0500156C0 C04880C0 C04981C0";

    // 869,525,000 Hz is 33D3E608, 125,000 Hz is 0001E848, 10 % is 03E8.
    private const string Settings = "C00133D3E608C0 C0020001E848C0 C0030EC0 C00408C0 C00505C0 C00B0000C0 C00C03E8C0 C00601C0";
    private const string Echoes = "C00133D3E608C0 C0020001E848C0 C0030EC0 C00408C0 C00505C0 C00B0000C0 C00C03E8C0 C00601C0";
    private const string AskRoom = "C00F00C0";
    private const string Room = "C00F01C0";
    private const string Full = "C00F00C0";
    private const string AskState = "C006FFC0";

    private readonly Bench _bench = new(new RnodeModem(Bench.Options("rnode")));

    [Fact]
    public void It_waits_for_the_board_finds_it_sets_it_and_checks_what_it_took()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), _bench.NextDue - _bench.Now);
        _bench.Feed([.. "ESP-ROM:esp32s3\r\n"u8]).Advance(1.9);
        Assert.Empty(_bench.Writes);
        AssertWritten(_bench.Advance(0.2), Handshake);
        AssertWritten(_bench.Feed(Hex(Found)), Settings);
        Assert.Equal(0, _bench.Ready);
        Assert.Equal(1, _bench.Feed(Hex(Echoes)).Ready);
        Assert.Empty(_bench.Notes);
    }

    [Fact]
    public void Pieces_of_one_byte_and_noise_between_frames_change_nothing()
    {
        _bench.Advance(2).FeedByByte([0x00, 0x46, .. Hex("C0C0 C0FF12C0"), .. Hex(Found), 0x13, 0x37]);
        AssertWritten(_bench, Handshake + Settings);
        _bench.FeedByByte([0x55, 0xC0, .. Hex(Echoes)]);
        Assert.Equal(1, _bench.Ready);
    }

    [Fact]
    public void A_board_that_answers_late_is_asked_again()
    {
        AssertWritten(_bench.Advance(2 + 2.6), Handshake + Handshake);
        AssertWritten(_bench.Feed(Hex(Found)), Settings);
        AssertWritten(_bench.Advance(2.6), Settings);
        Assert.Equal(1, _bench.Feed(Hex(Echoes)).Ready);
    }

    [Fact]
    public void Silence_fails_with_a_remedy()
    {
        _bench.Advance(60);
        Assert.Equal("no answer from /dev/relay-modem: see that the RNode is on and connected, and check port and baud of link 'lora'", _bench.Failure);
        Assert.Equal(TimeSpan.MaxValue, _bench.NextDue);
        Assert.Equal(3, _bench.Writes.Count);
    }

    [Fact]
    public void Another_device_fails_with_a_remedy()
    {
        _bench.Advance(2).FeedLine("+ERR=2").Advance(60);
        Assert.Equal("the device on /dev/relay-modem answers, but not as an RNode: check type, port and baud of link 'lora'", _bench.Failure);
    }

    [Theory]
    [InlineData("C0500133C0", "firmware 1.51, and 1.52 or later is needed: update it")]
    [InlineData("C0500063C0", "firmware 0.99, and 1.52 or later is needed: update it")]
    [InlineData("", "does not tell its firmware's version: update it")]
    public void Old_firmware_fails_with_a_remedy(string version, string reason)
    {
        _bench.Advance(2).Feed(Hex("C00846C0" + version)).Advance(60);
        Assert.Contains(reason, _bench.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_oldest_firmware_that_works_is_taken()
    {
        _bench.Advance(2).Written();
        AssertWritten(_bench.Feed(Hex("C00846C0 C0500134C0")), Settings);
    }

    [Theory]
    [InlineData("C00133D3E608C0", "C00133D3E5A4C0", null)]
    [InlineData("C00133D3E608C0", "C00133D3E5A3C0", "frequency was set to 869525000 Hz, modem says 869524899 Hz: set frequency to what the board can do")]
    [InlineData("C0020001E848C0", "C0020003D090C0", "bandwidth was set to 125000 Hz, modem says 250000 Hz: set bandwidth to what the board can do")]
    [InlineData("C0030EC0", "C0030AC0", "power was set to 14 dBm, modem says 10 dBm: set txPower to what the board can do")]
    [InlineData("C00408C0", "C00409C0", "spreading factor was set to 8, modem says 9: set spreadingFactor to what the board can do")]
    [InlineData("C00505C0", "C00506C0", "coding rate 4 / was set to 5, modem says 6: set codingRate to what the board can do")]
    [InlineData("C00601C0", "C00600C0", "the modem leaves its radio off: see that the board's radio is for 868 MHz, and install its firmware anew (rnodeconf --autoinstall)")]
    public void What_it_did_not_take_fails_with_a_remedy(string right, string wrong, string? reason)
    {
        _bench.Advance(2).Feed(Hex(Found)).Feed(Hex(Echoes.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Equal(reason, _bench.Failure);
        Assert.Equal(reason is null ? 1 : 0, _bench.Ready);
    }

    [Fact]
    public void What_it_does_not_confirm_fails_by_name_and_with_its_last_error()
    {
        _bench.Advance(2).Feed(Hex(Found)).Feed(Hex("C00133D3E608C0 C0020001E848C0 C0030EC0 C00408C0 C09001C0")).Advance(60);
        Assert.StartsWith("the RNode did not confirm coding rate 4 /, radio state (error 01, the radio could not be started): ", _bench.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void One_frame_for_each_room_and_sent_after_its_time_on_the_air()
    {
        Start();
        AssertWritten(_bench.Transmit(7, 0x01, 0xC0, 0xDB, 0x02), AskRoom);
        // An answer that it gave to somebody else's question, of the state, gives no room.
        AssertWritten(_bench.Feed(Hex("C00601C0")), "");
        AssertWritten(_bench.Feed(Hex(Room)), "C00001DBDCDBDD02C0");
        var air = RnodeModem.Describe(Bench.Options("rnode")).Air!.TimeOnAir(4);
        Assert.Equal(air, _bench.NextDue - _bench.Now);
        _bench.Advance(air.TotalSeconds - 0.001);
        Assert.Empty(_bench.Sent);
        Assert.Equal([7], _bench.Advance(0.002).Sent);
        AssertWritten(_bench.Feed(Hex(Room)), "");
        AssertWritten(_bench.Transmit(8, 0x03), AskRoom);
    }

    [Fact]
    public void A_full_queue_is_asked_again_and_given_up_in_the_end()
    {
        Start();
        AssertWritten(_bench.Transmit(1, 0x03), AskRoom);
        AssertWritten(_bench.Feed(Hex(Full)), "");
        AssertWritten(_bench.Advance(0.6), AskRoom);
        for (var i = 0; i < 130 && _bench.Failure is null; i++) _bench.Feed(Hex(Full)).Advance(0.5);
        Assert.Contains("queue stays full", _bench.Failure, StringComparison.Ordinal);
        Assert.InRange(_bench.Now - TimeSpan.FromHours(5), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(66));
    }

    [Fact]
    public void A_queue_that_gets_room_goes_on()
    {
        Start();
        _bench.Transmit(1, 0x03).Feed(Hex(Full)).Advance(10).Written();
        AssertWritten(_bench.Feed(Hex(Room)), "C00003C0");
    }

    [Fact]
    public void Silence_while_a_frame_waits_fails()
    {
        Start();
        _bench.Transmit(1, 0x03).Advance(12);
        Assert.Null(_bench.Failure);
        Assert.Equal("the RNode stopped answering: switch it off and on", _bench.Advance(2).Failure);
        Assert.Equal(5, _bench.Writes.Count);
    }

    [Fact]
    public void An_idle_modem_is_asked_every_minute()
    {
        Start();
        for (var i = 0; i < 10; i++)
        {
            AssertWritten(_bench.Advance(60), AskState);
            _bench.Feed(Hex("C00601C0"));
        }

        Assert.Contains("stopped answering", _bench.Advance(90).Failure, StringComparison.Ordinal);
        Assert.Equal(5, _bench.Writes.Count);
    }

    [Theory]
    [InlineData("C055F8C0", "The RNode is set up anew: it started anew.", true)]
    [InlineData("C00600C0", "The RNode is set up anew: its radio went off.", false)]
    [InlineData("C09002C0", "The RNode is set up anew: it reports error 02, the transmission failed.", false)]
    [InlineData("C09004C0", "The RNode is set up anew: it reports error 04, its queue is full.", false)]
    [InlineData("C09006C0", "The RNode is set up anew: it reports error 06, the radio did not answer.", false)]
    [InlineData("C09077C0", "The RNode is set up anew: it reports error 77.", false)]
    public void What_goes_wrong_at_work_is_noted_and_mended(string says, string note, bool find)
    {
        Start();
        AssertWritten(_bench.Feed(Hex(says)), find ? Handshake : Settings);
        Assert.Equal([note], _bench.Notes);
        if (find) AssertWritten(_bench.Feed(Hex(Found)), Settings);
        Assert.Equal(2, _bench.Feed(Hex(Echoes)).Ready);
    }

    [Fact]
    public void A_frame_that_waits_during_a_reset_goes_afterwards_and_one_on_the_air_counts_as_sent()
    {
        Start();
        _bench.Transmit(1, 0x01).Feed(Hex(Room + "C055F8C0")).Advance(1);
        Assert.Equal([1], _bench.Sent);
        _bench.Transmit(2, 0x02).Written();
        AssertWritten(_bench.Feed(Hex(Found + Echoes)), Settings + AskRoom);
        AssertWritten(_bench.Feed(Hex(Room)), "C00002C0");
    }

    [Fact]
    public void A_board_that_starts_again_and_again_is_given_up()
    {
        Start();
        for (var i = 0; i < 5; i++) _bench.Feed(Hex("C055F8C0" + Found + Echoes));
        Assert.Equal((6, null), (_bench.Ready, _bench.Failure));
        Assert.Contains("again and again (it started anew)", _bench.Feed(Hex("C055F8C0")).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_are_heard_whole_and_only_at_work()
    {
        _bench.Advance(2).Feed(Hex("C00011C0" + Found + "C00022C0" + Echoes + "C0239CC0 C02414C0 C00033DBDCC0 C000C0"));
        Assert.Equal([[0x33, 0xC0]], _bench.Heard);
    }

    [Fact]
    public void Frames_larger_than_the_modem_has_are_skipped()
    {
        Start();
        _bench.Feed([0xC0, 0x00, .. new byte[508], 0xC0, 0xC0, 0x00, .. new byte[509], 0xC0, 0xC0, 0x00, 1, 0xC0]);
        Assert.Equal([508, 1], _bench.Heard.Select(frame => frame.Length));
    }

    [Fact]
    public void What_it_tells_about_itself_is_kept()
    {
        var modem = new RnodeModem(Bench.Options("rnode"));
        var bench = new Bench(modem);
        bench.Advance(2).Feed(Hex(Found + Echoes + "C0239CC0 C024FAC0 C025 0001 0190 0002 03E8 60 28 FF C0 C027 0157 C0"));
        Assert.Equal(new ModemFacts("1.86", 0.04, 0.1, -117, 87, -1, -1.5), modem.Facts);
    }

    [Fact]
    public void The_modems_own_lock_is_noted_once_and_a_full_queue_is_borne_meanwhile()
    {
        Start();
        for (var i = 0; i < 3; i++) _bench.Feed(Hex("C025 0001 03E8 0002 03E8 60 28 FF C0"));
        Assert.Equal(["The RNode holds frames: it transmitted 10.0 % of the past hour and may 10 %."], _bench.Notes);
        _bench.Transmit(1, 1);
        for (var i = 0; i < 300; i++) _bench.Feed(Hex(Full)).Advance(0.5);
        Assert.Null(_bench.Failure);
        _bench.Feed(Hex("C025 0001 03E7 0002 03E8 60 28 FF C0"));
        Assert.Equal("The RNode transmits again: its hour has room.", _bench.Notes[^1]);
    }

    [Theory]
    [InlineData(8, 125_000, 25, 133.632)]
    [InlineData(8, 125_000, 60, 225.792)]
    [InlineData(8, 125_000, 125, 389.632)]
    [InlineData(8, 125_000, 254, 727.552)]
    // Where the header byte shows: 54 and 55 bytes on the air differ by a block.
    [InlineData(8, 125_000, 53, 205.312)]
    [InlineData(8, 125_000, 54, 215.552)]
    // A preamble of 24 ms: 24 symbols of 1.024 ms.
    [InlineData(7, 125_000, 20, 72.96)]
    public void Time_on_the_air_has_the_modems_header_and_its_preamble(int spreadingFactor, int bandwidth, int bytes, double milliseconds)
    {
        var options = Bench.Options("rnode") with { SpreadingFactor = spreadingFactor, Bandwidth = bandwidth };
        Assert.Equal(milliseconds, RnodeModem.Describe(options).Air!.TimeOnAir(bytes).TotalMilliseconds, 3);
    }

    [Fact]
    public void The_link_is_described()
    {
        var link = RnodeModem.Describe(Bench.Options("rnode"));
        Assert.Equal(("lora", "rnode", 254, 1, "EU868 P", 0.1), (link.Name, link.Type, link.MaxFrame, link.Window, link.Air!.Band, link.Air.DutyCycle));
        // 254 bytes in 727.552 ms.
        Assert.Equal(2_792, link.BitRate);
    }

    [Fact]
    public void Opening_again_forgets_everything()
    {
        Start();
        _bench.Transmit(1, 1).Feed(0xC0, 0x00, 0x11);
        _bench.Reopen();
        AssertWritten(_bench.Feed(0x22, 0xC0).Advance(2), AskRoom + Handshake);
        _bench.Feed(Hex(Found + Echoes)).Advance(5);
        Assert.Empty(_bench.Heard);
        Assert.Empty(_bench.Sent);
    }

    [Fact]
    public void Whatever_comes_it_neither_throws_nor_wants_more_and_more()
    {
        string[] known = [Found, Echoes, Room, Full, "C055F8C0", "C00600C0", "C09001C0", "C06F", "C050C0", "C001C0", "C025C0", "C0DBC0", "C000DBDCC0"];
        var piece = Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Int[0, known.Length - 1].Select(which => Hex(known[which])));
        Gen.Select(piece, Gen.Int[0, 4_000], Gen.Bool).Array[1, 60].Sample(steps =>
        {
            var bench = new Bench(new RnodeModem(Bench.Options("rnode")));
            bench.Advance(2);
            foreach (var (bytes, wait, send) in steps)
            {
                bench.Feed(bytes).Advance(wait / 1000.0);
                if (send) bench.TransmitIfFree(1, 2, 3);
                if (bench.Failure is not null) break;
            }

            // It either gave up, or is there again as soon as the modem answers.
            bench.Advance(120);
            Assert.NotNull(bench.Failure);
        }, iter: 1_000);
    }

    private void Start()
    {
        _bench.Advance(2).Feed(Hex(Found + Echoes)).Written();
        Assert.Equal(1, _bench.Ready);
    }

    private static void AssertWritten(Bench bench, string hex) => Assert.Equal(Convert.ToHexString(Hex(hex)), Convert.ToHexString(bench.Written()));

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
