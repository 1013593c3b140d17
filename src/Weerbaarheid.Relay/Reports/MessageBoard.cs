using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Reports;

/// <summary>
/// The newest messages, opened, for whoever looks from outside the loop. One thread writes, any number read, and no reader ever makes the
/// writer wait: what is drawn on a thousand phones costs the loop nothing, not a key and not a disk. Bulletins have a ring of their own,
/// and of states only the newest of each site and kind is kept, so that neither is pushed out by records nor pushes them out.
/// </summary>
internal sealed class MessageBoard
{
    /// <summary>Records kept; older ones lie in the store only.</summary>
    public const int Capacity = 8_192;

    /// <summary>Bulletins kept.</summary>
    public const int Bulletins = 512;

    /// <summary>Steps kept of a message. It has four at most, unless its number changes.</summary>
    private const int MostSteps = 8;

    private readonly BoardRing _records = new(Capacity);
    private readonly BoardRing _bulletins = new(Bulletins);
    private readonly ConcurrentDictionary<(ushort Origin, MessageType Type, Exercise Exercise), BoardEntry> _states = [];
    private readonly string _name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private long _nextPlace;
    private long _version;

    /// <summary>Grows with each change. Whoever reads it first and the messages after that has at least all changes up to it.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Whether older records than those here were pushed out, or will be by the next.</summary>
    public bool IsFull => _records.IsFull;

    /// <summary>How much somebody has seen, to be asked with later: this board, for there is another after a restart, and its version.</summary>
    /// <param name="version">As it was read before the messages.</param>
    public string MarkOf(long version) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{version}");

    /// <summary>The version in a mark; null when it is of another board, or none.</summary>
    public long? VersionOf(string mark) =>
        mark.Length > _name.Length && mark.StartsWith(_name, StringComparison.Ordinal) && mark[_name.Length] == '-'
        && long.TryParse(mark.AsSpan(_name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version <= Version ? version : null;

    /// <summary>A message belongs on the board from now on.</summary>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="message">What it says.</param>
    /// <param name="seen">Whether its arrival was seen: else when it came to its state is not known, unless that is its first.</param>
    public void Add(StoredEnvelope envelope, Message? message, bool seen)
    {
        var entry = new BoardEntry(_nextPlace++, envelope, message, seen || envelope.State == MessageState.Opgeslagen ? [new BoardStep(envelope.State, envelope.ReceivedAt)] : []) { Version = _version + 1 };
        if (envelope.Key.Series == Series.States) _states[(envelope.Key.Origin, envelope.Header.Type, envelope.Header.Exercise)] = entry;
        else (envelope.Header.Type == MessageType.Bulletin ? _bulletins : _records).Add(entry);
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>A message goes on under another id.</summary>
    public void Rename(EnvelopeKey before, StoredEnvelope envelope, Message message)
    {
        _records.Remove(before);
        _bulletins.Remove(before);
        Add(envelope, message, seen: true);
    }

    /// <summary>A message was erased.</summary>
    public void Remove(EnvelopeKey key)
    {
        _records.Remove(key);
        _bulletins.Remove(key);
    }

    /// <summary>A message came a step further.</summary>
    public void Progress(EnvelopeKey key, MessageState state, string? reference, DateTimeOffset wall)
    {
        BoardEntry Change(BoardEntry entry) => Step(entry, state, reference, wall) with { Version = _version + 1 };
        _records.Change(key, Change);
        _bulletins.Change(key, Change);
        if (key.Series == Series.States && _states.FirstOrDefault(pair => pair.Value.Envelope.Key == key) is { Value: { } one } found) _states[found.Key] = Change(one);
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Messages, newest first.</summary>
    /// <param name="limit">At most this many.</param>
    /// <param name="before">Only those that came before this one; nothing when it is not here any more.</param>
    /// <param name="site">Only from this origin.</param>
    /// <param name="type">Only of this type.</param>
    public IReadOnlyList<BoardEntry> Newest(int limit, EnvelopeKey? before = null, ushort? site = null, MessageType? type = null)
    {
        var end = long.MaxValue;
        if (before is { } key)
        {
            if (Find(key) is not { } last) return [];
            end = last.Place;
        }

        bool Fits(BoardEntry entry) => entry.Place < end && (site is null || entry.Envelope.Key.Origin == site) && (type is null || entry.Envelope.Header.Type == type);
        return
        [
            .. _records.Read().Where(Fits).Take(limit)
                .Concat(_bulletins.Read().Where(Fits).Take(limit))
                .Concat(_states.Values.Where(Fits))
                .OrderByDescending(entry => entry.Place).Take(limit),
        ];
    }

    /// <summary>A message by its id; null when it is not on the board.</summary>
    public BoardEntry? Find(EnvelopeKey key) =>
        (key.Series == Series.States ? _states.Values : _records.Read().Concat(_bulletins.Read())).FirstOrDefault(entry => entry.Envelope.Key == key);

    /// <summary>What a client's reference became; null when it is not on the board.</summary>
    public BoardEntry? FindReference(string clientRef) => _records.Read().Concat(_bulletins.Read()).Concat(_states.Values).FirstOrDefault(entry => entry.Envelope.ClientRef == clientRef);

    /// <summary>The newest state of this type and kind that a site told; null when it told none.</summary>
    public BoardEntry? State(ushort site, MessageType type, Exercise exercise) => _states.GetValueOrDefault((site, type, exercise));

    private static BoardEntry Step(BoardEntry entry, MessageState state, string? reference, DateTimeOffset wall)
    {
        var envelope = entry.Envelope with { State = state, Reference = reference ?? entry.Envelope.Reference };
        var isNew = state != entry.Envelope.State && entry.Steps.Count < MostSteps;
        return entry with { Envelope = envelope, Steps = isNew ? [.. entry.Steps, new BoardStep(state, wall)] : entry.Steps };
    }
}
