using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Outbox;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Lives;

public sealed class LifeFileTests : IDisposable
{
    private const uint Drawn = 777;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("life-");

    private string InData => Path.Combine(_folder.FullName, "life");

    private string Keys => Path.Combine(_folder.FullName, "site.keys");

    private LifeFiles Demonstration => new(InData, null, null);

    private LifeFiles Real => new(InData, LifeFile.BesideKeys(Keys), Drawn);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_reads_what_was_written_and_nothing_else()
    {
        foreach (var last in (uint?[])[null, 0, 3, Sequence.LastLife])
        {
            LifeFile.Write(InData, last);
            Assert.Equal(new LifeNote(last), LifeFile.Read(InData, out var isThere));
            Assert.True(isThere);
        }

        Assert.False(File.Exists(InData + ".new"));
        var bytes = File.ReadAllBytes(InData);
        for (var bit = 0; bit < (bytes.Length - 1) * 8; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(InData, changed);
            Assert.Null(LifeFile.Read(InData, out _));
        }
    }

    [Fact]
    public void A_folder_in_its_place_is_put_aside_with_what_is_in_it()
    {
        for (var number = 1; number <= 2; number++)
        {
            File.Delete(InData);
            Directory.CreateDirectory(InData);
            File.WriteAllText(Path.Combine(InData, "x"), "x");
            LifeFile.Write(InData, 3);
            Assert.Equal(3U, LifeFile.Read(InData, out _)!.Value.Last);
            Assert.True(File.Exists(Path.Combine($"{InData}.aside-{number}", "x")));
        }
    }

    [Fact]
    public void A_folder_or_a_link_in_the_place_of_the_next_life_is_put_aside()
    {
        Directory.CreateDirectory(InData + ".new");
        File.WriteAllText(Path.Combine(InData + ".new", "x"), "x");
        LifeFile.Write(InData, 3);
        Assert.True(File.Exists(Path.Combine(InData + ".new.aside-1", "x")));
        File.CreateSymbolicLink(InData + ".new", _folder.FullName);
        LifeFile.Write(InData, 4);
        Assert.Equal(4U, LifeFile.Read(InData, out _)!.Value.Last);
        Assert.True(_folder.Exists);
    }

    [Fact]
    public void However_many_were_put_aside_there_is_a_name_for_one_more()
    {
        for (var number = 1; number <= 150; number++) File.WriteAllText($"{InData}.aside-{number}", "theirs");
        File.WriteAllText($"{InData}.aside-{long.MaxValue}", "theirs");
        Directory.CreateDirectory(InData);
        LifeFile.Write(InData, 3);
        Assert.True(Directory.Exists(InData + ".aside-151"));
        Assert.All(Enumerable.Range(1, 150), number => Assert.Equal("theirs", File.ReadAllText($"{InData}.aside-{number}")));
    }

    [Theory]
    [InlineData("/nowhere/at/all")]
    [InlineData("life.log")]
    [InlineData(".")]
    public void A_link_in_the_place_of_the_note_of_the_log_says_that_there_is_one_and_makes_way(string target)
    {
        File.CreateSymbolicLink(InData + ".log", target);
        var files = Real;
        Assert.Equal(0, files.LeastLog);
        files.NoteLog(5);
        Assert.Equal(5, files.LeastLog);
        Assert.Equal(target, new FileInfo(InData + ".log.aside-1").LinkTarget);
        File.Delete(InData + ".log");
        File.CreateSymbolicLink(InData + ".log", target);
        files.NoteLogEmpty();
        Assert.Null(files.LeastLog);
    }

    [Theory]
    [InlineData("123456789012345678901")]
    [InlineData("12x")]
    [InlineData("-5")]
    [InlineData("5 ")]
    public void A_note_of_the_log_that_no_node_wrote_says_that_there_is_one(string note)
    {
        File.WriteAllText(InData + ".log", note);
        Assert.Equal(0, Real.LeastLog);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".new")]
    [InlineData(".log")]
    public async Task A_pipe_in_its_place_is_put_aside_and_holds_nobody_up(string place)
    {
        NamedPipe.Make(InData + place);
        var life = await NamedPipe.WithoutWaitingAsync(() =>
        {
            var files = Real;
            // Nobody knows what was noted there; if it was that there is a log, then one must be there.
            Assert.Equal(place == ".log" ? 0 : null, files.LeastLog);
            files.Begin(files.Choose(CounterState.Doubtful, 2).Life);
            files.NoteLog(5);
            Assert.Equal(5, files.LeastLog);
            files.NoteLogEmpty();
            return LifeFile.Read(InData, out _);
        });
        Assert.Equal(3U, life!.Value.Last);
        // What is half written is the node's own, and goes.
        Assert.Equal(place == ".new" ? [] : [$"life{place}.aside-1"], _folder.GetFiles("*.aside-*").Select(file => file.Name));
    }

    [Fact]
    public void A_log_has_at_least_what_was_noted_until_it_is_emptied()
    {
        Assert.Null(Real.LeastLog);
        foreach (var bytes in new[] { 4_152L, 70_000L })
        {
            Real.NoteLog(bytes);
            Assert.Equal(bytes, Real.LeastLog);
        }

        File.WriteAllText(InData + ".log", "");
        Assert.Equal(0, Real.LeastLog);
        Real.NoteLogEmpty();
        Assert.Null(Real.LeastLog);
    }

    [Fact]
    public void One_that_is_there_is_never_made_fresh()
    {
        Assert.True(LifeFile.CreateFresh(InData));
        LifeFile.Write(InData, 4);
        Assert.False(LifeFile.CreateFresh(InData));
        Assert.Equal(new LifeNote(4), LifeFile.Read(InData, out _));
    }

    [Fact]
    public void Without_a_trace_demonstration_keys_start_at_the_first_life_and_real_ones_at_one_that_was_drawn()
    {
        Assert.Equal(0U, Demonstration.Choose(CounterState.None, null).Life);
        var choice = Real.Choose(CounterState.None, null);
        Assert.Equal((Drawn, true), (choice.Life, choice.Reason.Contains("by lot", StringComparison.Ordinal)));
        Assert.Equal(1U, Demonstration.Choose(CounterState.Doubtful, null).Life);
        Assert.Equal(Drawn, Real.Choose(CounterState.Doubtful, null).Life);
        LifeFile.CreateFresh(LifeFile.BesideKeys(Keys));
        Assert.Equal(0U, Real.Choose(CounterState.None, null).Life);
    }

    [Theory]
    [InlineData("Sound", 2U, 2U, 2U)]
    [InlineData("Sound", 2U, 1U, 2U)]
    [InlineData("Sound", 2U, 5U, 6U)]
    [InlineData("Doubtful", 2U, 1U, 3U)]
    [InlineData("Doubtful", 2U, 5U, 6U)]
    [InlineData("None", null, 5U, 6U)]
    public void Where_there_is_doubt_it_is_one_more_than_every_life_of_which_there_is_evidence(string state, uint? inStore, uint inFile, uint expected)
    {
        // Beside the keys counts as much as in the data folder.
        foreach (var place in (string[])[InData, LifeFile.BesideKeys(Keys)])
        {
            File.Delete(InData);
            File.Delete(LifeFile.BesideKeys(Keys));
            LifeFile.Write(place, inFile);
            Assert.Equal(expected, Real.Choose(Enum.Parse<CounterState>(state), inStore).Life);
        }
    }

    [Fact]
    public void A_place_beside_the_keys_that_cannot_be_written_is_told_and_stops_nothing()
    {
        var beside = LifeFile.BesideKeys(Path.Combine(_folder.FullName, "no such folder", "site.keys"));
        var files = new LifeFiles(InData, beside, Drawn);
        files.Begin(3);
        Assert.Equal(new LifeNote(3), LifeFile.Read(InData, out _));
        Assert.Contains(beside, files.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_store_that_was_never_written_to_does_not_pass_for_one_that_is_gone()
    {
        for (var start = 0; start < 3; start++) Assert.Equal((0UL, 0), Loaded(out _));
    }

    [Fact]
    public void A_store_that_is_gone_begins_a_life_and_counts_the_hour_as_spent()
    {
        Assert.Equal((0UL, 0), Loaded(out _));
        foreach (var file in _folder.GetFiles("outbox.db*")) file.Delete();
        Assert.Equal((Sequence.Of(1, 0), 1), Loaded(out var airtime));
        Assert.Equal(TimeSpan.FromMinutes(AirtimeLedger.Lifetime), Assert.Single(airtime).Spent);
        Assert.Equal((Sequence.Of(1, 0), 0), Loaded(out _));
    }

    [Fact]
    public void An_earlier_copy_of_the_store_is_noticed_when_lives_were_begun_since()
    {
        Loaded(out _);
        var copy = File.ReadAllBytes(Database);
        using (var outbox = Open())
        {
            outbox.Load(1);
            outbox.Commit([new StoreChange.StartLife(1), new StoreChange.SetCounter(Series.Records, Sequence.Of(1, 0)), new StoreChange.SetCounter(Series.States, Sequence.Of(1, 0))], TimeSpan.Zero);
        }

        Assert.Equal(new LifeNote(1), LifeFile.Read(InData, out _));
        File.WriteAllBytes(Database, copy);
        Assert.Equal((Sequence.Of(2, 0), 1), Loaded(out _));
    }

    [Fact]
    public void A_life_that_cannot_be_noted_is_not_begun()
    {
        var lives = _folder.CreateSubdirectory("lives");
        var (here, gone) = (lives.FullName, lives.FullName + ".gone");
        using var outbox = SqliteOutbox.Open(Database, Sample.Site, OutboxOptions.Default with { Lives = new LifeFiles(Path.Combine(here, "life"), null, null) });
        outbox.Load(1);
        Directory.Move(here, gone);
        Assert.Throws<OutboxException>(() => outbox.Commit([new StoreChange.StartLife(1), new StoreChange.SetCounter(Series.Records, Sequence.Of(1, 0))], TimeSpan.Zero));
        Directory.Move(gone, here);
        Assert.Equal(0UL, outbox.Load(1).Records);
    }

    private string Database => Path.Combine(_folder.FullName, "outbox.db");

    private SqliteOutbox Open() => SqliteOutbox.Open(Database, Sample.Site, OutboxOptions.Default with { Lives = Demonstration });

    private (ulong Records, int Told) Loaded(out IReadOnlyList<StoredAirtime> airtime)
    {
        using var outbox = Open();
        var snapshot = outbox.Load(1);
        Assert.Equal(snapshot.Records, snapshot.States);
        airtime = snapshot.Airtime;
        return (snapshot.Records, outbox.Quarantined.Count);
    }
}
