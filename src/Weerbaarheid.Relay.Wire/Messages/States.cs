namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>Whether a site takes people in.</summary>
public enum SiteState : byte
{
    Gesloten = 0,
    Opstarten = 1,
    Open = 2,
    Vol = 3,
    Ontruimd = 4,
}

/// <summary>Stock of five things, each 0 (gone) to 4 (plenty); null when unknown.</summary>
public readonly record struct Supplies(int? Water, int? Food, int? FirstAid, int? Fuel, int? Heat)
{
    /// <summary>Nothing is known.</summary>
    public static readonly Supplies Unknown;
}

/// <summary>How a site is doing. Only the newest counts, so it runs on the counter of states.</summary>
public sealed record Status : Message
{
    public override MessageType Type => MessageType.Status;

    public SiteState State { get; init; }

    /// <summary>People present, 0 to 65535; null when unknown.</summary>
    public int? Present { get; init; }

    /// <summary>People it can hold, 0 to 65535; null when unknown.</summary>
    public int? Capacity { get; init; }

    /// <summary>Volunteers and staff, 0 to 65535; null when unknown.</summary>
    public int? Staff { get; init; }

    /// <summary>Hours of emergency power left, 0 to 65535; null when unknown.</summary>
    public int? PowerHours { get; init; }

    public Supplies Supplies { get; init; }

    /// <summary>Bit set of means of communication that work; see <see cref="CategoryTable.Comms"/>.</summary>
    public uint Comms { get; init; }

    /// <summary>Bit set of what is asked for; see <see cref="CategoryTable.Needs"/>.</summary>
    public uint Needs { get; init; }
}

/// <summary>Why a sequence number will never arrive as a record.</summary>
public enum ClosedReason : byte
{
    Vervallen = 0,
    Afgewezen = 1,
}

/// <summary>A number of the origin that is closed without a delivery, so that nobody waits for it.</summary>
public readonly record struct ClosedNumber(ulong Sequence, ClosedReason Reason);

/// <summary>The system's own sign of life, and what makes a missing last record visible.</summary>
public sealed record Heartbeat : Message
{
    public override MessageType Type => MessageType.Heartbeat;

    /// <summary>Highest record number this origin has given out; 0 when none.</summary>
    public ulong LastRecord { get; init; }

    /// <summary>Lowest record number that may still arrive: everything below it was received or closed long ago; 0 when not told.</summary>
    public ulong FirstWaiting { get; init; }

    /// <summary>Records still without a receipt.</summary>
    public int Waiting { get; init; }

    /// <summary>Hours this process has run, 0 to 65535.</summary>
    public int UptimeHours { get; init; }

    /// <summary>
    /// The first record number that was given out since the origin started: it wants to know which records the meldkamer means by its numbers from
    /// there on; see <see cref="Receipt.Check"/>. 0: it does not ask.
    /// </summary>
    public ulong Asks { get; init; }

    /// <summary>The site that sent the newest receipt which this origin had since it started; 0 when it had none.</summary>
    public ushort HeardOf { get; init; }

    /// <summary>The state number of that receipt; 0 when there was none.</summary>
    public ulong Heard { get; init; }

    /// <summary>Numbers without a delivery that no receipt covers yet, oldest first, at most 32.</summary>
    public IReadOnlyList<ClosedNumber> Closed { get; init; } = [];
}

/// <summary>A record that a person at the meldkamer took up, with the desk's own reference if there is one.</summary>
public readonly record struct TakenUp(ulong Sequence, string? Reference);

/// <summary>
/// End-to-end proof from the meldkamer for one origin: every record of the life of <see cref="UpTo"/> up to and including that one
/// is stored there (or was declared closed), and those whose bit is set. Only this ends custody at the origin.
/// </summary>
public sealed record Receipt : Message
{
    /// <summary>Numbers in a life of an origin's counter (FORMAT.md §3).</summary>
    private const ulong LifeSize = 1 << 24;

    public override MessageType Type => MessageType.Receipt;

    /// <summary>The origin whose records are confirmed; travels in the header as the destination.</summary>
    public ushort ForSite { get; init; }

    /// <summary>Every record of its life up to this one is stored; the life's number 0 when none.</summary>
    public ulong UpTo { get; init; }

    /// <summary>Bit i (least significant first, byte by byte) stands for record <see cref="FirstBit"/> + i; at most 128 bytes.</summary>
    public ReadOnlyMemory<byte> Bitmap { get; init; }

    /// <summary>
    /// The record that the first bit stands for; 0 means <c>UpTo + 2</c>, because <c>UpTo + 1</c> is by definition missing. A bitmap that
    /// starts further on confirms what arrived beyond many holes, as urgent records do while a backlog drains.
    /// </summary>
    public ulong From { get; init; }

    /// <summary>The highest number that it names; the origin must have given it out.</summary>
    public ulong Highest
    {
        get
        {
            var highest = UpTo;
            for (var bit = Bitmap.Length * 8; bit-- > 0;)
            {
                if ((Bitmap.Span[bit >> 3] & (1 << (bit & 7))) == 0) continue;
                highest = Math.Max(highest, FirstBit + (ulong)bit);
                break;
            }

            foreach (var taken in TakenUp) highest = Math.Max(highest, taken.Sequence);
            return highest;
        }
    }

    /// <summary>The record that the first bit really stands for.</summary>
    public ulong FirstBit => From == 0 ? UpTo + 2 : From;

    /// <summary>Records taken up by a person, at most 16 in one receipt.</summary>
    public IReadOnlyList<TakenUp> TakenUp { get; init; } = [];

    /// <summary>
    /// Which records it means by the numbers, for an origin that asked: over all that it confirms from <see cref="Heartbeat.Asks"/> on, the exclusive or
    /// of the last three bytes of their envelopes, and of how many the meldkamer has no envelope (FORMAT.md §3.2). 0: not asked.
    /// </summary>
    public ulong Check { get; init; }

    /// <summary>
    /// Numbers that came with two different records, at most 8: the first one is stored at the meldkamer, and the receipt's confirmation
    /// means that one. The origin numbers the second anew, in a new life of its counter.
    /// </summary>
    public IReadOnlyList<ulong> Reused { get; init; } = [];

    /// <summary>The numbers that it confirms, from the highest down to the first of the life that it is in.</summary>
    public IEnumerable<ulong> Downwards()
    {
        for (var bit = Bitmap.Length * 8; bit-- > 0;)
            if (FirstBit + (ulong)bit > UpTo && Covers(FirstBit + (ulong)bit)) yield return FirstBit + (ulong)bit;
        for (var sequence = UpTo; sequence % LifeSize > 0; sequence--)
            if (Covers(sequence)) yield return sequence;
    }

    /// <summary>Whether this receipt confirms the record that its origin means by the number.</summary>
    public bool Covers(ulong sequence)
    {
        if (Reused.Count > 0 && Reused.Contains(sequence)) return false;
        if (sequence <= UpTo && sequence > UpTo - (UpTo % LifeSize)) return true;
        if (sequence < FirstBit || sequence - FirstBit >= (ulong)Bitmap.Length * 8) return false;
        var index = (int)(sequence - FirstBit);
        return (Bitmap.Span[index >> 3] & (1 << (index & 7))) != 0;
    }
}

/// <summary>One site in a <see cref="Sitrap"/>.</summary>
public sealed record SitrapRow(ushort Site, SiteState State, int? Present, int? PowerHours, Supplies Supplies, int Open);

/// <summary>A coördinatiepunt's roll-up of many statuses, so that a thin uplink carries change and not the number of sites.</summary>
public sealed record Sitrap : Message
{
    public override MessageType Type => MessageType.Sitrap;

    /// <summary>The reporter's own number, 1 to 65535.</summary>
    public int Number { get; init; }

    /// <summary>Minutes it covers, 0 to 65535.</summary>
    public int PeriodMinutes { get; init; }

    /// <summary>GRIP level 0 to 5; null when unknown.</summary>
    public int? Grip { get; init; }

    /// <summary>Open records by priority 1 to 4.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [0, 0, 0, 0];

    /// <summary>At most 64 sites.</summary>
    public IReadOnlyList<SitrapRow> Rows { get; init; } = [];
}
