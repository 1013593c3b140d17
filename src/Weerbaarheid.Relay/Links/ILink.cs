using System.Threading.Channels;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Links;

/// <summary>What a link is, as far as the relaying core must know to decide.</summary>
/// <param name="Name">As in the configuration; shown to people.</param>
/// <param name="Type">As in the configuration: <c>mqtt</c>, <c>broker</c>, <c>simulated</c>.</param>
/// <param name="MaxFrame">The most bytes in one frame, tag included.</param>
/// <param name="BitRate">Bits per second that get through, for pacing; an estimate is enough.</param>
/// <param name="Window">Frames that may be handed over before the link says that one is gone.</param>
/// <param name="Peers">The only neighbours to talk to; empty means whoever is heard.</param>
internal sealed record LinkDescription(string Name, string Type, int MaxFrame, int BitRate, int Window, IReadOnlyList<ushort> Peers)
{
    /// <summary>What a transmission costs; null on links where everybody can talk all the time (MQTT).</summary>
    public Air? Air { get; init; }

    /// <summary>The form of its frames: short where every byte counts.</summary>
    public FrameForm Form => Air is null ? FrameForm.Wide : FrameForm.Narrow;

    /// <summary>Nothing encrypted may go over it: an amateur band. What is sealed waits for another link.</summary>
    public bool OnlyClear { get; init; }
}

/// <summary>What the air, or a slow wire, asks for a frame. A link with one is narrow: frames take their short form there.</summary>
/// <param name="Band">Links of one band share one ledger, such as "EU868 P"; a wire or an amateur channel has a band of its own, its name.</param>
/// <param name="DutyCycle">Share of any hour that this station may transmit in the band, 0 to 1; 1 when nothing limits it.</param>
/// <param name="TimeOnAir">How long a frame of so many bytes keeps the channel busy, whatever the modem adds included.</param>
internal sealed record Air(string Band, double DutyCycle, Func<int, TimeSpan> TimeOnAir);

/// <summary>A frame on its way out.</summary>
/// <param name="Number">The core's own number; comes back in <see cref="LinkEvent.Sent"/>.</param>
/// <param name="To">The neighbour meant; null for all of them.</param>
/// <param name="Bytes">Sealed and tagged; the link does not look inside.</param>
internal sealed record OutgoingFrame(long Number, ushort? To, ReadOnlyMemory<byte> Bytes);

/// <summary>What a link tells the node.</summary>
internal abstract record LinkEvent(ILink Link)
{
    /// <summary>Frames can be handed over.</summary>
    internal sealed record Up(ILink Link) : LinkEvent(Link);

    /// <summary>Frames handed over now are lost, and those not yet reported sent are too.</summary>
    internal sealed record Down(ILink Link, string Reason) : LinkEvent(Link);

    /// <summary>Somebody's bytes arrived; nothing about them was checked.</summary>
    internal sealed record Received(ILink Link, ReadOnlyMemory<byte> Bytes) : LinkEvent(Link);

    /// <summary>The medium took the frame (a broker's acknowledgement, the end of a transmission). Says nothing about the other side.</summary>
    internal sealed record Sent(ILink Link, long Number) : LinkEvent(Link);
}

/// <summary>A way to reach neighbours. It carries opaque bytes and decides nothing.</summary>
internal interface ILink
{
    LinkDescription Description { get; }

    /// <summary>Runs until cancelled: connects, reconnects, and reports into <paramref name="events"/>.</summary>
    /// <remarks>Writing to <paramref name="events"/> may wait: that is the back-pressure on what comes in.</remarks>
    Task RunAsync(ChannelWriter<LinkEvent> events, CancellationToken cancellationToken);

    /// <summary>Hands a frame over; never blocks.</summary>
    /// <returns>False when the link is down or its window is full; the frame is then forgotten.</returns>
    bool TrySend(OutgoingFrame frame);
}
