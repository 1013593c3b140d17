using Microsoft.Data.Sqlite;
using SQLitePCL;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Outbox;

/// <content>
/// What is done when the disk or the store is full: first the oldest records that nobody is owed go, then the ballast, and then only priority 1
/// is taken in, until there is room for the ballast again.
/// </content>
internal sealed partial class SqliteOutbox
{
    /// <summary>Room there must be beyond the ballast before all is taken in again: what a log may grow to.</summary>
    private const long Margin = 2 << 20;

    private readonly Ballast _ballast;
    private bool _wasFull;
    private bool _hasTrimmed;

    /// <summary>Whether only priority 1 may be taken in.</summary>
    public bool IsTight { get; private set; }

    /// <summary>How it is doing.</summary>
    public StoreHealth Health => new(FileBytes, _ballast.Held, Quarantined.Count, IsTight, null, LastLoss);

    private long Limit => IsTight ? _options.MaxBytes : _options.NormalBytes;

    /// <summary>Takes everything in again, if there is room for it and for the ballast.</summary>
    /// <returns>Whether that is so now.</returns>
    public bool TryLoosen()
    {
        lock (_gate)
        {
            if (!IsTight || _tables is null) return !IsTight;
            try
            {
                _tables.Trim(OutboxOptions.KeptWhenTight);
                if (_file!.RoomUnder(_options.NormalBytes) < _options.NormalBytes / 8 || FreeOnDisk() < _options.Ballast + Margin || !_ballast.TryMake(_options.Ballast)) return false;
                IsTight = false;
                _file.Limit(Limit);
                return true;
            }
            catch (SqliteException e)
            {
                Abandon();
                throw StoreFile.Translate(_path, "be written", e);
            }
        }
    }

    /// <summary>Whatever had no room, a new store, a life or a note beside it: the ballast is there for it.</summary>
    private T WithBallast<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (OutboxException e) when (e.Failure == OutboxFailure.Full && _ballast.Held > 0)
        {
            IsTight = true;
            _ballast.Release();
            return make();
        }
    }

    private Snapshot LoadWithRoom(int deliveredLimit)
    {
        var snapshot = LoadOnce(deliveredLimit, afterLoss: false);
        if (!_wasFull)
        {
            // On a disk that is nearly full half of what is left: the other half is to work with.
            if (!IsTight && (_ballast.Held == 0 || _ballast.Held > _options.Ballast)) _ballast.TryMake(Math.Min(_options.Ballast, FreeOnDisk() / 2));
            return snapshot;
        }

        _wasFull = false;
        // What was full again right after it was trimmed needs more.
        if (_hasTrimmed || !TryTrim()) return Tighten(deliveredLimit);
        _hasTrimmed = true;
        return LoadOnce(deliveredLimit, afterLoss: false);
    }

    private Snapshot Tighten(int deliveredLimit)
    {
        IsTight = true;
        _ballast.Release();
        Abandon();
        var snapshot = LoadOnce(deliveredLimit, afterLoss: false);
        return TryTrim() ? LoadOnce(deliveredLimit, afterLoss: false) : snapshot;
    }

    /// <summary>Half of what nobody is owed goes, the oldest; never the newest, which the desk works from.</summary>
    private bool TryTrim()
    {
        try
        {
            return _tables!.Trim(Math.Max(_tables.Counts.Finished / 2, OutboxOptions.KeptWhenTight)) > 0;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_FULL)
        {
            Abandon();
            return false;
        }
    }

    private Exception NoteFull(Exception e)
    {
        if (e is OutboxException { Failure: OutboxFailure.Full }) _wasFull = true;
        return e;
    }

    /// <summary>Where the system does not say, there is room: the next write tells.</summary>
    private long FreeOnDisk()
    {
        if (_options.Vfs is not null) return long.MaxValue;
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(_path))!).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
