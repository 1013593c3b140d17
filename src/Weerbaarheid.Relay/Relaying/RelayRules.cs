using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>Where an envelope is going.</summary>
internal enum Course
{
    /// <summary>To the nearest meldkamer.</summary>
    Up,

    /// <summary>Back to one site, the way its own messages came.</summary>
    Down,

    /// <summary>To every site.</summary>
    Everywhere,
}

/// <summary>The fixed rules of the relaying core, in one place: limits, lifetimes and pace.</summary>
internal sealed record RelayRules
{
    /// <summary>Bytes that a full queue has room for, for each of its messages.</summary>
    private const long BytesPerHeld = 1_678;

    /// <summary>Most messages that a queue can be set to hold; what a meldkamer remembers of one origin is measured by it.</summary>
    public const int LargestQueue = 250_000;

    /// <summary>Most envelopes in custody. 20,000 is three days of a bad week at one site.</summary>
    public int MaxHeld { get; init; } = 20_000;

    /// <summary>Most bytes in custody.</summary>
    public long MaxHeldBytes { get; init; } = 20_000 * BytesPerHeld;

    /// <summary>Most client references remembered.</summary>
    public int MaxReferences { get; init; } = 50_000;

    /// <summary>How long a client reference is remembered.</summary>
    public TimeSpan ReferenceLifetime { get; init; } = TimeSpan.FromDays(4);

    /// <summary>How long a redelivery without a reference is recognised.</summary>
    public TimeSpan RepeatLifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Most origins that a node knows; a region has a few hundred, the country 4,500.</summary>
    public int MaxOrigins { get; init; } = 8_192;

    /// <summary>Most bulletins kept for neighbours that come by later.</summary>
    public int MaxBulletins { get; init; } = 256;

    /// <summary>First wait for the meldkamer's receipt after the next node took an envelope; doubles up to an hour.</summary>
    public TimeSpan ReceiptPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Distance that a coördinatiepunt without a way to the meldkamer tells: its people can act on a melding too, so messages
    /// still go there. Longer than any real way of up to four radio hops, and two radio hops short of unreachable.
    /// </summary>
    public const byte RefugeDistance = 20;

    /// <summary>Closed numbers told in one heartbeat: it must fit the smallest radio frame.</summary>
    public const int ClosedPerHeartbeat = 8;

    /// <summary>Time that priority 1 waits for an acknowledgement before it goes over a second link as well.</summary>
    public static readonly TimeSpan UrgentPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long a coördinatiepunt gathers statuses for one Sitrap, where its way up is narrow.</summary>
    public static readonly TimeSpan RollPause = TimeSpan.FromSeconds(30);

    /// <summary>How long a neighbour that is not heard any more is called on a radio.</summary>
    public static readonly TimeSpan CallFor = TimeSpan.FromDays(3);

    /// <summary>Share of the hour's airtime that is kept for priority 1.</summary>
    public const double UrgentReserve = 0.08;

    /// <summary>Share that answers leave to priority 1 and its answers.</summary>
    public const double AnswerReserve = 0.02;

    /// <summary>Share that answers to what came before leave to everything else.</summary>
    public const double RepeatReserve = 0.5;

    /// <summary>Share that receipts leave to priority 1 and to answers.</summary>
    public const double ReceiptReserve = 0.03;

    /// <summary>The rules of normal operation.</summary>
    public static RelayRules Default { get; } = new();

    /// <summary>The rules with another limit to the queue.</summary>
    /// <param name="messages">Most messages in custody, at most <see cref="LargestQueue"/>.</param>
    public static RelayRules WithQueue(int messages) => new() { MaxHeld = messages, MaxHeldBytes = messages * BytesPerHeld };

    /// <summary>Part of the custody space that a priority may fill: the last tenth is for priority 1 alone.</summary>
    public static double ShareOf(int priority) => priority switch { 1 => 1.0, 2 => 0.9, 3 => 0.8, _ => 0.7 };

    /// <summary>Age at which a message no longer helps anybody, for a type of which the header says enough.</summary>
    public static TimeSpan LifetimeOf(MessageType type) => type switch
    {
        MessageType.Hulpvraag or MessageType.Hulpaanbod or MessageType.Receipt => TimeSpan.FromHours(24),
        MessageType.Status => TimeSpan.FromHours(6),
        MessageType.Heartbeat => TimeSpan.FromMinutes(15),
        // Made again after ReceiptPatience, as long as the site has not come along.
        MessageType.Rekey => TimeSpan.FromHours(1),
        // For ever; so long that no board outlives it, and no sum of it and an age overflows.
        MessageType.Revocation => TimeSpan.FromDays(36_500),
        MessageType.Sitrap => TimeSpan.FromHours(2),
        // More than twice the 72 hours of BO72.
        MessageType.Melding or MessageType.Amend => TimeSpan.FromDays(7),
        MessageType.Bulletin => TimeSpan.FromDays(30),
        _ => TimeSpan.FromDays(7),
    };

    /// <summary>Where messages of a type go.</summary>
    public static Course CourseOf(MessageType type) => type switch
    {
        MessageType.Receipt or MessageType.Rekey => Course.Down,
        MessageType.Bulletin or MessageType.Revocation => Course.Everywhere,
        _ => Course.Up,
    };

    /// <summary>Types that are made again when they are lost, and therefore never touch the disk.</summary>
    public static bool IsEphemeral(MessageType type) => type is MessageType.Heartbeat or MessageType.Receipt or MessageType.Rekey;

    /// <summary>What a hop over this link costs in the choice of a way.</summary>
    public static int CostOf(LinkDescription link) => link.BitRate switch { >= 1_000_000 => 1, >= 100_000 => 2, >= 10_000 => 3, _ => 4 };

}
