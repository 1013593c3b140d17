namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>What a LoRa modem's settings make of a link.</summary>
internal static class LoRaDescription
{
    /// <summary>
    /// The core keeps what waits, so that something urgent can overtake it; a duty cycle leaves more than enough time to hand the
    /// next frame over after one is gone.
    /// </summary>
    private const int Window = 1;

    /// <param name="timeOnAir">Of a frame of so many bytes, what the modem adds included.</param>
    /// <exception cref="ArgumentException">The channel lies in no sub-band: the options were not checked.</exception>
    internal static LinkDescription Of(LoRaRadioOptions options, int maxFrame, Func<int, TimeSpan> timeOnAir)
    {
        var band = Eu868.Find(options.Frequency, options.Bandwidth)
            ?? throw new ArgumentException($"{options.Frequency} Hz with {options.Bandwidth} Hz lies in no sub-band", nameof(options));
        var bitRate = (int)(maxFrame * 8 / timeOnAir(maxFrame).TotalSeconds);
        return new LinkDescription(options.Name, options.Type, maxFrame, bitRate, Window, options.Peers)
        {
            Air = new Air(band.Name, band.DutyCycle, timeOnAir),
        };
    }
}
