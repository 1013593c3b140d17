using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Relaying;

/// <summary>A core on a store in memory, driven batch by batch; remembers all that came out.</summary>
internal sealed class TestNode
{
    private MemoryOutbox _outbox = new();
    private readonly KeyRing _keys;
    private readonly RelayRules _rules;
    private readonly List<LinkDescription> _links = [];

    public TestNode(ushort id, Role role, KeyRing keys, RelayRules? rules = null)
    {
        (_keys, _rules) = (keys, rules ?? RelayRules.Default);
        Site = new Site(id, $"site {id}", role, "test");
        Core = NewCore();
    }

    public Site Site { get; }

    public KeyRing Keys => _keys;

    public RelayCore Core { get; private set; }

    public bool IsOn { get; set; } = true;

    public Snapshot Disk => _outbox.Load(int.MaxValue);

    public List<Output.Delivered> Delivered { get; } = [];

    public List<Output.Progressed> Progressed { get; } = [];

    public List<Output.Noted> Notes { get; } = [];

    public List<Output.Renumbered> Renumbered { get; } = [];

    /// <summary>Outputs of the last batch.</summary>
    public List<Output> Last { get; } = [];

    /// <summary>Changes of the last batch.</summary>
    public List<StoreChange> LastChanges { get; } = [];

    public IReadOnlyList<LinkDescription> Links => _links;

    /// <summary>Ids of the records delivered here.</summary>
    public IEnumerable<string> Ids => Delivered.Where(one => one.Envelope.Key.Series == Series.Records).Select(one => one.Envelope.Key.ToString());

    public int AddLink(LinkDescription link)
    {
        _links.Add(link);
        Core = NewCore();
        return _links.Count - 1;
    }

    public void Restart()
    {
        Core = NewCore();
        IsOn = true;
    }

    /// <summary>The next batch cannot be stored; the node then starts from what is on its disk, as the real one does.</summary>
    public void FailNextCommit() => _outbox.FailNextCommit();

    /// <summary>The board burns down; another takes its place with nothing on its disk.</summary>
    public void LoseDisk() => _outbox = new MemoryOutbox();

    /// <summary>What is on the disk, to be put back later.</summary>
    public MemoryOutbox CopyDisk() => Copy(Disk, Disk.Records, Disk.States, 0);

    public void PutBack(MemoryOutbox copy) => _outbox = copy;

    /// <summary>The counters are lost, and the store starts a life that it never had, as the real one does.</summary>
    /// <param name="life">Which.</param>
    /// <param name="last">Last number given out in it.</param>
    /// <param name="keeps">Whether all else was salvaged.</param>
    /// <param name="forgetting">A record that was not.</param>
    public void BeginAnew(uint life, uint last = 0, bool keeps = false, ulong forgetting = 0) =>
        _outbox = Copy(keeps ? Disk : Snapshot.Empty, Sequence.Of(life, last), Sequence.Of(life, last), forgetting);

    private static MemoryOutbox Copy(Snapshot from, ulong records, ulong states, ulong forgetting)
    {
        var copy = new MemoryOutbox();
        copy.Load(0);
        copy.Commit(
            [
                .. from.Envelopes.Where(one => one.Key.Sequence != forgetting).Select(one => new StoreChange.Put(one)),
                .. from.Windows.Select(one => new StoreChange.SetWindow(one.Key, one.Highest, one.Seen)),
                .. from.References.Select(one => new StoreChange.PutReference(one.Reference, one.Key, one.At)),
                .. from.Tallies.Select(one => new StoreChange.SetTally(one.Key, one.Value)),
                new StoreChange.SetCounter(Series.Records, records), new StoreChange.SetCounter(Series.States, states),
            ],
            from.Time);
        return copy;
    }

    /// <summary>Runs one batch and makes it durable.</summary>
    public List<Output> Batch(TimeSpan now, params RelayEvent[] events)
    {
        var effects = new Effects();
        var at = new Instant(now, DateTimeOffset.UnixEpoch.AddYears(57) + now, true);
        foreach (var happened in events) Core.Handle(happened, at, effects);
        Core.Settle(at, effects);
        try
        {
            if (effects.Changes.Count > 0) _outbox.Commit(effects.Changes, now);
        }
        catch (OutboxException)
        {
            Core = NewCore();
            for (var link = 0; link < _links.Count; link++) Core.Handle(new RelayEvent.LinkUp(link), at, new Effects());
            return [];
        }

        Last.Clear();
        Last.AddRange(effects.Outputs);
        LastChanges.Clear();
        LastChanges.AddRange(effects.Changes);
        Delivered.AddRange(effects.Outputs.OfType<Output.Delivered>());
        Progressed.AddRange(effects.Outputs.OfType<Output.Progressed>());
        Notes.AddRange(effects.Outputs.OfType<Output.Noted>());
        Renumbered.AddRange(effects.Outputs.OfType<Output.Renumbered>());
        return effects.Outputs;
    }

    /// <summary>The state that people at this site see for one of their messages.</summary>
    public MessageState? StateOf(EnvelopeKey key) => Progressed.LastOrDefault(one => one.Key == key)?.State;

    private RelayCore NewCore() => new(Site, _keys, _links, _outbox.Load(1_000), _rules);
}
