using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Tests.Documents;

/// <summary>hardware/antenne-en-zendregels.md says what the program enforces, and its arithmetic is right.</summary>
public sealed class RadioRuleTests
{
    private const string Name = "antenne-en-zendregels.md";

    /// <summary>A dipole above a point that radiates everywhere alike, in dB.</summary>
    private const double Dipole = 2.15;

    [Fact]
    public void The_bands_are_those_of_the_program()
    {
        var table = HardwareDocument.Table(Name, "band", "van MHz", "hoogste ERP dBm");
        Assert.Equal(Eu868.SubBands.Count, table.Rows.Count);
        foreach (var (band, row) in Eu868.SubBands.Zip(table.Rows))
        {
            Assert.Equal(band.Name, row[0]);
            Assert.Equal(band.Low, table.Figure(row, "van MHz") * 1e6, 3);
            Assert.Equal(band.High, table.Figure(row, "tot MHz") * 1e6, 3);
            Assert.Equal(band.DutyCycle, table.Figure(row, "deel van elk uur") / 100, 9);
            Assert.Equal(band.DutyCycle * 3_600, table.Figure(row, "seconden per uur"), 9);
            Assert.Equal(band.MaxErp, table.Figure(row, "hoogste ERP dBm"));
            HardwareDocument.AssertIs(Math.Pow(10, band.MaxErp / 10.0), RoundedMilliwatts(table.Cell(row, "hoogste ERP mW")), band.Name);
        }

        // 27 dBm is 501.2 mW; the law says 500.
        static string RoundedMilliwatts(string cell) => cell == "500" ? "501" : cell;
    }

    [Fact]
    public void The_times_on_air_are_those_that_the_program_books()
    {
        var table = HardwareDocument.Table(Name, "spreidingsfactor", "zendtijd ms");
        Assert.Equal(6, table.Rows.Count);
        foreach (var row in table.Rows)
        {
            var options = new LoRaRadioOptions("lora", "rnode", "/dev/relay-modem", 115_200, 869_525_000, 125_000, (int)table.Figure(row, "spreidingsfactor"), 5, 14, null, null, null, []);
            var airtime = RnodeModem.Describe(options).Air!.TimeOnAir(60).TotalMilliseconds;
            HardwareDocument.AssertIs(airtime, table.Cell(row, "zendtijd ms"), $"SF{row[0]}");
            Assert.Equal(Math.Floor(360_000 / airtime), table.Figure(row, "per uur in band P (10 %)"));
            Assert.Equal(Math.Floor(36_000 / airtime), table.Figure(row, "per uur in band M (1 %)"));
        }
    }

    [Fact]
    public void The_share_for_priority_1_is_the_one_that_is_kept() =>
        Assert.Contains($"het houdt {RelayRules.UrgentReserve * 100:0} % van de zendtijd vrij voor prioriteit 1", HardwareDocument.Read(Name), StringComparison.Ordinal);

    [Fact]
    public void The_examples_stay_within_the_law_and_their_arithmetic_is_right()
    {
        var table = HardwareDocument.Table(Name, "opstelling", "ERP dBm");
        foreach (var row in table.Rows)
        {
            var limit = Eu868.SubBands.Single(band => band.Name == $"EU868 {table.Cell(row, "band")}").MaxErp;
            var (loss, gain, power) = (table.Figure(row, "verlies dB"), table.Figure(row, "winst dBi"), table.Figure(row, "txPower dBm"));
            HardwareDocument.AssertIs(power - loss + gain - Dipole, table.Cell(row, "ERP dBm"), row[0]);
            Assert.True(table.Figure(row, "ERP dBm") <= limit, row[0]);
            // The program takes no more than the limit at the connector, whatever the cable eats.
            var most = Math.Floor(limit - gain + Dipole + loss + 1e-9);
            Assert.Equal(Math.Min(most, limit), table.Figure(row, "hoogste txPower dBm"));
            Assert.True(power <= table.Figure(row, "hoogste txPower dBm"), row[0]);
        }
    }

    [Fact]
    public void The_losses_of_the_examples_are_those_of_cable_and_connectors()
    {
        var cables = HardwareDocument.Table(Name, "kabel", "dB per 10 m bij 868 MHz");
        double Per10(string cable) => cables.Figure(cables.Rows.Single(row => row[0] == cable), "dB per 10 m bij 868 MHz");
        var examples = HardwareDocument.Table(Name, "opstelling", "ERP dBm");
        var checkedRows = 0;
        foreach (var row in examples.Rows)
        {
            if (row[0].Split(", ") is not [_, var cable, var connectors]) continue;
            var words = cable.Split(' ');
            var loss = (HardwareDocument.Figure(words[0]) / 10 * Per10(words[2])) + (HardwareDocument.Figure(connectors.Split(' ')[0]) * Per10("één stekkerverbinding"));
            HardwareDocument.AssertIs(loss, examples.Cell(row, "verlies dB"), row[0]);
            checkedRows++;
        }

        Assert.Equal(examples.Rows.Count - 1, checkedRows);
    }
}
