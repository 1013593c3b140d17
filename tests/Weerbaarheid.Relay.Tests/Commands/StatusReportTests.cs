using System.Text;
using Weerbaarheid.Relay.Tests.Broker;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Commands;

public sealed class StatusReportTests
{
    private const string Node = """
        {"site":11,"name":"Noodsteunpunt Leek","role":"noodsteunpunt","region":"groningen","state":"online","at":"2026-11-24T07:30:00Z","keys":"demonstration",
         "wayUp":"internet","nextSite":21,"queue":{"total":3,"byPriority":[1,0,2,0],"bytes":310,"awaitingReceipt":2,"oldestSeconds":7500},
         "links":[{"name":"internet","type":"mqtt","up":true,"neighbours":[21],"framesSent":10,"framesReceived":9,"framesRefused":0}],
         "counts":{"accepted":5,"refused":1},"store":{"bytes":1234,"quarantined":0}}
        """;

    private const string Report = """
        {"at":"2026-11-24T07:30:00Z","clockTrusted":false,"site":1,"name":"Meldkamer","role":"meldkamer","region":"groningen","exercise":true,"total":12,
         "byType":{"melding":10,"hulpvraag":2},"byPriority":{"1":3,"2":9},"byState":{"ontvangen":11,"in behandeling":1},"missing":2,"missingText":"2 berichten missen",
         "sites":[{"site":11,"lastContact":"2026-11-24T07:29:48Z","secondsSinceContact":12,"received":10,"missing":2,"missingText":"2 berichten missen","gaps":["4","7-8"],
           "status":{"type":"status","state":"open","present":84,"needs":["water"]},"statusAt":"2026-11-24T07:00:00Z"},
           {"site":12,"lastContact":null,"received":0,"missing":0,"gaps":[],"status":null}],
         "messages":[{"id":"11-4711","origin":11,"state":"ontvangen","ageSeconds":190,"type":"melding","priority":1,"category":"brand","location":{"postcode":"9351AB","number":12},"text":"[red]Rook[/]\u001b[31m"}],
         "bulletins":[{"number":8,"kind":"nieuw","validHours":24,"text":"Kook het water"}]}
        """;

    [Fact]
    public async Task Status_is_plain_text_in_a_pipe()
    {
        await using var node = await NodeAsync("node/11", Node);
        var left = await RunAsync(node, "status");
        Assert.Equal((0, ""), (left.Code, left.Error));
        Assert.Equal("LET OP: demonstratiesleutels. Iedereen kan meelezen en berichten vervalsen.", left.OutLines[1]);
        Assert.Equal("Weg naar de meldkamer: internet, via site 21", left.OutLines[2]);
        Assert.Equal("Wachtrij: 3 (310 bytes, oudste 2 u 05); prioriteit 1 tot 4: 1, 0, 2, 0; wacht op ontvangstbewijs: 2", left.OutLines[3]);
        Assert.Equal("Verbinding  Soort  Staat  Buren  Verzonden  Ontvangen  Geweigerd", left.OutLines[4]);
        Assert.Equal("internet    mqtt   op     21     10         9          0", left.OutLines[5]);
        Assert.Equal("Berichten: 5 aangenomen, 1 geweigerd", left.OutLines[6]);
    }

    [Theory]
    [InlineData("\"wayUp\":\"internet\"", "\"wayUp\":null", 3)]
    [InlineData("\"up\":true", "\"up\":false", 3)]
    [InlineData("\"role\":\"noodsteunpunt\"", "\"role\":\"meldkamer\"", 0)]
    [InlineData("\"state\":\"online\"", "\"state\":\"offline\"", 1)]
    public async Task The_exit_code_of_status_tells_whether_messages_get_away(string from, string to, int code)
    {
        await using var node = await NodeAsync("node/11", Node.Replace(from, to, StringComparison.Ordinal));
        Assert.Equal(code, (await RunAsync(node, "status")).Code);
        Assert.Equal(code, (await RunAsync(node, "status", "--json")).Code);
    }

    [Fact]
    public async Task A_meldkamer_needs_no_way_up()
    {
        var json = Node.Replace("\"wayUp\":\"internet\"", "\"wayUp\":null", StringComparison.Ordinal).Replace("\"noodsteunpunt\"", "\"meldkamer\"", StringComparison.Ordinal);
        await using var node = await NodeAsync("node/11", json);
        Assert.Equal(0, (await RunAsync(node, "status")).Code);
    }

    [Theory]
    [InlineData("status", "node/11", Node)]
    [InlineData("report", "report", Report)]
    public async Task For_programs_it_is_what_the_node_published_on_one_line(string verb, string topic, string json)
    {
        await using var node = await NodeAsync(topic, json);
        var left = await RunAsync(node, verb, "--json");
        Assert.Equal((0, ""), (left.Code, left.Error));
        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(System.Text.Json.Nodes.JsonNode.Parse(json), System.Text.Json.Nodes.JsonNode.Parse(Assert.Single(left.OutLines))));
    }

    [Fact]
    public async Task The_report_says_what_is_missing_and_shows_texts_as_they_are()
    {
        await using var node = await NodeAsync("report", Report);
        var left = await RunAsync(node, "report");
        Assert.Equal((0, ""), (left.Code, left.Error));
        Assert.Equal("OEFENING", left.OutLines[0]);
        Assert.EndsWith("(de klok is niet te vertrouwen)", left.OutLines[1], StringComparison.Ordinal);
        Assert.Equal("Berichten: 12; melding 10, hulpvraag 2", left.OutLines[2]);
        Assert.Equal("Per prioriteit: P1 3, P2 9; per staat: ontvangen 11, in behandeling 1", left.OutLines[3]);
        Assert.Equal("LET OP: 2 berichten missen", left.OutLines[4]);
        Assert.Equal("11    12 s geleden     10         2     4, 7-8   open   84        water", left.OutLines[6]);
        Assert.Equal("12    nooit            0          0     -        -      -         -", left.OutLines[7]);
        Assert.Equal("11-4711  1  melding  brand  9351AB 12  3 min  ontvangen  [red]Rook[/] [31m", left.OutLines[9]);
        Assert.Equal("8         nieuw  24 u    Kook het water", left.OutLines[11]);
        Assert.DoesNotContain('\u001b', left.Out);
    }

    [Fact]
    public async Task On_a_terminal_there_is_a_table_and_colour_only_where_it_is_wanted()
    {
        await using var node = await NodeAsync("report", Report);
        string[] line = ["report", "--set", "site.id=11", "--set", $"broker.listen={node.Broker.Endpoint}"];
        var colour = await Terminal.RunAsync(null, "", line, terminal: true);
        var plain = await Terminal.RunAsync(null, "", line, terminal: true, environment: new() { ["NO_COLOR"] = "1" });
        Assert.Contains("╭", colour.Out, StringComparison.Ordinal);
        Assert.Contains('\u001b', colour.Out);
        Assert.Contains("╭", plain.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', plain.Out);
        Assert.Contains("[red]Rook[/]", plain.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status", "weerbaarheid/v1/node/11")]
    [InlineData("report", "weerbaarheid/v1/report")]
    public async Task A_node_that_has_nothing_is_not_taken_for_a_healthy_one(string verb, string topic)
    {
        await using var node = await Bench.StartAsync();
        var left = await RunAsync(node, verb);
        Assert.Equal((1, ""), (left.Code, left.Out));
        Assert.Equal($"the node on {node.Broker.Endpoint} has nothing on {topic}; is it the node of site 11?\n", left.Error);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"links":[1,{"up":"yes"}],"queue":7,"counts":[],"sites":[null],"messages":{"a":1},"byType":"x","at":5,"name":"\ud800"}""")]
    public async Task What_is_not_there_is_a_dash_and_no_failure(string json)
    {
        await using var node = await NodeAsync("node/11", json);
        await node.Broker.PublishAsync("weerbaarheid/v1/report", Encoding.UTF8.GetBytes(json), retain: true, "application/json");
        Assert.Contains("- (site -", (await RunAsync(node, "status")).Out.Replace("\uFFFD", "-", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(node, "report")).Code);
    }

    [Fact]
    public async Task Without_a_node_the_exit_code_is_1_and_the_way_to_start_it_names_the_configuration()
    {
        var folder = Directory.CreateTempSubdirectory("relay-status-");
        var (config, port) = (Path.Combine(folder.FullName, "relay.json"), FreePort.Take());
        await File.WriteAllTextAsync(config, $$"""{ "site": { "id": 11, "role": "noodsteunpunt" }, "broker": { "listen": "127.0.0.1:{{port}}" } }""");
        var left = await Terminal.RunAsync("", "status", "--config", config);
        Assert.Equal((1, $"no node answers on 127.0.0.1:{port}; start it with: weerbaarheid-relay run --config {config}\n"), (left.Code, left.Error));
        folder.Delete(recursive: true);
    }

    private static async Task<Bench> NodeAsync(string topic, string json)
    {
        var node = await Bench.StartAsync();
        await node.Broker.PublishAsync($"weerbaarheid/v1/{topic}", Encoding.UTF8.GetBytes(json), retain: true, "application/json");
        return node;
    }

    private static Task<Left> RunAsync(Bench node, params string[] arguments) =>
        Terminal.RunAsync("", [.. arguments, "--set", "site.id=11", "--set", $"broker.listen={node.Broker.Endpoint}"]);
}
