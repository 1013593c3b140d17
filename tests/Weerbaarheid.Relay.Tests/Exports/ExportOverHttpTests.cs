using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Pages;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Exports;

/// <summary>A real node with a real store, asked over HTTP.</summary>
public sealed class ExportOverHttpTests : IAsyncLifetime, IDisposable
{
    private static readonly Site Meldkamer = new(1, "Meldkamer Noord", Role.Meldkamer, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-export-");
    private readonly HttpClient _http = new();
    private TestNode _node = null!;
    private WebApplication? _app;
    private Uri _base = null!;

    public async Task InitializeAsync() => await StartAsync(new TestNode(Meldkamer, _folder.FullName));

    [Fact]
    public async Task A_melding_its_amendment_and_who_took_it_up_are_in_the_table_and_on_the_map()
    {
        var melding = await SubmitAsync("melding", """{"category":"brand","priority":1,"victims":2,"location":{"lat":53.21938317,"lon":6.56820053},"text":"Rook; toren"}""");
        await SubmitAsync("hulpvraag", """{"category":"warmte","exercise":"oefening","text":"=1+1","location":{"postcode":"9351AB","number":12}}""");
        await SubmitAsync("status", """{"state":"open","present":84}""");
        await SubmitAsync("amend", $$"""{"for":"{{melding}}","kind":"aanvulling","text":"brandweer is er"}""");
        await SubmitAsync("amend", $$"""{"for":"{{melding}}","kind":"inBehandeling","text":"G-77"}""");

        var rows = Rfc4180.Read((await TextAsync("/export/meldingen.csv"))[1..], ';');
        Assert.Equal(3, rows.Count);
        Assert.Equal(("OEFENING", "'=1+1", "9351AB"), (Cell(rows[1], "Oefening"), Cell(rows[1], "Kladblokregel"), Cell(rows[1], "Postcode")));
        Assert.Equal(($"WR {melding}", "in behandeling", "G-77", "1"), (Cell(rows[2], "IncidentNummer"), Cell(rows[2], "Toestand"), Cell(rows[2], "GmsNummer"), Cell(rows[2], "Prioriteit")));
        Assert.Contains("brandweer is er", Cell(rows[2], "Aanvullingen"), StringComparison.Ordinal);
        Assert.Equal(2, Rfc4180.Read((await TextAsync("/export/meldingen.csv?soort=actueel"))[1..], ';').Count);

        using var map = JsonDocument.Parse(await TextAsync("/export/meldingen.geojson"));
        var point = map.RootElement.GetProperty("features")[1];
        Assert.Equal(53.21938, point.GetProperty("geometry").GetProperty("coordinates")[1].GetDouble(), 4);
        Assert.Equal(233883, point.GetProperty("properties").GetProperty("rdX").GetInt32());
        Assert.Equal(JsonValueKind.Null, map.RootElement.GetProperty("features")[0].GetProperty("geometry").ValueKind);
    }

    [Fact]
    public async Task A_bulletin_and_the_one_that_replaces_it_are_alerts()
    {
        await SubmitAsync("bulletin", """{"number":7,"text":"Kook het water","priority":1}""");
        var second = await SubmitAsync("bulletin", """{"number":8,"kind":"intrekking","replaces":7,"text":"Het water is veilig"}""");

        var alert = await TextAsync($"/export/bulletins/{second}.cap");
        Assert.Empty(CapRules.Problems(alert));
        Assert.Contains("<msgType>Cancel</msgType>", alert, StringComparison.Ordinal);
        Assert.Equal(2, (await TextAsync("/export/bulletins.atom")).Split("<entry>").Length - 1);
        using var none = await _http.GetAsync(new Uri(_base, "/export/bulletins/1-99.cap"));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task The_Sitrap_is_of_what_is_real_unless_an_exercise_is_asked_for()
    {
        await SubmitAsync("melding", """{"category":"brand","priority":1,"text":"echte brand"}""");
        await SubmitAsync("melding", """{"category":"brand","priority":1,"exercise":"oefening","text":"gespeelde brand"}""");
        var page = await TextAsync("/export/sitrap.html");
        Assert.Contains("echte brand", page, StringComparison.Ordinal);
        Assert.DoesNotContain("gespeelde brand", page, StringComparison.Ordinal);
        var exercise = await TextAsync("/export/sitrap.html?soort=oefening");
        Assert.Contains("gespeelde brand", exercise, StringComparison.Ordinal);
        Assert.Contains("OEFENING: dit is niet echt", exercise, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/export/meldingen.csv", "text/csv", "attachment; filename=\"meldingen.csv\"")]
    [InlineData("/export/meldingen.geojson", "application/geo+json", "attachment; filename=\"meldingen.geojson\"")]
    [InlineData("/export/bulletins.atom", "application/atom+xml", "attachment; filename=\"bulletins.atom\"")]
    [InlineData("/export/sitrap.html", "text/html", null)]
    public async Task Every_file_is_sent_so_that_a_browser_keeps_and_runs_nothing_of_it(string path, string type, string? disposition)
    {
        using var answer = await _http.GetAsync(new Uri(_base, path));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(disposition, answer.Content.Headers.ContentDisposition?.ToString());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_does_not_exist_is_refused_with_the_words_that_do()
    {
        using var answer = await _http.GetAsync(new Uri(_base, "/export/meldingen.csv?soort=echt"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("actueel, oefening, test", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_thousand_meldingen_stream_whole_while_others_come_in_and_do_not_hold_those_up()
    {
        const int many = 5_000;
        await Task.WhenAll(Enumerable.Range(1, many).Select(i => SubmitAsync("melding", $$"""{"text":"{{new string('x', 300)}} nr {{i}}","priority":{{1 + (i % 4)}},"clientRef":"r{{i}}"}""")));
        var longest = TimeSpan.Zero;
        using var done = new CancellationTokenSource();
        var intake = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                await SubmitAsync("status", $$"""{"state":"open","present":{{i % 1000}}}""");
                var took = System.Diagnostics.Stopwatch.GetElapsedTime(begun);
                if (took > longest) longest = took;
            }
        });
        var rows = Rfc4180.Read((await TextAsync("/export/meldingen.csv"))[1..], ';');
        using var map = JsonDocument.Parse(await TextAsync("/export/meldingen.geojson"));
        var page = await TextAsync("/export/sitrap.html");
        await done.CancelAsync();
        await intake;

        Assert.Equal(many + 1, rows.Count);
        Assert.Equal(many, rows.Skip(1).Select(row => row[0]).Distinct().Count());
        Assert.Equal(many, map.RootElement.GetProperty("features").GetArrayLength());
        Assert.Contains("En nog 2440 die hier niet staan", page, StringComparison.Ordinal);
        // Loose, for a machine with other work; without an export it takes a few milliseconds.
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task What_a_node_took_in_before_is_in_the_files_after_a_restart_with_less_in_memory()
    {
        for (var i = 0; i < 3; i++) await SubmitAsync("melding", $$"""{"text":"nr {{i}}"}""");
        await StopAsync();
        await StartAsync(new TestNode(Meldkamer, _folder.FullName));
        Assert.Equal(4, Rfc4180.Read((await TextAsync("/export/meldingen.csv"))[1..], ';').Count);
    }

    [Fact]
    public async Task More_than_a_few_at_once_are_asked_to_come_again_and_a_seat_comes_free()
    {
        var text = new string('x', 500);
        await Task.WhenAll(Enumerable.Range(1, 3_000).Select(i => SubmitAsync("melding", $$"""{"text":"{{text}}","clientRef":"r{{i}}"}""")));
        var held = new List<HttpResponseMessage>();
        // Who does not read holds a seat, since his file does not fit in what lies between.
        for (var i = 0; i < ExportEndpoints.Seats; i++) held.Add(await _http.GetAsync(new Uri(_base, "/export/meldingen.csv"), HttpCompletionOption.ResponseHeadersRead));
        using (var refused = await _http.GetAsync(new Uri(_base, "/export/sitrap.html")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        foreach (var one in held) one.Dispose();
        await Eventually.TrueAsync(() => _http.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(_base, "/export/sitrap.html"))).StatusCode == HttpStatusCode.OK, () => "a seat is free again");
    }

    [Fact]
    public async Task A_file_that_breaks_off_does_not_look_whole()
    {
        var text = new string('x', 500);
        await Task.WhenAll(Enumerable.Range(1, 3_000).Select(i => SubmitAsync("melding", $$"""{"text":"{{text}}","clientRef":"r{{i}}"}""")));
        using var answer = await _http.GetAsync(new Uri(_base, "/export/meldingen.csv"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await _node.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(answer.Content.ReadAsByteArrayAsync);
    }

    [Fact]
    public async Task A_noodsteunpunt_with_keys_of_its_own_exports_what_is_its_own()
    {
        await StopAsync();
        var region = new byte[KeyRing.KeySize];
        region[0] = 7;
        var site = new Site(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, "groningen");
        await StartAsync(new TestNode(site, Path.Combine(_folder.FullName, "11"))
        {
            Keys = () => KeyRing.ForSite(0, 11, KeyRing.SiteKey(region, 11, 0), KeyRing.NetworkKey(region, 0), null),
        });
        await SubmitAsync("melding", """{"text":"van hier"}""");
        var rows = Rfc4180.Read((await TextAsync("/export/meldingen.csv"))[1..], ';');
        Assert.Equal(("van hier", "opgeslagen"), (Cell(rows[1], "Kladblokregel"), Cell(rows[1], "Toestand")));
    }

    [Fact]
    public async Task A_node_that_has_stopped_says_so_instead_of_sending_half_a_file()
    {
        await _node.DisposeAsync();
        using var answer = await _http.GetAsync(new Uri(_base, "/export/meldingen.csv"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Probeer het", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    public async Task DisposeAsync() => await StopAsync();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(TestNode node)
    {
        _node = await node.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapNode(_node.Node, TimeProvider.System, LocalProgram.IsHere);
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _base = new Uri(address);
    }

    private async Task StopAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
        await _node.DisposeAsync();
    }

    private async Task<string> SubmitAsync(string type, string json)
    {
        var outcome = await _node.SubmitAsync(type, json);
        Assert.Equal(Refusal.None, outcome.Refusal);
        return outcome.Key.ToString();
    }

    private async Task<string> TextAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(_base, path));
        var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {text}");
        return text;
    }

    private static string Cell(List<string> row, string column) => row[CsvDocument.Header.ToList().IndexOf(column)];
}
