using System.Text.Json.Serialization;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>What kinds of things a journal tells.</summary>
internal static class JournalEvents
{
    /// <summary>The journal begins, or goes on after the node was off.</summary>
    public const string Begins = "begins";

    /// <summary>The exercise is over.</summary>
    public const string Ends = "ends";

    /// <summary>A link came up or went down.</summary>
    public const string Link = "link";

    /// <summary>The way to the meldkamer is another, or none.</summary>
    public const string Way = "way";

    /// <summary>A record was taken in here, or arrived.</summary>
    public const string Message = "message";

    /// <summary>A record came a step further.</summary>
    public const string Progress = "progress";

    /// <summary>A frame left, with these records in it.</summary>
    public const string Send = "send";

    /// <summary>What is missing of a site.</summary>
    public const string Gaps = "gaps";

    /// <summary>Lines that did not fit in the queue before the disk, and are not in the journal.</summary>
    public const string Lost = "lost";
}

/// <summary>A line of a journal. It holds no words of anybody: ids, states, times and names of links.</summary>
/// <param name="N">Its number in the journal, from 0.</param>
/// <param name="Ms">Node time in milliseconds, which never goes back; durations are made from it.</param>
/// <param name="At">Wall clock; for people only.</param>
/// <param name="Event">One of <see cref="JournalEvents"/>.</param>
internal sealed record JournalLine(long N, long Ms, DateTimeOffset At, string Event)
{
    /// <summary>Name of a link; of <see cref="JournalEvents.Way"/> null when there is no way.</summary>
    public string? Link { get; init; }

    /// <summary>Whether the link is up.</summary>
    public bool? Up { get; init; }

    /// <summary>Why the link is down.</summary>
    public string? Reason { get; init; }

    /// <summary>A site: the next on the way, or whose numbers are missing.</summary>
    public int? Site { get; init; }

    /// <summary>Id of a record.</summary>
    public string? Id { get; init; }

    /// <summary>Type of a record.</summary>
    public string? Type { get; init; }

    /// <summary>Priority of a record, 1 to 4.</summary>
    public int? Priority { get; init; }

    /// <summary>Actueel, oefening or test.</summary>
    public string? Kind { get; init; }

    /// <summary>State of a record.</summary>
    public string? State { get; init; }

    /// <summary>Age of a record of another site when it arrived here, in milliseconds.</summary>
    public long? Age { get; init; }

    /// <summary>Ids of records in a frame, as far as the header tells: <c>11-5</c>, without the life.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Bytes of a frame.</summary>
    public int? Bytes { get; init; }

    /// <summary>Airtime of a frame in microseconds; null on a link that has none to count.</summary>
    public long? Air { get; init; }

    /// <summary>Numbers that are missing of a site, or lines that were lost.</summary>
    public long? Missing { get; init; }

    /// <summary>The first gaps, as people read them.</summary>
    public string? Gaps { get; init; }
}

/// <summary>How a line is written and read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;
