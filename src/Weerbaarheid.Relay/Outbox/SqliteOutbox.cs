using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// The durable store: one SQLite file, one connection. <see cref="Commit"/> returns after the log was synced. After any
/// failed write the connection is not trusted any more; <see cref="Load"/> opens a fresh one and says what is true.
/// Safe to call from several threads; a page that reads waits for the commit that runs, and the other way round.
/// </summary>
internal sealed class SqliteOutbox : IOutbox, IDisposable
{
    /// <summary>Most envelopes that one page of <see cref="ReadDelivered"/> gives.</summary>
    public const int PageLimit = 1000;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly ushort _site;
    private readonly OutboxOptions _options;
    private StoreFile? _file;
    private Tables? _tables;

    private SqliteOutbox(string path, ushort site, OutboxOptions options)
    {
        (_path, _site, _options) = (path, site, options);
        _file = StoreFile.Open(path, options.MaxBytes);
    }

    /// <summary>Rows that the last load found damaged, and numbers that it skipped; none of it was given as data.</summary>
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

    /// <summary>Opens a store, or creates it with its folder. <see cref="Load"/> must follow.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="site">This node's own site: its numbers are never given out twice, whatever is damaged.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="OutboxException">A start-up error, told in a sentence: in use, another program's, newer, damaged, read-only.</exception>
    public static SqliteOutbox Open(string path, ushort site, OutboxOptions? options = null) => new(path, site, options ?? OutboxOptions.Default);

    /// <inheritdoc/>
    public Snapshot Load(int deliveredLimit)
    {
        lock (_gate)
        {
            try
            {
                _tables = null;
                _file?.Release();
                _file ??= StoreFile.Open(_path, _options.MaxBytes);
                Settle(_file);
                var tables = new Tables(_file);
                var quarantine = new Quarantine();
                var snapshot = tables.Load(deliveredLimit, _site, quarantine);
                (_tables, Quarantined) = (tables, quarantine.Rows);
                return snapshot;
            }
            catch (SqliteException e)
            {
                Abandon();
                throw StoreFile.Translate(_path, "be read", e);
            }
        }
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreChange> changes, TimeSpan now)
    {
        lock (_gate)
        {
            var tables = Open();
            try
            {
                tables.Commit(changes, now, _options.Retention);
            }
            catch (Exception e)
            {
                Abandon();
                if (e is SqliteException) throw StoreFile.Translate(_path, "be written", e);
                throw;
            }
        }
    }

    /// <summary>Delivered envelopes, newest first by arrival. Rows that are damaged are left out; the next load reports them.</summary>
    /// <param name="limit">At most this many, and at most <see cref="PageLimit"/>.</param>
    /// <param name="before">Only those that arrived before this one: the last of the page before. Nothing when it is gone, for then so are the older ones.</param>
    /// <param name="site">Only from this origin.</param>
    /// <param name="type">Only of this type.</param>
    public IReadOnlyList<StoredEnvelope> ReadDelivered(int limit, EnvelopeKey? before = null, ushort? site = null, MessageType? type = null)
    {
        lock (_gate)
        {
            try
            {
                return Open().ReadDelivered(Math.Min(limit, PageLimit), before, site, type);
            }
            catch (SqliteException e)
            {
                Abandon();
                throw StoreFile.Translate(_path, "be read", e);
            }
        }
    }

    /// <summary>Moves the log into the database and empties it: when idle, and at a clean stop.</summary>
    /// <exception cref="OutboxException">As <see cref="Commit"/>; what was committed stays committed.</exception>
    public void Checkpoint()
    {
        lock (_gate)
        {
            Open();
            try
            {
                _file!.Checkpoint();
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
            _file?.Dispose();
            (_tables, _file) = (null, null);
        }
    }

    // A sync that failed leaves pages that the kernel calls clean and the disk does not have. What the log holds now is
    // copied into the database and synced anew before any of it is believed. A full disk is no reason for doubt.
    private static void Settle(StoreFile file)
    {
        try
        {
            file.Checkpoint();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_FULL)
        {
        }
    }

    private Tables Open() => _tables ?? throw new OutboxException(
        $"The store {_path} must be loaded before it is used, and again after a failure.");

    private void Abandon()
    {
        _file?.Abandon();
        (_tables, _file) = (null, null);
    }
}
