using System.Globalization;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Simulation.Disk;
using Weerbaarheid.Relay.Tests.Outbox;

namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>
/// Legal states of the disk after a power cut at any moment of a recorded life of the real store. Each is opened with the production
/// recovery, and must be the store after the last acknowledged commit or after the one that was under way: everything, byte for byte.
/// </summary>
internal sealed class CrashTrial
{
    /// <summary>Of so many states one is opened as real files too, and one is used further and cut off again.</summary>
    private const int RealShare = 1_000, FurtherShare = 20;

    /// <summary>Moments at which the log is longer than this are drawn a quarter as often: they cost four times as much.</summary>
    private const int LongLog = 400_000;

    /// <summary>One for each worker, formatted for each state.</summary>
    [ThreadStatic]
    private static SimulatedDisk? _disk;

    private readonly IReadOnlyList<CrashPoint> _points;
    private readonly IReadOnlyList<Snapshot> _expected = StoreScript.Expected();
    private long _underWay, _nothingOpen, _real, _further;

    public CrashTrial(Trace trace) => _points = CrashPoint.All(trace);

    public static Trial Trial { get; } = new(
        "crash", "power cuts at any moment of the recorded life of a real store", 100_000, 5_000_000, run => new CrashTrial(Recorder.Recorded).Run(run));

    public TrialResult Run(TrialRun run) => run.ForEach(Attempt, Summary);

    private string? Attempt(long number)
    {
        var random = new SplitMix64((ulong)number);
        int Draw() => (int)(random.Next() % (ulong)_points.Count);
        var index = Draw();
        if (_points[index].Contents.Values.Any(image => image.Size > LongLog) && random.NextDouble() < 0.75) index = Draw();
        var point = _points[index];
        var disk = _disk ??= new SimulatedDisk(0);
        disk.Format(random.Next());
        point.Happen(disk);
        if (point.Unsynced.Length == 0) Interlocked.Increment(ref _nothingOpen);
        var problem = number % RealShare == 0 ? AsRealFiles(disk, point) : null;
        return (problem ?? Examine(disk.PathOf(Recorder.Database), SimulatedDisk.Vfs, point, number % FurtherShare == 0 ? disk : null)) is { } broken
            ? $"moment {index} of {_points.Count}, {point.Acknowledged} acknowledged, {point.Unsynced.Length} calls not synced: {broken}"
            : null;
    }

    private string? Examine(string path, string? vfs, CrashPoint point, SimulatedDisk? further)
    {
        try
        {
            int commit;
            using (var outbox = SqliteOutbox.Open(path, Sample.Site, StoreScript.Options with { Vfs = vfs }))
            {
                var snapshot = outbox.Load(StoreScript.DeliveredLimit);
                if (outbox.Quarantined.Count > 0) return $"quarantined {outbox.Quarantined[0]}";
                commit = point.Acknowledged + (snapshot.Time > _expected[point.Acknowledged].Time ? 1 : 0);
                if (commit == _expected.Count) return "a commit that was never made";
                if (SnapshotDifference.Find(_expected[commit], snapshot) is { } difference) return $"not what commit {commit} left: {difference}";
                if (commit > point.Acknowledged) Interlocked.Increment(ref _underWay);
                if (further is null || commit == StoreScript.Commits) return null;
                outbox.Commit(StoreScript.Batch(commit + 1), StoreScript.At(commit + 1));
                further.CutPower();
            }

            further.PowerOn();
            Interlocked.Increment(ref _further);
            using var again = SqliteOutbox.Open(path, Sample.Site, StoreScript.Options with { Vfs = vfs });
            return SnapshotDifference.Find(_expected[commit + 1], again.Load(StoreScript.DeliveredLimit)) is { } later ? $"after recovery and another commit and power cut: {later}" : null;
        }
        catch (OutboxException e)
        {
            return $"{e.Failure}: {e.Message}";
        }
    }

    // The same state under the system's own file calls.
    private string? AsRealFiles(SimulatedDisk disk, CrashPoint point)
    {
        var folder = Directory.CreateTempSubdirectory("relay-crash-");
        try
        {
            foreach (var name in disk.Names) File.WriteAllBytes(Path.Combine(folder.FullName, name), disk.Read(name)!);
            Interlocked.Increment(ref _real);
            return Examine(Path.Combine(folder.FullName, Recorder.Database), null, point, null) is { } problem ? $"as real files: {problem}" : null;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private List<string> Summary() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{_points.Count:N0} moments, {StoreScript.Commits} commits"),
        string.Create(CultureInfo.InvariantCulture, $"{_underWay:N0} states held the commit that was under way, {_nothingOpen:N0} had nothing that was not synced"),
        string.Create(CultureInfo.InvariantCulture, $"{_further:N0} were used further and cut off again, {_real:N0} opened as real files"),
    ];
}
