using System.Globalization;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// The node's own two counters. A record's number is stored with the record itself; numbers of states are reserved in
/// blocks, so that a heartbeat costs no write and a crash skips at most a block, but never repeats a number.
/// </summary>
internal sealed class Counters(ulong records, ulong statesReserved)
{
    private const ulong Block = 1_024;

    private ulong _states = statesReserved;
    private ulong _statesReserved = statesReserved;

    public ulong LastRecord { get; private set; } = records;

    public ulong Next(Series series, Effects effects)
    {
        if (series == Series.Records)
        {
            effects.Store(new StoreChange.SetCounter(Series.Records, ++LastRecord));
            return LastRecord;
        }

        if (_states == _statesReserved) effects.Store(new StoreChange.SetCounter(Series.States, _statesReserved += Block));
        return ++_states;
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

    /// <summary>Envelopes whose tag or signature was wrong.</summary>
    public const string NotAuthentic = "notAuthentic";

    /// <summary>All of them, in the order in which people read them.</summary>
    public static IReadOnlyList<string> Names { get; } = [Accepted, Refused, Received, Expired, Delivered, Duplicates, NotAuthentic];

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

    private readonly record struct Entry(EnvelopeKey Key, ulong Content, TimeSpan At);

    public References(RelayRules rules, IEnumerable<StoredReference> stored)
    {
        _rules = rules;
        foreach (var one in stored.OrderBy(one => one.At))
            if (TryRead(one.Reference, out var name, out var content)) Keep(name, new Entry(one.Key, content, one.At));
    }

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
        var entry = new Entry(key, content, now);
        if (_known.TryGetValue(name, out var old) && old.Content != content) effects.Store(new StoreChange.RemoveReference(Stored(name, old)));
        Keep(name, entry);
        effects.Store(new StoreChange.PutReference(Stored(name, entry), key, now));
        Trim(_byClient, _rules.MaxReferences, now - _rules.ReferenceLifetime, effects);
        Trim(_byFingerprint, _rules.MaxReferences / 5, now - _rules.RepeatLifetime, effects);
    }

    private static string NameOf(Submission submission) => submission.ClientRef is { } reference
        ? "r:" + reference : string.Create(CultureInfo.InvariantCulture, $"f:{submission.Fingerprint:x16}");

    /// <summary>How it lies in the store: print of the content (16 hex digits), then the name.</summary>
    private static string Stored(string name, Entry entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Content:x16}{name}");

    private static bool TryRead(string stored, out string name, out ulong content)
    {
        (name, content) = ("", 0);
        if (stored.Length < 18 || !ulong.TryParse(stored.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out content)) return false;
        name = stored[16..];
        return true;
    }

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
