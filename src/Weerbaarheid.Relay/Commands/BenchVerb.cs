using System.CommandLine;
using System.Reflection;
using Weerbaarheid.Relay.Measuring;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>bench</c>: how fast this board is, and <c>bench compare</c>: whether it became faster. Exit code 3 when the board is throttled.</summary>
internal static class BenchVerb
{
    private const int DefaultSeconds = 40;

    /// <summary>A file larger than this is no run.</summary>
    private const int LargestFile = 1 << 20;

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var seconds = WholeNumber.Option("--seconds", "N", $"About how long to measure; {DefaultSeconds} without it.", 1, 600);
        var verb = new Verb(
            "bench", "Measure codec, seal, text model and disk of this machine, and show what the air allows; exit code 3 when the board is throttled.",
            "bench", "bench --data /var/lib/weerbaarheid-relay", "bench --json > voor.json", "bench compare voor.json na.json") { seconds };
        verb.SetAction((line, stop) => Task.FromResult(Run(common, context, line, TimeSpan.FromSeconds(line.GetValue(seconds) ?? DefaultSeconds), stop)));
        verb.Add(Compare(common, context));
        return verb;
    }

    private static int Run(CommonOptions common, VerbContext context, ParseResult line, TimeSpan length, CancellationToken stop)
    {
        if (common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
        var json = line.GetValue(common.Json);
        var live = new LiveLine(context);
        try
        {
            var run = BenchRun.Make(
                configuration.DataFolder, length, context.Time, Version(), MachineReader.Here, context.OutIsTerminal && !json ? live.Replace : null, stop);
            if (context.OutIsTerminal && !json) live.Replace("");
            if (json) context.Out.WriteLine(JsonLine.Object(writer => BenchJson.Write(writer, run)));
            else BenchText.Write(run, configuration.DataFolder, context);
            return run.Throttled ? ExitCode.Degraded : ExitCode.Ok;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"weerbaarheid-relay: {configuration.DataFolder} cannot be measured: {exception.Message}; name a folder that can be written to with --data");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }

    private static Verb Compare(CommonOptions common, VerbContext context)
    {
        var before = new Argument<string>("A") { Description = "What bench --json printed before." };
        var after = new Argument<string>("B") { Description = "What it printed after." };
        var verb = new Verb(
            "compare", "Put two runs side by side and mark what changed beyond the noise; exit code 1 when something became slower.",
            "bench compare voor.json na.json") { before, after };
        verb.SetAction(line =>
        {
            if (Read(line.GetValue(before)!, context) is not { } first || Read(line.GetValue(after)!, context) is not { } second) return ExitCode.Wrong;
            var differences = BenchComparison.Of(first, second);
            if (line.GetValue(common.Json)) context.Out.WriteLine(JsonLine.Object(json => BenchJson.WriteDifferences(json, differences)));
            else BenchText.WriteDifferences(first, second, differences, context);
            return differences.Any(difference => difference.Change == Change.Worse) ? ExitCode.Failed : ExitCode.Ok;
        });
        return verb;
    }

    private static BenchRun? Read(string path, VerbContext context)
    {
        string problem;
        try
        {
            var file = new FileInfo(path);
            if (file.Length <= LargestFile && BenchJson.TryRead(File.ReadAllBytes(path), out var run)) return run;
            problem = "is not what bench --json prints";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"cannot be read: {exception.Message}";
        }

        context.Error.WriteLine($"weerbaarheid-relay: {path} {problem}");
        return null;
    }

    private static string Version() => typeof(BenchVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
