namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>A LoRa modem, checked: the radio settings lie inside one sub-band of <see cref="Eu868"/>.</summary>
/// <param name="Name">As in the configuration.</param>
/// <param name="Type"><c>rnode</c>, <c>rylr998</c> or <c>rn2483</c>.</param>
/// <param name="Port">Device path, or <c>tcp://host:port</c>.</param>
/// <param name="Baud">Bits per second of the serial line.</param>
/// <param name="Frequency">Middle of the channel, in Hz.</param>
/// <param name="Bandwidth">In Hz, such as 125000.</param>
/// <param name="SpreadingFactor">5 to 12, as far as the modem has them.</param>
/// <param name="CodingRate">5 to 8, for 4/5 to 4/8.</param>
/// <param name="TxPower">At the modem's connector, in dBm.</param>
/// <param name="NetworkId">Only rylr998: 3 to 15, or 18; null takes the driver's own.</param>
/// <param name="Address">Only rylr998: 0 to 65535; null takes the driver's own.</param>
/// <param name="SyncWord">Only rn2483: 0 to 255; null takes the driver's own.</param>
/// <param name="Peers">The only neighbours to talk to; empty means whoever is heard.</param>
internal sealed record LoRaRadioOptions(
    string Name,
    string Type,
    string Port,
    int Baud,
    int Frequency,
    int Bandwidth,
    int SpreadingFactor,
    int CodingRate,
    int TxPower,
    int? NetworkId,
    int? Address,
    int? SyncWord,
    IReadOnlyList<ushort> Peers)
    : LinkOptions(Name, Peers)
{
    internal override string Place => Port;
}
