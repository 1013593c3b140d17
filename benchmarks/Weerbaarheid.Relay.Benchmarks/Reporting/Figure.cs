using BenchmarkDotNet.Reports;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>One benchmark's outcome.</summary>
/// <param name="Group">The class, as <c>EncodeMelding</c>.</param>
/// <param name="Name">The method's description.</param>
/// <param name="Nanoseconds">Median.</param>
/// <param name="Low">First quartile.</param>
/// <param name="High">Third quartile.</param>
/// <param name="Allocated">Bytes for once; null when not measured.</param>
internal sealed record Figure(string Group, string Name, double Nanoseconds, double Low, double High, long? Allocated)
{
    /// <summary>The figures of a run; what failed is not among them.</summary>
    public static IReadOnlyList<Figure> Of(IEnumerable<Summary> summaries) =>
    [
        .. from summary in summaries
           from report in summary.Reports
           let statistics = report.ResultStatistics
           where statistics is not null
           let method = report.BenchmarkCase.Descriptor
           select new Figure(
               method.Type.Name, method.WorkloadMethodDisplayInfo.Trim('\''), statistics.Median, statistics.Q1, statistics.Q3,
               report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase)),
    ];
}
