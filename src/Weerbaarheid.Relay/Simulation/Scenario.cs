using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>A story for the simulator: who there is, what connects them, and what goes wrong when.</summary>
/// <param name="Sites">The sites, each with its own store.</param>
/// <param name="Links">The media between them.</param>
/// <param name="Events">What happens, in any order.</param>
/// <param name="Duration">Length of the phase in which things go wrong.</param>
/// <param name="Quiet">Length of the phase after it, in which all works and everything must arrive.</param>
/// <param name="Seed">Decides every loss, delay and power cut.</param>
internal sealed record Scenario(
    IReadOnlyList<ScenarioSite> Sites, IReadOnlyList<ScenarioLink> Links, IReadOnlyList<ScenarioEvent> Events,
    TimeSpan Duration, TimeSpan Quiet, ulong Seed)
{
    /// <summary>Limits of all nodes.</summary>
    public RelayRules Rules { get; init; } = RelayRules.Default;
}

/// <summary>A site.</summary>
/// <param name="Id">1 to 65535.</param>
/// <param name="Name">For people.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Drift">How much its clock runs fast, in parts per million; negative when it runs slow.</param>
internal sealed record ScenarioSite(ushort Id, string Name, Role Role, double Drift = 0)
{
    /// <summary>How far its wall clock is off at the start.</summary>
    public TimeSpan ClockError { get; init; }

    /// <summary>Whether its wall clock says of itself that it was set.</summary>
    public bool ClockTrusted { get; init; } = true;

    /// <summary>Whether the production store runs there on a simulated disk; otherwise a store in memory does, which is much faster.</summary>
    public bool OnDisk { get; init; }
}

/// <summary>A medium that connects sites.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Kind">What it is like.</param>
/// <param name="Members">The sites on it.</param>
/// <param name="MaxFrame">The most bytes in one frame.</param>
/// <param name="BitRate">Bits per second.</param>
/// <param name="Loss">Share of frames that a receiver misses, 0 to 1.</param>
/// <param name="Duplication">Share of frames that a receiver gets twice, 0 to 1.</param>
/// <param name="Delay">From the end of a transmission until it is received.</param>
/// <param name="Jitter">At most this much more delay; frames overtake each other.</param>
/// <param name="DutyCycle">Share of any hour that a site may transmit, above 0 to 1.</param>
internal sealed record ScenarioLink(
    string Name, LinkKind Kind, IReadOnlyList<ushort> Members, int MaxFrame, int BitRate,
    double Loss, double Duplication, TimeSpan Delay, TimeSpan Jitter, double DutyCycle = 1)
{
    /// <summary>Chance that a bit arrives flipped, 0 to 1.</summary>
    public double BitErrors { get; init; }

    /// <summary>Share of frames that arrive later than those sent after them, 0 to 1.</summary>
    public double Reordering { get; init; }

    /// <summary>At most how much later.</summary>
    public TimeSpan ReorderedBy { get; init; }

    /// <summary>Links of one band share their airtime; its own name when it has it alone.</summary>
    public string Band { get; init; } = Name;
}

/// <summary>What a medium is like.</summary>
internal enum LinkKind
{
    /// <summary>Fast, addressed, and a cut is noticed: a broker over the internet.</summary>
    Mqtt,

    /// <summary>Slow, everybody hears everything, and nobody notices a cut: a radio.</summary>
    Lora,
}

/// <summary>Something that happens at a moment.</summary>
/// <param name="At">Time since the start.</param>
internal abstract record ScenarioEvent(TimeSpan At)
{
    /// <summary>A link stops working, for everybody or between two sites only.</summary>
    internal sealed record Cut(TimeSpan At, string Link, (ushort A, ushort B)? Between) : ScenarioEvent(At)
    {
        /// <summary>Only B does not hear A any more; A still hears B.</summary>
        public bool OneWay { get; init; }
    }

    /// <summary>A link works again.</summary>
    internal sealed record Restore(TimeSpan At, string Link, (ushort A, ushort B)? Between) : ScenarioEvent(At);

    /// <summary>A site loses power; a batch that was being written may be lost or not.</summary>
    internal sealed record PowerOff(TimeSpan At, ushort Site) : ScenarioEvent(At);

    /// <summary>A site gets power back and starts from its store.</summary>
    internal sealed record PowerOn(TimeSpan At, ushort Site) : ScenarioEvent(At);

    /// <summary>A link loses and damages more than it always does.</summary>
    /// <param name="At">From when.</param>
    /// <param name="Link">Which.</param>
    /// <param name="Loss">Share of frames that a receiver misses, 0 to 1.</param>
    /// <param name="BitErrors">Chance that a bit arrives flipped, 0 to 1.</param>
    /// <param name="For">How long.</param>
    internal sealed record Weather(TimeSpan At, string Link, double Loss, double BitErrors, TimeSpan For) : ScenarioEvent(At);

    /// <summary>The modem of one site on a link fails.</summary>
    internal sealed record ModemFails(TimeSpan At, string Link, ushort Site, ModemFault How, TimeSpan For) : ScenarioEvent(At);

    /// <summary>The wall clock of a site is set, rightly or wrongly.</summary>
    /// <param name="At">When.</param>
    /// <param name="Site">Where.</param>
    /// <param name="By">How far it jumps from what it said.</param>
    /// <param name="Trusted">Whether it says of itself that it was set.</param>
    internal sealed record ClockJumps(TimeSpan At, ushort Site, TimeSpan By, bool Trusted) : ScenarioEvent(At);

    /// <summary>The next write of a site to its store fails.</summary>
    internal sealed record StoreFails(TimeSpan At, ushort Site) : ScenarioEvent(At);

    /// <summary>People hand in messages.</summary>
    /// <param name="At">The first one.</param>
    /// <param name="Site">Where.</param>
    /// <param name="Type">Melding, hulpvraag, hulpaanbod, status or bulletin.</param>
    /// <param name="Priority">1 to 4; null for a mix as on a bad day.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Every">Time between two of them.</param>
    internal sealed record Send(TimeSpan At, ushort Site, MessageType Type, byte? Priority, int Count, TimeSpan Every) : ScenarioEvent(At);

    /// <summary>People hand in messages of all kinds at moments that the seed draws: by day, and a fifth of it by night.</summary>
    /// <param name="At">From when.</param>
    /// <param name="Sites">Where.</param>
    /// <param name="PerHour">How many at each site in an hour by day, on average.</param>
    /// <param name="For">How long.</param>
    internal sealed record Load(TimeSpan At, IReadOnlyList<ushort> Sites, double PerHour, TimeSpan For) : ScenarioEvent(At);
}

/// <summary>How a modem fails.</summary>
internal enum ModemFault
{
    /// <summary>It is gone, and the node knows.</summary>
    Down,

    /// <summary>It takes frames and says that they are sent, but nothing leaves and nothing is heard.</summary>
    Silent,

    /// <summary>It sends, and hears nothing.</summary>
    Deaf,

    /// <summary>It starts anew every few minutes, and forgets what it was given.</summary>
    Restarts,

    /// <summary>It keeps frames to itself for up to minutes before it sends them.</summary>
    Holds,
}
