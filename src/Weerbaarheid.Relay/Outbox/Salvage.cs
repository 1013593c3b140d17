using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// Reads out of a broken store what is still whole: every row whose check holds. What an unreadable page holds is stepped over.
/// The file itself is not repaired; it stays as it is for people to look at.
/// </summary>
internal sealed class Salvage : IDisposable
{
    private readonly SqliteConnection? _connection;
    private readonly string? _mended;
    private readonly Quarantine _unreadable = new();
    private TimeSpan _latest;

    /// <param name="path">The database, in the folder that it was put aside in.</param>
    /// <param name="fresh">The new store, whose list of tables a whole one has too.</param>
    public Salvage(string path, SqliteConnection fresh)
    {
        if (!File.Exists(path)) return;
        _connection = Connect(path);
        if (_connection is not null && Schema.ListOf(_connection) == Schema.ListOf(fresh)) return;
        _mended = MendedCopy.Make(path);
        if (_mended is null || Connect(_mended) is not { } mended) return;
        var isBetter = WholeIn(mended) > WholeIn(_connection);
        (isBetter ? _connection : mended)?.Dispose();
        if (isBetter) _connection = mended;
    }

    /// <summary>Envelopes that were whole.</summary>
    public int Envelopes { get; private set; }

    /// <summary>Rows that were not what was written.</summary>
    public int Unreadable => _unreadable.Rows.Count;

    /// <summary>Writes it all into a new store, in one transaction that the caller opened.</summary>
    public void Pour(EnvelopeTable envelopes, WindowTable windows, ReferenceTable references, TallyTable tallies, AirtimeTable airtime, KeyTable keys, MarkTable marks)
    {
        var mark = Try(from => MarkTable.Load(from, _unreadable).Newest, null);
        _latest = mark?.Time ?? TimeSpan.Zero;
        if (_connection is { } connection) new EnvelopeWalk(connection).Run(row => Pour(row, envelopes));
        foreach (var one in Try(from => WindowTable.Load(from, _unreadable), []).Where(IsRanges)) windows.Set(new StoreChange.SetWindow(one.Key, one.Highest, one.Seen));
        foreach (var one in Try(from => ReferenceTable.Load(from, _unreadable), []))
        {
            references.Put(new StoreChange.PutReference(one.Reference, one.Key, one.At));
            if (one.At > _latest) _latest = one.At;
        }

        foreach (var (name, value) in Try(from => TallyTable.Load(from, _unreadable), [])) tallies.Set(new StoreChange.SetTally(name, value));
        var spent = Try(from => AirtimeTable.Load(from, _unreadable), new AirtimeRows([], AirtimeLedger.Lifetime));
        if (spent.LatestMoment > _latest) _latest = spent.LatestMoment;
        airtime.Replace(spent.Settle(_latest));
        // Without them a site would be back in the epoch of its key file, which the region may have closed.
        foreach (var one in Try(from => KeyTable.Load(from, _unreadable), [])) keys.Put(new StoreChange.PutKeys(one.Epoch, one.SiteKey, one.NetworkKey));
        // One mark of two: the counters count as doubtful, whatever it says.
        if (mark is { } last) marks.Write(last with { Number = Math.Max(last.Number, 2) });
    }

    public void Dispose()
    {
        _connection?.Dispose();
        if (_mended is not null) MendedCopy.Remove(_mended);
    }

    private static SqliteConnection? Connect(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            var source = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadWrite };
            connection = new SqliteConnection(source.ToString());
            connection.Open();
            // Its log is read and left alone: what lies aside stays as it lay.
            raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            Pragma.Execute(connection, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;");
            // Without it SQLite gives nothing of a file that is shorter than it says; the tables are ours, and so are the statements.
            Pragma.Execute(connection, "PRAGMA writable_schema=ON;");
            return connection;
        }
        catch (SqliteException)
        {
            connection?.Dispose();
            return null;
        }
    }

    private static int WholeIn(SqliteConnection? connection)
    {
        var whole = 0;
        if (connection is not null) new EnvelopeWalk(connection).Run(met => whole += met.Envelope is null ? 0 : 1);
        return whole;
    }

    private static bool IsRanges(StoredWindow window)
    {
        try
        {
            SequenceRanges.FromBytes(window.Seen.Span);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private void Pour(EnvelopeWalk.Met met, EnvelopeTable envelopes)
    {
        if (met.Envelope is not { } envelope)
        {
            _unreadable.Note(new DamagedRow(DamagedTable.Envelope, "", "check", met.Arrival));
            return;
        }

        envelopes.Put(envelope);
        Envelopes++;
        if (envelope.BornAt > _latest) _latest = envelope.BornAt;
    }

    private T Try<T>(Func<SqliteConnection, T> read, T otherwise)
    {
        try
        {
            return _connection is null ? otherwise : read(_connection);
        }
        catch (SqliteException)
        {
            return otherwise;
        }
    }
}
