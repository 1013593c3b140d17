using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>The prepared statements of one connection, and what is known in memory of the rows behind it.</summary>
internal sealed class Tables(StoreFile file)
{
    private readonly Statement _begin = file.Prepare("BEGIN IMMEDIATE");
    private readonly Statement _commit = file.Prepare("COMMIT");
    private readonly WindowTable _windows = new(file);
    private readonly TallyTable _tallies = new(file);
    private readonly MarkTable _marks = new(file);
    private readonly DeliveredPages _pages = new(file);
    private readonly EnvelopeTable _envelopes = new(file);
    private readonly ReferenceTable _references = new(file);
    private readonly AirtimeTable _airtime = new(file);
    private Mark _mark;

    /// <summary>How many envelopes there are.</summary>
    public StoreCounts Counts => _envelopes.Counts;

    /// <summary>Reads and checks every row there is; damaged ones go to quarantine.</summary>
    public Snapshot Load(int deliveredLimit, ushort site, Quarantine quarantine)
    {
        var scan = EnvelopeScan.Run(file.Connection, deliveredLimit, site, Counts, quarantine);
        _envelopes.LastArrival = scan.LastArrival;
        if (scan.Kept.Any(envelope => _pages.ArrivalOf(envelope.Key) != scan.ArrivalOf(envelope.Key)))
            quarantine.Note(new DamagedRow(DamagedTable.Index, "envelope_key", "does not lead to its rows"));
        var windows = WindowTable.Load(file.Connection, quarantine);
        var references = _references.Load(quarantine);
        var tallies = TallyTable.Load(file.Connection, quarantine);
        var airtime = AirtimeTable.Load(file.Connection, quarantine);
        var (newest, lost) = MarkTable.Load(file.Connection, quarantine);
        if (newest is { } last && lost == 0 && last.Envelopes != scan.Rows)
            quarantine.Note(new DamagedRow(DamagedTable.Total, "envelope", $"{scan.Rows} instead of {last.Envelopes}"));
        _mark = Evidence.Settle(newest, lost, scan, references, airtime, site, quarantine) with { Envelopes = Counts.Total };
        var minutes = airtime.Settle(_mark.Time);
        if (quarantine.Rows.Count > 0) quarantine.Move(file.Connection, () => Repair(airtime, minutes));
        return new Snapshot(_mark.Time, _mark.Records, _mark.States, scan.Kept, windows, references, tallies, minutes);
    }

    /// <summary>One transaction; when this returns, the log is synced.</summary>
    public void Commit(IReadOnlyList<StoreChange> changes, TimeSpan now, int retention)
    {
        _begin.Run();
        var mark = _mark with { Number = _mark.Number + 1, Time = now };
        for (var i = 0; i < changes.Count; i++) Apply(changes[i], ref mark);
        _envelopes.Retain(retention);
        mark = mark with { Envelopes = Counts.Total };
        _marks.Write(mark);
        _commit.Run();
        _mark = mark;
    }

    public IReadOnlyList<StoredEnvelope> ReadDelivered(int limit, EnvelopeKey? before, ushort? site, MessageType? type) =>
        _pages.Read(limit, before, site, type);

    private void Repair(AirtimeRows airtime, IReadOnlyList<StoredAirtime> minutes)
    {
        if (airtime.Lost > 0) _airtime.Replace(minutes);
        for (var copy = 0; copy < 2; copy++) _marks.Write(_mark = _mark with { Number = _mark.Number + 1 });
    }

    private void Apply(StoreChange change, ref Mark mark)
    {
        switch (change)
        {
            case StoreChange.Put put: _envelopes.Put(put.Envelope); break;
            case StoreChange.SetProgress progress: _envelopes.SetProgress(progress); break;
            case StoreChange.SetAnnounced announced: _envelopes.SetAnnounced(announced.Key); break;
            case StoreChange.Remove remove: _envelopes.Remove(remove.Key); break;
            case StoreChange.SetWindow window: _windows.Set(window); break;
            case StoreChange.PutReference reference: _references.Put(reference); break;
            case StoreChange.RemoveReference reference: _references.Remove(reference.Reference); break;
            case StoreChange.SetTally tally: _tallies.Set(tally); break;
            case StoreChange.SetAirtime airtime: _airtime.Set(airtime); break;
            case StoreChange.SetCounter { Series: Series.Records } counter: mark = mark with { Records = counter.Last }; break;
            case StoreChange.SetCounter counter: mark = mark with { States = counter.Last }; break;
            default: throw new ArgumentException($"The store does not know the change {change.GetType().Name}.", nameof(change));
        }
    }
}
