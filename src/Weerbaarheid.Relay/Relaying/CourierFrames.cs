using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>What became of an envelope or a frame that a courier brought.</summary>
internal enum CourierVerdict
{
    /// <summary>It was not here yet, and is on disk now, or is made again when it is lost.</summary>
    New,

    /// <summary>It is here, was here, is this node's own, or something newer is here.</summary>
    Known,

    /// <summary>A frame whose tag is not this network's: of another region, damaged, or forged.</summary>
    NotThisNetwork,

    /// <summary>Bytes that are no frame or no envelope, under a right tag or before any.</summary>
    Unreadable,

    /// <summary>The region shut its sender, its origin or its destination out.</summary>
    Revoked,

    /// <summary>Sealed in an epoch that is over, or not there yet.</summary>
    OtherEpoch,

    /// <summary>The tag or signature of an envelope is wrong.</summary>
    NotAuthentic,

    /// <summary>The queue or the disk is full for its priority.</summary>
    NoRoom,

    /// <summary>There is no key for it here, and nobody to pass it on to.</summary>
    NoKey,

    /// <summary>Another record has its number.</summary>
    Reused,
}

/// <summary>What a courier takes along.</summary>
/// <param name="Frames">Each tagged for itself.</param>
/// <param name="Records">Meldingen, hulpvragen, hulpaanbod, bulletins and amends in them.</param>
/// <param name="Receipts">Receipts in them.</param>
/// <param name="Others">Statuses, heartbeats, sitraps, revocations and rekeys in them.</param>
/// <param name="LeftOut">What did not fit, the least urgent.</param>
/// <param name="Problem">Why there is nothing, in Dutch for whoever asked; null when there is.</param>
internal sealed record CourierLoad(IReadOnlyList<ReadOnlyMemory<byte>> Frames, int Records, int Receipts, int Others, int LeftOut, string? Problem = null)
{
    public static CourierLoad Refused(string problem) => new([], 0, 0, 0, 0, problem);
}

/// <summary>What became of what a courier brought, after the commit.</summary>
/// <param name="Counts">How many envelopes, or frames where it did not come to envelopes.</param>
/// <param name="Received">This node's own records that are <c>ontvangen</c> by it.</param>
/// <param name="Problem">Why nothing was taken in, in Dutch; null when it was looked at.</param>
internal sealed record CourierTaking(IReadOnlyDictionary<CourierVerdict, int> Counts, int Received, string? Problem = null)
{
    public static CourierTaking Nothing { get; } = new(new Dictionary<CourierVerdict, int>(), 0);

    public int Of(CourierVerdict verdict) => Counts.GetValueOrDefault(verdict);

    public int Refused => Counts.Where(one => one.Key is not (CourierVerdict.New or CourierVerdict.Known)).Sum(one => one.Value);

    public static CourierTaking One(CourierVerdict verdict) => new(new Dictionary<CourierVerdict, int> { [verdict] = 1 }, 0);

    public static CourierTaking NotTaken(string problem) => Nothing with { Problem = problem };

    public CourierTaking Plus(CourierTaking other) => new(
        Counts.Concat(other.Counts).GroupBy(one => one.Key).ToDictionary(group => group.Key, group => group.Sum(one => one.Value)), Received + other.Received, Problem ?? other.Problem);
}

/// <summary>A courier as a link: its frames lie in a file (FORMAT.md §13).</summary>
internal static class CourierFrames
{
    /// <summary>Its place among the links: it has none, nothing is ever sent there and it is up for nobody.</summary>
    public const int Link = -1;

    /// <summary>Most bytes of a frame.</summary>
    public const int MaxFrame = 16_384;

    /// <summary>Most bytes of frames that one export makes: any bicycle carries it, and one reader holds it.</summary>
    public const int MostBytes = 48 << 20;

    public static LinkDescription Description { get; } = new("courier", "courier", MaxFrame, 1_000_000, 0, []);

    /// <summary>Bytes of a frame that holds nothing.</summary>
    public static int Overhead => FrameWriter.OverheadOf(FrameForm.Carried);
}
