using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <content>
/// What is deleted because it must not be kept, and not for want of room. SQLite overwrites it in the database (secure_delete); the log may still
/// hold it until <see cref="Checkpoint"/>, which therefore ends every erasure. Nothing in custody goes.
/// </content>
internal sealed partial class SqliteOutbox
{
    /// <summary>Rows that are looked at in one go: about a millisecond of the store's time.</summary>
    public const int ErasureRows = 256;

    /// <summary>The broken stores in quarantine, in which anything may still lie that was ever in this one.</summary>
    public int BrokenStores => _attic.Count;

    /// <summary>Deletes what a cut takes of the next <see cref="ErasureRows"/> rows.</summary>
    /// <param name="cut">What is old.</param>
    /// <param name="place">0 at first; <see cref="long.MaxValue"/> when all was looked at.</param>
    /// <param name="kept">Gets one more for each that is old enough and still owed to somebody.</param>
    /// <exception cref="OutboxException">As <see cref="Commit"/>.</exception>
    public IReadOnlyList<EnvelopeKey> EraseOlder(in ErasureCut cut, ref long place, ref int kept)
    {
        lock (_gate)
        {
            var tables = Open();
            RequirePlace();
            var (limit, reached, owed) = (cut, place, kept);
            List<EnvelopeKey> erased = [];
            Write(() => erased = tables.EraseOlder(limit, ref reached, ErasureRows, ref owed));
            (place, kept) = (reached, owed);
            return erased;
        }
    }

    /// <summary>What was said later about a record, of the next <see cref="ErasureRows"/> that were delivered here.</summary>
    /// <param name="record">The record; it need not be here any more.</param>
    /// <param name="keys">They open what was said.</param>
    /// <param name="place"><see cref="long.MaxValue"/> at first; 0 when all was looked at.</param>
    /// <exception cref="OutboxException">The store cannot be read now.</exception>
    public IReadOnlyList<EnvelopeKey> FindWords(EnvelopeKey record, KeyRing keys, ref long place)
    {
        var page = ReadDelivered(ErasureRows, ref place);
        if (page.Count < ErasureRows) place = 0;
        return
        [
            .. page.Where(one => one.Header.Type == MessageType.Amend && StoredMessages.Open(keys, one) is Amend amend
                && record == new EnvelopeKey(amend.ForSite, Series.Records, amend.ForSequence)).Select(one => one.Key),
        ];
    }

    /// <summary>Deletes one record, with what its client called it, unless it is owed to somebody.</summary>
    /// <exception cref="OutboxException">As <see cref="Commit"/>.</exception>
    public ErasureOutcome Erase(EnvelopeKey key)
    {
        lock (_gate)
        {
            var tables = Open();
            RequirePlace();
            var outcome = ErasureOutcome.NotHere;
            Write(() => outcome = tables.Erase(key));
            return outcome;
        }
    }

    /// <summary>Deletes the broken stores, and the damaged rows that were put aside in this one.</summary>
    /// <returns>How many stores went.</returns>
    /// <exception cref="OutboxException">As <see cref="Commit"/>, and when a file could not be deleted.</exception>
    public int EraseQuarantine()
    {
        lock (_gate)
        {
            Open();
            RequirePlace();
            Write(() => Pragma.Execute(_file!.Connection, "DELETE FROM quarantine"));
            try
            {
                var gone = _attic.Erase();
                LastLoss = _attic.Newest;
                return gone;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new OutboxException($"A broken store in quarantine cannot be deleted: {e.Message}", e);
            }
        }
    }
}
