using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Node;

/// <summary>What an envelope costs on the air when nothing is lost and nothing else is in its frames.</summary>
internal static class AirEstimate
{
    /// <summary>Bytes that a piece of an envelope takes besides its share: its place, and the name of the whole.</summary>
    private const int PieceCost = 6;

    /// <summary>Time that a link's channel is busy with an envelope.</summary>
    /// <param name="link">A narrow link.</param>
    /// <param name="length">Bytes of the envelope.</param>
    public static TimeSpan Of(LinkDescription link, int length)
    {
        var onAir = link.Air!.TimeOnAir;
        var overhead = FrameWriter.OverheadOf(link.Form);
        var whole = overhead + FrameWriter.EnvelopeCost(length, ageSeconds: 0);
        if (whole <= link.MaxFrame) return onAir(whole);
        var room = link.MaxFrame - overhead - PieceCost;
        var (full, rest) = (length / room, length % room);
        return (full * onAir(link.MaxFrame)) + (rest > 0 ? onAir(rest + overhead + PieceCost) : TimeSpan.Zero);
    }
}
