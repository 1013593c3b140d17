using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Links.Modems;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Support;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Beheer;

public sealed class BeheerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-beheer-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_port_that_is_not_there_is_named_with_what_to_do_on_the_page_and_in_the_status()
    {
        var uart = new UartOptions("lora", "/dev/bestaat-niet", 9600, 9600, 240, "M", 0.1, []);
        var link = new ModemLink(UartModem.Describe(uart), uart.Port, uart.Baud, new UartModem(uart), TimeProvider.System, NullLogger.Instance);
        await using var node = await new TestNode(Steunpunt.Site, _folder.FullName, link).StartAsync();
        await using var pages = await PageBench.StartAsync(node, Steunpunt.Site);
        PageBench.Served? page = null;
        await Eventually.TrueAsync(() => (page = pages.GetAsync("/beheer/toestand").Result).Text.Contains("/dev/bestaat-niet", StringComparison.Ordinal), "the port is named");

        var lora = page!.Document.QuerySelectorAll("ul.checks > li").Single(one => one.TextContent.Contains("Verbinding lora", StringComparison.Ordinal));
        Assert.Contains("bad", lora.ClassName!.Split(' '));
        Assert.Contains("Kapot", lora.TextContent, StringComparison.Ordinal);
        Assert.Contains("/dev/serial/by-id", lora.TextContent, StringComparison.Ordinal);
        // What is broken stands on top, and whatever has a colour has a word.
        Assert.Contains("bad", page.Document.QuerySelector("ul.checks > li")!.ClassName, StringComparison.Ordinal);
        Assert.All(page.Document.QuerySelectorAll("ul.checks > li"), one => Assert.Matches("Goed|Let op|Kapot", one.TextContent));

        var finding = node.Status.GetProperty("findings").EnumerateArray().Single(one => one.GetProperty("part").GetString() == "Verbinding lora");
        Assert.Equal("bad", finding.GetProperty("level").GetString());
        Assert.Contains("/dev/serial/by-id", finding.GetProperty("remedy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_support_file_has_what_helps_and_nothing_that_people_wrote_and_no_secret()
    {
        const string secretText = "Zusammengeheim", pin = "480192", password = "wachtwoordje";
        File.WriteAllText(Path.Combine(_folder.FullName, "pw"), password);
        var configuration = Load($$"""
            { "site": { "id": 11, "name": "Noodsteunpunt Leek", "role": "noodsteunpunt" }, "keys": { "demonstration": true },
              "data": "{{_folder.FullName}}", "links": [ { "name": "internet", "type": "mqtt", "uri": "mqtt://127.0.0.1:1884", "user": "gebruikertje", "passwordFile": "pw" } ] }
            """);
        await using var node = await new TestNode(Steunpunt.Site, _folder.FullName).StartAsync();
        PinFile.Set(PinFile.PathOf(configuration), PinRole.Coordinator, PinHash.Of(pin));
        await using var pages = await PageBench.StartAsync(node, Steunpunt.Site, with: settings => settings with { Bundle = (status, report) => SupportBundle.Write(configuration, status, report) });
        await node.SubmitAsync("melding", $$"""{"priority":1,"text":"{{secretText}} een","location":{"text":"{{secretText}} twee" },"clientRef":"{{secretText}}"}""");
        await node.SubmitAsync("melding", """{"category":"brand","location":{"postcode":"9351AB","number":12}}""");
        await node.SubmitAsync("hulpvraag", $$"""{"category":"water","text":"{{secretText}}"}""");
        await Eventually.TrueAsync(() => Encoding.UTF8.GetString(node.Node.Report).Contains("11-3", StringComparison.Ordinal), "the report holds all of them");

        Assert.Contains(secretText, Encoding.UTF8.GetString(node.Node.Report), StringComparison.Ordinal);
        var form = (await pages.GetAsync("/beheer")).Document.QuerySelectorAll("form").Cast<IHtmlFormElement>().First();
        using var answer = await pages.Http.SendAsync(pages.Request(form));
        Assert.Equal((HttpStatusCode.OK, "application/zip"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var files = Files(await answer.Content.ReadAsByteArrayAsync());

        Assert.Equal(["LEESMIJ.txt", "instellingen.json", "overzicht.json", "toestand.json", "versie.txt"], files.Keys.Order(StringComparer.Ordinal));
        var hash = PinFile.Read(PinFile.PathOf(configuration)).Hashes[PinRole.Coordinator];
        foreach (var (name, text) in files)
            foreach (var secret in (string[])[secretText, pin, password, "gebruikertje", "9351AB", Convert.ToBase64String(hash.Key), Convert.ToBase64String(hash.Salt)])
                Assert.False(text.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{name} holds {secret}");
        Assert.Contains("journalctl", files["LEESMIJ.txt"], StringComparison.Ordinal);
        using var settings = JsonDocument.Parse(files["instellingen.json"]);
        Assert.Equal("mqtt://127.0.0.1:1884", settings.RootElement.GetProperty("links")[0].GetProperty("place").GetString());
        using var report = JsonDocument.Parse(files["overzicht.json"]);
        Assert.Equal(11, report.RootElement.GetProperty("site").GetInt32());
        Assert.Equal("weggelaten", report.RootElement.GetProperty("messages").EnumerateArray().First(one => one.GetProperty("id").GetString() == "11-1").GetProperty("text").GetString());
    }

    [Fact]
    public void What_nobody_named_is_left_out_also_of_documents_of_later()
    {
        var text = Encoding.UTF8.GetString(Redaction.Redact("""{"nieuw":"geheim","diep":[{"ook":"geheim","text":["geheim"]}],"location":{"rdX":123456},"total":3,"state":"online"}"""u8.ToArray()));
        Assert.DoesNotContain("geheim", text, StringComparison.Ordinal);
        Assert.DoesNotContain("123456", text, StringComparison.Ordinal);
        Assert.Contains("\"total\":3", text, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"online\"", text, StringComparison.Ordinal);
        Assert.Equal("{}", Encoding.UTF8.GetString(Redaction.Redact("geen json"u8.ToArray())));
    }

    [Fact]
    public async Task A_node_that_nobody_set_up_says_what_it_is_and_what_to_do()
    {
        await using var node = await new TestNode(Steunpunt.Site, _folder.FullName).StartAsync();
        await using var pages = await PageBench.StartAsync(node, Steunpunt.Site, with: settings => settings with { IsSetUp = false });
        var home = await pages.GetAsync("/");
        Assert.Contains("Dit punt is nog niet ingericht", home.Text, StringComparison.Ordinal);
        var begin = await pages.GetAsync(home.Document.QuerySelector("main .box a")!.GetAttribute("href")!);
        foreach (var words in (string[])["Noodsteunpunt Leek", "punt 11", "Demonstratiesleutels", "weerbaarheid-relay init", "weerbaarheid-relay pin vrijwilliger"])
            Assert.Contains(words, begin.Text, StringComparison.Ordinal);

        await using var setUp = await PageBench.StartAsync(node, Steunpunt.Site);
        Assert.DoesNotContain("nog niet ingericht", (await setUp.GetAsync("/")).Text, StringComparison.Ordinal);
    }

    private RelayConfiguration Load(string json)
    {
        var file = Path.Combine(_folder.FullName, "relay.json");
        File.WriteAllText(file, json);
        var result = ConfigurationLoader.Load(new ConfigurationRequest(file, null, [], new Dictionary<string, string>()));
        Assert.Empty(result.Errors);
        return result.Configuration!;
    }

    private static Dictionary<string, string> Files(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return archive.Entries.ToDictionary(entry => entry.Name, entry =>
        {
            using var reader = new StreamReader(entry.Open());
            return reader.ReadToEnd();
        });
    }
}
