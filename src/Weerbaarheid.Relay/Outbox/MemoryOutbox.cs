using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// A store in memory with the semantics of <see cref="SqliteOutbox"/>, for the simulation and for tests. What was
/// committed survives whatever happens to the node that used it: a power cut is a new node on the same store.
/// </summary>
/// <param name="retention">Records out of custody that are kept; the oldest go first.</param>
internal sealed class MemoryOutbox(int retention = 200_000) : IOutbox
{
    private readonly Lock _gate = new();
    private readonly MemoryContents _contents = new();
    private OutboxFailure? _failNext;
    private bool _loaded;

    /// <summary>Commits that went well.</summary>
    public long Commits { get; private set; }

    /// <summary>How many envelopes lie in the store, by group.</summary>
    public IReadOnlyDictionary<EnvelopeGroup, int> Counts
    {
        get
        {
            lock (_gate)
                return _contents.Envelopes.CountBy(e => new EnvelopeGroup(
                    e.Key.Origin, e.Header.Type, e.Header.Priority, e.State, e.Custody, e.Delivered, e.Header.Exercise)).ToDictionary();
        }
    }

    /// <summary>Makes the next commit fail; nothing of it is stored.</summary>
    public void FailNextCommit(OutboxFailure failure = OutboxFailure.Failed)
    {
        lock (_gate) _failNext = failure;
    }

    /// <inheritdoc/>
    public Snapshot Load(int deliveredLimit)
    {
        lock (_gate)
        {
            _loaded = true;
            return _contents.Snapshot(deliveredLimit);
        }
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreChange> changes, TimeSpan now)
    {
        lock (_gate)
        {
            if (!_loaded) throw new OutboxException("The store must be loaded before it is used, and again after a failure.");
            _loaded = false;
            if (_failNext is { } failure)
            {
                _failNext = null;
                throw new OutboxException("The store failed because a test asked for it.", null, failure);
            }

            foreach (var change in changes) MemoryContents.Require(change);
            foreach (var change in changes) _contents.Apply(change);
            _contents.Retain(retention);
            _contents.Time = now;
            _loaded = true;
            Commits++;
        }
    }

    /// <summary>Delivered envelopes, newest first by arrival; see <see cref="SqliteOutbox.ReadDelivered"/>.</summary>
    public IReadOnlyList<StoredEnvelope> ReadDelivered(int limit, EnvelopeKey? before = null, ushort? site = null, MessageType? type = null)
    {
        lock (_gate) return _contents.ReadDelivered(limit, before, site, type);
    }
}
