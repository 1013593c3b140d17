using Weerbaarheid.Relay.Tests.Support.Radio;

namespace Weerbaarheid.Relay.Tests.Emulators;

/// <summary>The dialogue between an RNode and its host, byte for byte, and where the modem keeps silent.</summary>
public sealed class RnodeEmulatorTests : IDisposable
{
    private readonly RnodePair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void The_handshake_of_a_host_is_answered()
    {
        Assert.Equal("C00846C0" + "C0500156C0" + "C04880C0" + "C04981C0", _pair.A.Ask("C0 08 73 C0 50 00 C0 48 00 C0 49 00 C0"));
    }

    [Fact]
    public void Settings_are_echoed_and_the_radio_goes_on_when_there_are_enough()
    {
        // 869525000 Hz is 33D3E608; 125000 Hz is 0001E848.
        Assert.Equal("C00600C0", _pair.A.Ask("C0 06 01 C0"));
        Assert.Equal("C00133D3E608C0", _pair.A.Ask("C0 01 33D3E608 C0"));
        Assert.Equal("C0020001E848C0", _pair.A.Ask("C0 02 0001E848 C0"));
        Assert.Equal("C0030EC0", _pair.A.Ask("C0 03 0E C0"));
        Assert.Equal("C00600C0", _pair.A.Ask("C0 06 01 C0"));
        Assert.Equal("C00701C0", _pair.A.Ask("C0 07 00 C0"));
        Assert.Equal("C00408C0", _pair.A.Ask("C0 04 08 C0"));
        Assert.Equal("C00505C0", _pair.A.Ask("C0 05 05 C0"));
        Assert.Equal("C00C03E8C0", _pair.A.Ask("C0 0C 03E8 C0"));
        Assert.Equal("C00700C0", _pair.A.Ask("C0 07 00 C0"));
        Assert.EndsWith("C00601C0", _pair.A.Ask("C0 06 01 C0"), StringComparison.Ordinal);

        Assert.Equal("C00133D3E608C0" + "C00408C0" + "C0030EC0" + "C00601C0", _pair.A.Ask("C0 01 00000000 C0 C0 04 FF C0 C0 03 FF C0 C0 06 FF C0"));
        Assert.Equal("C00311C0", _pair.A.Ask("C0 03 1B C0"));
        Assert.Equal("C00600C0", _pair.A.Ask("C0 06 00 C0"));
    }

    [Theory]
    [InlineData("01 33D3E608")]
    [InlineData("02 0001E848")]
    [InlineData("03 0E")]
    [InlineData("04 08")]
    public void The_radio_stays_off_without_any_one_of_four_settings(string left)
    {
        foreach (var setting in ((string[])["01 33D3E608", "02 0001E848", "03 0E", "04 08"]).Where(s => s != left)) _pair.A.Write($"C0 {setting} C0");
        _pair.A.Read();
        Assert.Equal("C00600C0", _pair.A.Ask("C0 06 01 C0"));
        _pair.A.Ask($"C0 {left} C0");
        Assert.Equal("C00601C0", _pair.A.Ask("C0 06 01 C0"));
    }

    [Fact]
    public void A_frame_goes_with_a_byte_before_it_and_arrives_after_signal_strength_and_noise()
    {
        _pair.SwitchOn();
        _pair.A.Write("C0 00 01 DB DC 02 DB DD 03 C0");
        _pair.Seconds(2);

        Assert.Equal("C02361C0" + "C02426C0" + "C00001DBDC02DBDD03C0", _pair.B.Read());
        var onAir = Assert.Single(_pair.Channel.Transmissions).Bytes.Span;
        Assert.Equal("01C002DB03", Convert.ToHexString(onAir[1..]));
        Assert.Equal(0, onAir[0] & 0x0F);
        // Signal strength on demand, and the counters.
        Assert.Equal("C02361C0" + "C02200000001C0", _pair.A.Ask("C0 23 00 C0 C0 22 00 C0"));
        Assert.Equal("C02100000001C0", _pair.B.Ask("C0 21 00 C0"));
    }

    [Fact]
    public void The_end_of_a_data_frame_does_not_begin_the_next()
    {
        _pair.SwitchOn();
        _pair.A.Write("C0 00 01 C0 00 02 C0 00 03 C0");
        _pair.Seconds(3);

        // What ends the frame with 01 begins none, so 02 lies between frames; what comes after it begins the frame with 03.
        Assert.Equal(["01", "03"], _pair.Channel.Transmissions.Select(t => Convert.ToHexString(t.Bytes.Span[1..])));
    }

    [Theory]
    [InlineData(24, 133.632)]
    [InlineData(59, 225.792)]
    [InlineData(124, 389.632)]
    [InlineData(254, 727.552)]
    public void Airtimes_are_those_of_the_reference(int frame, double milliseconds)
    {
        _pair.SwitchOn();
        _pair.SendFrom(_pair.A, frame);
        _pair.Seconds(3);

        Assert.Equal(milliseconds, Assert.Single(_pair.Channel.Transmissions).Duration.TotalMilliseconds, 3);
    }

    [Fact]
    public void More_than_254_bytes_are_two_packets_and_one_frame()
    {
        _pair.SwitchOn();
        var frame = _pair.SendFrom(_pair.A, 307);
        _pair.Seconds(5);

        var sent = _pair.Channel.Transmissions;
        Assert.Equal([255, 54], sent.Select(t => t.Bytes.Length));
        Assert.Equal(sent[0].Bytes.Span[0], sent[1].Bytes.Span[0]);
        Assert.Equal(1, sent[0].Bytes.Span[0] & 0x0F);
        Assert.Equal("C02361C0" + "C02426C0" + Convert.ToHexString(RnodeFraming.Frame(0, frame)), _pair.B.Read());
    }

    [Fact]
    public void Half_a_frame_is_never_delivered()
    {
        var air = new RnodeAirFormat();
        var (one, other) = (RnodeAirFormat.Packets(new byte[300], 3), RnodeAirFormat.Packets(new byte[400], 9));

        Assert.Null(air.Take(one[0]));
        Assert.Null(air.Take(other[0]));
        Assert.Equal(400, air.Take(other[1])!.Length);
        Assert.Null(air.Take(one[1]));
        Assert.Equal(5, air.Take(RnodeAirFormat.Packets(new byte[5], 1)[0])!.Length);
        Assert.Null(air.Take(other[1]));
    }

    [Fact]
    public void A_frame_that_is_too_long_vanishes_without_a_word()
    {
        _pair.SwitchOn();
        _pair.SendFrom(_pair.A, 509);
        _pair.SendFrom(_pair.A, 508);
        _pair.Seconds(10);

        Assert.Equal([255, 255], _pair.Channel.Transmissions.Select(t => t.Bytes.Length));
        Assert.Equal("", _pair.A.Read());
    }

    [Fact]
    public void A_full_queue_says_so_only_when_asked_and_drops_without_a_word()
    {
        _pair.SwitchOn();
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal("C00F01C0", _pair.A.Ask("C0 0F 00 C0"));
            _pair.SendFrom(_pair.A, 4);
        }

        Assert.Equal("C00F00C0", _pair.A.Ask("C0 0F 00 C0"));
        _pair.SendFrom(_pair.A, 4);
        Assert.Equal("", _pair.A.Read());
        _pair.Seconds(60);
        Assert.Equal("", _pair.A.Read());
        Assert.Equal(200, _pair.Modem.Station.Packets);
        Assert.Equal("C00F01C0", _pair.A.Ask("C0 0F 00 C0"));
    }

    [Fact]
    public void After_an_overflow_of_bytes_the_next_frame_is_glued_to_a_part()
    {
        _pair.SwitchOn();
        for (var i = 0; i < 25; i++) _pair.SendFrom(_pair.A, 250);
        Assert.Equal(24, _pair.Modem.Queued);
        _pair.Seconds(60);
        _pair.SendFrom(_pair.A, 100);
        _pair.Seconds(5);

        // 6144 bytes are 24 frames of 250 and 144 bytes that were left behind; then both go as one.
        Assert.Equal(24 * 251 + 245, _pair.Channel.Transmissions.Sum(t => t.Bytes.Length));
        Assert.Equal(245, _pair.Channel.Transmissions[^1].Bytes.Length);
    }

    [Fact]
    public void Data_while_the_radio_is_off_is_an_error()
    {
        Assert.Equal("C09002C0", _pair.A.Ask("C0 00 01 02 C0"));
        _pair.SwitchOn();
        _pair.Seconds(5);
        Assert.Empty(_pair.Channel.Transmissions);
    }

    [Fact]
    public void Two_modems_that_both_have_much_to_send_wait_for_each_other()
    {
        _pair.SwitchOn();
        for (var i = 0; i < 20; i++)
        {
            _pair.SendFrom(_pair.A, 100);
            _pair.SendFrom(_pair.B, 100);
            _pair.Seconds(3);
        }

        // Equal draws of slots make some of them collide, as they do on the air.
        Assert.InRange(_pair.Modem.Station.HeardWhole, 15, 20);
        Assert.InRange(_pair.Other.Station.HeardWhole, 15, 20);
    }
}
