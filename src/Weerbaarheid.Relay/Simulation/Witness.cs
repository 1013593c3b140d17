using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// Sees all that nodes write and say, keeps its own books from that alone, and names every promise that is broken. It
/// influences nothing.
/// </summary>
internal sealed partial class Witness(SimulationClock clock, KeyRing keys, RelayRules rules)
{
    private const int MaxViolations = 50;

    private readonly SortedDictionary<EnvelopeKey, Fate> _records = new(ByKey);
    private readonly Dictionary<ushort, NodeBooks> _books = [];
    private readonly HashSet<string> _broken = [];
    private readonly List<string> _violations = [];
    private readonly List<TimelineEntry> _timeline = [];
    private readonly FrameWatch _frames = new(keys);
    private ulong _hash = 14695981039346656037;

    /// <summary>Promises that were broken, the first ones.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<TimelineEntry> Timeline => _timeline;

    /// <summary>All records that were accepted, and what became of them.</summary>
    public IReadOnlyDictionary<EnvelopeKey, Fate> Records => _records;

    /// <summary>A hash over everything that was transmitted and written; the same seed gives the same.</summary>
    public ulong TraceHash => _hash;

    private static Comparer<EnvelopeKey> ByKey { get; } = Comparer<EnvelopeKey>.Create((a, b) =>
        a.Origin != b.Origin ? a.Origin.CompareTo(b.Origin) : a.Series != b.Series ? a.Series.CompareTo(b.Series) : a.Sequence.CompareTo(b.Sequence));

    /// <summary>Something is wrong that no number of retries makes right.</summary>
    public void Broken(string violation)
    {
        if (_violations.Count < MaxViolations && _broken.Add(violation)) _violations.Add($"{Clock.Text(clock.Now)} {violation}");
    }

    public void Tell(string what) => _timeline.Add(new TimelineEntry(clock.Now, what, IsArrival: false));

    /// <summary>A node started from what was on its disk.</summary>
    public void Booted(SimulatedNode node, Snapshot snapshot)
    {
        var books = BooksOf(node);
        books.Boot();
        var held = snapshot.Envelopes.Where(e => e.Custody).Select(e => e.Key).ToHashSet();
        foreach (var (key, fate) in _records)
        {
            if (key.Origin != node.Site.Id) continue;
            if (key.Sequence > snapshot.Records) Broken($"site {node.Site.Id} gave out {key} and forgot its counter at a restart");
            // What is made at the meldkamer is there already.
            var isThere = node.Site.Role == Role.Meldkamer ? books.Stored.Contains(key) : fate.IsSettled || held.Contains(key);
            if (!isThere) Broken($"{key} was accepted and is gone after a restart of site {node.Site.Id}");
        }
    }

    public void PowerLost(SimulatedNode node) => BooksOf(node).Boot();

    /// <summary>Changes are on a node's disk.</summary>
    public void Committed(SimulatedNode node, IReadOnlyList<StoreChange> changes)
    {
        var books = BooksOf(node);
        foreach (var change in changes)
        {
            Mix((ulong)node.Site.Id << 32 | (uint)changes.Count);
            switch (change)
            {
                case StoreChange.Put put: Stored(node, books, put.Envelope); break;
                case StoreChange.SetProgress progress: Moved(node, books, progress); break;
                case StoreChange.Remove remove: Dropped(node, books, remove.Key, "removed it from its store"); break;
            }
        }
    }

    /// <summary>A node did something that others can see.</summary>
    public void Saw(SimulatedNode node, Output output)
    {
        switch (output)
        {
            case Output.Send send: SawFrame(node, send); break;
            case Output.Progressed progressed: SawProgress(node, progressed); break;
            case Output.Noted { Level: NoteLevel.Information } noted: Tell($"site {node.Site.Id}: {noted.Text}"); break;
        }
    }

    /// <summary>A client was told that its message is on disk.</summary>
    public void Accepted(SimulatedNode node, EnvelopeKey key, Message message)
    {
        if (key.Series != Series.Records) return;
        if (!BooksOf(node).Stored.Contains(key)) Broken($"{key} was acknowledged before it was on the disk of site {node.Site.Id}");
        // A repeated submission is the same message.
        if (!_records.TryGetValue(key, out var fate)) _records[key] = fate = new Fate(clock.Now, message.Priority, message.Type);
        if (fate.Type != message.Type || fate.Priority != message.Priority) Broken($"{key} was given to two messages");
    }

    private void Stored(SimulatedNode node, NodeBooks books, StoredEnvelope envelope)
    {
        var key = envelope.Key;
        var isNew = books.Stored.Add(key);
        if (key.Series == Series.Records && envelope.Custody)
            books.Take(key, envelope.Header.Priority, envelope.Bytes.Length, key.Origin == node.Site.Id, envelope.Header.Type == MessageType.Bulletin);
        if (node.Site.Role != Role.Meldkamer || key.Series != Series.Records || !envelope.Delivered) return;
        if (!isNew)
        {
            Broken($"{key} was delivered twice at site {node.Site.Id}");
            return;
        }

        books.Highest[key.Origin] = Math.Max(books.Highest.GetValueOrDefault(key.Origin), key.Sequence);
        if (key.Origin == node.Site.Id) return;
        // It may arrive before its client was told: then its clock starts here.
        if (!_records.TryGetValue(key, out var fate)) _records[key] = fate = new Fate(clock.Now, envelope.Header.Priority, envelope.Header.Type);
        fate.DeliveredAt ??= clock.Now;
        _timeline.Add(new TimelineEntry(
            clock.Now, $"site {node.Site.Id} has {key} ({envelope.Header.Type}, priority {envelope.Header.Priority}) after {Clock.Text(clock.Now - fate.AcceptedAt)}", true));
    }

    private void Moved(SimulatedNode node, NodeBooks books, StoreChange.SetProgress progress)
    {
        if (progress.State == MessageState.Vervallen && _records.TryGetValue(progress.Key, out var fate) && progress.Key.Origin == node.Site.Id) fate.ExpiredAt = clock.Now;
        if (!progress.Custody) Dropped(node, books, progress.Key, $"let it go as {progress.State}");
    }

    /// <summary>Only the meldkamer's receipt or its age ends an origin's care for a record.</summary>
    private void Dropped(SimulatedNode node, NodeBooks books, EnvelopeKey key, string how)
    {
        books.Drop(key);
        if (key.Origin != node.Site.Id || key.Series != Series.Records || !_records.TryGetValue(key, out var fate) || fate.Type == MessageType.Bulletin) return;
        if (!fate.IsSettled && node.Site.Role != Role.Meldkamer) Broken($"{key} is not at the meldkamer, and site {node.Site.Id} {how}");
    }

    private void SawProgress(SimulatedNode node, Output.Progressed progressed)
    {
        if (node.Site.Role == Role.Meldkamer || progressed.State is not (MessageState.Ontvangen or MessageState.InBehandeling)) return;
        if (!_records.TryGetValue(progressed.Key, out var fate) || fate.DeliveredAt is null)
            Broken($"site {node.Site.Id} says that {progressed.Key} is {progressed.State}, and no meldkamer has it");
    }

    private void SawFrame(SimulatedNode node, Output.Send send)
    {
        Mix(((ulong)node.Site.Id << 40) ^ ((ulong)send.Link << 32) ^ (uint)send.Frame.Bytes.Length);
        Mix((ulong)clock.Now.Ticks);
        if (_frames.Reused(send.Frame.Bytes) is { } reused) Broken($"site {node.Site.Id} sent {reused} with other bytes than before: a nonce was used twice");
        CheckOrder(node, send);
    }

    private NodeBooks BooksOf(SimulatedNode node)
    {
        if (!_books.TryGetValue(node.Site.Id, out var books)) _books[node.Site.Id] = books = new NodeBooks();
        return books;
    }

    /// <summary>FNV-1a over 64-bit words.</summary>
    private void Mix(ulong word) => _hash = (_hash ^ word) * 1099511628211;
}

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
