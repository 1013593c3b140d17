using Weerbaarheid.Relay.Tests.Architecture;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Broker.Conformance;

/// <summary>Runs the suite once against this broker, and once against Mosquitto.</summary>
public sealed class ConformanceRun
{
    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> _ours = new(async () =>
    {
        await using var bench = await Bench.StartAsync();
        return await Suite.RunAsync(bench.Broker.Endpoint.Port);
    });

    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> _mosquitto = new(async () =>
    {
        await using var mosquitto = await MosquittoBroker.StartAsync();
        return await Suite.RunAsync(mosquitto.Port);
    });

    internal Task<IReadOnlyDictionary<string, string>> Ours => _ours.Value;

    internal Task<IReadOnlyDictionary<string, string>> Mosquitto => _mosquitto.Value;
}

/// <summary>
/// One test for each row of the table in CONFORMANCE.md, which says what clients that nobody here wrote see of this broker. A row
/// that is not true any more fails, in either direction.
/// </summary>
[Collection("alone")]
public sealed class ConformanceTests(ConformanceRun run) : IClassFixture<ConformanceRun>
{
    private const string Document = "src/Weerbaarheid.Relay/Broker/CONFORMANCE.md";

    public static TheoryData<string> Statements => [.. Table().Select(row => row.Case)];

    [SkippableTheory]
    [MemberData(nameof(Statements))]
    public async Task The_broker_does_what_the_table_says(string statement)
    {
        Suite.Require();
        var says = Table().Single(row => row.Case == statement).Ours;
        var problem = (await run.Ours)[statement];
        Assert.True((says == "yes") == (problem.Length == 0), $"The table says {says}; {(problem.Length == 0 ? "the case passes" : problem)}.");
    }

    /// <summary>Where Mosquitto does what a case asks for, the case is possible; what it does not do, the table says.</summary>
    [SkippableFact]
    public async Task Mosquitto_does_what_the_table_says_so_the_cases_are_right()
    {
        Suite.Require();
        RequiredProgram.Check("mosquitto");
        var results = await run.Mosquitto;
        // Another version may do more than 2.0.11 did; less would be a case that is wrong.
        var worse = Table().Where(row => row.Mosquitto == "yes" && results[row.Case].Length > 0).Select(row => $"{row.Case}: {results[row.Case]}");
        Assert.Empty(worse);
    }

    [SkippableFact]
    public async Task Every_case_is_in_the_table_with_its_meaning_and_its_client()
    {
        Suite.Require();
        var cases = await Suite.ListAsync();
        Assert.Equal(cases, Table().Select(row => $"{row.Case}\t{row.Means}\t{row.Client}"));
    }

    [Fact]
    public void The_sums_in_the_document_are_right()
    {
        var rows = Table();
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, Document));
        Assert.Contains($"**{rows.Count(row => row.Ours == "yes")} of {rows.Count}**", text, StringComparison.Ordinal);
        Assert.Contains($"{rows.Count(row => row.Before == "yes")} of {rows.Count} before", text, StringComparison.Ordinal);
        Assert.Contains($"{rows.Count(row => row.Mosquitto == "yes")} of {rows.Count} on Mosquitto", text, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Row> Table() =>
        [.. File.ReadLines(Path.Combine(SourceTree.Root, Document)).Where(line => line.StartsWith("| 3 ", StringComparison.Ordinal) || line.StartsWith("| 5 ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => new Row(cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]))];

    private sealed record Row(string Case, string Means, string Client, string Ours, string Before, string Mosquitto);
}
