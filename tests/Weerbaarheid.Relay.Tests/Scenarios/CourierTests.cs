using System.Text.Json;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Scenarios;

/// <summary>Two nodes in processes of their own that nothing joins but a stick.</summary>
public sealed class CourierTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-courier-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Directory.CreateDirectory(Path.Combine(_folder.FullName, name)).FullName;

    private NodeProcess Leek() => new("noodsteunpunt", At("leek"), up: null);

    private NodeProcess Desk() => new("meldkamer", At("desk"), up: null);

    private static async Task<RelayProgram.Run> AsksAsync(NodeProcess node, int code, params string[] verb)
    {
        var run = await RelayProgram.RunAsync([.. verb, .. node.Options]);
        Assert.True(run.ExitCode == code, $"{string.Join(' ', verb)} ended with {run.ExitCode}:\n{run.Out}\n{run.Error}");
        return run;
    }

    private static async Task<JsonElement> JsonAsync(NodeProcess node, params string[] verb)
    {
        using var document = JsonDocument.Parse((await AsksAsync(node, 0, [.. verb, "--json"])).Out);
        return document.RootElement.Clone();
    }

    private static async Task<string> SendAsync(NodeProcess node, string text) =>
        (await AsksAsync(node, 0, "send", "melding", "--priority", "1", "--category", "gezondheid", "--text", text)).Out.Trim();

    private static string? StateOf(JsonElement report, string id) => report.GetProperty("messages").EnumerateArray()
        .Where(one => one.GetProperty("id").GetString() == id).Select(one => one.GetProperty("state").GetString()).SingleOrDefault();

    [Fact]
    public async Task A_noodsteunpunt_that_is_cut_off_gets_its_melding_ontvangen_by_stick()
    {
        await using var leek = await Leek().StartAsync();
        await using var desk = await Desk().StartAsync();
        var id = await SendAsync(leek, "Drie gewonden in de sporthal");
        var stick = At("stick");

        var written = await AsksAsync(leek, 0, "courier", "export", stick);
        Assert.Contains("Berichten: 1.", written.Out, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(stick).Length);
        Assert.Matches(@"koerier-\d+-[a-z-]+-\d{8}-\d{6}\.wrk", Path.GetFileName(Directory.GetFiles(stick, "*.wrk").Single()));
        Assert.Contains("Twee keer inlezen kan geen kwaad", await File.ReadAllTextAsync(Path.Combine(stick, "LEESMIJ-koerier.txt")), StringComparison.Ordinal);
        Assert.Equal("opgeslagen", StateOf(await leek.ReportAsync(), id));

        var read = await AsksAsync(desk, 0, "courier", "import", stick);
        Assert.Contains("Nieuw: 2. Al bekend: 0. Geweigerd: 0.", read.Out, StringComparison.Ordinal);
        await desk.ReportSaysAsync(report => StateOf(report, id) == "ontvangen", "that it has the melding");
        Assert.Equal(2, (await JsonAsync(desk, "courier", "import", stick)).GetProperty("known").GetInt32());

        Assert.Equal(1, (await JsonAsync(desk, "courier", "export", stick)).GetProperty("receipts").GetInt32());
        var back = await JsonAsync(leek, "courier", "import", stick);
        Assert.Equal((1, 2, 0), (back.GetProperty("received").GetInt32(), back.GetProperty("files").GetArrayLength(), back.GetProperty("refused").GetInt32()));
        await leek.ReportSaysAsync(report => StateOf(report, id) == "ontvangen", "that the meldkamer has it");
        Assert.Equal(0, (await JsonAsync(leek, "courier", "import", stick)).GetProperty("received").GetInt32());
    }

    [Fact]
    public async Task Nodes_that_do_not_run_do_the_same_from_their_stores()
    {
        await using var leek = await Leek().StartAsync();
        await using var desk = await Desk().StartAsync();
        var id = await SendAsync(leek, "De stroom is weg");
        leek.Kill9();
        await desk.TerminateAsync();
        var stick = At("stick");

        Assert.Equal(1, (await JsonAsync(leek, "courier", "export", stick)).GetProperty("records").GetInt32());
        var read = await JsonAsync(desk, "courier", "import", stick);
        Assert.Equal((2, false), (read.GetProperty("new").GetInt32(), read.GetProperty("nodeRuns").GetBoolean()));
        await JsonAsync(desk, "courier", "export", stick);
        Assert.Equal(1, (await JsonAsync(leek, "courier", "import", stick)).GetProperty("received").GetInt32());

        await leek.StartAsync();
        await desk.StartAsync();
        await leek.ReportSaysAsync(report => StateOf(report, id) == "ontvangen", "that the meldkamer has it");
        await desk.ReportSaysAsync(report => StateOf(report, id) == "ontvangen", "that it has the melding");
    }

    [Fact]
    public async Task A_melding_goes_by_photograph()
    {
        await using var leek = await Leek().StartAsync();
        await using var desk = await Desk().StartAsync();
        var id = await SendAsync(leek, "Vrouw met pijn op de borst");
        var svg = Path.Combine(_folder.FullName, "melding.svg");
        var shown = await AsksAsync(leek, 0, "courier", "qr", id, "--svg", svg);
        Assert.Contains("█", shown.Out, StringComparison.Ordinal);
        Assert.Contains("<svg", await File.ReadAllTextAsync(svg), StringComparison.Ordinal);
        var text = shown.Out.Split('\n').Single(line => line.StartsWith("WRK1:", StringComparison.Ordinal));

        var photograph = Path.Combine(_folder.FullName, "foto.txt");
        await File.WriteAllTextAsync(photograph, text + "\n");
        Assert.Equal(2, (await JsonAsync(desk, "courier", "import", photograph)).GetProperty("new").GetInt32());
        await desk.ReportSaysAsync(report => StateOf(report, id) == "ontvangen", "that it has the melding");
        var stick = At("stick");
        await AsksAsync(desk, 0, "courier", "export", stick);
        Assert.Equal(1, (await JsonAsync(leek, "courier", "import", stick)).GetProperty("received").GetInt32());
        await AsksAsync(leek, 1, "courier", "qr", "11-99", "--svg", svg + "2");
    }

    [Fact]
    public async Task A_bad_file_is_refused_in_words_and_costs_nothing_that_is_good()
    {
        await using var leek = await Leek().StartAsync();
        await using var desk = await Desk().StartAsync();
        await SendAsync(leek, "Brand");
        var (good, bad) = (Path.Combine(_folder.FullName, "goed.wrk"), Path.Combine(_folder.FullName, "fout.wrk"));
        await AsksAsync(leek, 0, "courier", "export", good);
        await AsksAsync(leek, 2, "courier", "export", good);
        await AsksAsync(leek, 2, "courier", "export", Path.Combine(_folder.FullName, "weg", "x.wrk"));
        await AsksAsync(desk, 2, "courier", "import", Path.Combine(_folder.FullName, "weg.wrk"));
        var bytes = await File.ReadAllBytesAsync(good);

        await File.WriteAllBytesAsync(bad, bytes[..^3]);
        Assert.Contains("niet heel", (await AsksAsync(desk, 3, "courier", "import", bad)).Out, StringComparison.Ordinal);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(bad, bytes);
        Assert.Contains("niet van dit netwerk", (await AsksAsync(desk, 1, "courier", "import", bad)).Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(bad, "vakantiefoto's");
        Assert.Contains("geen koeriersbestand", (await AsksAsync(desk, 1, "courier", "import", bad)).Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(bad, "WRK1:ABC");
        await AsksAsync(desk, 1, "courier", "import", bad);
        await using (var huge = File.OpenWrite(bad)) huge.SetLength(80L << 20);
        Assert.Contains("nooit zo groot", (await AsksAsync(desk, 1, "courier", "import", bad)).Out, StringComparison.Ordinal);
        Assert.Equal(1, (await desk.ReportAsync()).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Only_programs_on_the_machine_that_say_what_they_bring_are_answered()
    {
        await using var desk = await Desk().StartAsync();
        using var http = new HttpClient();
        foreach (var what in (string[])["export", "import"])
        {
            var address = new Uri($"http://127.0.0.1:{desk.HttpPort}/api/v1/courier/{what}");
            using var form = new FormUrlEncodedContent([]);
            using var refused = await http.PostAsync(address, form);
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
            using var seen = await http.GetAsync(address);
            Assert.Equal(System.Net.HttpStatusCode.MethodNotAllowed, seen.StatusCode);
            // By a name that somebody made point here.
            using var file = new ByteArrayContent([]);
            file.Headers.ContentType = new("application/vnd.weerbaarheid.courier");
            using var named = new HttpRequestMessage(HttpMethod.Post, address) { Content = file, Headers = { Host = $"kwaad.example:{desk.HttpPort}" } };
            using var refusedByName = await http.SendAsync(named);
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, refusedByName.StatusCode);
        }
    }
}
