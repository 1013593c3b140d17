using CsCheck;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

/// <summary>The two simplest machines, by hand.</summary>
public sealed class MachineTests
{
    private static readonly UartOptions Radio = new("hc12", "/dev/x", 9_600, 2_400, 233, "EU868 M", 0.01, [21]);

    private static readonly KissOptions Tnc = new(
        "tnc", "/dev/x", 9_600, 1_200, new Ax25Address("PD1ABC", 7), new Ax25Address("APZWRB", 0), TimeSpan.FromMilliseconds(300), 63, TimeSpan.FromMilliseconds(100), "tnc", 1, []);

    [Fact]
    public void A_transparent_radio_is_described_by_the_slower_of_line_and_air()
    {
        var description = UartModem.Describe(Radio);
        Assert.Equal(("hc12", "uart", 233, 2_400, 2), (description.Name, description.Type, description.MaxFrame, description.BitRate, description.Window));
        Assert.Equal(("EU868 M", 0.01), (description.Air!.Band, description.Air.DutyCycle));
        Assert.Equal(106 * 8 / 2_400.0, description.Air.TimeOnAir(100).TotalSeconds, 6);
        var wire = UartModem.Describe(Radio with { AirRate = 9_600 });
        Assert.Equal(106 * 10 / 9_600.0, wire.Air!.TimeOnAir(100).TotalSeconds, 6);
        Assert.Equal(7_680, wire.BitRate);
    }

    [Fact]
    public void A_frame_counts_as_sent_when_the_air_had_time_for_it_and_not_before()
    {
        var modem = new Bench(new UartModem(Radio));
        Assert.IsType<ModemOutput.Ready>(Assert.Single(modem.Open()));
        Assert.Equal(TimeSpan.MaxValue, modem.NextDue);
        modem.Send(1, 94);
        modem.Send(2, 94);
        // 100 bytes at 2400 bits a second: a third of a second each, one after the other.
        Assert.Equal(1 / 3.0, modem.NextDue.TotalSeconds, 3);
        Assert.Empty(modem.At(0.33));
        Assert.Equal([1], modem.At(0.34).OfType<ModemOutput.Sent>().Select(sent => sent.Number));
        Assert.Empty(modem.At(0.66));
        Assert.Equal([2], modem.At(0.67).OfType<ModemOutput.Sent>().Select(sent => sent.Number));
        Assert.Equal(TimeSpan.MaxValue, modem.NextDue);
    }

    [Fact]
    public void A_delimiter_goes_in_front_only_after_a_silence()
    {
        var modem = new Bench(new UartModem(Radio));
        modem.Open();
        Assert.Equal(0, modem.Send(1, 94)[0]);
        Assert.NotEqual(0, modem.Send(2, 94)[0]);
        modem.At(1.6);
        Assert.NotEqual(0, modem.Send(3, 94)[0]);
        modem.At(3.0);
        Assert.Equal(0, modem.Send(4, 94)[0]);
        modem.Open();
        Assert.Equal(0, modem.Send(5, 94)[0]);
    }

    [Fact]
    public void A_port_that_is_opened_anew_forgets_half_frames_and_what_was_not_sent()
    {
        var (modem, frame) = (new Bench(new UartModem(Radio)), CobsFraming.Encode(Bytes(1, 50), delimiterInFront: false));
        modem.Open();
        modem.Send(1, 50);
        Assert.Empty(modem.Hear(frame[..20]));
        modem.Open();
        Assert.Equal(TimeSpan.MaxValue, modem.NextDue);
        Assert.Equal(Bytes(1, 50), Assert.Single(modem.Hear(frame)));
    }

    [Fact]
    public void A_packet_controller_is_set_up_and_names_the_station_in_every_frame()
    {
        var modem = new Bench(new KissModem(Tnc));
        var opened = modem.Open();
        Assert.Equal("C0011EC0C0023FC0C0030AC0", string.Concat(opened.OfType<ModemOutput.Write>().Select(write => Convert.ToHexString(write.Bytes.Span))));
        Assert.Contains("PD1ABC-7", Assert.Single(opened.OfType<ModemOutput.Noted>()).Text, StringComparison.Ordinal);
        Assert.IsType<ModemOutput.Ready>(opened[^1]);
        Assert.Empty(modem.Open().OfType<ModemOutput.Noted>());

        // APZWRB as destination of a command, PD1ABC-7 as the last address, a UI frame without layer 3.
        Assert.Equal("C00082A0B4AEA484E0A088628284866F03F0010203C0", Convert.ToHexString(modem.Send(1, [1, 2, 3])));
        Assert.Equal(1, modem.At(10).OfType<ModemOutput.Sent>().Single().Number);
    }

    [Fact]
    public void A_packet_takes_what_the_transmitter_adds()
    {
        var air = KissModem.Describe(Tnc).Air!;
        Assert.Equal(0.35 + ((16 + 64 + 4) * 8 * 63 / 62.0 / 1_200), air.TimeOnAir(64).TotalSeconds, 6);
        var modem = new Bench(new KissModem(Tnc));
        modem.Open();
        modem.Send(1, 64);
        modem.Send(2, 64);
        Assert.Equal(air.TimeOnAir(64), modem.NextDue);
        modem.At(air.TimeOnAir(64).TotalSeconds);
        Assert.Equal(2 * air.TimeOnAir(64), modem.NextDue);
    }

    [Theory]
    // To us from any station, whatever the C bits; also on another port of the TNC; also by way of a repeater.
    [InlineData("0082A0B4AEA48460A08862828486E103F0AABB", "AABB")]
    [InlineData("1082A0B4AEA484E0A088626262626103F0AABB", "AABB")]
    [InlineData("0082A0B4AEA484E0A08862828486E0A0929240404063" + "03F0AABB", "AABB")]
    // To another station, or to another number of ours.
    [InlineData("0082A0B4A4A4A6E0A08862828486E103F0AABB", "")]
    [InlineData("0082A0B4AEA484E2A08862828486E103F0AABB", "")]
    // No UI frame, another layer 3, no information, no frame of data.
    [InlineData("0082A0B4AEA484E0A08862828486E13FF0AABB", "")]
    [InlineData("0082A0B4AEA484E0A08862828486E103CFAABB", "")]
    [InlineData("0082A0B4AEA484E0A08862828486E103F0", "")]
    [InlineData("0682A0B4AEA484E0A08862828486E103F0AABB", "")]
    // Ends too early, or never says that the addresses end.
    [InlineData("0082A0B4AEA484E0A0886282", "")]
    [InlineData("0082A0B4AEA484E1A08862828486E003F0AABB", "")]
    public void Only_what_is_addressed_to_us_is_heard(string frame, string heard)
    {
        var modem = new Bench(new KissModem(Tnc));
        modem.Open();
        var bytes = Convert.FromHexString(frame);
        Assert.Equal(heard, string.Concat(modem.Hear(KissFraming.Encode(bytes[0], bytes.AsSpan(1))).Select(Convert.ToHexString)));
    }

    [Fact]
    public void Whatever_comes_in_no_machine_throws() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Byte.Array[0, 120]).Sample((raw, inFrame) =>
        {
            foreach (var machine in (IModem[])[new UartModem(Radio), new KissModem(Tnc)])
            {
                var modem = new Bench(machine);
                modem.Open();
                modem.Hear(raw);
                Assert.All(modem.Hear(KissFraming.Encode(0, inFrame)), frame => Assert.InRange(frame.Length, 1, 256));
            }
        });

    [Theory]
    [InlineData("PD1ABC-7", "PD1ABC-7")]
    [InlineData("PD1ABC-0", "PD1ABC")]
    [InlineData("PI9D", "PI9D")]
    [InlineData("PD1ABC-15", "PD1ABC-15")]
    [InlineData("PD1ABC-16", null)]
    [InlineData("PD1ABC-", null)]
    [InlineData("PD1ABC--1", null)]
    [InlineData("PD1ABC-007", null)]
    [InlineData("PD1ABCD", null)]
    [InlineData("pd1abc", null)]
    [InlineData("", null)]
    [InlineData("-1", null)]
    [InlineData("PD1/BC", null)]
    public void An_address_is_a_call_sign_and_a_number(string text, string? read) =>
        Assert.Equal(read, Ax25Address.TryParse(text, out var address) ? address.ToString() : null);

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A machine with its clock.</summary>
    private sealed class Bench(IModem machine)
    {
        private readonly ModemOutputs _outputs = new();
        private TimeSpan _now;

        internal TimeSpan NextDue => machine.NextDue;

        internal List<ModemOutput> Open()
        {
            machine.Opened(_now, _outputs);
            return Taken();
        }

        internal byte[] Send(long number, int length) => Send(number, Bytes((int)number, length));

        internal byte[] Send(long number, byte[] frame)
        {
            machine.Transmit(new OutgoingFrame(number, null, frame), _now, _outputs);
            return Taken().OfType<ModemOutput.Write>().Single().Bytes.ToArray();
        }

        internal List<byte[]> Hear(byte[] bytes)
        {
            machine.Received(bytes, _now, _outputs);
            return [.. Taken().OfType<ModemOutput.Heard>().Select(heard => heard.Frame.ToArray())];
        }

        internal List<ModemOutput> At(double seconds)
        {
            _now = TimeSpan.FromSeconds(seconds);
            machine.Tick(_now, _outputs);
            return Taken();
        }

        private List<ModemOutput> Taken()
        {
            var outputs = new List<ModemOutput>();
            while (_outputs.TryTake(out var output)) outputs.Add(output);
            return outputs;
        }
    }
}
