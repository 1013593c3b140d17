using System.Text;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Reports;

namespace Weerbaarheid.Relay.Tests.Measuring;

public sealed class BenchComparisonTests
{
    private static readonly MachineFacts Board = new("Raspberry Pi 4", "6.12 Arm64", 4, "ondemand", 48.3, 0.2, 0x50000, false);

    [Theory]
    [InlineData(100, 95, 105, Change.Noise)]
    [InlineData(120, 100, 130, Change.Noise)]
    [InlineData(104, 103, 106, Change.Noise)]
    [InlineData(120, 112, 130, Change.Worse)]
    [InlineData(80, 70, 85, Change.Better)]
    public void A_change_counts_when_the_spreads_do_not_meet_and_the_medians_are_apart(double median, double low, double high, object change)
    {
        var difference = Assert.Single(BenchComparison.Of(Run(new Measurement("encode", 100, 97, 102)), Run(new Measurement("encode", median, low, high))));
        Assert.Equal(change, difference.Change);
        Assert.Equal(median / 100, difference.Ratio);
    }

    [Fact]
    public void What_is_only_in_one_run_is_said_to_be()
    {
        var differences = BenchComparison.Of(Run(new Measurement("old", 1, 1, 1)), Run(new Measurement("new", 1, 1, 1)));
        Assert.Equal([("old", Change.Gone, null), ("new", Change.New, null)], differences.Select(difference => (difference.Name, difference.Change, difference.Ratio)));
    }

    [Fact]
    public void A_run_survives_the_way_through_json()
    {
        var unknown = new MachineFacts(null, "6.12 Arm64", 4, null, null, null, null, true);
        var run = new BenchRun(
            new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), "0.1.0+abc", Board, unknown,
            [new Measurement("melding encode", 24.5, 23.25, 26), new Measurement("fdatasync", 98_000, 90_000, 120_000)], [.. AirtimeRow.Of("melding", 60)]);
        Assert.True(BenchJson.TryRead(Bytes(run), out var back));
        Assert.Equal((run.At, run.Version, run.Before, run.After), (back!.At, back.Version, back.Before, back.After));
        Assert.Equal(run.Measurements, back.Measurements);
        Assert.Equal(run.Airtime, back.Airtime);
        Assert.All(BenchComparison.Of(run, back), difference => Assert.Equal(Change.Noise, difference.Change));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"bench\":2}")]
    [InlineData("{\"bench\":1,\"at\":\"gisteren\"}")]
    [InlineData("{\"bench\":\"een\"}")]
    public void Another_document_is_no_run(string document)
    {
        Assert.False(BenchJson.TryRead(Encoding.UTF8.GetBytes(document), out var run));
        Assert.Null(run);
    }

    [Fact]
    public void A_name_that_a_damaged_file_repeats_counts_once()
    {
        var twice = Run(new Measurement("encode", 1, 1, 1), new Measurement("encode", 9, 9, 9));
        Assert.Single(BenchComparison.Of(twice, twice));
    }

    private static BenchRun Run(params Measurement[] measurements) => new(DateTimeOffset.UnixEpoch, "0.1.0", Board, Board, measurements, []);

    private static byte[] Bytes(BenchRun run) => JsonBytes.Write(json =>
    {
        json.WriteStartObject();
        BenchJson.Write(json, run);
        json.WriteEndObject();
    });
}
