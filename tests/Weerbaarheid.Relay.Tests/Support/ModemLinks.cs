using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>Links with a modem, as a configuration would make them.</summary>
internal static class ModemLinks
{
    internal static ModemLink Uart(string port, int baud, ILogger? log = null)
    {
        var options = new UartOptions("serial", port, baud, baud, 233, "serial", 1, []);
        return new ModemLink(UartModem.Describe(options), port, baud, new UartModem(options), TimeProvider.System, log ?? NullLogger.Instance);
    }

    /// <summary>LoRa at 869.525 MHz, 125 kHz, 4/5: a tenth of any hour may be transmitted.</summary>
    internal static ModemLink Rnode(string port, int spreadingFactor, ILogger? log = null)
    {
        var options = new LoRaRadioOptions("lora", "rnode", port, 115_200, 869_525_000, 125_000, spreadingFactor, 5, 14, null, null, null, []);
        return new ModemLink(RnodeModem.Describe(options), port, options.Baud, new RnodeModem(options), TimeProvider.System, log ?? NullLogger.Instance);
    }

    /// <summary>Packet radio at 1200 bit/s.</summary>
    internal static ModemLink Kiss(string port, string station, ILogger? log = null)
    {
        var options = new KissOptions(
            "packet", port, 9_600, 1_200, new Ax25Address(station, 0), new Ax25Address("APZWRB", 0), TimeSpan.FromMilliseconds(200), 63, TimeSpan.FromMilliseconds(100), "packet", 1, []);
        return new ModemLink(KissModem.Describe(options), port, options.Baud, new KissModem(options), TimeProvider.System, log ?? NullLogger.Instance);
    }
}
