namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>A packet radio controller (TNC) that speaks KISS, or a program such as Dire Wolf that acts as one.</summary>
/// <param name="Name">As in the configuration.</param>
/// <param name="Port">Device path, or <c>tcp://host:port</c>.</param>
/// <param name="Baud">Bits per second of the serial line.</param>
/// <param name="AirRate">Bits per second on the air.</param>
/// <param name="CallSign">Who transmits; goes out with every frame, so that the station is always named.</param>
/// <param name="Destination">What our frames are addressed to; by it they are known among others.</param>
/// <param name="TxDelay">From keying the transmitter until the first byte; in steps of 10 ms, to 2,550 ms.</param>
/// <param name="Persist">Chance, of 256, minus 1, to transmit in a free slot (KISS parameter P).</param>
/// <param name="SlotTime">Between two such chances; in steps of 10 ms, to 2,550 ms.</param>
/// <param name="Band">Links of one band share one ledger.</param>
/// <param name="DutyCycle">Share of any hour that may be transmitted, 0 to 1.</param>
/// <param name="Peers">The only neighbours to talk to; empty means whoever is heard.</param>
internal sealed record KissOptions(
    string Name,
    string Port,
    int Baud,
    int AirRate,
    Ax25Address CallSign,
    Ax25Address Destination,
    TimeSpan TxDelay,
    int Persist,
    TimeSpan SlotTime,
    string Band,
    double DutyCycle,
    IReadOnlyList<ushort> Peers)
    : LinkOptions(Name, Peers)
{
    /// <summary>Flags around a frame and its check sequence, which the TNC adds.</summary>
    private const int Added = 2 + 2;

    /// <summary>The transmitter stays on a little; most TNCs do not let it be set any more.</summary>
    private static readonly TimeSpan Tail = TimeSpan.FromMilliseconds(50);

    /// <summary>On an amateur band: nothing encrypted goes over it, and an operator arms it.</summary>
    public bool Amateur { get; init; }

    internal override string Place => Port;

    /// <summary>How long a frame keeps the channel busy when it goes alone.</summary>
    internal TimeSpan TimeOnAir(int frame)
    {
        // A zero is stuffed after five ones: in sealed bytes one bit in 62.
        var bits = (KissModem.HeaderLength + frame + Added) * 8 * 63.0 / 62;
        return TxDelay + TimeSpan.FromSeconds(bits / AirRate) + Tail;
    }
}
