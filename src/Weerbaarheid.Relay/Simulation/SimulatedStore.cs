using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// The store of a simulated site: what was committed survives, what was being written when the power went may or may not. A store
/// in memory; where the scenario asks for it the production store on a simulated disk as well, and then the two must agree.
/// </summary>
internal sealed class SimulatedStore : IDisposable
{
    private readonly MemoryOutbox _memory = new();
    private readonly DiskStore? _disk;
    private readonly Action<string> _broken;
    private SplitMix64 _random;
    private (IReadOnlyList<StoreChange> Changes, TimeSpan Now)? _doubtful;
    private bool _kept;
    private bool _failsNext;

    /// <param name="site">Whose it is.</param>
    /// <param name="onDisk">Whether the production store is used.</param>
    /// <param name="seed">What its accidents follow from.</param>
    /// <param name="broken">Told when the two stores do not agree.</param>
    public SimulatedStore(ushort site, bool onDisk, ulong seed, Action<string> broken)
    {
        (_random, _broken) = (new SplitMix64(seed), broken);
        if (onDisk) _disk = new DiskStore(site, _random.Next());
        // A store must be loaded before it is used.
        _memory.Load(0);
    }

    /// <summary>The next commit meets a disk that fails.</summary>
    public void FailNext() => _failsNext = true;

    /// <returns>False when it failed; the store must then be loaded again, and tells whether the batch is in it.</returns>
    public bool Commit(IReadOnlyList<StoreChange> changes, TimeSpan now)
    {
        var fails = _failsNext;
        _failsNext = false;
        if (_disk is null ? fails : !_disk.Commit(changes, now, fails))
        {
            if (_disk is not null) _doubtful = (changes, now);
            return false;
        }

        _memory.Commit(changes, now);
        return true;
    }

    /// <summary>The power goes.</summary>
    /// <param name="changes">What is being written; null when nothing is.</param>
    /// <param name="now">As in <see cref="IOutbox.Commit"/>.</param>
    public void Cut(IReadOnlyList<StoreChange>? changes, TimeSpan now)
    {
        if (_disk is not null)
        {
            if (!_disk.Cut(changes, now)) _doubtful = (changes!, now);
            else if (changes is not null) Keep(changes, now);
        }
        else if (changes is not null && _random.NextDouble() < 0.5) Keep(changes, now);
    }

    /// <summary>What is on the disk.</summary>
    /// <param name="deliveredLimit">As in <see cref="IOutbox.Load"/>.</param>
    /// <param name="kept">Whether the batch that was interrupted is among it.</param>
    public Snapshot Load(int deliveredLimit, out bool kept)
    {
        var found = _disk?.Load(deliveredLimit);
        var expected = _memory.Load(deliveredLimit);
        var difference = found is null ? null : SnapshotDifference.Find(expected, found);
        if (difference is not null && _doubtful is { } batch)
        {
            // All of the batch is there, or none of it.
            Keep(batch.Changes, batch.Now);
            expected = _memory.Load(deliveredLimit);
            difference = SnapshotDifference.Find(expected, found!);
        }

        (kept, _kept, _doubtful) = (_kept, false, null);
        if (difference is not null) _broken($"the store does not hold what was committed: {difference}");
        return found ?? expected;
    }

    public void Dispose() => _disk?.Dispose();

    private void Keep(IReadOnlyList<StoreChange> changes, TimeSpan now)
    {
        _memory.Commit(changes, now);
        _kept = true;
    }
}
