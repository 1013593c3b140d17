namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>The trial must notice what it is there for: mistakes made in the recording itself.</summary>
public sealed class MistakeTests
{
    private const int States = 1_500;

    [SkippableFact]
    public void Without_the_sync_of_the_log_acknowledged_messages_are_lost() =>
        AssertNoticed(trace => trace.With(calls => calls.Where(call => call.Call != Call.Sync || call.File == Database(calls))));

    [SkippableFact]
    public void Without_the_sync_of_the_database_a_checkpoint_loses_messages() =>
        AssertNoticed(trace => trace.With(calls => calls.Where(call => call.Call != Call.Sync || call.File != Database(calls))));

    [SkippableFact]
    public void Without_the_sync_of_the_folder_a_log_is_lost() =>
        AssertNoticed(trace => trace.With(calls => calls.Where(call => call.Call != Call.SyncFolder)));

    [SkippableFact]
    public void An_acknowledgement_before_the_sync_is_noticed() => AssertNoticed(trace => trace.With(EarlyAcknowledgements));

    private static void AssertNoticed(Func<Trace, Trace> mistake)
    {
        var result = new CrashTrial(mistake(Recorder.Recorded)).Run(new TrialRun("crash", 1, States, 1, null));
        Assert.NotEmpty(result.Failures);
    }

    private static int Database(IReadOnlyList<TraceCall> calls) => calls.First(call => call is { Call: Call.Create, Name: Recorder.Database }).File;

    private static IEnumerable<TraceCall> EarlyAcknowledgements(IReadOnlyList<TraceCall> calls)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            // The sync of a commit is the last call before its acknowledgement.
            var early = i + 1 < calls.Count && calls[i + 1].Call == Call.Acknowledge;
            if (early) yield return calls[i + 1];
            yield return calls[i];
            if (early) i++;
        }
    }
}
