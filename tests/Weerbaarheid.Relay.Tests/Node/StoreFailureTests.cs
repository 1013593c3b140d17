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

    private TestNode Meldkamer() => new(new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), _folder.FullName);
}
