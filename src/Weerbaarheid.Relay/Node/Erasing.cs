using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

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
/// <param name="keys">They open what was said later about a record.</param>
internal sealed class Erasing(ErasureOrder? order, ErasureCut cut, KeyRing keys)
{
    private bool _isBegun;
    private long _place;
    private int _erased;
    private int _words;
    private int _kept;

    /// <summary>What is old.</summary>
    public ErasureCut Cut => cut;

    /// <summary>Whether it takes what is old, and not one record.</summary>
    public bool IsByAge => order is null or { OlderThan: not null };

    /// <summary>Who asked; null for what retention does by itself.</summary>
    public ErasureOrder? Order => order;

    /// <summary>Erases a slice.</summary>
    /// <returns>Whether that was the last.</returns>
    /// <exception cref="OutboxException">The store failed; what was erased before is.</exception>
    public bool Advance(SqliteOutbox outbox, Action<EnvelopeKey> gone)
    {
        if (order?.Only is { } key)
        {
            if (_isBegun) return AdvanceWords(key, outbox, gone);
            (_isBegun, _place) = (true, long.MaxValue);
            Outcome = Take(key, outbox, gone);
            // What stays keeps what was said about it.
            return Outcome == ErasureOutcome.StillOwed;
        }

        if (order is { OlderThan: null }) return true;
        foreach (var old in outbox.EraseOlder(cut, ref _place, ref _kept))
        {
            _erased++;
            gone(old);
        }

        return _place == long.MaxValue;
    }

    /// <summary>What was said about a record goes with it, also when the record went before: nobody would find it any more.</summary>
    private bool AdvanceWords(EnvelopeKey record, SqliteOutbox outbox, Action<EnvelopeKey> gone)
    {
        foreach (var word in outbox.FindWords(record, keys, ref _place))
            if (Take(word, outbox, gone) == ErasureOutcome.Erased) _words++;
        return _place == 0;
    }

    private ErasureOutcome Take(EnvelopeKey key, SqliteOutbox outbox, Action<EnvelopeKey> gone)
    {
        var outcome = outbox.Erase(key);
        if (outcome == ErasureOutcome.Erased) _erased++;
        if (outcome == ErasureOutcome.StillOwed) _kept++;
        else gone(key);
        return outcome;
    }

    /// <summary>What became of the one record.</summary>
    public ErasureOutcome Outcome { get; private set; }

    /// <summary>What was done.</summary>
    public ErasureReport Report(int stores, int storesLeft) => new(Outcome, _erased, _kept, stores, storesLeft, null) { Words = _words };
}
