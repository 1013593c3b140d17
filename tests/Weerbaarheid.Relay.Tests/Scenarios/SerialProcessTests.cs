using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>Two node processes, configured as a person would, at the two ends of a null modem.</summary>
[Collection("alone")]
public sealed class SerialProcessTests : IDisposable
{
    private const int Baud = 9_600;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-serial-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Killed_at_both_ends_nothing_is_lost_and_nothing_doubled_and_the_report_shows_all_of_it()
    {
        await using var line = new NullModem(Baud);
        await using var meldkamer = await Node("meldkamer", line.B).StartAsync();
        await using var steunpunt = await Node("noodsteunpunt", line.A).StartAsync();
        await Meldingen.HandInAsync(steunpunt, Meldingen.Make(3, priority: 1));
        await meldkamer.ReportSaysAsync(report => Total(report) == 3, "3 in all");

        var taken = line.FromA.Taken;
        await Meldingen.HandInAsync(steunpunt, Meldingen.Make(8));
        await Eventually.TrueAsync(() => line.FromA.Taken > taken, () => $"the line is used\n{steunpunt.Log}");
        steunpunt.Kill9();
        meldkamer.Kill9();
        await meldkamer.StartAsync();
        await steunpunt.StartAsync();
        await Meldingen.HandInAsync(steunpunt, Meldingen.Make(1));

        await meldkamer.ReportSaysAsync(report => Total(report) == 12 && report.GetProperty("missing").GetInt32() == 0, "12 and nothing missing");
        await steunpunt.ReportSaysAsync(report => report.GetProperty("byState").TryGetProperty("ontvangen", out var count) && count.GetInt32() == 12, "12 received");
        Assert.Equal(
            Enumerable.Range(1, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"11-{i}")),
            (await meldkamer.ReportAsync()).GetProperty("messages").EnumerateArray().OrderBy(one => one.GetProperty("sequence").GetInt64()).Select(one => one.GetProperty("id").GetString()!));
    }

    private static int Total(JsonElement report) => report.GetProperty("total").GetInt32();

    private NodeProcess Node(string sample, NullModemEnd port) => new(
        sample, Path.Combine(_folder.FullName, sample), up: null,
        "links.0.name=serial", "links.0.type=uart", $"links.0.port={port.Path}", string.Create(CultureInfo.InvariantCulture, $"links.0.baud={Baud}"));
}
