using System.Diagnostics;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Courier;

/// <summary>A stick is full, gone, or holds something else.</summary>
public sealed class StickFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-stick-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    [Fact]
    public void A_file_is_written_whole_and_nothing_lies_beside_it()
    {
        StickFile.Write(At("a.wrk"), [1, 2, 3]);
        Assert.Equal([1, 2, 3], StickFile.Read(At("a.wrk"))!);
        Assert.Equal(["a.wrk"], _folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public void What_is_there_is_not_written_over()
    {
        StickFile.Write(At("a.wrk"), [1]);
        Assert.Throws<IOException>(() => StickFile.Write(At("a.wrk"), [2]));
        Assert.Equal([1], StickFile.Read(At("a.wrk"))!);
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void A_stick_that_is_gone_is_an_error_of_the_disk() => Assert.ThrowsAny<IOException>(() => StickFile.Write(At("weg/a.wrk"), [1]));

    [Fact]
    public void No_more_is_read_than_a_courier_carries()
    {
        using (var sparse = new FileStream(At("groot.wrk"), FileMode.Create)) sparse.SetLength(CourierFile.MostBytes + 1L);
        Assert.Null(StickFile.Read(At("groot.wrk")));
        Assert.Null(StickFile.Read("/dev/zero"));
    }

    [SkippableFact]
    public async Task On_a_full_stick_nothing_bears_the_name_and_nothing_is_left()
    {
        RequiredProgram.Check("unshare");
        var data = Directory.CreateDirectory(At("data")).FullName;
        var stick = Directory.CreateDirectory(At("stick")).FullName;
        var node = new NodeProcess("noodsteunpunt", data, up: null);
        await using (node)
        {
            await node.StartAsync();
            await Scenarios.Meldingen.HandInAsync(node, Scenarios.Meldingen.Make(2_000));
            // On a stick of 32 kB, in a mount namespace of its own; then what is on it is listed.
            const string script = "mount -t tmpfs -o size=32k none \"$0\" && { \"$@\"; code=$?; ls -A \"$0\"; exit $code; }";
            var start = RelayProgram.Start(["courier", "export", stick, .. node.Options]);
            string[] arguments = ["-m", "sh", "-c", script, stick, start.FileName, .. start.ArgumentList];
            start.FileName = "unshare";
            start.ArgumentList.Clear();
            foreach (var argument in arguments) start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var (said, complaints) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            Skip.If(complaints.Contains("mount", StringComparison.Ordinal), "This account cannot mount a disk in a namespace of its own.");
            Assert.Equal(1, process.ExitCode);
            Assert.Equal("", said);
            Assert.Contains("De stick is vol".ToLowerInvariant(), complaints, StringComparison.OrdinalIgnoreCase);
        }
    }
}
