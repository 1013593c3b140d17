using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Configuration;

public sealed class ModemLinkConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public void A_transparent_radio_needs_only_a_port()
    {
        var options = Assert.IsType<UartOptions>(One("""{ "name": "hc12", "type": "uart", "port": "/dev/ttyS0" }"""));
        Assert.Equal(("hc12", "/dev/ttyS0", 9_600, 9_600, 233, "hc12", 1.0), (options.Name, options.Port, options.Baud, options.AirRate, options.MaxFrame, options.Band, options.DutyCycle));
    }

    [Fact]
    public void Every_key_of_a_transparent_radio_is_read()
    {
        var options = Assert.IsType<UartOptions>(One("""
            { "name": "e22", "type": "uart", "port": "tcp://127.0.0.1:4001", "baud": 115200, "airRate": 2400, "maxFrame": 120, "band": "EU868 M", "dutyCycle": 0.01, "peers": [21] }
            """));
        Assert.Equal(("tcp://127.0.0.1:4001", 115_200, 2_400, 120, "EU868 M", 0.01), (options.Port, options.Baud, options.AirRate, options.MaxFrame, options.Band, options.DutyCycle));
        Assert.Equal((ushort[])[21], options.Peers);
    }

    [Fact]
    public void Every_key_of_a_packet_controller_is_read()
    {
        var options = Assert.IsType<KissOptions>(One("""
            { "name": "tnc", "type": "kiss", "port": "/dev/tnc", "callSign": "PD1ABC-7", "txDelay": 200, "persist": 255, "slotTime": 10, "baud": 19200, "airRate": 9600 }
            """));
        Assert.Equal(("PD1ABC-7", "APZWRB", 19_200, 9_600), (options.CallSign.ToString(), options.Destination.ToString(), options.Baud, options.AirRate));
        Assert.Equal((200.0, 255, 10.0), (options.TxDelay.TotalMilliseconds, options.Persist, options.SlotTime.TotalMilliseconds));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(", \"amateur\": false", false)]
    [InlineData(", \"amateur\": true", true)]
    public void A_packet_controller_on_an_amateur_band_takes_nothing_encrypted(string key, bool isAmateur)
    {
        var options = Assert.IsType<KissOptions>(One($$"""{ "name": "ham", "type": "kiss", "port": "/dev/tnc", "callSign": "PI9D"{{key}} }"""));
        Assert.Equal((isAmateur, isAmateur), (options.Amateur, KissModem.Describe(options).OnlyClear));
    }

    [Theory]
    [InlineData("rnode", "", 115_200, null, null, null)]
    [InlineData("rylr998", ", \"networkId\": 18, \"address\": 11", 115_200, 18, 11, null)]
    [InlineData("rn2483", ", \"syncWord\": 18", 57_600, null, null, 18)]
    public void Every_key_of_a_LoRa_modem_is_read(string type, string own, int baud, int? network, int? address, int? syncWord)
    {
        var options = Assert.IsType<LoRaRadioOptions>(One($$"""
            { "name": "lora", "type": "{{type}}", "port": "/dev/relay-modem", "frequency": 868300000, "bandwidth": 250000, "spreadingFactor": 8, "codingRate": 6, "txPower": 13{{own}} }
            """));
        Assert.Equal((type, baud, 868_300_000, 250_000, 8, 6, 13), (options.Type, options.Baud, options.Frequency, options.Bandwidth, options.SpreadingFactor, options.CodingRate, options.TxPower));
        Assert.Equal((network, address, syncWord), (options.NetworkId, options.Address, options.SyncWord));
    }

    [Fact]
    public void A_modem_with_addresses_gets_the_sites_unless_it_is_told_another() =>
        Assert.Equal(3, Assert.IsType<LoRaRadioOptions>(One("""{ "name": "lora", "type": "rylr998", "port": "/dev/x" }""")).Address);

    [Theory]
    [InlineData("""{ "name": "a", "type": "uart" }""", "port: is missing; write the full path of the device, such as /dev/serial/by-id/usb-..., or tcp://host:port")]
    [InlineData("""{ "name": "a", "type": "uart", "port": "ttyUSB0" }""", "port: 'ttyUSB0' is neither the path of a device nor an address; write the full path")]
    [InlineData("""{ "name": "a", "type": "uart", "port": "tcp://host" }""", "port: 'tcp://host' is neither")]
    [InlineData("""{ "name": "a", "type": "uart", "port": "/dev/x", "baud": 110 }""", "baud: 110 is out of range; write a whole number from 300 to 4000000")]
    [InlineData("""{ "name": "a", "type": "uart", "port": "/dev/x", "maxFrame": 31 }""", "maxFrame: 31 is out of range; write a whole number from 32 to 1024")]
    [InlineData("""{ "name": "a", "type": "uart", "port": "/dev/x", "dutyCycle": 10 }""", "dutyCycle: '10' is not a share; write a number above 0, to 1, such as 0.1 for 10 %")]
    [InlineData("""{ "name": "a", "type": "uart", "port": "/dev/x", "callSign": "PD1ABC" }""", "callSign: unknown key; known here are")]
    [InlineData("""{ "name": "a", "type": "kiss", "port": "/dev/x" }""", "callSign: is missing; write the call sign of the station that transmits, such as PD1ABC-7")]
    [InlineData("""{ "name": "a", "type": "kiss", "port": "/dev/x", "callSign": "pd1abc" }""", "callSign: 'pd1abc' is not an AX.25 address; write the call sign")]
    [InlineData("""{ "name": "a", "type": "kiss", "port": "/dev/x", "callSign": "PD1ABC-16" }""", "callSign: 'PD1ABC-16' is not an AX.25 address")]
    [InlineData("""{ "name": "a", "type": "kiss", "port": "/dev/x", "callSign": "PD1ABC", "txDelay": 2551 }""", "txDelay: 2551 is out of range; write a whole number from 0 to 2550")]
    [InlineData("""{ "name": "a", "type": "kiss", "port": "/dev/x", "callSign": "RELAY", "amateur": true }""", "callSign: 'RELAY' is no call sign of an amateur station; write the call sign")]
    [InlineData("""{ "name": "a", "type": "kiss", "port": "/dev/x", "callSign": "PD1ABC", "amateur": "ja" }""", "amateur: 'ja' is neither true nor false; write true or false")]
    [InlineData("""{ "name": "a", "type": "uart", "port": "/dev/x", "amateur": true }""", "amateur: unknown key; known here are")]
    [InlineData("""{ "name": "a", "type": "rnode", "port": "/dev/x", "frequency": 868650000 }""", "frequency: 868650000 Hz is in no sub-band that may be used; choose one in EU868 K (863.0 to 865.0 MHz), ")]
    [InlineData("""{ "name": "a", "type": "rnode", "port": "/dev/x", "frequency": 433500000 }""", "frequency: 433500000 is out of range; write a whole number from 863000000 to 870000000")]
    [InlineData("""{ "name": "a", "type": "rnode", "port": "/dev/x", "bandwidth": 500000 }""", "bandwidth: 500000 Hz around 869525000 Hz reaches outside sub-band EU868 P (869.4 to 869.65 MHz); write at most 250000, or another frequency")]
    [InlineData("""{ "name": "a", "type": "rnode", "port": "/dev/x", "bandwidth": 100000 }""", "bandwidth: 100000 Hz is not one that the modem has; write one of 7800, ")]
    [InlineData("""{ "name": "a", "type": "rnode", "port": "/dev/x", "frequency": 868100000, "txPower": 20 }""", "txPower: 20 dBm is more than sub-band EU868 M (868.0 to 868.6 MHz) allows; write at most 14")]
    [InlineData("""{ "name": "a", "type": "rylr998", "port": "/dev/x", "spreadingFactor": 10 }""", "spreadingFactor: 10 is not one that the modem has at 125000 Hz; write 7 to 9, or a larger bandwidth")]
    [InlineData("""{ "name": "a", "type": "rylr998", "port": "/dev/x", "bandwidth": 250000, "spreadingFactor": 11 }""", "spreadingFactor: 11 is not one that the modem has at 250000 Hz; write 7 to 10, or a larger bandwidth")]
    [InlineData("""{ "name": "a", "type": "rnode", "port": "/dev/x", "spreadingFactor": 6 }""", "spreadingFactor: 6 is out of range; write a whole number from 7 to 12")]
    [InlineData("""{ "name": "a", "type": "rylr998", "port": "/dev/x", "networkId": 16 }""", "networkId: 16 is not one that the modem has; write 3 to 15, or 18")]
    [InlineData("""{ "name": "a", "type": "rn2483", "port": "/dev/x", "networkId": 5 }""", "networkId: unknown key; known here are")]
    public void Each_mistake_has_its_own_words(string link, string error)
    {
        var errors = _folder.Wrong($$"""{ "keys": { "demonstration": true }, "links": [ {{link}} ] }""", "site.id=3", "site.role=meldkamer");
        Assert.Contains(errors, found => found.StartsWith($"relay.json: links[0].{error}", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_links_cannot_have_one_port()
    {
        var errors = _folder.Wrong("""
            { "site": { "id": 3, "role": "meldkamer" }, "keys": { "demonstration": true },
              "links": [ { "name": "a", "type": "uart", "port": "/dev/x" }, { "name": "b", "type": "kiss", "port": "/dev/x", "callSign": "PD1ABC" } ] }
            """);
        Assert.Equal(["relay.json: links[1].port: '/dev/x' is the port of links[0] too; give each modem a link of its own"], errors);
    }

    [Fact]
    public void A_modem_leaves_the_machine_so_keys_are_asked_for()
    {
        var error = Assert.Single(_folder.Wrong("""{ "site": { "id": 3, "role": "meldkamer" }, "links": [ { "name": "hc12", "type": "uart", "port": "/dev/x" } ] }"""));
        Assert.StartsWith("relay.json: keys: there are none, and link 'hc12' leaves this machine; ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_the_links_is_kept()
    {
        var configuration = _folder.Right("""
            { "site": { "id": 3, "role": "meldkamer" }, "keys": { "demonstration": true },
              "links": [ { "name": "a", "type": "uart", "port": "/dev/a" }, { "name": "b", "type": "mqtt", "uri": "mqtt://h" }, { "name": "c", "type": "kiss", "port": "/dev/c", "callSign": "PD1ABC" } ] }
            """);
        Assert.Equal(["a", "b", "c"], configuration.Links.Select(link => link.Name));
        Assert.Empty(configuration.NotInThisVersion);
    }

    [Theory]
    [InlineData(869_525_000, 250_000, "EU868 P", 0.1, 27)]
    [InlineData(868_100_000, 125_000, "EU868 M", 0.01, 14)]
    [InlineData(869_850_000, 125_000, "EU868 Q", 0.01, 14)]
    [InlineData(864_000_000, 500_000, "EU868 K", 0.001, 14)]
    public void A_channel_is_in_the_sub_band_that_holds_it_whole(int frequency, int bandwidth, string name, double dutyCycle, int erp)
    {
        var band = Eu868.Find(frequency, bandwidth);
        Assert.Equal((name, dutyCycle, erp), (band?.Name, band?.DutyCycle, band?.MaxErp));
    }

    [Theory]
    [InlineData(869_525_000, 250_002)]
    [InlineData(869_300_000, 7_800)]
    [InlineData(868_000_000, 125_000)]
    [InlineData(863_000_000, 125_000)]
    public void A_channel_across_an_edge_is_in_none(int frequency, int bandwidth) => Assert.Null(Eu868.Find(frequency, bandwidth));

    public void Dispose() => _folder.Dispose();

    private LinkOptions One(string link) =>
        Assert.Single(_folder.Right($$"""{ "site": { "id": 3, "role": "meldkamer" }, "keys": { "demonstration": true }, "links": [ {{link}} ] }""").Links);
}
