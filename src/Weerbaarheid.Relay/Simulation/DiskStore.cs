using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation.Disk;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>The production store on a disk that loses, tears and spoils what was not synced, and fails at any call.</summary>
internal sealed class DiskStore(ushort site, ulong seed) : IDisposable
{
    private const string Name = "outbox.db";

    /// <summary>Calls to the disk that a commit takes, about: accidents happen among them, and some after.</summary>
    private const int CallsOfCommit = 24;

    private readonly SimulatedDisk _disk = new(seed);
    private SplitMix64 _random = new(~seed);
    private SqliteOutbox? _outbox;

    /// <returns>False when it failed; whether the batch is there is known only after <see cref="Load"/>.</returns>
    public bool Commit(IReadOnlyList<StoreChange> changes, TimeSpan now, bool fails)
    {
        if (fails) _disk.Due = new DueFailure(_random.NextDouble() < 0.5 ? DiskFailure.Error : DiskFailure.ShortWrite, Soon());
        try
        {
            _outbox!.Commit(changes, now);
            return true;
        }
        catch (OutboxException)
        {
            return false;
        }
        finally
        {
            _disk.Due = default;
        }
    }

    /// <summary>The power goes, and takes with it what was not synced.</summary>
    /// <returns>False when it is not known whether the batch is there.</returns>
    public bool Cut(IReadOnlyList<StoreChange>? changes, TimeSpan now)
    {
        if (changes is not null) _disk.Due = new DueFailure(DiskFailure.PowerCut, Soon());
        var isThere = changes is null || Commits(changes, now);
        Close();
        _disk.CutPower();
        return isThere;
    }

    public Snapshot Load(int deliveredLimit)
    {
        _disk.PowerOn();
        if (_outbox is null) _disk.EvictCaches();
        _outbox ??= SqliteOutbox.Open(_disk.PathOf(Name), site, new OutboxOptions(Vfs: SimulatedDisk.Vfs));
        return _outbox.Load(deliveredLimit);
    }

    public void Dispose()
    {
        Close();
        _disk.Dispose();
    }

    private bool Commits(IReadOnlyList<StoreChange> changes, TimeSpan now)
    {
        try
        {
            _outbox!.Commit(changes, now);
            return true;
        }
        catch (OutboxException)
        {
            return false;
        }
    }

    private void Close()
    {
        _outbox?.Dispose();
        _outbox = null;
    }

    private long Soon() => _disk.Calls + 1 + (long)(_random.Next() % CallsOfCommit);
}
