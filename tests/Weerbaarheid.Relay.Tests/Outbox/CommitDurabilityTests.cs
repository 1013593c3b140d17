using System.Diagnostics;
using System.Text.RegularExpressions;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Outbox;

public sealed class CommitDurabilityTests : IDisposable
{
    private const int Commits = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Every_commit_has_synced_all_it_wrote_before_it_returns()
    {
        using var outbox = _folder.Open();
        outbox.Load(10);
        outbox.Commit([Sample.Put(Sample.Envelope(100))], TimeSpan.Zero);
        var trace = _folder.Database + ".trace";
        using (var marker = File.OpenHandle(_folder.Database + ".marker", FileMode.Create, FileAccess.Write))
        using (Attach(trace))
        {
            for (var i = 0; i <= Commits; i++)
            {
                // A write that the trace shows: what stands between two of these is one commit.
                RandomAccess.Write(marker, [1], i);
                if (i < Commits) outbox.Commit([Sample.Put(Sample.Envelope((ulong)i))], TimeSpan.Zero);
            }
        }

        var calls = CallsOf(trace, line => line.Contains(".marker>", StringComparison.Ordinal)).Where(line => line.Contains(_folder.Database, StringComparison.Ordinal)).ToList();
        var marks = Enumerable.Range(0, calls.Count).Where(i => calls[i].Contains(".marker>", StringComparison.Ordinal)).ToList();
        Assert.Equal(Commits + 1, marks.Count);
        foreach (var (from, to) in marks.Zip(marks.Skip(1)))
        {
            var commit = calls[(from + 1)..to];
            Assert.True(commit.Count >= 2, "A commit wrote nothing.");
            Assert.Matches(new Regex(@"(fdatasync|fsync)\(\d+<[^>]*outbox\.db-wal>\)\s+= 0"), commit[^1]);
            Assert.All(commit[..^1], call => Assert.Contains("pwrite64", call, StringComparison.Ordinal));
        }
    }

    /// <summary>A number of a life that a power cut takes back would be given out twice under one key.</summary>
    [SkippableFact]
    public void A_life_is_on_disk_in_both_its_places_before_the_first_commit_that_uses_it()
    {
        var data = Path.GetDirectoryName(_folder.Database)!;
        var keys = Directory.CreateDirectory(Path.Combine(data, "keys")).FullName;
        using var outbox = _folder.Open(OutboxOptions.Default with { Lives = new LifeFiles(LifeFile.InFolder(data), LifeFile.BesideKeys(Path.Combine(keys, "site.keys")), 777) });
        outbox.Load(10);
        var trace = _folder.Database + ".trace";
        using (Attach(trace)) outbox.Commit([new StoreChange.StartLife(900), new StoreChange.SetCounter(Series.Records, Sequence.Of(900, 1))], TimeSpan.Zero);

        var calls = CallsOf(trace, line => line.Contains("life.new", StringComparison.Ordinal)).ToList();
        int At(string pattern, int from)
        {
            var at = calls.FindIndex(from, new Regex(pattern).IsMatch);
            Assert.True(at >= 0, $"no {pattern} after call {from} of:\n{string.Join('\n', calls)}");
            return at;
        }

        var next = 0;
        foreach (var (folder, name) in new[] { (data, "life"), (keys, "site.keys.life") })
        {
            var (place, path) = (Regex.Escape(folder), Regex.Escape(Path.Combine(folder, name)));
            next = At($@"^p?write(64)?\(\d+<{path}\.new>, ""weerbaarheid-life", next);
            next = At($@"^fsync\(\d+<{path}\.new>\)\s+= 0", next);
            next = At($@"^rename(at2?)?\(.*""{path}\.new"".*""{path}"".*= 0", next);
            next = At($@"^fsync\(\d+<{place}>\)\s+= 0", next);
        }

        Assert.True(At(@"^pwrite64\(\d+<[^>]*outbox\.db-wal>", 0) > next, "The commit was begun before the life was on disk.");
    }

    /// <summary>There is one trace for each thread: the calls of the one with such a line.</summary>
    private static string[] CallsOf(string trace, Predicate<string> isOne) => Assert.Single(
        Directory.GetFiles(Path.GetDirectoryName(trace)!, "outbox.db.trace.*").Select(File.ReadAllLines), lines => Array.Exists(lines, isOne));

    private static Tracer Attach(string output)
    {
        var onCi = Environment.GetEnvironmentVariable("CI") == "true";
        Skip.IfNot(onCi || Array.Exists(["/usr/bin/strace", "/bin/strace"], File.Exists), "needs strace");
        // Threads as they are now: the commits are made on this one.
        var tracer = new Tracer(output);
        if (tracer.Attached(Patience)) return tracer;
        tracer.Dispose();
        Skip.IfNot(onCi, $"strace may not attach here: {tracer.Errors}");
        throw new InvalidOperationException($"strace did not attach: {tracer.Errors}");
    }

    private sealed class Tracer : IDisposable
    {
        private readonly Process _process;
        private readonly TaskCompletionSource<bool> _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Tracer(string output)
        {
            var start = new ProcessStartInfo("strace") { RedirectStandardError = true };
            foreach (var argument in (string[])["-ff", "-y", "-e", "trace=pwrite64,write,fsync,fdatasync,rename,renameat,renameat2", "-o", output, "-p", $"{Environment.ProcessId}"])
                start.ArgumentList.Add(argument);
            _process = Process.Start(start)!;
            _process.ErrorDataReceived += (_, line) => Read(line.Data);
            _process.BeginErrorReadLine();
        }

        public string Errors { get; private set; } = "";

        public bool Attached(TimeSpan patience) => _attached.Task.Wait(patience) && _attached.Task.Result;

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                // SIGINT lets strace detach and flush; a plain kill would lose the end of the trace.
                using var interrupt = Process.Start("kill", ["-INT", $"{_process.Id}"]);
                interrupt.WaitForExit(Patience);
            }

            if (!_process.WaitForExit(Patience)) _process.Kill();
            _process.Dispose();
        }

        private void Read(string? line)
        {
            if (line is null) _attached.TrySetResult(false);
            else if (line.Contains("attached", StringComparison.Ordinal)) _attached.TrySetResult(true);
            else Errors += line;
        }
    }
}
