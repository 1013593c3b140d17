using CsCheck;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Outbox.Zoo;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>What a kill or a power cut leaves on disk: the files as they are at some instant, copied while the store is open.</summary>
public sealed class OutboxCrashTests : IDisposable
{
    private const int Commits = 20;
    private readonly StoreFolder _live = new();
    private readonly StoreFolder _crashed = new();
    private readonly List<string> _after = [];
    private readonly byte[] _database;
    private readonly byte[] _log;

    public OutboxCrashTests()
    {
        using var outbox = _live.Open();
        _after.Add(Sample.Describe(outbox.Load(100)));
        var memory = new MemoryOutbox();
        memory.Load(100);
        for (var i = 1UL; i <= Commits; i++)
        {
            StoreChange[] batch =
            [
                Sample.Put(Sample.Envelope(i, bodyLength: 200)), new StoreChange.SetCounter(Series.Records, i), new StoreChange.SetTally("expired", (long)i),
                new StoreChange.SetProgress(Sample.Envelope(i / 2).Key, MessageState.Ontvangen, false, null),
                new StoreChange.SetAirtime("EU868 P", (long)i * 5, TimeSpan.FromSeconds(i)),
            ];
            outbox.Commit(batch, TimeSpan.FromSeconds(i));
            memory.Commit(batch, TimeSpan.FromSeconds(i));
            _after.Add(Sample.Describe(memory.Load(100)));
        }

        _database = Copy(_live.Database);
        _log = Copy(_live.Database + "-wal");
    }

    public void Dispose()
    {
        _live.Dispose();
        _crashed.Dispose();
    }

    [Fact]
    public void A_kill_leaves_all_that_was_committed() => Assert.Equal(Commits, CommitsFoundIn(_log));

    [Fact]
    public void A_log_cut_off_anywhere_gives_whole_commits_in_order() =>
        Gen.Int[0, _log.Length].Sample(length => CommitsFoundIn(_log.AsSpan(0, length)) >= 0, iter: 150, threads: 1);

    [Fact]
    public void A_log_with_a_torn_sector_gives_whole_commits_in_order_or_says_what_is_lost() =>
        Gen.Int[0, (_log.Length / 512) - 1].Sample(sector =>
        {
            var torn = _log.ToArray();
            torn.AsSpan(sector * 512, 512).Clear();
            return CommitsFoundIn(torn) >= 0;
        }, iter: 150, threads: 1);

    [Fact]
    public void Gigabytes_behind_the_log_cost_no_commit_nor_the_repair_of_it_and_are_cut_off()
    {
        File.WriteAllBytes(_crashed.Database, _database);
        foreach (var (log, told) in ((byte[], DamagedTable[])[])[(_log, []), (Damaged(), [DamagedTable.Log])])
        {
            File.WriteAllBytes(_crashed.Database + "-wal", log);
            OddFiles.Grow(_crashed.Database + "-wal");
            using var outbox = _crashed.Open();
            Assert.Equal(Commits, _after.IndexOf(Sample.Describe(outbox.Load(100))));
            Assert.Equal(told, outbox.Quarantined.Select(row => row.Table));
            Assert.InRange(outbox.FileBytes, 1, Pragma.LogLimit);
        }
    }

    [Fact]
    public void A_log_that_goes_on_behind_what_was_read_is_left_as_it_is()
    {
        var damaged = Damaged();
        Assert.Null(LogRepair.Heal(damaged, StoreFile.PageSize, isWhole: false));
        Assert.Equal(Damaged(), damaged);
        Assert.True(LogRepair.Heal((byte[])[.. damaged, .. new byte[5_000]], StoreFile.PageSize, isWhole: false)!.Value.IsHealed);
        Assert.True(LogRepair.Heal(damaged, StoreFile.PageSize)!.Value.IsHealed);
    }

    /// <summary>One bit in the check of a page, with commits behind it.</summary>
    private byte[] Damaged()
    {
        var log = _log.ToArray();
        var frame = StoreFile.PageSize + 24;
        log[32 + (log.Length / frame / 2 * frame) + 16] ^= 1;
        return log;
    }

    // The first commit of the store made the tables, so a log cut before its end holds no store yet: zero commits too.
    private int CommitsFoundIn(ReadOnlySpan<byte> log)
    {
        File.WriteAllBytes(_crashed.Database, _database);
        File.WriteAllBytes(_crashed.Database + "-wal", log);
        using var outbox = _crashed.Open();
        var found = _after.IndexOf(Sample.Describe(outbox.Load(100)));
        if (outbox.Quarantined.Count == 0) return found;
        // No power cut tears what was synced, so where commits lie behind the damage it is told of.
        Assert.True(outbox.HasJustLost || outbox.Quarantined.Any(row => row.Table == DamagedTable.Log));
        return 0;
    }

    private static byte[] Copy(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
