using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Simulation.Disk;
using Weerbaarheid.Relay.Tests.Outbox;
using Weerbaarheid.Relay.Trials.Crash;

namespace Weerbaarheid.Relay.Trials.Flips;

/// <summary>
/// One to eight bits flipped anywhere in a store. Each ends in the same data, in rows that are reported, or in a store that is put aside with
/// what is whole of it in a new one; never in wrong bytes, a number that could be given out twice, or a node that does not start.
/// </summary>
internal sealed class FlipTrial
{
    /// <summary>Of so many stores that cannot be used, one is opened as real files, where it is put aside.</summary>
    private const int RealShare = 4;

    /// <summary>
    /// Envelopes that a bit may cost where the store goes on in use: the row that it is in, or where it is in the way to a leaf page, that leaf. The page cannot
    /// be found then, and the totals tell how many rows are missing; of these small rows a leaf holds ten at most. Of 20,000 cases the worst single bit cost 3.
    /// </summary>
    private const int LostToABit = 10;

    /// <summary>
    /// Envelopes that one bit may cost where the tree itself is damaged, and the store is put aside. It makes one leaf page unreadable, or with an inner page
    /// the way to two of them. Of 4,500 single bits the worst cost 18 of 142. In the root page of the tree it may be the way to all of them, and so may several bits.
    /// </summary>
    private const int LostToATree = 20;

    /// <summary>The page where the tree of the envelopes begins: the first table that is made.</summary>
    private const int EnvelopeRoot = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>One for each worker, formatted for each state.</summary>
    [ThreadStatic]
    private static SimulatedDisk? _disk;

    private readonly IReadOnlyList<Snapshot> _expected = StoreScript.Expected();
    private readonly Dictionary<EnvelopeKey, byte[]> _stored = Enumerable.Range(1, StoreScript.Commits).SelectMany(StoreScript.Batch)
        .OfType<StoreChange.Put>().ToDictionary(put => put.Envelope.Key, put => put.Envelope.Bytes.ToArray());

    private long _same, _reported, _healedLogs, _lostLogs, _lastCommit, _refused, _real, _salvaged, _salvageable, _later;

    public static Trial Trial { get; } = new("flips", "bits flipped anywhere in the store's files", 20_000, 1_000_000, run => new FlipTrial().Run(run));

    public TrialResult Run(TrialRun run) => run.ForEach(Attempt, Summary);

    private string? Attempt(long number)
    {
        var random = new SplitMix64((ulong)number);
        var store = FlipBase.All[(int)(random.Next() % (ulong)FlipBase.All.Count)];
        var files = store.Files.Select(file => (file.Name, Content: file.Content.ToArray())).ToList();
        var flips = Flip(files, ref random);
        var disk = _disk ??= new SimulatedDisk(0);
        disk.Format(random.Next());
        foreach (var (name, content) in files) disk.Put(name, content);
        var isTail = flips.Any(flip => flip.File.EndsWith("-wal", StringComparison.Ordinal) && flip.At >= store.LastCommitAt);
        var clock = Stopwatch.StartNew();
        var broken = Examine(disk, store, isTail, flips, number) ?? (clock.Elapsed > Limit ? $"took {clock.Elapsed.TotalSeconds:N0} s" : null);
        return broken is null ? null : $"store {store.Name}, bits {string.Join(", ", flips.Select(flip => $"{flip.File}:{flip.At}.{flip.Bit}"))}: {broken}";
    }

    private static List<(string File, int At, int Bit)> Flip(List<(string Name, byte[] Content)> files, ref SplitMix64 random)
    {
        var flips = new List<(string, int, int)>();
        var count = random.NextDouble() < 0.5 ? 1 : 2 + (int)(random.Next() % 7);
        var isNear = random.NextDouble() < 0.3;
        var place = (long)(random.Next() % (ulong)files.Sum(file => file.Content.Length));
        for (; count > 0; count--)
        {
            var (left, index) = (place, 0);
            while (left >= files[index].Content.Length) left -= files[index++].Content.Length;
            var bit = (int)(random.Next() % 8);
            files[index].Content[left] ^= (byte)(1 << bit);
            flips.Add((files[index].Name, (int)left, bit));
            var all = files.Sum(file => (long)file.Content.Length);
            place = isNear ? Math.Min(all - 1, place + (long)(random.Next() % 64)) : (long)(random.Next() % (ulong)all);
        }

        return flips;
    }

    private string? Examine(SimulatedDisk disk, FlipBase store, bool isTail, List<(string File, int At, int Bit)> flips, long number)
    {
        var bytes = new StoreBytes(path => disk.Read(Path.GetFileName(path)), (path, content) => disk.Put(Path.GetFileName(path), content));
        var options = StoreScript.Options with { Vfs = SimulatedDisk.Vfs, Bytes = bytes };
        var copy = disk.Names.Select(name => (name, disk.Read(name)!)).ToList();
        try
        {
            using var outbox = SqliteOutbox.Open(disk.PathOf(Recorder.Database), Sample.Site, options);
            return Judge(outbox, store, isTail, flips.Count, outbox.Load(StoreScript.DeliveredLimit)) ?? GoOn(outbox, store);
        }
        catch (OutboxException e) when (e.Failure is OutboxFailure.Damaged or OutboxFailure.ReadOnly)
        {
            Interlocked.Increment(ref _refused);
            // One bit makes a file that SQLite reads and never writes; only beside real files is that told from a disk that is read-only.
            return e.Failure == OutboxFailure.ReadOnly || number % RealShare == 0 ? PutAside(copy, store, isTail, flips) : null;
        }
        catch (OutboxException e)
        {
            return $"{e.Failure}: {e.Message}";
        }
    }

    private string? Judge(SqliteOutbox outbox, FlipBase store, bool isTail, int flips, Snapshot found)
    {
        var expected = store.Expected(_expected);
        if (WrongBytes(found) is { } wrong) return wrong;
        var before = _expected[store.Commits - 1];
        var least = isTail ? before : expected;
        if (found.Records < least.Records || found.States < least.States) return $"numbers {found.Records} and {found.States} could be given out again; {outbox.Quarantined.Count} rows reported";
        if (outbox.Quarantined.Any(row => row.Table == DamagedTable.Log))
            Interlocked.Increment(ref IsLogLost(outbox) ? ref _lostLogs : ref _healedLogs);
        if (outbox.Quarantined.Count > 0)
        {
            Interlocked.Increment(ref _reported);
            // Commits behind a hole in the log are lost with all that they wrote, and that is reported.
            return IsLogLost(outbox) ? null : TooMuchLost(found, store, isTail, flips * LostToABit);
        }

        if (SnapshotDifference.Find(expected, found) is not { } difference)
        {
            Interlocked.Increment(ref _same);
            return null;
        }

        // Nothing tells it from a commit that was under way when the power went.
        if (!isTail || SnapshotDifference.Find(before, found) is not null) return $"in silence: {difference}";
        Interlocked.Increment(ref _lastCommit);
        return null;
    }

    private static bool IsInRoot(List<(string Name, byte[] Content)> files, string file, int at)
    {
        if (file == Recorder.Database) return (at / StoreFile.PageSize) + 1 == EnvelopeRoot;
        const int Header = 32, FrameHeader = 24;
        var frame = (at - Header) / (FrameHeader + StoreFile.PageSize);
        var log = files.First(one => one.Name == file).Content;
        return at >= Header && BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(Header + (frame * (FrameHeader + StoreFile.PageSize)))) == EnvelopeRoot;
    }

    /// <summary>A log with a hole gives less to read out of, too.</summary>
    private static bool HasLostLog(List<(string Name, byte[] Content)> files) =>
        files.FirstOrDefault(file => file.Name.EndsWith("-wal", StringComparison.Ordinal)).Content is { } log && LogRepair.Heal(log.ToArray(), StoreFile.PageSize) is { IsHealed: false };

    private static bool IsLogLost(SqliteOutbox outbox) => outbox.Quarantined.Any(row => row.Table == DamagedTable.Log && row.Reason.EndsWith("lost", StringComparison.Ordinal));

    /// <summary>What was whole must still be there.</summary>
    private string? TooMuchLost(Snapshot found, FlipBase store, bool isTail, int most)
    {
        var (there, before) = (found.Envelopes.Select(one => one.Key).ToHashSet(), _expected[store.Commits - 1].Envelopes.Select(one => one.Key).ToHashSet());
        var owed = store.Expected(_expected).Envelopes.Where(one => !isTail || before.Contains(one.Key)).ToList();
        var lost = owed.Count(one => !there.Contains(one.Key));
        return lost <= most ? null : $"{lost} of {owed.Count} envelopes are lost, and {most} at most may be";
    }

    private string? WrongBytes(Snapshot found)
    {
        foreach (var envelope in found.Envelopes)
            if (!_stored.TryGetValue(envelope.Key, out var bytes) || !envelope.Bytes.Span.SequenceEqual(bytes)) return $"wrong bytes of {envelope}";
        return null;
    }

    // What was reported is reported once, and the store works on. An index is looked at where it is used, so damage to it may be met later.
    private string? GoOn(SqliteOutbox outbox, FlipBase store)
    {
        outbox.Commit(StoreScript.Batch(store.Commits + 1), StoreScript.At(store.Commits + 1));
        var after = outbox.Load(StoreScript.DeliveredLimit);
        if (WrongBytes(after) is { } wrong) return wrong;
        if (outbox.HasJustLost)
        {
            // The tree of a table that missed rows was used, and is broken further on. What was acknowledged meanwhile is not lost by that.
            var acknowledged = StoreScript.Batch(store.Commits + 1).OfType<StoreChange.Put>().First().Envelope.Key;
            if (after.Records < _expected[store.Commits + 1].Records) return $"met later: number {after.Records} could be given out again";
            return after.Envelopes.Any(one => one.Key == acknowledged) ? null : $"met later, and {acknowledged} is lost, which was acknowledged";
        }

        if (outbox.Quarantined.Count == 0) return null;
        if (outbox.Quarantined[0].Table is not (DamagedTable.Index or DamagedTable.Total)) return $"after it was reported, again: {outbox.Quarantined[0]}";
        Interlocked.Increment(ref _later);
        after = outbox.Load(StoreScript.DeliveredLimit);
        return outbox.Quarantined.Count > 0 ? $"met later, and after it was reported, again: {outbox.Quarantined[0]}" : WrongBytes(after);
    }

    private string? PutAside(List<(string Name, byte[] Content)> files, FlipBase store, bool isTail, List<(string File, int At, int Bit)> flips)
    {
        var folder = Directory.CreateTempSubdirectory("relay-flips-");
        try
        {
            foreach (var (name, content) in files) File.WriteAllBytes(Path.Combine(folder.FullName, name), content);
            Interlocked.Increment(ref _real);
            using var outbox = SqliteOutbox.Open(Path.Combine(folder.FullName, Recorder.Database), Sample.Site, StoreScript.Options);
            var found = outbox.Load(StoreScript.DeliveredLimit);
            if (WrongBytes(found) is { } wrong) return $"put aside: {wrong}";
            var expected = store.Expected(_expected);
            if (!outbox.HasJustLost && WriteTo(outbox, store, ref found) is var (isDone, later) && isDone) return later is null ? null : $"real files: {later}";
            if (found.Records < expected.Records || found.States < expected.States) return $"put aside: numbers {found.Records} and {found.States} could be given out again";
            Interlocked.Add(ref _salvaged, found.Envelopes.Count);
            Interlocked.Add(ref _salvageable, expected.Envelopes.Count);
            if (flips.Count == 1 && !IsInRoot(files, flips[0].File, flips[0].At) && !HasLostLog(files) && TooMuchLost(found, store, isTail, LostToATree) is { } much) return $"put aside: {much}";
            return GoOn(outbox, store) is { } broken ? $"put aside: {broken}" : null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Some are only found to be damaged when they are written to. Nothing was acknowledged then, and the next load puts them aside.</summary>
    /// <returns>Whether that is all there is to it, and what was broken.</returns>
    private (bool IsDone, string? Broken) WriteTo(SqliteOutbox outbox, FlipBase store, ref Snapshot found)
    {
        try
        {
            return (true, GoOn(outbox, store));
        }
        catch (OutboxException e) when (e.Failure == OutboxFailure.Damaged)
        {
            found = outbox.Load(StoreScript.DeliveredLimit);
            return outbox.HasJustLost ? (false, WrongBytes(found)) : (true, $"it could not be written, and then was not put aside: {e.Message}");
        }
    }

    private List<string> Summary() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{_same:N0} gave the same data, {_reported:N0} reported rows ({_healedLogs:N0} a log that was read past the damage, {_lostLogs:N0} a log that was lost)"),
        string.Create(CultureInfo.InvariantCulture, $"{_lastCommit:N0} ended before the last commit, as if it had been under way; {_later:N0} were met when the index was used"),
        string.Create(CultureInfo.InvariantCulture, $"{_refused:N0} could not be used; {_real:N0} of them as real files, where {_salvaged:N0} of {_salvageable:N0} envelopes were whole"),
    ];
}
