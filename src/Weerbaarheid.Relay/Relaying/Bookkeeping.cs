using System.Globalization;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// The node's own two counters. A record's number is stored with the record itself; numbers of states are reserved in
/// blocks, so that a heartbeat costs no write and a crash skips at most a block, but never repeats a number. Both are in one life;
/// when either runs out of numbers, the next life begins.
/// </summary>
internal sealed class Counters(ulong records, ulong statesReserved)
{
    private const ulong Block = 1_024;

    private ulong _states = statesReserved;
    private ulong _statesReserved = statesReserved;

    /// <summary>The life that both are in.</summary>
    public uint Life => Sequence.LifeOf(LastRecord);

    public ulong LastRecord { get; private set; } = records;

    /// <summary>The last state that was given out, or before a start may have been.</summary>
    public ulong LastState => _states;

    public ulong Next(Series series, Effects effects)
    {
        var last = Sequence.Of(Life, Sequence.Modulus - 1);
        if ((series == Series.Records ? LastRecord : _states) == last) Start(Life + 1, effects);
        if (series == Series.Records)
        {
            effects.Store(new StoreChange.SetCounter(Series.Records, ++LastRecord));
            return LastRecord;
        }

        if (_states == _statesReserved)
        {
            _statesReserved = Math.Min(_statesReserved + Block, Sequence.Of(Life, Sequence.Modulus - 1));
            effects.Store(new StoreChange.SetCounter(Series.States, _statesReserved));
        }

        return ++_states;
    }

    /// <summary>Begins a life that this node never had.</summary>
    /// <exception cref="InvalidOperationException">There are no lives left. They outlast any site: 2^48 numbers are a million a second for nine years.</exception>
    public void Start(uint life, Effects effects)
    {
        if (life <= Life || life > Sequence.LastLife) throw new InvalidOperationException($"Life {life} cannot follow life {Life}.");
        LastRecord = _states = _statesReserved = Sequence.Of(life, 0);
        effects.Store(new StoreChange.StartLife(life));
        effects.Store(new StoreChange.SetCounter(Series.Records, LastRecord));
        effects.Store(new StoreChange.SetCounter(Series.States, _statesReserved));
    }
}

/// <summary>How often things ended, across restarts. Stored along with other changes, never on their own.</summary>
internal sealed class Tallies(IReadOnlyDictionary<string, long> stored)
{
    /// <summary>Messages taken in from clients.</summary>
    public const string Accepted = "accepted";

    /// <summary>Submissions refused, by rule or because there was no room.</summary>
    public const string Refused = "refused";

    /// <summary>Own records that the meldkamer confirmed.</summary>
    public const string Received = "received";

    /// <summary>Records that grew too old in custody here.</summary>
    public const string Expired = "expired";

    /// <summary>Messages of other sites delivered here.</summary>
    public const string Delivered = "delivered";

    /// <summary>Envelopes that came again.</summary>
    public const string Duplicates = "duplicates";

    /// <summary>Records under a number that another record has.</summary>
    public const string Reused = "reused";

    /// <summary>Envelopes whose tag or signature was wrong.</summary>
    public const string NotAuthentic = "notAuthentic";

    /// <summary>Frames and envelopes of sites that the region shut out.</summary>
    public const string Revoked = "revoked";

    /// <summary>All of them, in the order in which people read them.</summary>
    public static IReadOnlyList<string> Names { get; } = [Accepted, Refused, Received, Expired, Delivered, Duplicates, Reused, NotAuthentic, Revoked];

    private readonly SortedDictionary<string, long> _values = new(stored.ToDictionary(), StringComparer.Ordinal);
    private readonly SortedSet<string> _changed = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Values => _values;

    public void Count(string name)
    {
        _values[name] = _values.GetValueOrDefault(name) + 1;
        _changed.Add(name);
    }

    public void Flush(Effects effects)
    {
        if (effects.Changes.Count == 0) return;
        foreach (var name in _changed) effects.Store(new StoreChange.SetTally(name, _values[name]));
        _changed.Clear();
    }
}

/// <summary>
/// Which submission became which message. A client's reference holds for days; the fingerprint of a submission without
/// one holds for half an hour and only against a redelivery (MQTT DUP), because two equal meldingen may both be meant.
/// </summary>
internal sealed class References
{
    private readonly RelayRules _rules;
    private readonly Dictionary<string, Entry> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _byClient = new();
    private readonly Queue<string> _byFingerprint = new();

    private ulong _lastOrder;

    /// <param name="Key">What it became.</param>
    /// <param name="Content">Print of what it says.</param>
    /// <param name="At">Node time.</param>
    /// <param name="Order">The how manieth it is; 0 of one that an older version stored.</param>
    private readonly record struct Entry(EnvelopeKey Key, ulong Content, TimeSpan At, ulong Order);

    public References(RelayRules rules, IEnumerable<StoredReference> stored)
    {
        _rules = rules;
        foreach (var one in stored.OrderBy(one => one.At).ThenBy(one => one.Reference, StringComparer.Ordinal))
        {
            if (!TryRead(one.Reference, out var name, out var content, out var number)) continue;
            _lastOrder = Math.Max(_lastOrder, number);
            Keep(name, new Entry(one.Key, content, one.At, number));
        }
    }

    public int Count => _known.Count;

    /// <summary>The message that a submission became before.</summary>
    /// <param name="submission">The submission.</param>
    /// <param name="content">Print of the message itself, whatever form it was handed in.</param>
    /// <param name="now">Node time.</param>
    /// <param name="isOther">The reference was used before for other content; then the message is that other one.</param>
    public EnvelopeKey? Find(Submission submission, ulong content, TimeSpan now, out bool isOther)
    {
        isOther = false;
        if (!_known.TryGetValue(NameOf(submission), out var one)) return null;
        if (submission.ClientRef is null) return submission.MayBeRepeat && now - one.At < _rules.RepeatLifetime ? one.Key : null;
        if (now - one.At >= _rules.ReferenceLifetime) return null;
        isOther = one.Content != content;
        return one.Key;
    }

    public void Bind(Submission submission, EnvelopeKey key, ulong content, TimeSpan now, Effects effects)
    {
        var name = NameOf(submission);
        var entry = new Entry(key, content, now, ++_lastOrder);
        if (_known.TryGetValue(name, out var old)) effects.Store(new StoreChange.RemoveReference(Stored(name, old)));
        Keep(name, entry);
        effects.Store(new StoreChange.PutReference(Stored(name, entry), key, now));
        Trim(_byClient, _rules.MaxReferences, now - _rules.ReferenceLifetime, effects);
        Trim(_byFingerprint, _rules.MaxReferences / 5, now - _rules.RepeatLifetime, effects);
    }

    /// <summary>A message got another number.</summary>
    public void Rename(EnvelopeKey from, EnvelopeKey to, Effects effects)
    {
        foreach (var (name, entry) in _known.Where(pair => pair.Value.Key == from).ToList())
        {
            _known[name] = entry with { Key = to };
            effects.Store(new StoreChange.PutReference(Stored(name, entry), to, entry.At));
        }
    }

    private static string NameOf(Submission submission) => submission.ClientRef is { } reference
        ? "r:" + reference : string.Create(CultureInfo.InvariantCulture, $"f:{submission.Fingerprint:x16}");

    /// <summary>
    /// How it lies in the store: its order (16 hex digits), print of the content (16), then the name. With the order in front the
    /// store adds at one end and takes away at the other, a page now and then; by the print it would touch two pages for each message.
    /// </summary>
    private static string Stored(string name, Entry entry) => entry.Order == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{entry.Content:x16}{name}")
        : string.Create(CultureInfo.InvariantCulture, $"{entry.Order:x16}{entry.Content:x16}{name}");

    private static bool TryRead(string stored, out string name, out ulong content, out ulong order)
    {
        (name, content, order) = ("", 0, 0);
        // Every name begins with a letter and a colon; an older version stored no order.
        var digits = stored.Length >= 18 && stored[17] == ':' ? 16 : 32;
        if (stored.Length < digits + 2 || stored[digits + 1] != ':') return false;
        if (!TryReadHex(stored.AsSpan(digits - 16, 16), out content) || (digits == 32 && !TryReadHex(stored.AsSpan(0, 16), out order))) return false;
        name = stored[digits..];
        return true;
    }

    private static bool TryReadHex(ReadOnlySpan<char> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private void Keep(string name, Entry entry)
    {
        if (!_known.ContainsKey(name)) (name[0] == 'r' ? _byClient : _byFingerprint).Enqueue(name);
        _known[name] = entry;
    }

    /// <summary>Drops what is over the limit or too old; two at a time, so that no single submission pays for all.</summary>
    private void Trim(Queue<string> order, int limit, TimeSpan oldest, Effects effects)
    {
        for (var i = 0; i < 2 && order.TryPeek(out var name) && (order.Count > limit || _known[name].At < oldest); i++)
        {
            order.Dequeue();
            _known.Remove(name, out var entry);
            effects.Store(new StoreChange.RemoveReference(Stored(name, entry)));
        }
    }
}

/// <summary>One of the node's own records, as far as it has come.</summary>
internal sealed record OwnRecord(MessageType Type, MessageState State, string? ClientRef, string? Reference);

/// <summary>What the origin knows of its own records after they left custody.</summary>
internal sealed class OwnRecords(ushort self, ReplayWindows windows)
{
    private const int MaxKnown = 5_000;
    private const byte ClosedWindow = 0xFF;

    private readonly Dictionary<ulong, OwnRecord> _known = [];
    private readonly Queue<ulong> _order = new();

    /// <summary>Numbers that ended without a delivery and that no receipt covers yet.</summary>
    public SequenceRanges Closed => windows.Get(ClosedKey).Seen;

    public int Count => _known.Count;

    private WindowKey ClosedKey => new(self, ClosedWindow, 0);

    public void Restore(StoredEnvelope stored)
    {
        Remember(stored.Key.Sequence, new OwnRecord(stored.Header.Type, stored.State, stored.ClientRef, stored.Reference));
    }

    public void Remember(ulong sequence, OwnRecord record)
    {
        var isNew = !_known.ContainsKey(sequence);
        _known[sequence] = record;
        if (!isNew) return;
        _order.Enqueue(sequence);
        if (_order.Count <= MaxKnown) return;
        _known.Remove(_order.Dequeue());
    }

    /// <summary>What is said of this number from now on is said of another record.</summary>
    public void Forget(ulong sequence) => _known.Remove(sequence);

    public OwnRecord? Find(ulong sequence) => _known.GetValueOrDefault(sequence);

    /// <summary>A record came a step further.</summary>
    public void Progress(ulong sequence, MessageState state, string? reference)
    {
        if (_known.TryGetValue(sequence, out var record)) _known[sequence] = record with { State = state, Reference = reference ?? record.Reference };
    }

    public void Close(ulong sequence)
    {
        if (Closed.Add(sequence)) windows.Touch(ClosedKey);
    }

    /// <summary>The meldkamer knows; no need to tell it again.</summary>
    public void Settle(Receipt receipt)
    {
        foreach (var sequence in Closed.Ranges.SelectMany(range => Numbers(range)).Where(receipt.Covers).ToList())
        {
            Closed.Remove(sequence);
            windows.Touch(ClosedKey);
        }
    }

    /// <summary>The first closed numbers, for a heartbeat.</summary>
    public List<ClosedNumber> Declare(int limit) =>
        [.. Closed.Ranges.SelectMany(Numbers).Take(limit).Select(sequence => new ClosedNumber(sequence, ClosedReason.Vervallen))];

    private static IEnumerable<ulong> Numbers((ulong First, ulong Last) range)
    {
        for (var sequence = range.First; sequence <= range.Last; sequence++) yield return sequence;
    }
}
