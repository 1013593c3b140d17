using System.Text;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Outbox;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Intake;

/// <summary>What one melding allocates on its way from JSON to the disk: garbage is the one cost that a busy machine does not blur.</summary>
public sealed class IntakeBudgetTests : IDisposable
{
    private const int Meldingen = 256;

    /// <summary>Bytes from a payload to a submission with its body coded; 1,448 were seen.</summary>
    private const int FromJson = 1_700;

    /// <summary>Bytes from there through core and store, in batches of 256; 1,922 were seen.</summary>
    private const int ToDisk = 2_200;
    private const string Topic = "weerbaarheid/v1/in/melding";

    private readonly StoreFolder _folder = new();

    [Fact]
    public void A_melding_allocates_little_from_its_json_to_its_submission()
    {
        var payloads = Payloads(0);
        foreach (var payload in payloads) Parse(payload);
        Assert.InRange(Measure(() =>
        {
            foreach (var payload in payloads) Parse(payload);
        }), 1, FromJson);
    }

    [Fact]
    public void A_melding_allocates_little_from_its_submission_to_the_disk()
    {
        using var keys = KeyRing.Demonstration();
        using var outbox = _folder.Open();
        var site = new Site(Sample.Site, "Leek", Role.Noodsteunpunt, "groningen");
        var core = new RelayCore(site, keys, [], outbox.Load(0), RelayRules.Default);
        var batches = Enumerable.Range(0, 3).Select(batch => Payloads(batch).Select(Parse).ToList()).ToList();
        foreach (var batch in batches.Take(2)) TakeIn(core, outbox, batch);
        Assert.InRange(Measure(() => TakeIn(core, outbox, batches[2])), 1, ToDisk);
    }

    public void Dispose() => _folder.Dispose();

    private static void TakeIn(RelayCore core, SqliteOutbox outbox, List<Submission> batch)
    {
        var (effects, at) = (new Effects(), new Instant(TimeSpan.FromSeconds(1), new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), WallTrusted: true));
        foreach (var submission in batch) core.Handle(new RelayEvent.Submit(submission, batch), at, effects);
        core.Settle(at, effects);
        outbox.Commit(effects.Changes, at.Now);
        Assert.All(effects.Outputs.OfType<Output.Completed>(), one => Assert.Equal(Refusal.None, one.Outcome.Refusal));
    }

    private static List<byte[]> Payloads(int batch) => [.. Enumerable.Range(0, Meldingen).Select(i =>
        Encoding.UTF8.GetBytes($$"""{"category":"gezondheid","priority":3,"text":"Melding {{batch}}-{{i}}: oudere man niet aanspreekbaar in de hal"}"""))];

    private static Submission Parse(byte[] payload) => IntakeParser.Parse(Topic, null, payload, mayBeRepeat: false).Submission!;

    /// <summary>Bytes for each melding, on this thread.</summary>
    private static long Measure(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Meldingen;
    }
}
