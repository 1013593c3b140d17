using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Node;

/// <summary>
/// Reads the delivered records of a store from outside the loop, however many there are. It takes a page at a time, so that a commit waits
/// for one short page at most, and holds no more than a page; what it opens it opens with keys of its own. Not for two threads at once.
/// </summary>
internal sealed class RecordReader(SqliteOutbox outbox, KeyRing keys) : IDisposable
{
    /// <summary>Envelopes in a page: about a millisecond of the store's time.</summary>
    private const int PageSize = 200;

    /// <summary>Records of some types, newest first by arrival. What arrives meanwhile is not in it, and what retention took is not missed.</summary>
    /// <param name="types">The types that are opened; others are passed over.</param>
    /// <param name="cancellationToken">Ends the reading between two pages.</param>
    /// <exception cref="OutboxException">The store cannot be read now.</exception>
    public IEnumerable<OpenedRecord> Newest(IReadOnlyCollection<MessageType> types, CancellationToken cancellationToken)
    {
        var place = long.MaxValue;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = outbox.ReadDelivered(PageSize, ref place);
            foreach (var envelope in page)
                if (envelope.Key.Series == Series.Records && types.Contains(envelope.Header.Type)) yield return new OpenedRecord(envelope, StoredMessages.Open(keys, envelope));
            if (page.Count < PageSize) yield break;
        }
    }

    public void Dispose() => keys.Dispose();
}
