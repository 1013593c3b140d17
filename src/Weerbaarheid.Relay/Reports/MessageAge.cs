using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Reports;

/// <summary>
/// When a message was made and how old it is, for people. Node time stands still while a node has no power, so what it says of an age is the least that
/// it can be; a wall clock that can be trusted knows of the hours without power too. Nothing is decided by this (design §4.2).
/// </summary>
internal static class MessageAge
{
    /// <summary>When its origin made it, if its clock could be trusted; else when it came in here, and then it was made no later. The same at any moment.</summary>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="message">What it says; null when it cannot be read.</param>
    public static DateTimeOffset MadeAt(StoredEnvelope envelope, Message? message) => message is RecordMessage { SentAt: { Trusted: true } sent } ? sent.ToDateTimeOffset() : envelope.ReceivedAt;

    /// <summary>Whether its origin could tell when it made it.</summary>
    public static bool IsKnown(Message? message) => message is RecordMessage { SentAt.Trusted: true };

    /// <summary>How old it is at least, and never less than nothing.</summary>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="message">What it says; null when it cannot be read.</param>
    /// <param name="now">The moment.</param>
    public static TimeSpan Of(StoredEnvelope envelope, Message? message, Instant now)
    {
        var known = Larger(now.Now - envelope.BornAt, TimeSpan.Zero);
        return IsWallOf(envelope, message, now) ? Larger(now.Wall - MadeAt(envelope, message), known) : known;
    }

    /// <summary>See <see cref="Of(StoredEnvelope, Message?, Instant)"/>.</summary>
    public static TimeSpan Of(BoardEntry entry, Instant now) => Of(entry.Envelope, entry.Message, now);

    /// <summary>Until when a bulletin holds: one answer for pages and documents.</summary>
    public static DateTimeOffset EndOf(StoredEnvelope envelope, Bulletin bulletin) => MadeAt(envelope, bulletin).AddHours(bulletin.ValidHours);

    /// <summary>How long a bulletin still holds; nothing or less when it does not. Without a clock that can be trusted it is not ended early.</summary>
    public static TimeSpan LeftOf(StoredEnvelope envelope, Bulletin bulletin, Instant now) =>
        IsWallOf(envelope, bulletin, now) ? EndOf(envelope, bulletin) - now.Wall : TimeSpan.FromHours(bulletin.ValidHours) - (now.Now - envelope.BornAt);

    /// <summary>Whether wall clocks say anything: this one now, and the one that the moment came from then.</summary>
    private static bool IsWallOf(StoredEnvelope envelope, Message? message, Instant now) => now.WallTrusted && MadeAt(envelope, message) >= Moment.Epoch;

    private static TimeSpan Larger(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
