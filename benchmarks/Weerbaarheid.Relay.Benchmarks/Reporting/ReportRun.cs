using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;
using Weerbaarheid.Relay.Measuring;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>Runs every benchmark of the core and writes results as Markdown and a chart.</summary>
internal static class ReportRun
{
    private static readonly Type[] Core =
    [
        typeof(EncodeMelding), typeof(EncodeStatus), typeof(DecodeMelding), typeof(DecodeStatus),
        typeof(ProtectMelding), typeof(ProtectStatus), typeof(TextModelOf80Characters),
    ];

    /// <summary>About five minutes on two cores.</summary>
    public static Job Quick { get; } = Job.Default.WithId("quick").WithLaunchCount(1).WithWarmupCount(3).WithIterationCount(9).WithIterationTime(TimeInterval.FromMilliseconds(80));

    /// <summary>Three processes for every benchmark, so that luck with memory layout shows.</summary>
    public static Job Full { get; } = Job.Default.WithId("full").WithLaunchCount(3).WithWarmupCount(5).WithIterationCount(15).WithIterationTime(TimeInterval.FromMilliseconds(250));

    /// <returns>0 when every benchmark gave a figure.</returns>
    public static int Make(Job job)
    {
        // A small board that has other work takes longer to build than BenchmarkDotNet has patience.
        var config = ManualConfig.CreateEmpty().WithBuildTimeout(TimeSpan.FromMinutes(15)).AddJob(job).AddLogger(ConsoleLogger.Default).AddColumnProvider(DefaultColumnProviders.Instance);
        var before = MachineReader.Here.Read();
        var goals = Goals(OnAir.All());
        var summaries = BenchmarkRunner.Run(Core, config.WithArtifactsPath(Path.Combine(Results(), "raw")));
        var figures = Figure.Of(summaries);
        // A run without any figure must not take the place of one that has them.
        if (figures.Count > 0) Write(job.Id, before, goals, figures);
        var missing = summaries.Sum(summary => summary.BenchmarksCases.Length) - figures.Count;
        if (missing > 0) Console.Error.WriteLine($"No figure of {missing}; see above");
        return missing > 0 || figures.Count == 0 ? 1 : 0;
    }

    /// <summary>What was asked, and nothing more: half a minute.</summary>
    public static int Bars()
    {
        var (before, air) = (MachineReader.Here.Read(), OnAir.All());
        var goals = Goals(air);
        Console.Write(MarkdownReport.Write("What was asked", before, MachineReader.Here.Read(), goals, [], air, ""));
        return 0;
    }

    /// <summary>Bytes and airtime alone, which need no measuring.</summary>
    public static int Sizes()
    {
        var air = OnAir.All();
        Console.Write(MarkdownReport.Write("Bytes and airtime", MachineReader.Here.Read(), MachineReader.Here.Read(), [.. Goal.Sizes(air)], [], air, ""));
        return 0;
    }

    private static Goal[] Goals(IReadOnlyList<OnAir> air) => [.. Goal.Speeds(), .. Goal.Sizes(air)];

    private static void Write(string id, MachineFacts before, IReadOnlyList<Goal> goals, IReadOnlyList<Figure> figures)
    {
        var version = typeof(ReportRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var (air, day) = (OnAir.All(), DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        var svg = SvgChart.Draw("Weerbaarheid.Relay: speed and bytes beside its peers", $"{before.Machine} · kernel {before.Kernel} · {day} UTC · {version} · {id} run", Charts.Of(figures, air));
        var markdown = MarkdownReport.Write($"Weerbaarheid.Relay {version}, {id} run, {day} UTC", before, MachineReader.Here.Read(), goals, figures, air, $"{id}.svg");
        var path = Path.Combine(Results(), id);
        File.WriteAllText($"{path}.svg", svg);
        File.WriteAllText($"{path}.md", markdown);
        Console.WriteLine($"{markdown}\n{path}.md\n{path}.svg");
    }

    /// <summary><c>benchmarks/results</c> of the checkout that this was built from.</summary>
    private static string Results()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Weerbaarheid.Relay.sln"))) folder = folder.Parent;
        return Directory.CreateDirectory(Path.Combine(folder?.FullName ?? Environment.CurrentDirectory, "benchmarks", "results")).FullName;
    }
}
