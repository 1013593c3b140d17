using System.Globalization;
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

    /// <summary>Rounding of a clock that drifts.</summary>
    private static readonly TimeSpan AirtimeMargin = TimeSpan.FromMilliseconds(1);

    private readonly SortedDictionary<EnvelopeKey, Fate> _records = new(ByKey);
    private readonly Dictionary<ushort, NodeBooks> _books = [];
    private readonly HashSet<string> _broken = [];
    private readonly List<Violation> _violations = [];
    private readonly List<TimelineEntry> _timeline = [];
    private readonly FrameWatch _frames = new(keys);
    private readonly AirtimeWatch _air = new();
    private readonly ContentWatch _contents = new();
    private ulong _hash = 14695981039346656037;

    /// <summary>Promises that were broken, the first ones.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<TimelineEntry> Timeline => _timeline;

    /// <summary>All records that were accepted, and what became of them.</summary>
    public IReadOnlyDictionary<EnvelopeKey, Fate> Records => _records;

    /// <summary>A hash over everything that was transmitted and written; the same seed gives the same.</summary>
    public ulong TraceHash => _hash;

    private static Comparer<EnvelopeKey> ByKey { get; } = Comparer<EnvelopeKey>.Create((a, b) =>
        a.Origin != b.Origin ? a.Origin.CompareTo(b.Origin) : a.Series != b.Series ? a.Series.CompareTo(b.Series) : a.Sequence.CompareTo(b.Sequence));

    /// <summary>What to tell more of than usual; null for nothing.</summary>
    public Magnifier? Magnifier { get; init; }

    /// <summary>Something is wrong that no number of retries makes right.</summary>
    public void Broken(string what, ushort? site = null, EnvelopeKey? key = null)
    {
        if (_violations.Count < MaxViolations && _broken.Add(what)) _violations.Add(new Violation(clock.Now, site, key, what));
    }

    public void Tell(string what) => _timeline.Add(new TimelineEntry(clock.Now, what, IsArrival: false));

    /// <summary>A node started from what was on its disk.</summary>
    public void Booted(SimulatedNode node, Snapshot snapshot)
    {
        var books = BooksOf(node);
        books.Boot();
        books.SwitchOn(clock.Now);
        CheckTold(node, books, snapshot);
        CheckKnown(node, books, snapshot);
        var held = snapshot.Envelopes.Where(e => e.Custody).Select(e => e.Key).ToHashSet();
        foreach (var stored in snapshot.Envelopes)
        {
            if (stored.Custody) books.Custody.Add(stored.Key, stored.Bytes.Length);
            if (stored.Custody && stored.Key.Series == Series.Records) books.Take(stored);
        }

        foreach (var (key, fate) in _records)
        {
            if (key.Origin != node.Site.Id) continue;
            if (key.Sequence > snapshot.Records) Broken($"site {node.Site.Id} gave out {key} and forgot its counter at a restart", node.Site.Id, key);
            // What is made at the meldkamer is there already.
            var isThere = node.Site.Role == Role.Meldkamer ? books.Stored.Contains(key) : fate.IsSettled || held.Contains(key);
            if (!isThere) Broken($"{key} was accepted and is gone after a restart of site {node.Site.Id}", node.Site.Id, key);
        }
    }

    public void PowerLost(SimulatedNode node)
    {
        BooksOf(node).Boot();
        BooksOf(node).SwitchOff(clock.Now);
    }

    /// <summary>A batch is on a node's disk.</summary>
    public void Committed(SimulatedNode node, Effects batch)
    {
        var books = BooksOf(node);
        books.Begin(batch);
        foreach (var change in batch.Changes)
        {
            Mix((ulong)node.Site.Id << 32 | (uint)batch.Changes.Count);
            Magnify(node, change);
            switch (change)
            {
                // No store falls back without a trace here, so nothing may be taken for a sign of that.
                case StoreChange.StartLife life: Broken($"site {node.Site.Id} began life {life.Life} of its counters for no reason", node.Site.Id); break;
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
            case Output.Delivered delivered: SawDelivery(node, delivered); break;
            case Output.Completed { Outcome.Refusal: not Refusal.None }: BooksOf(node).Count(Tallies.Refused); break;
            case Output.Noted noted when noted.Level == NoteLevel.Information || Magnifier?.Shows(node.Site.Id) == true: Tell($"site {node.Site.Id}: {noted.Text}"); break;
        }
    }

    /// <summary>A site was on the air.</summary>
    public void Transmitted(SimulatedNode node, ScenarioLink link, TimeSpan begun, TimeSpan done)
    {
        Mix((ulong)done.Ticks);
        if (link.DutyCycle >= 1) return;
        var (spent, allowed) = (_air.Note(node.Site.Id, link.Band, begun, done), TimeSpan.FromHours(1) * link.DutyCycle);
        if (spent > allowed + AirtimeMargin)
            Broken(string.Create(CultureInfo.InvariantCulture, $"site {node.Site.Id} transmitted {spent.TotalSeconds:0.0###} s in band {link.Band} in the hour until {Clock.Text(done)}; {allowed.TotalSeconds:0.###} s are allowed"), node.Site.Id);
    }

    private void Stored(SimulatedNode node, NodeBooks books, StoredEnvelope envelope)
    {
        var key = envelope.Key;
        var isNew = books.Stored.Add(key);
        if (_frames.Reuses(envelope.Header, envelope.Bytes.Span)) Broken($"site {node.Site.Id} stored {key} with other bytes than it was sealed with before: a nonce was used twice", node.Site.Id, key);
        // What a coördinatiepunt takes up once more was told to its applications before, or its number was closed.
        if (isNew && envelope.Delivered && key.Origin == node.Site.Id) books.Count(Tallies.Accepted);
        else if (isNew && envelope is { Delivered: true, Announced: false } && key.Origin != node.Site.Id) books.Count(Tallies.Delivered);
        if (envelope.Custody) books.Custody.Add(key, envelope.Bytes.Length);
        if (isNew && key.Origin == node.Site.Id) Made(node, books, envelope);
        if (envelope is { Delivered: true, Announced: false }) books.Untold.Add(key);
        if (key.Series == Series.Records && envelope.Custody) books.Take(envelope);
        if (node.Site.Role != Role.Meldkamer || key.Series != Series.Records || !envelope.Delivered) return;
        if (!isNew)
        {
            Broken($"{key} was delivered twice at site {node.Site.Id}", node.Site.Id, key);
            return;
        }

        books.Arrived(key);
        books.Highest[key.Origin] = Math.Max(books.Highest.GetValueOrDefault(key.Origin), key.Sequence);
        if (key.Origin == node.Site.Id) return;
        // It may arrive before its client was told: then its clock starts here.
        if (!_records.TryGetValue(key, out var fate)) _records[key] = fate = new Fate(clock.Now, envelope.Header.Priority, envelope.Header.Type);
        if (fate.DeliveredAt is null) CountDelivered(key.Origin, fate.Priority);
        fate.DeliveredAt ??= clock.Now;
        _timeline.Add(new TimelineEntry(
            clock.Now, $"site {node.Site.Id} has {key} ({envelope.Header.Type}, priority {envelope.Header.Priority}) after {Clock.Text(clock.Now - fate.AcceptedAt)}", true));
    }

    private void Moved(SimulatedNode node, NodeBooks books, StoreChange.SetProgress progress)
    {
        var isOwn = progress.Key.Origin == node.Site.Id && progress.Key.Series == Series.Records;
        if (progress.State == MessageState.Vervallen)
        {
            books.Count(Tallies.Expired);
            if (isOwn && _records.TryGetValue(progress.Key, out var fate)) NoteExpired(progress.Key, fate);
        }

        if (isOwn && progress.State == MessageState.Ontvangen) books.Count(Tallies.Received);
        CheckAge(node, progress);
        if (progress.State != MessageState.Opgeslagen) books.Passed(progress.Key);
        if (!progress.Custody) Dropped(node, books, progress.Key, $"let it go as {progress.State}");
    }

    /// <summary>Only the meldkamer's receipt or its age ends an origin's care for a record.</summary>
    private void Dropped(SimulatedNode node, NodeBooks books, EnvelopeKey key, string how)
    {
        books.Drop(key);
        if (key.Origin != node.Site.Id || key.Series != Series.Records || !_records.TryGetValue(key, out var fate) || fate.Type == MessageType.Bulletin) return;
        if (!fate.IsSettled && node.Site.Role != Role.Meldkamer) Broken($"{key} is not at the meldkamer, and site {node.Site.Id} {how}", node.Site.Id, key);
    }

    private void SawProgress(SimulatedNode node, Output.Progressed progressed)
    {
        if (node.Site.Role == Role.Meldkamer || progressed.State is not (MessageState.Ontvangen or MessageState.InBehandeling)) return;
        if (!_records.TryGetValue(progressed.Key, out var fate) || fate.DeliveredAt is null)
            Broken($"site {node.Site.Id} says that {progressed.Key} is {progressed.State}, and no meldkamer has it", node.Site.Id, progressed.Key);
    }

    private void SawFrame(SimulatedNode node, Output.Send send)
    {
        Mix(((ulong)node.Site.Id << 40) ^ ((ulong)send.Link << 32) ^ (uint)send.Frame.Bytes.Length);
        Mix((ulong)clock.Now.Ticks);
        if (_frames.Look(send.Frame.Bytes) is { } reused) Broken($"site {node.Site.Id} sent {reused} with other bytes than before: a nonce was used twice", node.Site.Id);
        if (_frames.To != send.Frame.To) Broken($"site {node.Site.Id} meant a frame for {To(send)} that is addressed to {_frames.To}", node.Site.Id, _frames.Records.Count > 0 ? _frames.Records[0] : null);
        Magnify(node, send);
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
