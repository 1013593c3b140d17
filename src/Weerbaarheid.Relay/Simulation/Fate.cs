using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>What became of an accepted record.</summary>
internal sealed class Fate(TimeSpan acceptedAt, byte priority, MessageType type)
{
    public TimeSpan AcceptedAt { get; } = acceptedAt;

    public byte Priority { get; } = priority;

    public MessageType Type { get; } = type;

    /// <summary>When a meldkamer had it on disk.</summary>
    public TimeSpan? DeliveredAt { get; set; }

    /// <summary>When its origin gave it up for its age.</summary>
    public TimeSpan? ExpiredAt { get; set; }

    public bool IsSettled => DeliveredAt is not null || ExpiredAt is not null;
}

/// <summary>A line of what happened.</summary>
/// <param name="At">Time since the start.</param>
/// <param name="What">In words.</param>
/// <param name="IsArrival">A record reached the meldkamer.</param>
internal readonly record struct TimelineEntry(TimeSpan At, string What, bool IsArrival);

/// <summary>A promise that was broken.</summary>
/// <param name="At">Time since the start.</param>
/// <param name="Site">Where, when one site broke it.</param>
/// <param name="Key">Of which message, when it is about one.</param>
/// <param name="What">In words.</param>
internal sealed record Violation(TimeSpan At, ushort? Site, EnvelopeKey? Key, string What)
{
    public override string ToString() => $"{Clock.Text(At)} {What}";
}
