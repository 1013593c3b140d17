namespace Weerbaarheid.Relay.Tests.Support.Radio;

/// <summary>What two LoRa radios must agree on to hear each other, and what decides how long a packet takes.</summary>
/// <param name="Frequency">Hz.</param>
/// <param name="Bandwidth">Hz.</param>
/// <param name="SpreadingFactor">5 to 12: bits in a symbol.</param>
/// <param name="CodingRate">5 to 8, for 4/5 to 4/8: symbols that carry the bits of four.</param>
/// <param name="SyncWord">Tells networks apart; radios of another family never hear each other.</param>
/// <param name="Preamble">Symbols, without the 4¼ that the radio adds.</param>
internal sealed record LoRaTuning(long Frequency, int Bandwidth, int SpreadingFactor, int CodingRate, int SyncWord, int Preamble)
{
    /// <summary>Bits of the explicit header, which come before the payload in the first eight symbols.</summary>
    private const int HeaderBits = 20;

    private const int ChecksumBits = 16;

    /// <summary>The radio sends the length and coding rate along; without it both sides must know them.</summary>
    internal bool HasHeader { get; init; } = true;

    internal bool HasChecksum { get; init; } = true;

    /// <summary>Low data rate optimisation: two bits fewer in a symbol. Null leaves it to the rule: above 16 ms a symbol.</summary>
    internal bool? IsSlow { get; init; }

    internal TimeSpan Symbol => QuarterSymbols(4);

    /// <summary>Hears a transmission of the other. The preamble may differ; the real radio also copes with another coding rate.</summary>
    internal bool Hears(LoRaTuning other) =>
        Disturbs(other) && (CodingRate, SyncWord, HasHeader) == (other.CodingRate, other.SyncWord, other.HasHeader);

    /// <summary>Takes the same place in the air. Other spreading factors are taken to go through each other, which is nearly so.</summary>
    internal bool Disturbs(LoRaTuning other) =>
        (Frequency, Bandwidth, SpreadingFactor) == (other.Frequency, other.Bandwidth, other.SpreadingFactor);

    /// <summary>
    /// Time on air of a packet, counted in bits. The first eight symbols are always sent at the strongest coding with two bits fewer
    /// in each; what does not fit in them goes in blocks of four bits from each symbol's worth.
    /// </summary>
    /// <remarks>Spreading factors 5 and 6 follow the SX126x, which has no such two bits fewer; no golden value was at hand for them.</remarks>
    internal TimeSpan TimeOnAir(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var isShort = SpreadingFactor < 7;
        var bits = (bytes * 8) + (HasHeader ? HeaderBits : 0) + (HasChecksum ? ChecksumBits : 0);
        var inFirstBlock = 4 * (isShort ? SpreadingFactor : SpreadingFactor - 2);
        var inBlock = 4 * (IsSlow ?? Symbol > TimeSpan.FromMilliseconds(16) ? SpreadingFactor - 2 : SpreadingFactor);
        var blocks = (Math.Max(0, bits - inFirstBlock) + inBlock - 1) / inBlock;
        var quarterSymbols = (4 * (Preamble + 8 + (blocks * CodingRate))) + (isShort ? 25 : 17);
        return QuarterSymbols(quarterSymbols);
    }

    private TimeSpan QuarterSymbols(long count) => TimeSpan.FromTicks((count << SpreadingFactor) * TimeSpan.TicksPerSecond / (4L * Bandwidth));
}
