using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation.Disk;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>
/// A fixed life of a store on a disk that fails at the n-th call, for every n: once, and from then on. What was acknowledged is there when the disk
/// is well again, what was refused has a name, and the store works.
/// </summary>
public sealed class EveryCallFailsTests
{
    private const string Name = "outbox.db";
    private const int Commits = 6;

    [Theory]
    [InlineData(DiskFailure.Error, false)]
    [InlineData(DiskFailure.Error, true)]
    [InlineData(DiskFailure.ShortWrite, false)]
    [InlineData(DiskFailure.ShortWrite, true)]
    [InlineData(DiskFailure.Full, false)]
    [InlineData(DiskFailure.Full, true)]
    [InlineData(DiskFailure.ReadOnly, false)]
    [InlineData(DiskFailure.ReadOnly, true)]
    public void Nothing_acknowledged_is_lost_and_it_works_again(object failure, bool lasts)
    {
        var calls = CallsOfAWholeLife();
        Assert.InRange(calls, 250, 3_000);
        for (var n = 1L; n <= calls; n++)
        {
            using var life = new Life((DiskFailure)failure, n, lasts);
            life.Run();
        }
    }

    private static long CallsOfAWholeLife()
    {
        using var life = new Life(DiskFailure.None, 0, false);
        life.Run();
        Assert.Empty(life.Refusals);
        return life.Calls;
    }

    private static StoreChange[] Batch(ulong i) =>
    [
        Sample.Put(Sample.Envelope(i, bodyLength: 300)), new StoreChange.SetCounter(Series.Records, i), new StoreChange.SetTally("sent", (long)i),
        new StoreChange.SetProgress(Sample.Envelope(i / 2).Key, MessageState.Verzonden, true, null),
        new StoreChange.PutReference($"reference {i}", Sample.Envelope(i).Key, TimeSpan.FromSeconds(i)),
    ];

    /// <summary>One life of a store; it does what a node does when its store fails: it loads again, and goes on from what it finds.</summary>
    private sealed class Life(DiskFailure failure, long call, bool lasts) : IDisposable
    {
        private readonly MemoryOutbox _model = new();
        private readonly List<OutboxFailure> _refusals = [];
        private readonly SimulatedDisk _disk = new((ulong)call);
        private SqliteOutbox? _outbox;
        private ulong _committed;
        private ulong _acknowledged;

        public IReadOnlyList<OutboxFailure> Refusals => _refusals;

        public long Calls => _disk.Calls;

        public void Run()
        {
            _model.Load(100);
            _disk.Due = new DueFailure(failure, call, lasts);
            for (var step = 0; step < 3 * Commits && _acknowledged < Commits; step++) Step();
            Assert.True(lasts || _acknowledged >= Commits, $"{this}: after one failure only {_acknowledged} commits went through: {string.Join(", ", _refusals)}");
            Heal();
            _outbox?.Dispose();
            _outbox = null;
            _disk.CutPower();
            _disk.PowerOn();
            AssertAll();
        }

        public void Dispose()
        {
            _outbox?.Dispose();
            _disk.Dispose();
        }

        public override string ToString() => $"{failure} at call {call}{(lasts ? " and after it" : "")} ({_disk.LastCall})";

        private void Step()
        {
            if (!Try(Load)) return;
            var next = _committed + 1;
            if (!Try(() => _outbox!.Commit(Batch(next), TimeSpan.FromSeconds(next)))) return;
            Committed(next);
            _acknowledged = next;
            if (next % 4 == 0) Try(() => _outbox!.Checkpoint());
            if (next % 3 != 0) return;
            _outbox!.Dispose();
            _outbox = null;
        }

        // The disk is well again; what the system thought it had written and had not is no longer in its memory either.
        private void Heal()
        {
            _disk.Due = default;
            if (call % 2 == 0) _disk.EvictCaches();
            AssertAll();
            var next = _committed + 1;
            _outbox!.Commit(Batch(next), TimeSpan.FromSeconds(next));
            Committed(next);
        }

        private void AssertAll()
        {
            Load();
            Assert.Empty(_outbox!.Quarantined);
            Assert.Equal(Sample.Describe(_model.Load(100)), Sample.Describe(_outbox.Load(100)));
        }

        private void Load()
        {
            _outbox ??= SqliteOutbox.Open(_disk.PathOf(Name), Sample.Site, new OutboxOptions(Vfs: SimulatedDisk.Vfs));
            var found = _outbox.Load(100).Records;
            Assert.True(found == _committed || found == _committed + 1, $"{this}: {found} commits are there, and {_committed} were");
            // The commit that was refused was made all the same: allowed, because the node asks the store what is true.
            if (found > _committed) Committed(found);
        }

        private void Committed(ulong next)
        {
            _committed = next;
            _model.Commit(Batch(next), TimeSpan.FromSeconds(next));
        }

        private bool Try(Action action)
        {
            try
            {
                action();
                return true;
            }
            catch (OutboxException e)
            {
                _refusals.Add(e.Failure);
                Assert.True(Allowed(e.Failure), $"{this}: {e.Failure}: {e.Message}");
                return false;
            }
        }

        private bool Allowed(OutboxFailure found) => failure switch
        {
            DiskFailure.Full => found is OutboxFailure.Full or OutboxFailure.Failed,
            DiskFailure.ReadOnly => found is OutboxFailure.ReadOnly or OutboxFailure.Failed,
            _ => found == OutboxFailure.Failed,
        };
    }
}
