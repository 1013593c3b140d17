using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Outbox;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>What a store has to do between two looks at it.</summary>
internal enum StoreStep
{
    Commit,
    Checkpoint,
    Reload,
    Reopen,
}

/// <summary>
/// A few bad days of a store, the same at every run: records come, move on, are taken over and forgotten; windows, references, tallies
/// and airtime change; the log is emptied when idle, by itself when it is long, and at a clean stop.
/// </summary>
internal static class StoreScript
{
    public const int Commits = 420;
    public const int DeliveredLimit = 1_000;

    /// <summary>The stretch without a checkpoint asked for: the log reaches its thousand pages there.</summary>
    private const int QuietFrom = 150, QuietTo = 330;

    public static OutboxOptions Options { get; } = new(Retention: 60);

    /// <summary>The changes of a commit, from 1.</summary>
    public static IReadOnlyList<StoreChange> Batch(int commit)
    {
        var random = new SplitMix64((ulong)commit);
        var (number, changes) = ((ulong)commit, new List<StoreChange>());
        changes.Add(Sample.Put(Sample.Envelope(number, delivered: commit % 3 == 0, clientRef: commit % 4 == 0 ? $"client-{commit}" : null, bodyLength: 20 + (int)(random.Next() % 200))));
        changes.Add(new StoreChange.SetCounter(Series.Records, number));
        for (var more = random.Next() % 3; more > 0; more--)
        {
            var foreign = Foreign(number, more);
            changes.Add(Sample.Put(foreign));
            changes.Add(new StoreChange.SetWindow(new WindowKey(foreign.Key.Origin, 0, 0), foreign.Key.Sequence, new byte[(commit % 40) + 1]));
        }

        if (commit > 8) changes.Add(Progress(number - (random.Next() % 8) - 1, commit));
        if (commit > 12) changes.Add(Progress(number - 12, commit, done: true));
        if (commit % 5 == 0) changes.Add(new StoreChange.SetAnnounced(Sample.Envelope(number).Key));
        if (commit % 3 == 0) changes.Add(new StoreChange.PutReference($"reference-{commit}", Sample.Envelope(number).Key, At(commit)));
        if (commit % 3 == 0 && commit > 60) changes.Add(new StoreChange.RemoveReference($"reference-{commit - 60}"));
        if (commit % 7 == 0) changes.Add(new StoreChange.SetTally(commit % 2 == 0 ? "expired" : "refused", commit));
        if (commit % 2 == 0) changes.Add(new StoreChange.SetAirtime(commit % 4 == 0 ? "EU868 P" : "EU868 M", commit / 3, TimeSpan.FromMilliseconds(commit)));
        if (commit % 4 == 0) changes.Add(Sample.Put(Sample.Envelope(number / 4, type: MessageType.Status)));
        if (commit % 4 == 0) changes.Add(new StoreChange.SetCounter(Series.States, number));
        if (commit % 20 == 0) changes.Add(new StoreChange.Remove(Sample.Envelope((number / 4) - 4, type: MessageType.Status).Key));
        return changes;
    }

    /// <summary>Node time of a commit.</summary>
    public static TimeSpan At(int commit) => TimeSpan.FromSeconds(20L * commit);

    /// <summary>What is done after a commit; a commit follows anyway.</summary>
    public static StoreStep After(int commit) => commit switch
    {
        >= QuietFrom and < QuietTo => StoreStep.Commit,
        _ when commit % 97 == 0 => StoreStep.Reopen,
        _ when commit % 71 == 0 => StoreStep.Reload,
        _ when commit % 37 == 0 => StoreStep.Checkpoint,
        _ => StoreStep.Commit,
    };

    /// <summary>Does it all on a store, and tells of every commit when it has returned.</summary>
    public static void Run(Func<SqliteOutbox> open, Action<int> acknowledge)
    {
        var outbox = open();
        outbox.Load(DeliveredLimit);
        for (var commit = 1; commit <= Commits; commit++)
        {
            outbox.Commit(Batch(commit), At(commit));
            acknowledge(commit);
            switch (After(commit))
            {
                case StoreStep.Checkpoint: outbox.Checkpoint(); break;
                case StoreStep.Reload: outbox.Load(DeliveredLimit); break;
                case StoreStep.Reopen:
                    outbox.Dispose();
                    outbox = open();
                    outbox.Load(DeliveredLimit);
                    break;
            }
        }

        outbox.Dispose();
    }

    /// <summary>What a store must give after each commit; the first is of a new store.</summary>
    public static IReadOnlyList<Snapshot> Expected()
    {
        var memory = new MemoryOutbox(Options.Retention);
        var snapshots = new List<Snapshot> { memory.Load(DeliveredLimit) };
        for (var commit = 1; commit <= Commits; commit++)
        {
            memory.Commit(Batch(commit), At(commit));
            snapshots.Add(memory.Load(DeliveredLimit));
        }

        return snapshots;
    }

    private static StoredEnvelope Foreign(ulong number, ulong more) =>
        Sample.Envelope((number * 2) + more, (ushort)(12 + (number % 3)), priority: (byte)(1 + (number % 4)), delivered: true, custody: number % 2 == 0, bodyLength: 30 + (int)(number % 300));

    private static StoreChange.SetProgress Progress(ulong number, int commit, bool done = false) => new(
        Sample.Envelope(number).Key, done ? MessageState.Ontvangen : MessageState.Verzonden, !done, commit % 6 == 0 ? $"zaak-{commit}" : null);
}
