using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// The table <c>envelope</c>. A change to a row first reads it: so that the check of a damaged row is never
/// renewed over the damage, and so that the counts stay exact.
/// </summary>
internal sealed class EnvelopeTable(StoreFile file)
{
    private readonly Statement _insert = file.Prepare($"""
        INSERT INTO envelope({EnvelopeRow.Columns}) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)
        ON CONFLICT(origin, series, sequence) DO NOTHING
        """);

    private readonly Statement _find = file.Prepare(
        $"SELECT {EnvelopeRow.Columns} FROM envelope WHERE origin=?1 AND series=?2 AND sequence=?3");

    private readonly Statement _update = file.Prepare(
        "UPDATE envelope SET state=?2, custody=?3, announced=?4, reference=?5, crc=?6 WHERE arrival=?1");

    private readonly Statement _delete = file.Prepare("DELETE FROM envelope WHERE arrival=?1");

    private readonly Statement _oldest = file.Prepare(
        $"SELECT {EnvelopeRow.Columns} FROM envelope WHERE arrival>?1 AND series=0 AND custody=0 ORDER BY arrival LIMIT 1");

    private readonly Statement _records = file.Prepare(
        $"SELECT {EnvelopeRow.Columns} FROM envelope WHERE arrival>?1 AND series=0 ORDER BY arrival");

    private long _oldestFinished;
    private CheckSum _sum;

    /// <summary>How many rows there are, by group; exact, because every change reads what it changes.</summary>
    public StoreCounts Counts { get; } = new();

    /// <summary>The arrival number of the newest row.</summary>
    public long LastArrival { get; private set; }

    /// <summary>The sum of the rows.</summary>
    public long Sum => _sum.Value;

    /// <summary>Goes on from what a load found.</summary>
    public void Continue(EnvelopeScan scan) => (LastArrival, _sum) = (scan.LastArrival, scan.Sum);

    /// <summary>Stores an envelope; one that replaces another takes its place in the order of arrival.</summary>
    public void Put(StoredEnvelope envelope)
    {
        PutRule.Require(envelope);
        if (Insert(envelope, LastArrival + 1))
        {
            LastArrival++;
            return;
        }

        var arrival = RemoveRow(envelope.Key) ?? throw new InvalidOperationException($"The row of {envelope.Key} is both there and not.");
        Insert(envelope, arrival);
        _oldestFinished = Math.Min(_oldestFinished, arrival - 1);
    }

    /// <summary>Forgets an envelope, if it is there.</summary>
    public void Remove(EnvelopeKey key) => RemoveRow(key);

    /// <summary>Notes how far an envelope has come, if it is there.</summary>
    public void SetProgress(StoreChange.SetProgress change)
    {
        if (!Find(change.Key, out var row)) return;
        Span<byte> buffer = stackalloc byte[512];
        var reference = change.Reference is null ? row.Reference : Utf8(change.Reference, buffer);
        Update(row, change.State, change.Custody, row.Announced, reference, change.Reference is not null || row.HasReference);
    }

    /// <summary>Notes that an envelope was published, if it is there.</summary>
    public void SetAnnounced(EnvelopeKey key)
    {
        if (!Find(key, out var row)) return;
        Update(row, row.State, row.Custody, true, row.Reference, row.HasReference);
    }

    /// <summary>Deletes the oldest records out of custody until no more than <paramref name="retention"/> are left, a few at each commit.</summary>
    /// <returns>How many.</returns>
    public int Retain(int retention, int most = OutboxOptions.RemovedPerCommit)
    {
        var removed = 0;
        for (; Counts.Finished > retention && removed < most; removed++)
        {
            _oldest.Bind(1, _oldestFinished);
            if (!_oldest.Step()) break;
            var row = Whole(new EnvelopeRow(_oldest));
            _oldestFinished = row.Arrival;
            DeleteRow(row);
            _oldest.Reset();
        }

        return removed;
    }

    /// <summary>Deletes records out of custody that are older than a cut, in the order of arrival from a place on.</summary>
    /// <param name="cut">What is old.</param>
    /// <param name="place">The arrival number that was reached; <see cref="long.MaxValue"/> when there is nothing after it.</param>
    /// <param name="rows">Rows to look at: so that nobody waits for long.</param>
    /// <param name="kept">Gets one more for each that is old enough and still owed to somebody.</param>
    public List<EnvelopeKey> EraseOlder(in ErasureCut cut, ref long place, int rows, ref int kept)
    {
        var (old, seen) = (new List<EnvelopeKey>(), 0);
        _records.Bind(1, place);
        while (seen < rows && _records.Step())
        {
            seen++;
            var row = new EnvelopeRow(_records);
            place = row.Arrival;
            // One that is damaged is put aside by the next load.
            if (!row.IsWhole || !cut.Takes(row.BornAt, row.ReceivedAt)) continue;
            if (row.Custody) kept++;
            else old.Add(row.Key);
        }

        _records.Reset();
        if (seen < rows) place = long.MaxValue;
        foreach (var key in old) RemoveRow(key);
        return old;
    }

    /// <summary>Deletes one record, unless it is still owed to somebody.</summary>
    public ErasureOutcome Erase(EnvelopeKey key)
    {
        if (!Find(key, out var row)) return ErasureOutcome.NotHere;
        var isOwed = row.Custody;
        _find.Reset();
        if (isOwed) return ErasureOutcome.StillOwed;
        RemoveRow(key);
        return ErasureOutcome.Erased;
    }

    private static ReadOnlySpan<byte> Utf8(string text, Span<byte> buffer) =>
        Encoding.UTF8.TryGetBytes(text, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(text);

    /// <exception cref="OutboxException">The row is damaged. The next load puts it in quarantine.</exception>
    private static EnvelopeRow Whole(EnvelopeRow row) => row.IsWhole ? row : throw new OutboxException(
        $"The stored envelope {row.Key} is not what was written. Load the store again: that puts the row in quarantine.", null, OutboxFailure.Damaged);

    // The order of the columns and of the check is EnvelopeRow's.
    private bool Insert(StoredEnvelope envelope, long arrival)
    {
        var check = new RowCheck();
        Column(1, arrival, ref check);
        Column(2, envelope.Key.Origin, ref check);
        Column(3, (long)envelope.Key.Series, ref check);
        Column(4, (long)envelope.Key.Sequence, ref check);
        Column(5, (long)envelope.Header.Type, ref check);
        Column(6, envelope.Header.Priority, ref check);
        Column(9, envelope.Delivered ? 1 : 0, ref check);
        Column(11, envelope.BornAt.Ticks, ref check);
        Column(12, envelope.ReceivedAt.UtcTicks, ref check);
        _insert.BindText(13, envelope.ClientRef, ref check);
        _insert.BindBlob(16, envelope.Bytes.Span);
        check.Add(envelope.Bytes.Span);
        Column(7, (long)envelope.State, ref check);
        Column(8, envelope.Custody ? 1 : 0, ref check);
        Column(10, envelope.Announced ? 1 : 0, ref check);
        _insert.BindText(14, envelope.Reference, ref check);
        _insert.Bind(15, check.Value);
        _insert.Run();
        if (_insert.Changes == 0) return false;
        _sum.Add(check.Value);
        Counts.Add(GroupOf(envelope), IsFinished(envelope));
        return true;
    }

    private void Column(int index, long value, ref RowCheck check)
    {
        _insert.Bind(index, value);
        check.Add(value);
    }

    private bool Find(EnvelopeKey key, out EnvelopeRow row)
    {
        _find.Reset();
        _find.Bind(1, key.Origin);
        _find.Bind(2, (long)key.Series);
        _find.Bind(3, (long)key.Sequence);
        row = new EnvelopeRow(_find);
        if (!_find.Step()) return false;
        Whole(row);
        return true;
    }

    private void Update(EnvelopeRow row, MessageState state, bool custody, bool announced, ReadOnlySpan<byte> reference, bool hasReference)
    {
        _update.Bind(1, row.Arrival);
        _update.Bind(2, (long)state);
        _update.Bind(3, custody);
        _update.Bind(4, announced);
        if (hasReference) _update.BindText(5, reference);
        else _update.BindNull(5);
        var check = row.CheckWith(state, custody, announced, reference, hasReference);
        _update.Bind(6, check);
        _sum.Remove(row.Carried);
        _sum.Add(check);
        Counts.Remove(row.Group, row.Finished);
        Counts.Add(row.Group with { State = state, Custody = custody }, row.IsRecord && !custody);
        if (row.IsRecord && !custody) _oldestFinished = Math.Min(_oldestFinished, row.Arrival - 1);
        _find.Reset();
        _update.Run();
    }

    private long? RemoveRow(EnvelopeKey key)
    {
        if (!Find(key, out var row)) return null;
        var arrival = row.Arrival;
        DeleteRow(row);
        _find.Reset();
        return arrival;
    }

    private void DeleteRow(EnvelopeRow row)
    {
        Counts.Remove(row.Group, row.Finished);
        _sum.Remove(row.Carried);
        _delete.Bind(1, row.Arrival);
        _delete.Run();
    }

    private static EnvelopeGroup GroupOf(StoredEnvelope envelope) => new(
        envelope.Key.Origin, envelope.Header.Type, envelope.Header.Priority, envelope.State, envelope.Custody, envelope.Delivered, envelope.Header.Exercise);

    private static bool IsFinished(StoredEnvelope envelope) => envelope.Key.Series == Series.Records && !envelope.Custody;
}
