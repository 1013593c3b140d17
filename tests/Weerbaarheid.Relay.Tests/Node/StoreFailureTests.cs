using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Node;

public sealed class StoreFailureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-full-");

    [Fact]
    public async Task A_full_disk_refuses_with_a_sentence_and_what_was_acknowledged_is_there_after_a_restart()
    {
        var acknowledged = new List<ulong>();
        await using (var node = await Meldkamer().StartAsync(store: new OutboxOptions(MaxBytes: 64 * 1024)))
        {
            var refused = await FillAsync(node, acknowledged);
            Assert.Equal(Refusal.Full, refused.Refusal);
            Assert.Contains("full", refused.Reason);

            // It goes on answering. What was refused may have been a larger batch, so one more may still fit; it then counts.
            for (var i = 0; i < 5; i++) Assert.Equal(Refusal.Full, (await FillAsync(node, acknowledged)).Refusal);
        }

        await using var again = await Meldkamer().StartAsync();
        Assert.Equal(acknowledged.Count, again.Report.GetProperty("total").GetInt32());
        Assert.Equal(acknowledged, acknowledged.Distinct());

        // The number of what was refused was never given to anybody, so the next one takes it and there is no gap.
        Assert.Equal(acknowledged[^1] + 1, (await again.SubmitAsync("melding", Long)).Key.Sequence);
    }

    /// <summary>The batch is on disk and the note beside it cannot be written: whoever is told that it was not taken in hands it in again, and it is there twice.</summary>
    [Fact]
    public async Task Who_was_taken_in_by_a_commit_that_failed_is_not_told_otherwise()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder.FullName, "elders"));
        await using var node = new TestNode(Desk, Path.Combine(_folder.FullName, "data")) { Lives = new LifeFiles(Path.Combine(elsewhere.FullName, "life"), null, null) };
        await node.StartAsync();
        elsewhere.Delete(recursive: true);
        var waits = await node.HandInAsync("melding", """{"text":"Hulp"}""");
        // The store cannot be loaded either; a wrong answer would have come by now.
        await Eventually.TrueAsync(() => node.Status.GetProperty("store").GetProperty("state").GetString() == "failing", "the status says that the store fails");
        Assert.False(waits.IsCompleted);
        elsewhere.Create();
        Assert.Equal((Refusal.None, "1-1"), ((await waits).Refusal, (await waits).Key.ToString()));
        await Eventually.TrueAsync(() => node.Report.GetProperty("total").GetInt32() == 1, "the report has it once");
        Assert.Equal("1-2", (await node.SubmitAsync("melding", """{"text":"Nog een"}""")).Key.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Long => $$"""{"text":"{{new string('x', 400)}}","clientRef":"{{Guid.NewGuid()}}"}""";

    private static async Task<SubmitOutcome> FillAsync(TestNode node, List<ulong> acknowledged)
    {
        for (var i = 0; i < 1_000; i++)
        {
            var outcome = await node.SubmitAsync("melding", Long);
            if (outcome.Refusal != Refusal.None) return outcome;
            acknowledged.Add(outcome.Key.Sequence);
        }

        throw new Xunit.Sdk.XunitException("A store of 64 KiB took 1,000 messages of 400 bytes.");
    }

    private static Site Desk => new(1, "Meldkamer", Role.Meldkamer, "groningen");

    private TestNode Meldkamer() => new(Desk, _folder.FullName);
}
