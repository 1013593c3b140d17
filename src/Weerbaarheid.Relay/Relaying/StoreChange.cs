using System.Globalization;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>What names an envelope: its origin, which of the origin's counters, and the number.</summary>
internal readonly record struct EnvelopeKey(ushort Origin, Series Series, ulong Sequence)
{
    /// <summary>The number as people see it; a state's has an s, because states are numbered apart.</summary>
    public string Number => (Series == Series.States ? "s" : "") + Wire.Sealing.Sequence.NameOf(Sequence);

    /// <summary>The id that people see: <c>11-4711</c>, or <c>11-s88</c> for a state; <c>11-2.7</c> in a later life of the counter.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Origin}-{Number}");

    /// <summary>Reads an id as <see cref="ToString"/> writes it.</summary>
    public static bool TryParse(ReadOnlySpan<char> id, out EnvelopeKey key)
    {
        key = default;
        var dash = id.IndexOf('-');
        if (dash < 0 || !TryRead(id[..dash], out ushort origin)) return false;
        var number = id[(dash + 1)..];
        var isState = number.StartsWith('s');
        if (isState) number = number[1..];
        var (life, point) = (0u, number.IndexOf('.'));
        if (point >= 0 && (!TryRead(number[..point], out life) || life is 0 or > Wire.Sealing.Sequence.LastLife)) return false;
        if (!TryRead(number[(point + 1)..], out uint low) || low is 0 or >= Wire.Sealing.Sequence.Modulus) return false;
        key = new EnvelopeKey(origin, isState ? Series.States : Series.Records, Wire.Sealing.Sequence.Of(life, low));
        return true;
    }

    private static bool TryRead<T>(ReadOnlySpan<char> digits, out T value)
        where T : System.Numerics.INumberBase<T> => T.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value!);
}

/// <summary>How far a message has come, in order; the last two are ends of their own (design §6.4).</summary>
internal enum MessageState : byte
{
    /// <summary>On this node's disk.</summary>
    Opgeslagen = 0,

    /// <summary>The next node has it on disk.</summary>
    Verzonden = 1,

    /// <summary>The meldkamer has it on disk.</summary>
    Ontvangen = 2,

    /// <summary>A person at the meldkamer took it up.</summary>
    InBehandeling = 3,

    /// <summary>Too old before it arrived.</summary>
    Vervallen = 4,

    /// <summary>Refused.</summary>
    Afgewezen = 5,
}

/// <summary>An envelope as it lies in the store.</summary>
/// <param name="Key">Its id.</param>
/// <param name="Header">Its header, read once.</param>
/// <param name="Bytes">The whole envelope, byte for byte as its origin sealed it.</param>
/// <param name="BornAt">Node time at which its age was zero; may be negative for what is older than this store.</param>
/// <param name="ReceivedAt">Wall clock when it came in here; for people only.</param>
/// <param name="Custody">This node still owes it to the next.</param>
/// <param name="State">How far it has come, as far as this node knows.</param>
/// <param name="Delivered">It was opened here and belongs in the report.</param>
/// <param name="Announced">It was published to this node's applications.</param>
/// <param name="ClientRef">The client's own reference, at the origin.</param>
/// <param name="Reference">The desk's own reference, once it was taken up.</param>
internal sealed record StoredEnvelope(
    EnvelopeKey Key, EnvelopeHeader Header, ReadOnlyMemory<byte> Bytes, TimeSpan BornAt, DateTimeOffset ReceivedAt,
    bool Custody, MessageState State, bool Delivered, bool Announced, string? ClientRef, string? Reference);

/// <summary>What names a replay window: records have one for each origin, states one for each type and destination.</summary>
/// <param name="Origin">The origin.</param>
/// <param name="Type">0 for records, else the wire code of the type of state.</param>
/// <param name="Destination">0 unless the type has a destination.</param>
internal readonly record struct WindowKey(ushort Origin, byte Type, ushort Destination);

/// <summary>A change that must be on disk before its consequences are visible. One batch is one transaction.</summary>
internal abstract record StoreChange
{
    /// <summary>Stores an envelope, or replaces it.</summary>
    internal sealed record Put(StoredEnvelope Envelope) : StoreChange;

    /// <summary>Forgets an envelope.</summary>
    internal sealed record Remove(EnvelopeKey Key) : StoreChange;

    /// <summary>Notes how far an envelope has come. A null reference leaves the one that is there.</summary>
    internal sealed record SetProgress(EnvelopeKey Key, MessageState State, bool Custody, string? Reference) : StoreChange;

    /// <summary>Notes that an envelope was published to the applications.</summary>
    internal sealed record SetAnnounced(EnvelopeKey Key) : StoreChange;

    /// <summary>The last number given out in a series.</summary>
    internal sealed record SetCounter(Series Series, ulong Last) : StoreChange;

    /// <summary>A life that this node never had begins: it must be known beside the store before any number of it leaves.</summary>
    internal sealed record StartLife(uint Life) : StoreChange;

    /// <summary>A replay window: the highest number known and, for records, what was seen as bytes.</summary>
    internal sealed record SetWindow(WindowKey Key, ulong Highest, ReadOnlyMemory<byte> Seen) : StoreChange;

    /// <summary>Binds a client's reference (or a fingerprint) to the message it became.</summary>
    internal sealed record PutReference(string Reference, EnvelopeKey Key, TimeSpan At) : StoreChange;

    /// <summary>Forgets a reference.</summary>
    internal sealed record RemoveReference(string Reference) : StoreChange;

    /// <summary>A counter that must survive a restart, such as how many messages expired.</summary>
    internal sealed record SetTally(string Name, long Value) : StoreChange;

    /// <summary>Keys of an epoch that the region gave this site.</summary>
    internal sealed record PutKeys(byte Epoch, ReadOnlyMemory<byte> SiteKey, ReadOnlyMemory<byte> NetworkKey) : StoreChange;

    /// <summary>What was transmitted in a band in a minute of node time; see <see cref="AirtimeLedger"/>. Forgets minutes of all bands that lie more than <see cref="StoredAirtime.Kept"/> back.</summary>
    internal sealed record SetAirtime(string Band, long Minute, TimeSpan Spent) : StoreChange;
}

/// <summary>A client reference as it lies in the store.</summary>
internal sealed record StoredReference(string Reference, EnvelopeKey Key, TimeSpan At);

/// <summary>A replay window as it lies in the store.</summary>
internal sealed record StoredWindow(WindowKey Key, ulong Highest, ReadOnlyMemory<byte> Seen);

/// <summary>A minute of an <see cref="AirtimeLedger"/> as it lies in the store.</summary>
/// <param name="Band">The band; <see cref="UnknownBand"/> for what counts in every band.</param>
/// <param name="Minute">Minute of node time, from 0.</param>
/// <param name="Spent">What was transmitted in it.</param>
internal sealed record StoredAirtime(string Band, long Minute, TimeSpan Spent)
{
    /// <summary>The band of a booking whose own can no longer be read.</summary>
    public const string UnknownBand = "";

    /// <summary>Minutes before the newest that a store keeps: every one that can still count.</summary>
    public const int Kept = AirtimeLedger.Lifetime + AirtimeLedger.Ahead;
}

/// <summary>A site's keys of an epoch as they lie in the store; never shown.</summary>
internal sealed record StoredKeys(byte Epoch, ReadOnlyMemory<byte> SiteKey, ReadOnlyMemory<byte> NetworkKey);

/// <summary>All that a node knows after a restart.</summary>
/// <param name="Time">Node time of the last commit; the next life continues from there.</param>
/// <param name="Records">Last number given out to a record.</param>
/// <param name="States">Last number given out to a state.</param>
/// <param name="Envelopes">Envelopes in custody, the newest state of every site, and the newest <c>deliveredLimit</c> delivered records.</param>
/// <param name="Windows">Replay windows.</param>
/// <param name="References">Client references.</param>
/// <param name="Tallies">Counters.</param>
/// <param name="Airtime">What was transmitted lately; may hold minutes that no longer count.</param>
internal sealed record Snapshot(
    TimeSpan Time, ulong Records, ulong States, IReadOnlyList<StoredEnvelope> Envelopes, IReadOnlyList<StoredWindow> Windows,
    IReadOnlyList<StoredReference> References, IReadOnlyDictionary<string, long> Tallies,
    IReadOnlyList<StoredAirtime> Airtime)
{
    /// <summary>Keys of epochs after the one in the key file.</summary>
    public IReadOnlyList<StoredKeys> Keys { get; init; } = [];

    public static Snapshot Empty { get; } = new(TimeSpan.Zero, 0, 0, [], [], [], new Dictionary<string, long>(), []);
}

/// <summary>The durable store: SQLite on disk in the node, memory with crashes in the simulation.</summary>
internal interface IOutbox
{
    /// <summary>All that was committed. Delivered records beyond <paramref name="deliveredLimit"/> stay on disk only.</summary>
    Snapshot Load(int deliveredLimit);

    /// <summary>Makes a batch of changes durable, all or none, before it returns.</summary>
    /// <exception cref="OutboxException">Nothing was made durable; the node must load again before it goes on.</exception>
    void Commit(IReadOnlyList<StoreChange> changes, TimeSpan now);
}

/// <summary>Why a store could not be read or written, as far as it changes what can be done about it.</summary>
internal enum OutboxFailure
{
    /// <summary>The disk or the store said no; nothing more is known. Load again before going on.</summary>
    Failed,

    /// <summary>No room, on the disk or under the limit set; after making room it works again.</summary>
    Full,

    /// <summary>The file cannot be written at all.</summary>
    ReadOnly,

    /// <summary>Another process holds the store.</summary>
    InUse,

    /// <summary>What is on disk is not what was written.</summary>
    Damaged,

    /// <summary>A store of a newer version, or a library that is too old: a start-up error.</summary>
    Unsupported,

    /// <summary>A database of another program, in the place of the store.</summary>
    Foreign,
}

/// <summary>The store could not be read or written.</summary>
internal sealed class OutboxException(string message, Exception? inner = null, OutboxFailure failure = OutboxFailure.Failed)
    : Exception(message, inner)
{
    /// <summary>What kind of failure it was.</summary>
    public OutboxFailure Failure { get; } = failure;

    /// <summary>Whether the batch may be on disk all the same: only the next load can tell, and until then nobody is told that it is not.</summary>
    public bool MayHold { get; init; }
}
