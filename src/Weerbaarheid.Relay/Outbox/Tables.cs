using Microsoft.Data.Sqlite;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The prepared statements of one connection, and what is known in memory of the rows behind it.</summary>
internal sealed class Tables(SqliteConnection connection) : IDisposable
{
    private readonly Statement _begin = new(connection, "BEGIN IMMEDIATE");
    private readonly Statement _commit = new(connection, "COMMIT");
    private readonly WindowTable _windows = new(connection);
    private readonly TallyTable _tallies = new(connection);
    private readonly MarkTable _marks = new(connection);
    private readonly DeliveredPages _pages = new(connection);
    private Mark _mark;

    public StoreCounts Counts { get; } = new();

    private EnvelopeTable Envelopes => field ??= new EnvelopeTable(connection, Counts);

    private ReferenceTable References { get; } = new(connection);

    /// <summary>Reads and checks every row there is; damaged ones go to quarantine.</summary>
    public Snapshot Load(int deliveredLimit, ushort site, Quarantine quarantine)
    {
        var scan = EnvelopeScan.Run(connection, deliveredLimit, site, Counts, quarantine);
        Envelopes.LastArrival = scan.LastArrival;
        if (scan.Kept.Any(envelope => _pages.ArrivalOf(envelope.Key) != scan.ArrivalOf(envelope.Key)))
            quarantine.Note(new DamagedRow(DamagedTable.Index, "envelope_key", "does not lead to its rows"));
        var windows = WindowTable.Load(connection, quarantine);
        var references = References.Load(quarantine);
        var tallies = TallyTable.Load(connection, quarantine);
        var (newest, lost) = MarkTable.Load(connection, quarantine);
        _mark = Evidence.Settle(newest, lost, scan, references, site, quarantine);
        if (quarantine.Rows.Count > 0) quarantine.Move(connection, WriteBothMarks);
        return new Snapshot(_mark.Time, _mark.Records, _mark.States, scan.Kept, windows, references, tallies);
    }

    /// <summary>One transaction; when this returns, the log is synced.</summary>
    public void Commit(IReadOnlyList<StoreChange> changes, TimeSpan now, int retention)
    {
        _begin.Run();
        var mark = _mark with { Number = _mark.Number + 1, Time = now };
        for (var i = 0; i < changes.Count; i++) Apply(changes[i], ref mark);
        Envelopes.Retain(retention);
        _marks.Write(mark);
        _commit.Run();
        _mark = mark;
    }

    public IReadOnlyList<StoredEnvelope> ReadDelivered(int limit, EnvelopeKey? before, ushort? site, MessageType? type) =>
        _pages.Read(limit, before, site, type);

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_begin, _commit, Envelopes, _pages, _windows, References, _tallies, _marks]) part.Dispose();
    }

    private void WriteBothMarks()
    {
        for (var copy = 0; copy < 2; copy++) _marks.Write(_mark = _mark with { Number = _mark.Number + 1 });
    }

    private void Apply(StoreChange change, ref Mark mark)
    {
        switch (change)
        {
            case StoreChange.Put put: Envelopes.Put(put.Envelope); break;
            case StoreChange.SetProgress progress: Envelopes.SetProgress(progress); break;
            case StoreChange.SetAnnounced announced: Envelopes.SetAnnounced(announced.Key); break;
            case StoreChange.Remove remove: Envelopes.Remove(remove.Key); break;
            case StoreChange.SetWindow window: _windows.Set(window); break;
            case StoreChange.PutReference reference: References.Put(reference); break;
            case StoreChange.RemoveReferencesBefore before: References.RemoveBefore(before.At); break;
            case StoreChange.SetTally tally: _tallies.Set(tally); break;
            case StoreChange.SetCounter { Series: Series.Records } counter: mark = mark with { Records = counter.Last }; break;
            case StoreChange.SetCounter counter: mark = mark with { States = counter.Last }; break;
            default: throw new ArgumentException($"The store does not know the change {change.GetType().Name}.", nameof(change));
        }
    }
}
