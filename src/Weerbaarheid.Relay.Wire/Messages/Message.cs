namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>What a message is. The number is the wire code in the envelope header (4 bits) and never changes.</summary>
public enum MessageType : byte
{
    Melding = 1,
    Hulpvraag = 2,
    Hulpaanbod = 3,
    Status = 4,
    Bulletin = 5,
    Amend = 6,
    Heartbeat = 7,
    Receipt = 8,
    Sitrap = 9,
    Revocation = 10,
    Rekey = 11,
}

/// <summary>Whether a message is about the real world. The wire code has 2 bits; CAP 1.2 <c>status</c> makes the same cut.</summary>
public enum Exercise : byte
{
    Actueel = 0,
    Oefening = 1,
    Test = 2,
}

/// <summary>What the header in clear says of a message; the body says the rest. The destination is 0 unless the type is addressed to one site.</summary>
public readonly record struct MessageHead(MessageType Type, byte Priority, Exercise Exercise, ushort Destination);

/// <summary>A typed record that a person, a sensor or the system made; the part of an envelope that is sealed.</summary>
public abstract record Message
{
    /// <summary>The message's type, as it stands in the envelope header.</summary>
    public abstract MessageType Type { get; }

    /// <summary>1 (highest) to 4 (lowest). Travels in the header, because relays schedule by it without a key.</summary>
    public byte Priority { get; init; } = 3;

    /// <summary>Real, exercise or test. Travels in the header.</summary>
    public Exercise Exercise { get; init; }
}

/// <summary>A moment as the origin's clock gave it, and whether that clock could be trusted then (design §4.2).</summary>
/// <param name="Seconds">Seconds since 2026-01-01T00:00:00Z; 1 to 2^31-1.</param>
/// <param name="Trusted">False when the clock was never set since the board lost power.</param>
public readonly record struct Moment(int Seconds, bool Trusted)
{
    /// <summary>The start of the count.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The same moment as a date and time.</summary>
    public DateTimeOffset ToDateTimeOffset() => Epoch.AddSeconds(Seconds);

    /// <summary>The moment of a wall-clock time, or null when that time is outside what 31 bits hold.</summary>
    public static Moment? From(DateTimeOffset time, bool trusted)
    {
        var seconds = Math.Floor((time - Epoch).TotalSeconds);
        return seconds is >= 1 and <= int.MaxValue ? new Moment((int)seconds, trusted) : null;
    }
}

/// <summary>A record of one origin: numbered without holes, kept until the meldkamer has it.</summary>
public abstract record RecordMessage : Message
{
    /// <summary>When the origin took it in, if its clock said anything at all.</summary>
    public Moment? SentAt { get; init; }
}

/// <summary>Something happened and somebody must act (design §6.4).</summary>
public sealed record Melding : RecordMessage
{
    public override MessageType Type => MessageType.Melding;

    /// <summary>Wire code of one of the nine LMC main levels; 0 when only a text was given. See <see cref="CategoryTable"/>.</summary>
    public byte Category { get; init; }

    public Location? Location { get; init; }

    /// <summary>Number of victims, 0 to 65535; null when unknown.</summary>
    public int? Victims { get; init; }

    /// <summary>The melder's own words, at most <see cref="MessageLimits.Text"/> characters.</summary>
    public string? Text { get; init; }
}

/// <summary>Somebody needs something that is not an emergency yet.</summary>
public sealed record Hulpvraag : RecordMessage
{
    public override MessageType Type => MessageType.Hulpvraag;

    /// <summary>Wire code from the table of needs; 0 when only a text was given.</summary>
    public byte Category { get; init; }

    public Location? Location { get; init; }

    /// <summary>For how many people, 0 to 65535; null when unknown.</summary>
    public int? People { get; init; }

    public string? Text { get; init; }
}

/// <summary>Somebody offers something. May be linked to a hulpvraag by a person, never assigned by the system.</summary>
public sealed record Hulpaanbod : RecordMessage
{
    public override MessageType Type => MessageType.Hulpaanbod;

    /// <summary>Wire code from the table of needs; 0 when only a text was given.</summary>
    public byte Category { get; init; }

    public Location? Location { get; init; }

    /// <summary>How many (people, litres, seats: the text says which), 0 to 65535; null when unknown.</summary>
    public int? Quantity { get; init; }

    /// <summary>For how many hours it stays available, 0 to 65535; null when unknown.</summary>
    public int? AvailableHours { get; init; }

    public string? Text { get; init; }
}

/// <summary>What a bulletin does to earlier ones. CAP 1.2 <c>msgType</c> Alert, Update and Cancel.</summary>
public enum BulletinKind : byte
{
    Nieuw = 0,
    Wijziging = 1,
    Intrekking = 2,
}

/// <summary>Something the region tells everybody. Signed by the region's authority, because anyone may have to check it.</summary>
public sealed record Bulletin : RecordMessage
{
    public override MessageType Type => MessageType.Bulletin;

    /// <summary>The region's own number, 1 to 65535.</summary>
    public int Number { get; init; }

    /// <summary>How long it holds, counted from its making, 1 to 720 hours.</summary>
    public int ValidHours { get; init; } = 24;

    public BulletinKind Kind { get; init; }

    /// <summary>The number of the bulletin it replaces or withdraws; null for a new one.</summary>
    public int? Replaces { get; init; }

    /// <summary>GRIP level 0 to 5, for display only; null when it says nothing about it.</summary>
    public int? Grip { get; init; }

    /// <summary>At most <see cref="MessageLimits.BulletinText"/> characters.</summary>
    public string? Text { get; init; }
}

/// <summary>What an amend does to the record it names.</summary>
public enum AmendKind : byte
{
    Aanvulling = 0,
    Correctie = 1,
    Intrekking = 2,
    Afgehandeld = 3,

    /// <summary>A person at the meldkamer took the record up. Handed in at the meldkamer; travels in receipts, not as a record.</summary>
    InBehandeling = 4,
}

/// <summary>A later word about an earlier record.</summary>
public sealed record Amend : RecordMessage
{
    public override MessageType Type => MessageType.Amend;

    /// <summary>Origin of the record meant.</summary>
    public ushort ForSite { get; init; }

    /// <summary>Sequence of the record meant.</summary>
    public ulong ForSequence { get; init; }

    public AmendKind Kind { get; init; }

    /// <summary>Explanation, or the desk's own reference when the kind is <see cref="AmendKind.InBehandeling"/>.</summary>
    public string? Text { get; init; }
}

/// <summary>Limits that an encoder refuses to pass and a decoder does not believe.</summary>
public static class MessageLimits
{
    /// <summary>Characters (UTF-16 units) in the text of a melding, hulpvraag, hulpaanbod, amend or location.</summary>
    public const int Text = 500;

    /// <summary>Characters in the text of a bulletin.</summary>
    public const int BulletinText = 1000;

    /// <summary>Characters in a client's own reference; never on the wire.</summary>
    public const int ClientRef = 64;

    /// <summary>Any plain count: people, hours, minutes, open records.</summary>
    public const int Count = 65535;

    /// <summary>A house number; 0 stands for none given.</summary>
    public const int HouseNumber = 99999;

    /// <summary>Hours a bulletin may hold: thirty days.</summary>
    public const int ValidHours = 720;

    /// <summary>The highest GRIP level.</summary>
    public const int Grip = 5;

    /// <summary>The fullest stock.</summary>
    public const int Supply = 4;

    /// <summary>Characters in the desk's own reference to a record that it took up.</summary>
    public const int Reference = 40;

    /// <summary>Closed numbers in one heartbeat.</summary>
    public const int Closed = 32;

    /// <summary>Records taken up in one receipt.</summary>
    public const int TakenUp = 16;

    /// <summary>Numbers used twice that one receipt names.</summary>
    public const int Reused = 8;

    /// <summary>Bytes in the bitmap of a receipt.</summary>
    public const int Bitmap = 128;

    /// <summary>Bytes in a key.</summary>
    public const int Key = 32;

    /// <summary>The last key epoch that a header can carry.</summary>
    public const int Epoch = 15;

    /// <summary>Sites that one revocation shuts out; who must shut out more needs a new region key.</summary>
    public const int Revoked = 64;

    /// <summary>Sites in one sitrap.</summary>
    public const int SitrapRows = 64;

    /// <summary>Bytes in an encoded body. 4 bytes for each character of the longest text, and room for the rest.</summary>
    public const int Body = 4400;
}
