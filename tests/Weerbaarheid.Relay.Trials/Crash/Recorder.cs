using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Tests.Outbox;

namespace Weerbaarheid.Relay.Trials.Crash;

/// <summary>Records the system calls of the real store: <see cref="StoreScript"/> in a process of its own, on real files, under strace.</summary>
internal static class Recorder
{
    /// <summary>The verb that makes this program the one that is recorded.</summary>
    public const string Verb = "store-script";

    public const string Database = "outbox.db";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly Lazy<Trace> Recording = new(Record);

    /// <summary>The recording; made once.</summary>
    public static Trace Recorded
    {
        get
        {
            Skip.IfNot(Environment.GetEnvironmentVariable("CI") == "true" || Array.Exists(["/usr/bin/strace", "/bin/strace"], File.Exists), "needs strace");
            return Recording.Value;
        }
    }

    /// <summary>The recorded process: runs the script in a folder, and writes each commit's number to its output once it has returned.</summary>
    public static void RunScript(string folder)
    {
        using var output = Console.OpenStandardOutput();
        StoreScript.Run(
            () => SqliteOutbox.Open(Path.Combine(folder, Database), Sample.Site, StoreScript.Options),
            commit =>
            {
                output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Trace.Acknowledged} {commit}\n")));
                output.Flush();
            });
    }

    /// <summary>Runs it under strace.</summary>
    private static Trace Record()
    {
        var folder = Directory.CreateTempSubdirectory("relay-crash-");
        try
        {
            var data = folder.CreateSubdirectory("data").FullName;
            var output = Path.Combine(folder.FullName, "trace");
            string[] arguments =
            [
                "-ff", "-y", "-xx", "-s", "1000000", "-o", output,
                "-e", "trace=openat,creat,pwrite64,pwritev,write,writev,fsync,fdatasync,ftruncate,fallocate,unlink,unlinkat,rename,renameat,renameat2,mmap",
                "dotnet", typeof(Recorder).Assembly.Location, Verb, data,
            ];
            using var process = Process.Start(new ProcessStartInfo("strace", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (text, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            if (process.ExitCode != 0 || !text.Result.EndsWith($"{Trace.Acknowledged} {StoreScript.Commits}\n", StringComparison.Ordinal))
                throw new InvalidOperationException($"the store could not be recorded with strace (exit code {process.ExitCode}): {errors.Result}");
            return Trace.Read(Directory.GetFiles(folder.FullName, "trace.*"), data);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
