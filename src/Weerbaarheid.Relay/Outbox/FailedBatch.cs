using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// A batch whose commit failed. A sync or a note that fails leaves open whether the batch is on disk; who is told that it is not, and hands the
/// same in again, would make it two. So its answers wait for the store to be read, and say what stands there.
/// </summary>
internal sealed class FailedBatch
{
    private readonly Dictionary<object, SubmitOutcome> _outcomes;
    private readonly Dictionary<EnvelopeKey, ReadOnlyMemory<byte>> _written;

    /// <param name="failed">What would have been done.</param>
    public FailedBatch(Effects failed)
    {
        _outcomes = failed.Outputs.OfType<Output.Completed>().ToDictionary(completed => completed.Ticket, completed => completed.Outcome);
        _written = failed.Changes.OfType<StoreChange.Put>().GroupBy(put => put.Envelope.Key).ToDictionary(puts => puts.Key, puts => puts.Last().Envelope.Bytes);
    }

    /// <summary>The answers that hold: of what lies in the store as it was written, and of what was refused for another reason.</summary>
    /// <param name="read">What the store holds now, synced.</param>
    public Dictionary<object, SubmitOutcome> Holding(Snapshot read)
    {
        var asked = _outcomes.Values.Where(outcome => outcome.Refusal == Refusal.None).Select(outcome => outcome.Key).ToHashSet();
        var there = read.Envelopes.Where(stored => asked.Contains(stored.Key) && IsAsWritten(stored)).Select(stored => stored.Key).ToHashSet();
        return _outcomes.Where(pair => pair.Value.Refusal != Refusal.None || there.Contains(pair.Value.Key)).ToDictionary();
    }

    private bool IsAsWritten(StoredEnvelope stored) => !_written.TryGetValue(stored.Key, out var bytes) || bytes.Span.SequenceEqual(stored.Bytes.Span);
}
