using Weerbaarheid.Relay.Lives;
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
    private readonly KeyTable _keys = new(file);
    private Mark _mark;

    private TableSums Sums => new(_envelopes.Sum, _windows.Sum.Value, _references.Sum.Value, _tallies.Sum.Value, _airtime.Sum.Value);

    /// <summary>How many envelopes there are.</summary>
    public StoreCounts Counts => _envelopes.Counts;

    /// <summary>Reads and checks every row there is; damaged ones go to quarantine.</summary>
    /// <param name="deliveredLimit">Delivered records to have at hand.</param>
    /// <param name="options">Whose counters they are, and where their lives are kept.</param>
    /// <param name="afterLoss">Whether this store has just taken the place of a broken one.</param>
    /// <param name="quarantine">Gets what is damaged.</param>
    /// <param name="isLogGone">Whether the log is gone, or shorter than it was.</param>
    public Snapshot Load(int deliveredLimit, (ushort Site, LifeFiles? Lives) options, bool afterLoss, Quarantine quarantine, bool isLogGone = false)
    {
        var scan = EnvelopeScan.Run(file.Connection, deliveredLimit, options.Site, Counts, quarantine);
        _envelopes.Continue(scan);
        if (scan.Kept.Any(envelope => _pages.ArrivalOf(envelope.Key) != scan.ArrivalOf(envelope.Key)))
            quarantine.Note(new DamagedRow(DamagedTable.Index, "envelope_key", "does not lead to its rows"));
        var windows = WindowTable.Load(file.Connection, quarantine, _windows.Sum);
        var references = ReferenceTable.Load(file.Connection, quarantine, _references.Sum);
        var tallies = TallyTable.Load(file.Connection, quarantine, _tallies.Sum);
        var airtime = AirtimeTable.Load(file.Connection, quarantine, _airtime.Sum);
        var keys = KeyTable.Load(file.Connection, quarantine);
        var (newest, lost) = MarkTable.Load(file.Connection, quarantine);
        if (newest is { } last && lost == 0 && !HasAirtimeOf(last, scan.Rows, quarantine)) airtime = airtime with { Lost = AirtimeLedger.Lifetime };
        var isLogWhole = file.TakeLogDamage() is not { } log || NoteLog(log, quarantine);
        var (mark, state) = Evidence.Gather(newest, lost, scan, references, airtime, options.Site, quarantine);
        // Commits are lost, and with them the numbers that they gave out.
        if (isLogGone) quarantine.Note(new DamagedRow(DamagedTable.Log, "outbox.db-wal", "gone or cut short, with what was committed since the database was last brought up to date"));
        if (!isLogWhole || isLogGone) state = CounterState.Doubtful;
        // Every commit writes a mark. Rows without one are of commits whose mark never came to the disk, and there is nothing to hold them against.
        if (newest is null && quarantine.Rows.Count == 0 && !afterLoss && windows.Count + references.Count + tallies.Count + keys.Count > 0)
        {
            quarantine.Note(new DamagedRow(DamagedTable.MarkA, "mark_a, mark_b", "are not there, and other tables have rows: the card said that it had written what it had not"));
            state = CounterState.Doubtful;
        }

        if (afterLoss && state == CounterState.None) state = CounterState.Doubtful;
        _mark = InItsLife(mark, state, options.Lives, quarantine) with { Envelopes = Counts.Total, Sums = Sums };
        // A store that is gone takes with it what was transmitted in the last hour.
        if (state == CounterState.None && Sequence.LifeOf(_mark.Records) > 0) airtime = airtime with { Lost = AirtimeLedger.Lifetime };
        var minutes = airtime.Settle(_mark.Time);
        // Taking rows out of a tree whose pages are not what they should be would free and overwrite the pages of others.
        if (quarantine.Rows.Count > 0 && Pragma.BrokenTree(file.Connection) is { } tree)
            throw new OutboxException($"The store {file.Path} has damage that cannot be mended: {tree}.", null, OutboxFailure.Damaged);
        // With a life file, a new store says at once that it is in use: without a mark it would pass for one that is gone.
        var isNew = state == CounterState.None && options.Lives is not null;
        if ((quarantine.Rows.Count > 0 || isNew) && !quarantine.Move(file.Connection, () => Repair(airtime, minutes))) _airtime.ReadSum();
        return new Snapshot(_mark.Time, _mark.Records, _mark.States, scan.Kept, windows, references, tallies, minutes) { Keys = keys };
    }

    /// <summary>Puts what was read out of a broken store into this one, which is new.</summary>
    public void Take(Salvage old)
    {
        _begin.Run();
        old.Pour(_envelopes, _windows, _references, _tallies, _airtime, _keys, _marks);
        _commit.Run();
    }

    /// <summary>One transaction; when this returns, the log is synced.</summary>
    public void Commit(IReadOnlyList<StoreChange> changes, TimeSpan now, int retention)
    {
        _begin.Run();
        var mark = _mark with { Number = _mark.Number + 1, Time = now };
        for (var i = 0; i < changes.Count; i++) Apply(changes[i], ref mark);
        _envelopes.Retain(retention);
        mark = mark with { Envelopes = Counts.Total, Sums = Sums };
        _marks.Write(mark);
        _commit.Run();
        _mark = mark;
    }

    /// <summary>Deletes the oldest records out of custody beyond a number, all in one transaction.</summary>
    /// <returns>How many.</returns>
    public int Trim(int retention)
    {
        if (Counts.Finished <= retention) return 0;
        _begin.Run();
        var removed = _envelopes.Retain(retention, int.MaxValue);
        var mark = _mark with { Number = _mark.Number + 1, Envelopes = Counts.Total, Sums = Sums };
        _marks.Write(mark);
        _commit.Run();
        _mark = mark;
        return removed;
    }

    /// <summary>Deletes what a cut takes of the next rows, and client references as old, in one transaction.</summary>
    public List<EnvelopeKey> EraseOlder(in ErasureCut cut, ref long place, int rows, ref int kept)
    {
        _begin.Run();
        var erased = _envelopes.EraseOlder(cut, ref place, rows, ref kept);
        if (place == long.MaxValue) _references.RemoveOlder(cut.BornBefore);
        CommitErasure();
        return erased;
    }

    /// <summary>Deletes one record and its references, in one transaction.</summary>
    public ErasureOutcome Erase(EnvelopeKey key)
    {
        _begin.Run();
        var outcome = _envelopes.Erase(key);
        if (outcome == ErasureOutcome.Erased) _references.RemoveOf(key);
        CommitErasure();
        return outcome;
    }

    private void CommitErasure()
    {
        var mark = _mark with { Number = _mark.Number + 1, Envelopes = Counts.Total, Sums = Sums };
        _marks.Write(mark);
        _commit.Run();
        _mark = mark;
    }

    public List<StoredEnvelope> ReadDelivered(int limit, EnvelopeKey? before, ushort? site, MessageType? type) =>
        _pages.Read(limit, before, site, type);

    public List<StoredEnvelope> ReadDelivered(int limit, ref long before) => _pages.Read(limit, ref before, site: null, type: null);

    /// <returns>Whether all that lay in it can be read.</returns>
    private static bool NoteLog(LogDamage log, Quarantine quarantine)
    {
        quarantine.Note(new DamagedRow(DamagedTable.Log, "outbox.db-wal", log.IsHealed ? $"damaged; {log.Commits} commits behind it were read all the same" : $"damaged; {log.Commits} commits behind it are lost"));
        return log.IsHealed;
    }

    /// <summary>Notes every table whose rows are not those of the last commit.</summary>
    /// <returns>False when that of airtime is one of them.</returns>
    private bool HasAirtimeOf(Mark last, long envelopes, Quarantine quarantine)
    {
        if (last.Envelopes != envelopes) quarantine.Note(new DamagedRow(DamagedTable.Total, "envelope", $"{envelopes} instead of {last.Envelopes}"));
        if (last.Sums is not { } expected) return true;
        void Check(DamagedTable table, long sum, long found)
        {
            // A damaged row was told of already, and is not in the sum.
            if (sum == found || quarantine.Rows.Any(row => row.Table == table)) return;
            quarantine.Note(new DamagedRow(DamagedTable.Total, Quarantine.NameOf(table), "not the rows of the last commit"));
        }

        Check(DamagedTable.Envelope, expected.Envelopes, _envelopes.Sum);
        Check(DamagedTable.Window, expected.Windows, _windows.Sum.Value);
        Check(DamagedTable.Reference, expected.References, _references.Sum.Value);
        Check(DamagedTable.Tally, expected.Tallies, _tallies.Sum.Value);
        if (expected.Airtime == _airtime.Sum.Value || quarantine.Rows.Any(row => row.Table is DamagedTable.Airtime or DamagedTable.AirtimeTotal)) return true;
        quarantine.Note(new DamagedRow(DamagedTable.AirtimeTotal, "airtime", "not the rows of the last commit"));
        return false;
    }

    /// <summary>The counters in the life that they go on in, which is known beside the store from now on.</summary>
    private static Mark InItsLife(Mark mark, CounterState state, LifeFiles? lives, Quarantine quarantine)
    {
        var inStore = Evidence.LifeIn(mark);
        var choice = lives?.Choose(state, inStore)
            ?? (state == CounterState.Doubtful ? new LifeChoice((inStore ?? 0) + 1, true, "the counters in the store are damaged") : new LifeChoice(inStore ?? 0, false, ""));
        if (choice.IsNews) lives?.Begin(choice.Life);
        if (choice.Life == (inStore ?? 0)) return mark;
        quarantine.Note(new DamagedRow(DamagedTable.Counters, $"{Sequence.NameOf(mark.Records)}/{Sequence.NameOf(mark.States)}", $"life {choice.Life} begins: {choice.Reason}"));
        return mark with { Records = Sequence.Of(choice.Life, 0), States = Sequence.Of(choice.Life, 0) };
    }

    private void Repair(AirtimeRows airtime, IReadOnlyList<StoredAirtime> minutes)
    {
        if (airtime.Lost > 0) _airtime.Replace(minutes);
        for (var copy = 0; copy < 2; copy++) _marks.Write(_mark = _mark with { Number = _mark.Number + 1, Sums = Sums });
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
            case StoreChange.PutKeys keys: _keys.Put(keys); break;
            // Written beside the store before this transaction began.
            case StoreChange.StartLife: break;
            case StoreChange.SetCounter { Series: Series.Records } counter: mark = mark with { Records = counter.Last }; break;
            case StoreChange.SetCounter counter: mark = mark with { States = counter.Last }; break;
            default: throw new ArgumentException($"The store does not know the change {change.GetType().Name}.", nameof(change));
        }
    }
}
