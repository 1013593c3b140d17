using System.Text;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Logs;

/// <summary>A real program is given unusual words in every field that somebody can fill, and all that it says is searched for them.</summary>
public sealed class NoWordsInLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-words-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_people_write_never_stands_in_the_log()
    {
        await using var node = await new NodeProcess("meldkamer", _folder.FullName, up: null).StartAsync();
        var before = node.LinesSaid;
        await using var client = await MqttProbe.ConnectAsync(new Uri($"mqtt://127.0.0.1:{node.BrokerPort}"));
        foreach (var (topic, json) in Messages()) await HandInAsync(client, $"weerbaarheid/v1/in/{topic}", json);
        await HandInAsync(client, "weerbaarheid/v1/in/kwispeltopic", """{"text":"kwispelzin"}""");
        await HandInAsync(client, "kwispeltopic/elders", "kwispelzin");
        await HandInAsync(client, "weerbaarheid/v1/in/amend", """{"for":"1-1","kind":"inBehandeling","text":"kwispelnummer"}""");
        await HandInAsync(client, "weerbaarheid/v1/amateur/arm", """{"link":"kwispellink","operator":"PD1ABC Kwispelman","hours":4}""");
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent([new("tekst", "kwispelzin"), new("kwispelveld", "x")]);
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{node.HttpPort}/melding?kwispelvraag=1"), form);
        await RelayProgram.RunAsync(["exercise", "start", "kwispeloefening", .. node.Options]);
        await HandInAsync(client, "weerbaarheid/v1/in/melding", """{"text":"kwispelzin","clientRef":"kwispelref-2"}""");
        await RelayProgram.RunAsync(["forget", "1-1", .. node.Options]);
        await node.ReportSaysAsync(report => report.GetProperty("exercises").GetProperty("total").GetInt32() == 1, "that all was read");
        await node.TerminateAsync();

        // It did say something about what was refused, or nothing was tested.
        Assert.True(node.LinesSaid > before + 4, node.Log);
        Assert.Contains("Refused (invalid) from client c-", node.Log, StringComparison.Ordinal);
        Assert.Contains("[503]", node.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("kwispel", node.Log, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Good ones first, then bad ones with the words in every place where an error could repeat them.</summary>
    private static IEnumerable<(string Topic, string Json)> Messages() =>
    [
        ("melding", """{"category":"brand","priority":1,"text":"kwispelzin","location":{"text":"kwispelstraat"},"clientRef":"kwispelref"}"""),
        ("hulpvraag", """{"category":"water","text":"kwispelzin","location":{"text":"kwispelstraat"}}"""),
        ("melding", """{"text":"kwispelzin anders","clientRef":"kwispelref"}"""),
        ("melding", """{"category":"kwispelsoort","text":"kwispelzin"}"""),
        ("melding", """{"kwispelsleutel":"kwispelwaarde","text":"kwispelzin"}"""),
        ("melding", """{"text":"kwispelzin","location":{"postcode":"kwispel"}}"""),
        ("melding", """{"text":"kwispelzin","exercise":"kwispel","priority":"kwispel"}"""),
        ("status", """{"state":"kwispelstaat","needs":["kwispel"]}"""),
        ("amend", """{"for":"kwispel","kind":"kwispel","text":"kwispelzin"}"""),
        ("bulletin", """{"text":"kwispelzin","kind":"kwispel"}"""),
        ("melding", "kwispel, geen JSON"),
    ];

    private static async Task HandInAsync(MqttProbe client, string topic, string json)
    {
        try
        {
            await client.PublishAsync(topic, Encoding.UTF8.GetBytes(json));
        }
        catch (MQTTnet.Exceptions.MqttCommunicationException)
        {
            // Refused; that is what some of them are for.
        }
    }
}
