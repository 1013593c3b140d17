using System.Text;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Outbox;

/// <summary>Deletion is looked for in the raw bytes of every file: what a message says is sealed there, so its envelope and its client's reference are what must be gone.</summary>
public sealed class ErasureTests : IDisposable
{
    private static readonly Site Desk = new(1, "Meldkamer", Role.Meldkamer, "groningen");
    private static readonly Site Leek = new(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, "groningen");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-erase-");

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Melding(string reference) => $$"""{"category":"brand","text":"{{new string('z', 300)}} {{reference}}","clientRef":"{{reference}}"}""";

    private bool IsOnDisk(ReadOnlySpan<byte> what)
    {
        foreach (var file in _folder.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            if (bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(what) >= 0) return true;
        }

        return false;
    }

    private static async Task<StoredEnvelope> HandInAsync(TestNode node, string reference)
    {
        var outcome = await node.SubmitAsync("melding", Melding(reference));
        Assert.Equal(Refusal.None, outcome.Refusal);
        await Eventually.TrueAsync(() => node.Node.Board.Find(outcome.Key) is not null, "it hangs on the board");
        return node.Node.Board.Find(outcome.Key)!.Envelope;
    }

    [Fact]
    public async Task A_record_that_is_forgotten_is_in_no_file_and_on_no_page()
    {
        await using var node = await new TestNode(Desk, _folder.FullName).StartAsync();
        var (gone, stays) = (await HandInAsync(node, "zeldzaamwoord-een"), await HandInAsync(node, "zeldzaamwoord-twee"));
        Assert.True(IsOnDisk(gone.Bytes.Span));
        Assert.True(IsOnDisk(Encoding.UTF8.GetBytes("zeldzaamwoord-een")));

        var report = await node.Node.EraseAsync(new(gone.Key, null, Quarantine: false), CancellationToken.None);
        Assert.Equal((ErasureOutcome.Erased, 1, 0, null), (report.Outcome, report.Erased, report.Kept, report.Problem));
        Assert.False(IsOnDisk(gone.Bytes.Span));
        Assert.False(IsOnDisk(Encoding.UTF8.GetBytes("zeldzaamwoord-een")));
        Assert.True(IsOnDisk(stays.Bytes.Span));
        Assert.Null(node.Node.Board.Find(gone.Key));
        await Eventually.TrueAsync(() => node.Report.GetProperty("total").GetInt32() == 1 && node.Report.GetProperty("messages").GetArrayLength() == 1, "the report does not have it");
        Assert.Equal(ErasureOutcome.NotHere, (await node.Node.EraseAsync(new(gone.Key, null, false), CancellationToken.None)).Outcome);

        // Its number is not missing, and is not given out again.
        Assert.Equal(0, node.Report.GetProperty("missing").GetInt32());
        Assert.Equal(3UL, (await node.SubmitAsync("melding", Melding("drie"))).Key.Sequence);
        await node.DisposeAsync();
        await using var again = await new TestNode(Desk, _folder.FullName).StartAsync();
        Assert.Equal(2, again.Report.GetProperty("total").GetInt32());
        Assert.Equal(0, again.Status.GetProperty("store").GetProperty("quarantined").GetInt32());
        Assert.Null(again.Node.Board.Find(gone.Key));
    }

    [Fact]
    public async Task What_is_in_custody_stays_whoever_orders_it_gone()
    {
        await using var node = await new TestNode(Leek, _folder.FullName).StartAsync();
        var held = await HandInAsync(node, "zeldzaamwoord");
        Assert.Equal((ErasureOutcome.StillOwed, 0, 1), await OrderAsync(node, held.Key, null));
        Assert.Equal((ErasureOutcome.Erased, 0, 1), await OrderAsync(node, null, TimeSpan.Zero));
        Assert.True(IsOnDisk(held.Bytes.Span));
        Assert.NotNull(node.Node.Board.Find(held.Key));
    }

    [Fact]
    public async Task What_is_old_goes_a_slice_at_a_time_and_what_is_young_stays()
    {
        await using var node = await new TestNode(Desk, _folder.FullName).StartAsync();
        for (var i = 0; i < SqliteOutbox.ErasureRows + 44; i++) await node.SubmitAsync("melding", Melding($"oudje-{i}"));
        Assert.Equal((ErasureOutcome.Erased, 0, 0), await OrderAsync(node, null, TimeSpan.FromDays(1)));
        Assert.Equal((ErasureOutcome.Erased, SqliteOutbox.ErasureRows + 44, 0), await OrderAsync(node, null, TimeSpan.Zero));
        Assert.False(IsOnDisk(Encoding.UTF8.GetBytes("oudje-")));
        await Eventually.TrueAsync(() => node.Report.GetProperty("total").GetInt32() == 0, "the report is empty");
    }

    [Fact]
    public void Retention_goes_by_node_time_and_a_person_by_either_clock()
    {
        var now = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        var byItself = new ErasureCut(TimeSpan.FromDays(10), null);
        Assert.True(byItself.Takes(TimeSpan.FromDays(9), now));
        // A clock that lies by ten years takes nothing away by itself.
        Assert.False(byItself.Takes(TimeSpan.FromDays(11), now.AddYears(-10)));
        Assert.True((byItself with { ReceivedBefore = now }).Takes(TimeSpan.FromDays(11), now.AddDays(-1)));
        Assert.False((byItself with { ReceivedBefore = now }).Takes(TimeSpan.FromDays(11), now));
    }

    [Fact]
    public async Task Retention_takes_what_is_older_than_its_days_after_a_start()
    {
        using (var store = SqliteOutbox.Open(Path.Combine(_folder.FullName, "outbox.db"), Desk.Id)) store.Load(10);
        StoredEnvelope old;
        await using (var node = await new TestNode(Desk, _folder.FullName).StartAsync()) old = await HandInAsync(node, "zeldzaamwoord");
        using (var store = SqliteOutbox.Open(Path.Combine(_folder.FullName, "outbox.db"), Desk.Id))
        {
            store.Load(10);
            // Eight days of node time go by.
            store.Commit([new StoreChange.SetTally("accepted", 1)], TimeSpan.FromDays(8));
        }

        await using var later = await new TestNode(Desk, _folder.FullName).StartAsync(store: OutboxOptions.Default with { RetentionDays = 7 });
        await Eventually.TrueAsync(() => !IsOnDisk(old.Bytes.Span), "the old one is gone from every file");
        Assert.False(IsOnDisk(Encoding.UTF8.GetBytes("zeldzaamwoord")));
    }

    [Fact]
    public void A_broken_store_in_quarantine_is_overwritten_and_goes_with_the_rest()
    {
        var path = Path.Combine(_folder.FullName, "outbox.db");
        File.WriteAllText(path, "SQLite format 3\0 zeldzaamwoord" + new string('x', 5_000));
        using var store = SqliteOutbox.Open(path, Desk.Id);
        store.Load(10);
        Assert.Equal(1, store.BrokenStores);
        Assert.True(IsOnDisk(Encoding.UTF8.GetBytes("zeldzaamwoord")));
        Assert.Equal(1, store.EraseQuarantine());
        Assert.Equal(0, store.BrokenStores);
        Assert.False(IsOnDisk(Encoding.UTF8.GetBytes("zeldzaamwoord")));
        Assert.Null(store.LastLoss);
    }

    [Fact]
    public async Task What_was_said_later_about_a_record_goes_with_it_and_also_when_the_record_went_before()
    {
        await using var node = await new TestNode(Desk, _folder.FullName).StartAsync();
        var (gone, stays) = (await HandInAsync(node, "zeldzaamwoord-een"), await HandInAsync(node, "zeldzaamwoord-twee"));
        for (var i = 0; i < SqliteOutbox.ErasureRows; i++) await node.SubmitAsync("melding", Melding($"ertussen-{i}"));
        foreach (var about in (StoredEnvelope[])[gone, gone, stays])
            await node.SubmitAsync("amend", $$"""{"for":"1-{{about.Key.Sequence}}","kind":"aanvulling","text":"ligt op zolder","clientRef":"zeldzaamwoord-bij-{{Guid.NewGuid():N}}"}""");
        await Eventually.TrueAsync(() => node.Node.Board.Newest(10, type: MessageType.Amend).Count == 3, "all three hang on the board");
        var words = node.Node.Board.Newest(10, type: MessageType.Amend).Where(one => ((Amend)one.Message!).ForSequence == gone.Key.Sequence).Select(one => one.Envelope).ToList();

        var report = await node.Node.EraseAsync(new(gone.Key, null, Quarantine: false), CancellationToken.None);
        Assert.Equal((ErasureOutcome.Erased, 3, 2, 0), (report.Outcome, report.Erased, report.Words, report.Kept));
        Assert.All(words, word => Assert.False(IsOnDisk(word.Bytes.Span)));
        Assert.All(words, word => Assert.False(IsOnDisk(Encoding.UTF8.GetBytes(word.ClientRef!))));
        Assert.Equal(stays.Key.Sequence, ((Amend)Assert.Single(node.Node.Board.Newest(10, type: MessageType.Amend)).Message!).ForSequence);

        await node.SubmitAsync("amend", $$"""{"for":"1-{{gone.Key.Sequence}}","kind":"correctie","text":"komt later"}""");
        report = await node.Node.EraseAsync(new(gone.Key, null, Quarantine: false), CancellationToken.None);
        Assert.Equal((ErasureOutcome.NotHere, 1, 1), (report.Outcome, report.Erased, report.Words));
    }

    [Fact]
    public async Task A_released_report_is_for_the_service_alone_and_goes_with_what_is_old()
    {
        await using var node = await new TestNode(Desk, _folder.FullName).StartAsync();
        var old = DateTimeOffset.UtcNow.AddDays(-40);
        node.Node.Papers.Release("zeldzaamwoord-oud", "J.", "a", old, TimeSpan.Zero);
        node.Node.Papers.Release("zeldzaamwoord-nieuw", "J.", "b", DateTimeOffset.UtcNow, TimeSpan.Zero);
        foreach (var file in Directory.GetFiles(Path.Combine(node.Folder, "sitraps")))
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        var forgotten = await node.Node.EraseAsync(new((await HandInAsync(node, "x")).Key, null, Quarantine: false), CancellationToken.None);
        Assert.Equal((0, 2), (forgotten.Papers, forgotten.PapersLeft));
        var report = await node.Node.EraseAsync(new(null, TimeSpan.FromDays(30), Quarantine: false), CancellationToken.None);
        Assert.Equal((1, 1, null), (report.Papers, report.PapersLeft, report.Problem));
        Assert.Equal((false, true), (IsOnDisk("zeldzaamwoord-oud"u8), IsOnDisk("zeldzaamwoord-nieuw"u8)));
        Assert.Equal("zeldzaamwoord-nieuw", Assert.Single(node.Node.Papers.All()).Text);
    }

    [Fact]
    public void Retention_takes_a_released_report_by_the_time_that_the_node_was_on()
    {
        var papers = new SitrapArchive(_folder.FullName);
        var lying = DateTimeOffset.UtcNow.AddYears(-10);
        papers.Release("een", "J.", "a", lying, TimeSpan.FromDays(1));
        papers.Release("twee", "J.", "b", lying, TimeSpan.FromDays(9));
        Assert.Equal(1, papers.Erase(new ErasureCut(TimeSpan.FromDays(8), null)));
        Assert.Equal("twee", Assert.Single(new SitrapArchive(_folder.FullName).All()).Text);
    }

    private static async Task<(ErasureOutcome Outcome, int Erased, int Kept)> OrderAsync(TestNode node, EnvelopeKey? only, TimeSpan? age)
    {
        var report = await node.Node.EraseAsync(new(only, age, Quarantine: false), CancellationToken.None);
        Assert.Null(report.Problem);
        return (report.Outcome, report.Erased, report.Kept);
    }
}
