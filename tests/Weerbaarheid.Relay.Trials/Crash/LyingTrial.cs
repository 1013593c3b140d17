using System.Globalization;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Simulation.Disk;
using Weerbaarheid.Relay.Tests.Outbox;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>
/// Power cuts on a card that says that it has synced and has not: any of the last calls may be missing. Loss cannot be prevented there. It
/// must be a whole older state, or be noticed; no envelope may have other bytes than were stored.
/// </summary>
internal sealed class LyingTrial(Trace trace)
{
    /// <summary>Calls that may be missing at most: about a second of a busy node.</summary>
    private const int Back = 256;

    [ThreadStatic]
    private static SimulatedDisk? _disk;

    private readonly IReadOnlyList<CrashPoint> _points = CrashPoint.All(trace);
    private readonly IReadOnlyList<Snapshot> _expected = StoreScript.Expected();
    private readonly Dictionary<EnvelopeKey, byte[]> _stored = Enumerable.Range(1, StoreScript.Commits).SelectMany(StoreScript.Batch)
        .OfType<StoreChange.Put>().ToDictionary(put => put.Envelope.Key, put => put.Envelope.Bytes.ToArray());

    private long _whole, _older, _lost, _noticed, _refused, _fresh;

    public static Trial Trial { get; } = new(
        "lying", "power cuts on a card that says it has synced and has not", 20_000, 1_000_000, run => new LyingTrial(Recorder.Recorded).Run(run));

    public TrialResult Run(TrialRun run) => run.ForEach(Attempt, Summary);

    private string? Attempt(long number)
    {
        var random = new SplitMix64((ulong)number);
        var index = (int)(random.Next() % (ulong)_points.Count);
        var point = CrashPoint.Lied(_points, index, trace, 1 + (int)(random.Next() % Back));
        var disk = _disk ??= new SimulatedDisk(0);
        disk.Format(random.Next());
        point.Happen(disk);
        return Examine(disk, point) is { } broken ? $"moment {index}, {point.Acknowledged} acknowledged, {point.Unsynced.Length} calls open: {broken}" : null;
    }

    private string? Examine(SimulatedDisk disk, CrashPoint point)
    {
        try
        {
            using var outbox = SqliteOutbox.Open(disk.PathOf(Recorder.Database), Sample.Site, StoreScript.Options with { Vfs = SimulatedDisk.Vfs });
            var snapshot = outbox.Load(StoreScript.DeliveredLimit);
            foreach (var envelope in snapshot.Envelopes)
                if (!_stored.TryGetValue(envelope.Key, out var bytes) || !envelope.Bytes.Span.SequenceEqual(bytes)) return $"wrong bytes of {envelope}";
            if (outbox.Quarantined.Count > 0)
            {
                Interlocked.Increment(ref _noticed);
                return null;
            }

            var commit = (int)(snapshot.Time / StoreScript.At(1));
            if (SnapshotDifference.Find(_expected[commit], snapshot) is { } difference) return $"a mixture in silence, with the time of commit {commit}: {difference}";
            if (commit == 0 && point.Acknowledged > 0) Interlocked.Increment(ref _fresh);
            else if (commit < point.Acknowledged) Interlocked.Increment(ref _older);
            else Interlocked.Increment(ref _whole);
            Interlocked.Add(ref _lost, Math.Max(0, point.Acknowledged - commit));
            return null;
        }
        catch (OutboxException e) when (e.Failure == OutboxFailure.Damaged)
        {
            Interlocked.Increment(ref _refused);
            return null;
        }
    }

    private List<string> Summary() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{_whole:N0} lost nothing, {_older:N0} were an older state ({_lost:N0} commits lost in all), {_fresh:N0} were a new store"),
        string.Create(CultureInfo.InvariantCulture, $"{_noticed:N0} were noticed and reported row by row, {_refused:N0} were refused as damaged"),
    ];
}
