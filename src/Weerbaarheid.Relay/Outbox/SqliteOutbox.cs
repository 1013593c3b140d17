using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// The durable store: one SQLite file, one connection. <see cref="Commit"/> returns after the log was synced. After any
/// failed write the connection is not trusted any more; <see cref="Load"/> opens a fresh one and says what is true.
/// Safe to call from several threads; a page that reads waits for the commit that runs, and the other way round.
/// </summary>
internal sealed partial class SqliteOutbox : IOutbox, IDisposable
{
    /// <summary>Most envelopes that one page of <see cref="ReadDelivered"/> gives.</summary>
    public const int PageLimit = 1000;

    /// <summary>Bytes that the log may grow by before that is noted beside it: what can be cut off it without a trace.</summary>
    private const int NotedStep = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly ushort _site;
    private readonly OutboxOptions _options;
    private readonly StoreAttic _attic;
    private StoreFile? _file;
    private Tables? _tables;
    private string? _broken;
    private bool _isForeign;
    private StoreLoss? _unsalvaged;
    private long? _notedLog;
    private bool _isLogGone;
    private bool _isUnsure;

    private SqliteOutbox(string path, ushort site, OutboxOptions options)
    {
        (_path, _site, _options, _attic) = (path, site, options, new StoreAttic(path));
        _ballast = new Ballast(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "ballast"));
        LastLoss = _attic.Newest;
        _broken = Breakage.Remains(path);
        if (_broken is not null) return;
        try
        {
            _file = WithBallast(OpenFile);
        }
        catch (OutboxException e) when (Breakage.Of(path, e) is { } reason)
        {
            (_broken, _isForeign) = (reason, e.Failure == OutboxFailure.Foreign);
        }
    }

    /// <summary>The store that was put aside last, be it in an earlier life of this program; null when there is none.</summary>
    public StoreLoss? LastLoss { get; private set; }

    /// <summary>Whether the last load put a store aside.</summary>
    public bool HasJustLost { get; private set; }

    /// <summary>Rows that the last load found damaged, and lives that it began; none of it was given as data.</summary>
    public IReadOnlyList<DamagedRow> Quarantined { get; private set; } = [];

    /// <summary>Bytes on disk: the database and its log.</summary>
    public long FileBytes => StoreFile.Bytes(_path);

    /// <summary>How many envelopes lie in the store, by group; after retention took the oldest.</summary>
    public IReadOnlyDictionary<EnvelopeGroup, int> Counts
    {
        get
        {
            lock (_gate) return Open().Counts.Copy();
        }
    }

    /// <summary>Opens a store, or creates it with its folder. <see cref="Load"/> must follow; it puts a broken store aside.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="site">This node's own site: its numbers are never given out twice, whatever is damaged.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="OutboxException">A start-up error, told in a sentence: in use, newer, read-only, not given by the disk.</exception>
    public static SqliteOutbox Open(string path, ushort site, OutboxOptions? options = null) => new(path, site, options ?? OutboxOptions.Default);

    /// <inheritdoc/>
    public Snapshot Load(int deliveredLimit)
    {
        lock (_gate)
        {
            HasJustLost = false;
            ReturnToPlace();
            return WithBallast(() => LoadOrReplace(deliveredLimit));
        }
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreChange> changes, TimeSpan now)
    {
        lock (_gate)
        {
            var tables = Open();
            RequirePlace();
            Write(() =>
            {
                foreach (var change in changes)
                    if (change is StoreChange.StartLife start) _options.Lives?.Begin(start.Life);
            });
            Write(() => tables.Commit(changes, now, IsTight ? OutboxOptions.KeptWhenTight : _options.Retention), mayHold: true);
            _hasTrimmed = false;
            // They may have gone since; then it is not known to be kept, though it was written back too.
            RequirePlace(mayHold: true);
            Write(NoteLog, mayHold: true);
        }
    }

    /// <summary>Moves the log into the database and empties it: when idle, and at a clean stop.</summary>
    /// <exception cref="OutboxException">As <see cref="Commit"/>; what was committed stays committed.</exception>
    public void Checkpoint()
    {
        lock (_gate)
        {
            Open();
            RequirePlace();
            try
            {
                Empty(_file!);
            }
            catch (SqliteException e)
            {
                Abandon();
                throw StoreFile.Translate(_path, "be written", e);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            // A log that SQLite takes away as it closes is not one that is missing.
            if (_file is not null) _options.Lives?.NoteLogEmpty();
            _file?.Dispose();
            (_tables, _file) = (null, null);
        }
    }

    /// <param name="write">What writes.</param>
    /// <param name="mayHold">Whether the batch may be on disk when it fails.</param>
    private void Write(Action write, bool mayHold = false)
    {
        try
        {
            write();
        }
        catch (Exception e)
        {
            Abandon();
            // Then the end of the transaction was never written.
            mayHold &= e is not SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_READONLY };
            _isUnsure |= mayHold && e is SqliteException;
            // A page that no load reads is damaged: a load would find all well, and the next commit fail again.
            if (e is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB }) _broken = $"it is damaged where it was to be written ({e.Message})";
            throw NoteFull(Told(e, "be written", mayHold));
        }
    }

    private StoreFile OpenFile()
    {
        // Before SQLite makes a new one in its place.
        _isLogGone = _options.Lives?.LeastLog is { } least && !StoreFile.HasLog(_path, least);
        return StoreFile.Open(_path, Limit, _options.Vfs, _options.Bytes);
    }

    /// <summary>Once for every so many bytes; SQLite cuts a log back to its limit, and to nothing when it is emptied.</summary>
    private void NoteLog()
    {
        if (_options.Lives is not { } lives) return;
        var bytes = Math.Min(StoreFile.LogBytes(_path), Pragma.LogLimit);
        if (_notedLog is { } noted && bytes < noted + NotedStep) return;
        lives.NoteLog(bytes);
        _notedLog = bytes;
    }

    private void Empty(StoreFile file)
    {
        _notedLog = null;
        _options.Lives?.NoteLogEmpty();
        file.Checkpoint();
    }

    // A sync that failed leaves pages that the kernel calls clean and the disk does not have. What the log holds now is
    // copied into the database and synced anew before any of it is believed. A full disk alone is no reason for doubt.
    private void Settle(StoreFile file)
    {
        try
        {
            Empty(file);
            _isUnsure = false;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_FULL && !_isUnsure)
        {
        }
    }

    private Snapshot LoadOrReplace(int deliveredLimit)
    {
        try
        {
            if (_broken is null && _unsalvaged is null) return LoadWithRoom(deliveredLimit);
        }
        catch (Exception e)
        {
            Abandon();
            _broken = Breakage.Of(_path, e);
            if (_broken is null) throw Told(e, "be read");
            _isForeign = e is OutboxException { Failure: OutboxFailure.Foreign };
        }

        // Not the system's files: whoever has it under it puts it aside.
        if (_options.Vfs is not null) throw new OutboxException($"The store {_path} is broken: {_broken}.", null, OutboxFailure.Damaged);
        try
        {
            _unsalvaged ??= _attic.Take(_broken!, _isForeign, _options.Clock?.GetUtcNow() ?? default);
            (_broken, _isForeign) = (null, false);
            return LoadAfter(_unsalvaged, deliveredLimit);
        }
        catch (Exception e)
        {
            Abandon();
            throw Told(e, "be made anew");
        }
    }

    private Snapshot LoadOnce(int deliveredLimit, bool afterLoss)
    {
        _tables = null;
        _file?.Release();
        _file ??= OpenFile();
        Settle(_file);
        _file.RequireWritable();
        var tables = new Tables(_file);
        var quarantine = new Quarantine();
        var snapshot = tables.Load(deliveredLimit, (_site, _options.Lives), afterLoss, quarantine, _isLogGone);
        _isLogGone = false;
        if (quarantine is { IsMoved: true, Rows.Count: > 0 })
        {
            // Damage to the tree itself can outlast the repair; then only a new store is one to rely on.
            _file.Release();
            tables = new Tables(_file);
            var left = new Quarantine();
            snapshot = tables.Load(deliveredLimit, (_site, _options.Lives), afterLoss: false, left);
            if (left.Rows.Count > 0) throw new OutboxException($"The store {_path} has damage that cannot be mended: {left.Rows[0].Table} {left.Rows[0].Name}, {left.Rows[0].Reason}.", null, OutboxFailure.Damaged);
        }

        (_tables, Quarantined) = (tables, quarantine.Rows);
        return snapshot;
    }

    /// <summary>A new store takes the place of the one that was put aside, with what is still whole of it.</summary>
    private Snapshot LoadAfter(StoreLoss loss, int deliveredLimit)
    {
        _file ??= OpenFile();
        using (var salvage = new Salvage(Path.Combine(loss.Folder, Path.GetFileName(_path)), _file.Connection))
        {
            if (!loss.IsForeign) new Tables(_file).Take(salvage);
            loss = loss with { Salvaged = salvage.Envelopes, Unreadable = salvage.Unreadable };
        }

        loss.Write();
        (LastLoss, HasJustLost, _unsalvaged) = (loss, true, null);
        return LoadOnce(deliveredLimit, afterLoss: true);
    }

    private Exception Told(Exception e, string action, bool mayHold = false) =>
        e is SqliteException or IOException or UnauthorizedAccessException ? StoreFile.Translate(_path, action, e, mayHold) : e;

    private Tables Open() => _tables ?? throw new OutboxException(
        $"The store {_path} must be loaded before it is used, and again after a failure.");

    private void Abandon()
    {
        _file?.Abandon();
        (_tables, _file) = (null, null);
    }
}
