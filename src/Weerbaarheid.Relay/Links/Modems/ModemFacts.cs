namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>What a modem last told about itself, for people; null for what it did not tell. Nothing is decided by it.</summary>
/// <param name="Firmware">Version.</param>
/// <param name="Airtime">Share of the past hour that it transmitted, 0 to 1.</param>
/// <param name="ChannelLoad">Share of the past hour that the channel was in use, 0 to 1.</param>
/// <param name="NoiseFloor">In dBm.</param>
/// <param name="Battery">Charge in percent.</param>
/// <param name="Rssi">Strength of the last packet, in dBm.</param>
/// <param name="Snr">Of the last packet above the noise, in dB.</param>
internal sealed record ModemFacts(
    string? Firmware = null, double? Airtime = null, double? ChannelLoad = null, int? NoiseFloor = null, int? Battery = null, int? Rssi = null, double? Snr = null);
