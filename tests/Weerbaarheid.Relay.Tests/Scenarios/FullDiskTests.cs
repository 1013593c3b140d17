using System.Diagnostics;
using System.Globalization;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>A full disk: what is finished goes first, then the ballast, then only priority 1 is taken in; with room again all is as it was.</summary>
[Collection("alone")]
public sealed class FullDiskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-full-");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        if (Directory.Exists(_folder.FullName + ".m")) Directory.Delete(_folder.FullName + ".m");
    }

    [Fact]
    public async Task A_site_whose_store_is_full_takes_priority_1_in_and_nothing_else()
    {
        var site = new Site(11, "Noodsteunpunt", Role.Noodsteunpunt, "groningen");
        var limits = OutboxOptions.Default with { MaxBytes = 400_000, Ballast = 100_000 };
        var accepted = 0;
        await using (var node = await new TestNode(site, _folder.FullName).StartAsync(store: limits))
        {
            Assert.Equal(100_000, new FileInfo(Path.Combine(_folder.FullName, "ballast")).Length);
            using var publisher = await PipelinedPublisher.ConnectAsync(node.Port);
            var ordinary = await publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(3_000), inFlight: 32);
            var refused = ordinary.Where(answer => answer.Reason != 0).ToList();
            Assert.NotEmpty(refused);
            Assert.Contains("only priority 1", refused[^1].Sentence, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(_folder.FullName, "ballast")));
            var urgent = await publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(100, priority: 1), inFlight: 32);
            Assert.All(urgent, answer => Assert.Equal(0, answer.Reason));
            await Eventually.TrueAsync(() => node.Status.GetProperty("store").GetProperty("state").GetString() == "full", "the status says that the store is full");
            accepted = ordinary.Count + urgent.Count - refused.Count;
        }

        await using var again = await new TestNode(site, _folder.FullName).StartAsync();
        Assert.Equal(accepted, again.Report.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_meldkamer_whose_store_is_full_lets_the_oldest_go_and_takes_everything_in()
    {
        var site = new Site(1, "Meldkamer", Role.Meldkamer, "groningen");
        await using var node = await new TestNode(site, _folder.FullName).StartAsync(store: OutboxOptions.Default with { MaxBytes = 1_600_000, Ballast = 100_000 });
        using var publisher = await PipelinedPublisher.ConnectAsync(node.Port);
        foreach (var answer in await publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(8_000), inFlight: 32)) Assert.True(answer.Reason == 0, answer.Sentence);
        Assert.Equal("ok", node.Status.GetProperty("store").GetProperty("state").GetString());
    }

    [SkippableFact]
    public async Task The_program_on_a_disk_that_fills_up_and_gets_room_again()
    {
        RequiredProgram.Check("unshare");
        Skip.IfNot(await MountsAsync(), "This account cannot mount a disk in a namespace of its own.");
        await using var node = new NodeProcess("noodsteunpunt", _folder.FullName, up: null, "storage.ballastMiB=2") { Around = OnATmpfs };
        await node.StartAsync();
        var disk = $"/proc/{node.ProcessId.ToString(CultureInfo.InvariantCulture)}/root{_folder.FullName}";
        Assert.Equal(2 << 20, new FileInfo(Path.Combine(disk, "ballast")).Length);
        await Meldingen.HandInAsync(node, Meldingen.Make(50));
        Fill(Path.Combine(disk, "fill"));

        using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
        var ordinary = await publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(3_000, reference: "vol"), inFlight: 32);
        var taken = ordinary.Count(answer => answer.Reason == 0);
        Assert.True(taken < 3_000, "the disk never became full");
        Assert.Contains("only priority 1", ordinary[^1].Sentence, StringComparison.Ordinal);
        await Meldingen.HandInAsync(node, Meldingen.Make(200, priority: 1));
        await node.StatusSaysAsync(status => status.GetProperty("store").GetProperty("state").GetString() == "full", "that the disk is full");

        File.Delete(Path.Combine(disk, "fill"));
        await node.StatusSaysAsync(status => status.GetProperty("store") is var store && store.GetProperty("state").GetString() == "ok" && store.GetProperty("ballast").GetInt64() == 2 << 20, "that there is room again");
        await Meldingen.HandInAsync(node, Meldingen.Make(10, reference: "weer"));
        await node.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == 50 + taken + 200 + 10, "that all that was acknowledged is there");
    }

    /// <summary>Nearly full to the page, with the ballast still there: what is urgent goes in, and who is told otherwise is told the truth.</summary>
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Nobody_is_refused_whose_message_is_kept_when_the_disk_has_a_few_pages_left(int pages)
    {
        RequiredProgram.Check("unshare");
        Skip.IfNot(await MountsAsync(), "This account cannot mount a disk in a namespace of its own.");
        await MakeStoreAsync();
        await using var node = await StartAsync(pages);
        using var publisher = await PipelinedPublisher.ConnectAsync(node.BrokerPort);
        var urgent = await publisher.PublishAsync(Meldingen.Topic, Meldingen.Make(20, priority: 1, reference: "nood"), inFlight: 1);
        Assert.All(urgent, answer => Assert.True(answer.Reason == 0, answer.Sentence));
        await node.ReportSaysAsync(report => report.GetProperty("total").GetInt32() == 21, "that each is there once");
    }

    /// <summary>What a start has to write beside or in place of the store has room too: a new store, a new life.</summary>
    [SkippableTheory]
    [InlineData("outbox.db", "")]
    [InlineData("outbox.db", "rommel, en geen database; langer dan een kop van SQLite hoeft te zijn, want wat korter is telt als leeg: 0123456789 0123456789 0123456789")]
    [InlineData("life", "")]
    [InlineData("life", "rommel")]
    public async Task A_full_disk_with_a_broken_file_does_not_keep_a_node_down(string file, string content)
    {
        RequiredProgram.Check("unshare");
        Skip.IfNot(await MountsAsync(), "This account cannot mount a disk in a namespace of its own.");
        await MakeStoreAsync();
        var path = Path.Combine(_folder.FullName, file);
        Assert.True(File.Exists(path), path);
        File.Delete(path);
        if (content.Length > 0) await File.WriteAllTextAsync(path, content);
        await using var node = await StartAsync(pages: 0);
        await Meldingen.HandInAsync(node, Meldingen.Make(5, priority: 1));
    }

    /// <summary>A store with one melding, ended in order: its log is in the database, and gives no room when it is emptied.</summary>
    private async Task MakeStoreAsync()
    {
        await using var before = await StartAsync();
        await Meldingen.HandInAsync(before, Meldingen.Make(1));
        await before.TerminateAsync();
    }

    /// <summary>On its own folder, or on a copy of it on a disk of 10 MB with so many pages of 4 KiB left.</summary>
    private Task<NodeProcess> StartAsync(int? pages = null)
    {
        var around = pages is { } left ? start => OnATmpfs(start, $"cat /dev/zero > \"$0.m/fill\" 2>/dev/null; truncate -s -{left * 4096} \"$0.m/fill\";") : (Func<ProcessStartInfo, ProcessStartInfo>)(start => start);
        return new NodeProcess("noodsteunpunt", _folder.FullName, up: null, "storage.ballastMiB=2") { Around = around }.StartAsync();
    }

    /// <summary>In a mount namespace of its own, with the data folder on a disk of 10 MB.</summary>
    private ProcessStartInfo OnATmpfs(ProcessStartInfo start) => OnATmpfs(start, "");

    private ProcessStartInfo OnATmpfs(ProcessStartInfo start, string more)
    {
        var script = "mkdir -p \"$0.m\" && mount -t tmpfs -o size=10m none \"$0.m\" && cp -r \"$0\"/* \"$0.m\" && { " + more + " true; } && mount --bind \"$0.m\" \"$0\" && exec \"$@\"";
        string[] arguments = ["-m", "sh", "-c", script, _folder.FullName, start.FileName, .. start.ArgumentList];
        start.FileName = "unshare";
        start.ArgumentList.Clear();
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    private static async Task<bool> MountsAsync()
    {
        using var trial = Process.Start("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt"]);
        await trial.WaitForExitAsync();
        return trial.ExitCode == 0;
    }

    private static void Fill(string path)
    {
        try
        {
            using var file = File.Create(path);
            for (var block = new byte[4096]; ;) file.Write(block);
        }
        catch (IOException)
        {
            // Now it is full.
        }
    }
}
