using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Tests.Scenarios;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Outbox.Zoo;

/// <summary>A node whose store is broken takes messages in again within five seconds, and never gives out a number twice.</summary>
[Collection("alone")]
public sealed class BrokenStoreTests(GoodStore good) : IClassFixture<GoodStore>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zoo-");

    private static IEnumerable<BrokenStores.Animal> All => [.. BrokenStores.All, .. OddFiles.All];

    public static IEnumerable<object[]> Names => All.Select(one => new object[] { one.Name, one.Fate });

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_receives_again_within_five_seconds(string name, Fate fate)
    {
        good.CopyTo(_folder.FullName);
        var animal = All.Single(one => one.Name == name);
        animal.Break(Path.Combine(_folder.FullName, "outbox.db"));

        var begun = Stopwatch.GetTimestamp();
        await using var node = await new TestNode(GoodStore.Site, _folder.FullName).StartAsync();
        using var publisher = await PipelinedPublisher.ConnectAsync(node.Port);
        var answer = Assert.Single(await publisher.PublishAsync(Meldingen.Topic, [Encoding.UTF8.GetBytes(Meldingen.One(1, clientRef: "na de breuk"))], inFlight: 1));
        var took = Stopwatch.GetElapsedTime(begun);

        Assert.True(answer.Reason == 0, answer.Sentence);
        Assert.True(took < Limit, $"{took.TotalSeconds} s");
        // Of a log that is cut between two commits nobody can tell that there was more; the meldkamer can (LivesTests).
        if (fate != Fate.Earlier) Assert.DoesNotContain(answer.Id, good.Ids);
        await Eventually.TrueAsync(() => node.Report.GetProperty("messages").EnumerateArray().Any(one => one.GetProperty("id").GetString() == answer.Id), "the report counts the new melding");
        var (total, lost) = (node.Report.GetProperty("total").GetInt32() - 1, node.Status.GetProperty("store").TryGetProperty("lost", out var loss));
        Assert.Equal(fate is Fate.Salvaged or Fate.Afresh, lost);
        if (lost) Assert.Equal((total, true), (loss.GetProperty("salvaged").GetInt32(), loss.GetProperty("reason").GetString()!.Length > 10));
        if (fate == Fate.Same) Assert.Equal(GoodStore.Count, total);
        else if (fate == Fate.Salvaged) Assert.InRange(total, animal.Least, GoodStore.Count);
        else Assert.Equal(0, total);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("empty")]
    [InlineData("zeroed")]
    [InlineData("cut short")]
    public async Task A_database_without_its_log_numbers_on_in_a_new_life_and_says_so(string log)
    {
        good.CopyTo(_folder.FullName);
        var wal = Path.Combine(_folder.FullName, "outbox.db-wal");
        if (log == "gone") File.Delete(wal);
        else if (log == "cut short") File.WriteAllBytes(wal, File.ReadAllBytes(wal)[..60_000]);
        else File.WriteAllBytes(wal, log == "empty" ? [] : new byte[new FileInfo(wal).Length]);

        for (var start = 0; start < 2; start++)
        {
            await using var node = await new TestNode(GoodStore.Site, _folder.FullName).StartAsync();
            using var publisher = await PipelinedPublisher.ConnectAsync(node.Port);
            var answer = Assert.Single(await publisher.PublishAsync(Meldingen.Topic, [Encoding.UTF8.GetBytes(Meldingen.One(1))], inFlight: 1));
            Assert.Equal($"{GoodStore.Site.Id}-1.{(start + 1).ToString(CultureInfo.InvariantCulture)}", answer.Id);
            Assert.DoesNotContain(answer.Id, good.Ids);
        }
    }

    [Fact]
    public async Task The_newest_three_are_kept_and_another_programs_for_ever()
    {
        for (var round = 0; round < 6; round++)
        {
            foreach (var part in Directory.GetFiles(_folder.FullName, "outbox.db*")) File.Delete(part);
            if (round == 0) BrokenStores.Sql(Path.Combine(_folder.FullName, "outbox.db"), "CREATE TABLE theirs(x)");
            else File.WriteAllText(Path.Combine(_folder.FullName, "outbox.db"), $"broken {round}");
            await using var node = await new TestNode(GoodStore.Site, _folder.FullName).StartAsync();
        }

        var kept = Directory.GetDirectories(Path.Combine(_folder.FullName, "quarantine")).Select(Path.GetFileName).Order().ToList();
        Assert.Equal(["1", "4", "5", "6"], kept);
        Assert.Equal("broken 5", await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "quarantine", "6", "outbox.db")));
    }

    [Fact]
    public async Task A_strange_number_among_them_neither_hides_nor_outlives_the_newest()
    {
        var quarantine = Path.Combine(_folder.FullName, "quarantine");
        // The last that counts as a number, one that is none, a name that is another's, and somebody's link.
        foreach (var name in (string[])["999999999", "999999998", "999999997", "9223372036854775807", "007"]) Directory.CreateDirectory(Path.Combine(quarantine, name));
        File.CreateSymbolicLink(Path.Combine(quarantine, "3"), "/");
        for (var round = 1; round <= 3; round++)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "outbox.db"), $"broken {round}");
            await using var node = await new TestNode(GoodStore.Site, _folder.FullName).StartAsync();
            Assert.True(node.Status.GetProperty("store").TryGetProperty("lost", out _));
        }

        var newest = Directory.GetDirectories(quarantine).Single(folder => File.Exists(Path.Combine(folder, "outbox.db")) && File.ReadAllText(Path.Combine(folder, "outbox.db")) == "broken 3");
        Assert.InRange(int.Parse(Path.GetFileName(newest), CultureInfo.InvariantCulture), 1, 999_999_999);
        Assert.True(Directory.Exists(Path.Combine(quarantine, "9223372036854775807")));
        Assert.True(Directory.Exists(Path.Combine(quarantine, "007")));
    }

    /// <summary>The real program, so that nothing but its own start stands in between.</summary>
    [Theory]
    [InlineData("page 1 zeroed")]
    [InlineData("middle zeroed")]
    [InlineData("log without database")]
    public async Task So_does_the_program_itself(string name)
    {
        good.CopyTo(_folder.FullName);
        BrokenStores.All.Single(one => one.Name == name).Break(Path.Combine(_folder.FullName, "outbox.db"));
        await using var node = new NodeProcess("noodsteunpunt", _folder.FullName, up: null, "storage.ballastMiB=0");
        var begun = Stopwatch.GetTimestamp();
        await node.StartAsync();
        var took = Stopwatch.GetElapsedTime(begun);
        var id = Assert.Single(await Meldingen.HandInAsync(node, [Encoding.UTF8.GetBytes(Meldingen.One(1, clientRef: "na de breuk"))]));
        Assert.True(took < Limit, string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s; it said:\n{node.Log}"));
        Assert.DoesNotContain(id, good.Ids);
        Assert.Contains("The store was put aside", node.Log, StringComparison.Ordinal);
        Assert.True((await node.StatusAsync()).GetProperty("store").TryGetProperty("lost", out _));
    }
}
