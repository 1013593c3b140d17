using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation.Disk;
using Weerbaarheid.Relay.Tests.Outbox;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Simulation.Disk;

public sealed class SimulatedDiskTests
{
    private const string Name = "outbox.db";

    [Fact]
    public void A_store_on_it_is_the_store_that_the_system_would_have()
    {
        using var disk = new SimulatedDisk(1);
        using var folder = new StoreFolder();
        using (var simulated = Open(disk))
        using (var real = folder.Open())
        {
            foreach (var outbox in (SqliteOutbox[])[simulated, real])
            {
                outbox.Load(10);
                for (var i = 1UL; i <= 50; i++) outbox.Commit(Batch(i), TimeSpan.FromSeconds(i));
            }

            Assert.Equal(Sample.Describe(real.Load(100)), Sample.Describe(simulated.Load(100)));
        }

        Assert.Equal([Name], disk.Names);
        Assert.Equal(File.ReadAllBytes(folder.Database), disk.Read(Name));
    }

    [Fact]
    public void What_was_committed_survives_power_cuts_at_any_call()
    {
        for (var seed = 1UL; seed <= 300; seed++)
        {
            using var disk = new SimulatedDisk(seed);
            var acknowledged = 0UL;
            for (var life = 0; life < 3; life++)
            {
                disk.Due = new DueFailure(DiskFailure.PowerCut, disk.Calls + 1 + (long)(seed * 7 % 331) + (life * 5));
                acknowledged = CommitUntilTheEnd(disk, acknowledged);
                disk.CutPower();
                disk.PowerOn();
            }

            using var outbox = Open(disk);
            var snapshot = outbox.Load(1000);
            Assert.Empty(outbox.Quarantined);
            Assert.InRange(snapshot.Records, acknowledged, acknowledged + 1);
            Assert.Equal(snapshot.Records, (ulong)snapshot.Envelopes.Count);
            Assert.All(snapshot.Envelopes, e => Assert.Equal(Sample.Describe(Sample.Envelope(e.Key.Sequence)), Sample.Describe(e)));
        }
    }

    [Fact]
    public void A_disk_that_lies_about_syncs_loses_what_was_committed()
    {
        var lost = 0;
        for (var seed = 1UL; seed <= 30; seed++)
        {
            using var disk = new SimulatedDisk(seed) { Lies = true };
            using (Open(disk)) disk.Lies = false;
            disk.Lies = true;
            disk.Due = new DueFailure(DiskFailure.PowerCut, disk.Calls + 300);
            var acknowledged = CommitUntilTheEnd(disk, 0);
            disk.CutPower();
            disk.PowerOn();
            using var outbox = Open(disk);
            if (outbox.Load(1000).Records < acknowledged) lost++;
        }

        Assert.InRange(lost, 5, 30);
    }

    [Fact]
    public void The_same_seed_gives_the_same_accidents()
    {
        var outcomes = Enumerable.Range(0, 2).Select(_ =>
        {
            using var disk = new SimulatedDisk(99);
            disk.Due = new DueFailure(DiskFailure.PowerCut, 200);
            CommitUntilTheEnd(disk, 0);
            disk.CutPower();
            return (disk.Calls, string.Join(' ', disk.Names.Order(StringComparer.Ordinal).Select(name => $"{name} {disk.Read(name)!.Length}")));
        }).ToList();
        Assert.Equal(outcomes[0], outcomes[1]);
    }

    [Fact]
    public void A_full_disk_refuses_and_takes_again_when_there_is_room()
    {
        using var disk = new SimulatedDisk(1);
        using var outbox = Open(disk);
        outbox.Load(10);
        outbox.Commit(Batch(1), TimeSpan.FromSeconds(1));
        disk.Capacity = disk.Used;
        Assert.Equal(OutboxFailure.Full, Assert.Throws<OutboxException>(() => outbox.Commit(Batch(2), TimeSpan.FromSeconds(2))).Failure);
        disk.Capacity = long.MaxValue;
        Assert.Equal(1UL, outbox.Load(10).Records);
        outbox.Commit(Batch(2), TimeSpan.FromSeconds(2));
        Assert.Equal(2UL, outbox.Load(10).Records);
    }

    [Fact]
    public void Only_one_may_write_a_store()
    {
        using var disk = new SimulatedDisk(1);
        using var outbox = Open(disk);
        outbox.Load(10);
        Assert.Equal(OutboxFailure.InUse, Assert.Throws<OutboxException>(() => Open(disk)).Failure);
    }

    private static SqliteOutbox Open(SimulatedDisk disk) => SqliteOutbox.Open(disk.PathOf(Name), Sample.Site, new OutboxOptions(Vfs: SimulatedDisk.Vfs));

    private static StoreChange[] Batch(ulong i) => [Sample.Put(Sample.Envelope(i)), new StoreChange.SetCounter(Series.Records, i)];

    private static ulong CommitUntilTheEnd(SimulatedDisk disk, ulong from)
    {
        try
        {
            using var outbox = Open(disk);
            for (var i = outbox.Load(1000).Records + 1; ; i++)
            {
                outbox.Commit(Batch(i), TimeSpan.FromSeconds(i));
                from = Math.Max(from, i);
            }
        }
        catch (OutboxException) when (!disk.IsOn)
        {
            return from;
        }
    }
}
