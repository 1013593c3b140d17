using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Node;

/// <summary>What a person wants erased of a running node.</summary>
/// <param name="Only">One record; null for what is old.</param>
/// <param name="OlderThan">Age from which records go; null for one record, or for none.</param>
/// <param name="Quarantine">The broken stores too.</param>
internal sealed record ErasureOrder(EnvelopeKey? Only, TimeSpan? OlderThan, bool Quarantine)
{
    /// <summary>Answered when it is done, and on disk.</summary>
    public TaskCompletionSource<ErasureReport> Ticket { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>An erasure that goes on, a slice at a time, so that nobody waits for it.</summary>
/// <param name="order">Who asked; null for what retention does by itself.</param>
/// <param name="cut">What is old.</param>
internal sealed class Erasing(ErasureOrder? order, ErasureCut cut)
{
    private readonly List<EnvelopeKey> _erased = [];
    private long _place;
    private int _kept;

    /// <summary>Who asked; null for what retention does by itself.</summary>
    public ErasureOrder? Order => order;

    /// <summary>Erases a slice.</summary>
    /// <returns>Whether that was the last.</returns>
    /// <exception cref="OutboxException">The store failed; what was erased before is.</exception>
    public bool Advance(SqliteOutbox outbox, Action<EnvelopeKey> gone)
    {
        if (order?.Only is { } key)
        {
            Outcome = outbox.Erase(key);
            if (Outcome == ErasureOutcome.Erased) _erased.Add(key);
            if (Outcome == ErasureOutcome.StillOwed) _kept++;
            if (Outcome != ErasureOutcome.StillOwed) gone(key);
            return true;
        }

        if (order is { OlderThan: null }) return true;
        foreach (var old in outbox.EraseOlder(cut, ref _place, ref _kept))
        {
            _erased.Add(old);
            gone(old);
        }

        return _place == long.MaxValue;
    }

    /// <summary>What became of the one record.</summary>
    public ErasureOutcome Outcome { get; private set; }

    /// <summary>What was done.</summary>
    public ErasureReport Report(int stores, int storesLeft) => new(Outcome, _erased.Count, _kept, stores, storesLeft, null);
}
