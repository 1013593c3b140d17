using System.Text.Json;
using Weerbaarheid.Relay.Measuring;
using Weerbaarheid.Relay.Tests.Architecture;

namespace Weerbaarheid.Relay.Tests.Commands;

public sealed class BenchTests : IDisposable
{
    private static readonly string[] Figures =
    [
        "melding encode", "melding check", "melding decode", "melding seal", "melding open", "melding encode and seal", "melding open and decode",
        "status encode", "status check", "status decode", "status seal", "status open", "status encode and seal", "status open and decode",
        "text encode", "text decode", "fdatasync", "outbox commit of 1", "outbox commit of 16", "outbox commit of 64", "outbox commit of 256",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-bench-");

    [Fact]
    public async Task A_short_run_gives_every_figure_and_leaves_nothing_behind()
    {
        var left = await Terminal.RunAsync("", "bench", "--seconds", "1", "--json", "--data", _folder.FullName);
        Assert.Equal("", left.Error);
        Assert.True(BenchJson.TryRead(System.Text.Encoding.UTF8.GetBytes(Assert.Single(left.OutLines)), out var run));
        Assert.Equal(run!.Throttled ? 3 : 0, left.Code);
        Assert.Equal(Figures, run.Measurements.Select(measurement => measurement.Name));
        Assert.All(run.Measurements, measurement => Assert.True(measurement.Low > 0 && measurement.Low <= measurement.Median && measurement.Median <= measurement.High));
        Assert.Equal(["status 7", "status 9", "status 12", "melding 7", "melding 9", "melding 12"], run.Airtime.Select(row => $"{row.Message} {row.SpreadingFactor}"));
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void The_text_that_is_measured_with_was_not_trained_on()
    {
        var lines = Directory.GetFiles(Path.Combine(SourceTree.Root, "samples", "corpus", "training"), "*.txt").SelectMany(File.ReadAllLines).ToList();
        Assert.InRange(lines.Count, 700, 100_000);
        Assert.All(lines, line => Assert.False(line.Length > 20 && (line.Contains(SampleMessages.Text, StringComparison.OrdinalIgnoreCase) || SampleMessages.Text.Contains(line, StringComparison.OrdinalIgnoreCase)), line));
    }

    [Fact]
    public async Task A_person_sees_what_is_measured_and_on_what()
    {
        var left = await Terminal.RunAsync(null, "", ["bench", "--seconds", "1", "--data", _folder.FullName], terminal: true, new() { ["NO_COLOR"] = "1" });
        Assert.Contains("17 van 21: fdatasync", left.Out, StringComparison.Ordinal);
        Assert.Contains("Governor: ", left.Out, StringComparison.Ordinal);
        Assert.Contains("afgeknepen: ", left.Out, StringComparison.Ordinal);
        Assert.Contains("Per uur bij 1 %", left.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_said_so()
    {
        var file = Path.Combine(_folder.FullName, "bestand");
        await File.WriteAllTextAsync(file, "");
        var left = await Terminal.RunAsync("", "bench", "--seconds", "1", "--data", file);
        Assert.Equal((1, ""), (left.Code, left.Out));
        Assert.StartsWith($"weerbaarheid-relay: {file} cannot be measured: ", Assert.Single(left.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_marks_what_became_slower()
    {
        var (before, after) = (Write("voor.json", 100), Write("na.json", 150));
        var left = await Terminal.RunAsync("", "bench", "compare", before, after);
        Assert.Equal((1, ""), (left.Code, left.Error));
        Assert.Equal("encode  100.0 ns  150.0 ns  1.50        TRAGER", left.OutLines[^1]);
        Assert.Contains("SNELLER", (await Terminal.RunAsync("", "bench", "compare", after, before)).OutLines[^1], StringComparison.Ordinal);

        var same = await Terminal.RunAsync("", "bench", "compare", before, before, "--json");
        using var json = JsonDocument.Parse(same.Out);
        Assert.Equal((0, "noise"), (same.Code, json.RootElement.GetProperty("differences")[0].GetProperty("change").GetString()));
    }

    [Fact]
    public async Task Compare_refuses_what_is_not_a_run()
    {
        var file = Path.Combine(_folder.FullName, "anders.json");
        await File.WriteAllTextAsync(file, "{}");
        var left = await Terminal.RunAsync("", "bench", "compare", file, file);
        Assert.Equal((2, ""), (left.Code, left.Out));
        Assert.Equal($"weerbaarheid-relay: {file} is not what bench --json prints", Assert.Single(left.ErrorLines));
        Assert.Equal(2, (await Terminal.RunAsync("", "bench", "compare", "/nergens/a.json", file)).Code);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, double nanoseconds)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, $$"""
            {"bench":1,"at":"2026-11-24T09:00:00+00:00","version":"0.1.0","before":{"kernel":"6.12","cores":4,"virtual":false},"after":{"kernel":"6.12","cores":4,"virtual":false},
             "measurements":[{"name":"encode","medianNs":{{nanoseconds}},"lowNs":{{nanoseconds - 2}},"highNs":{{nanoseconds + 2}}}],"airtime":[]}
            """);
        return path;
    }
}
