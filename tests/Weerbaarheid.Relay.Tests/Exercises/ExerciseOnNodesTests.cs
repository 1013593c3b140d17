using System.Text;
using Weerbaarheid.Relay.Demo;
using Weerbaarheid.Relay.Tests.Scenarios;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Exercises;

/// <summary>An exercise with two real nodes and a link that is cut in between, ordered and evaluated from the command line.</summary>
public sealed class ExerciseOnNodesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-exercise-");

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<string> AsksAsync(NodeProcess node, int code, params string[] verb)
    {
        var run = await RelayProgram.RunAsync([.. verb, .. node.Options]);
        Assert.True(run.ExitCode == code, $"{string.Join(' ', verb)} ended with {run.ExitCode}:\n{run.Out}\n{run.Error}\n{node.Log}");
        return run.Out;
    }

    private static Task<string> SendAsync(NodeProcess node, int priority, string text) =>
        AsksAsync(node, 0, "send", "melding", "--priority", $"{priority}", "--category", "brand", "--text", text, "--wait", "opgeslagen");

    [Fact]
    public async Task An_exercise_is_marked_counted_apart_and_evaluated()
    {
        await using var desk = await new NodeProcess("meldkamer", Path.Combine(_folder.FullName, "desk"), up: null).StartAsync();
        await using var proxy = new CuttableProxy(desk.BrokerPort);
        await using var leek = await new NodeProcess("noodsteunpunt", Path.Combine(_folder.FullName, "leek"), new Uri($"mqtt://127.0.0.1:{proxy.Port}"), "links.0.peers.0=1").StartAsync();
        await leek.StatusSaysAsync(status => status.GetProperty("wayUp").GetString() is not null, "that it has a way");
        await SendAsync(leek, 1, "Echt");
        await AsksAsync(leek, 0, "exercise", "start", "Waterwolf");
        await AsksAsync(leek, 1, "exercise", "start", "Andere");
        await AsksAsync(desk, 0, "exercise", "start", "Waterwolf");
        await SendAsync(leek, 1, "Geoefend een");
        await desk.ReportSaysAsync(report => report.GetProperty("exercises").GetProperty("total").GetInt32() == 1, "the first of the exercise");
        proxy.Cut();
        await leek.StatusSaysAsync(status => status.GetProperty("wayUp").GetString() is null, "that its way is gone");
        await SendAsync(leek, 2, "Geoefend twee");
        proxy.Restore();
        await desk.ReportSaysAsync(report => report.GetProperty("exercises").GetProperty("total").GetInt32() == 2, "both of the exercise");
        await AsksAsync(desk, 0, "send", "amend", "--for", "11-2", "--kind", "inBehandeling", "--text", "GMS 4711");
        await leek.ReportSaysAsync(report => report.GetProperty("exercises").GetProperty("byState").TryGetProperty("in behandeling", out _), "that it was taken up");
        await leek.ReportSaysAsync(report => !report.GetProperty("exercises").GetProperty("byState").TryGetProperty("opgeslagen", out _), "that the second is gone");

        var report = await desk.ReportAsync();
        Assert.Equal((1, 2, 1, 2), (report.GetProperty("total").GetInt32(), report.GetProperty("exercises").GetProperty("total").GetInt32(),
            report.GetProperty("sites").EnumerateArray().Single(site => site.GetProperty("site").GetInt32() == 11).GetProperty("received").GetInt32(),
            report.GetProperty("sites").EnumerateArray().Single(site => site.GetProperty("site").GetInt32() == 11).GetProperty("exercised").GetInt32()));
        Assert.Equal(["actueel", "oefening", "oefening"], report.GetProperty("messages").EnumerateArray().Select(one => one.GetProperty("exercise").GetString()).Order(StringComparer.Ordinal));

        await AsksAsync(leek, 0, "exercise", "stop");
        await AsksAsync(leek, 1, "exercise", "stop");
        await SendAsync(leek, 1, "Weer echt");
        await desk.ReportSaysAsync(one => one.GetProperty("total").GetInt32() == 2, "the second real one");
        var (html, csv) = (Path.Combine(_folder.FullName, "e.html"), Path.Combine(_folder.FullName, "e.csv"));
        Assert.Contains("Waterwolf: 2 berichten, 0 niet bij de meldkamer gekomen, 1 nooit opgepakt", await AsksAsync(leek, 0, "report", "--exercise", "waterwolf", "--html", html, "--csv", csv), StringComparison.Ordinal);
        Check(await File.ReadAllTextAsync(csv));
        Assert.DoesNotContain("Geoefend", await File.ReadAllTextAsync(html) + await File.ReadAllTextAsync(csv), StringComparison.Ordinal);

        // The same from the files of a node that does not run.
        await leek.TerminateAsync();
        await AsksAsync(leek, 0, "report", "--exercise", "Waterwolf", "--csv", csv);
        Check(await File.ReadAllTextAsync(csv));
        Assert.Contains("Waterwolf", await AsksAsync(leek, 0, "exercise", "list"), StringComparison.Ordinal);
        Assert.Contains("is hier niet", (await RelayProgram.RunAsync(["report", "--exercise", "Onbekend", "--csv", csv, .. leek.Options])).Error, StringComparison.Ordinal);

        // Seen from the desk: what arrived, and who took up what.
        var seen = await AsksAsync(desk, 0, "report", "--exercise", "Waterwolf");
        Assert.Matches("\"WR 11-2\";\"melding\";1;11;[^;]*;;[0-9,]+;[0-9,]+;;0;\"in behandeling\";\"GMS 4711\"", seen);
    }

    private static void Check(string csv)
    {
        Assert.Matches("\"WR 11-2\";\"melding\";1;11;[^;]*;[0-9,]+;[0-9,]+;[0-9,]+;\"internet\";1;\"in behandeling\";\"GMS 4711\"", csv);
        Assert.Matches("\"WR 11-3\";\"melding\";2;11;[^;]*;[0-9,]+;[0-9,]+;;\"internet\";[1-9];\"ontvangen\";", csv);
        Assert.Matches("UitvalVerbinding;[^\r]*\r\n\"internet\";[^;]*;[0-9,]+;ja;", csv);
        Assert.Matches("Omschakeling;Van;Naar\r\n[^;]*;\"internet\";\"geen\"\r\n[^;]*;\"geen\";\"internet\"", csv);
        Assert.Contains("\"WR 11-3\";\"melding\";2;\"ontvangen\"\r\n", csv, StringComparison.Ordinal);
    }
}
