using System.IO.Compression;
using System.Text;
using Weerbaarheid.Relay.Pins;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Commands;

public sealed class PinVerbTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-pin-");

    private string Pins => Path.Combine(_folder.FullName, "pins");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_PIN_is_asked_twice_and_never_shown()
    {
        var set = await RunAsync(_ => "480192", "pin", "coordinator");
        Assert.Equal(0, set.Code);
        Assert.DoesNotContain("480192", set.Out + set.Error, StringComparison.Ordinal);
        Assert.True(PinFile.Read(Pins).Hashes[PinRole.Coordinator].Is("480192"));

        var asked = 0;
        Assert.Equal(2, (await RunAsync(_ => $"48019{asked++}", "pin", "coordinator")).Code);
        Assert.True(PinFile.Read(Pins).Hashes[PinRole.Coordinator].Is("480192"));

        Assert.Equal(0, (await RunAsync(null, "pin", "coordinator", "--remove")).Code);
        Assert.Empty(PinFile.Read(Pins).Hashes);
    }

    [Fact]
    public async Task What_is_no_role_and_no_PIN_is_refused_with_what_to_write()
    {
        var role = await RunAsync(null, "pin", "baas");
        Assert.Equal((2, true), (role.Code, role.Error.Contains("vrijwilliger, coordinator, technicus", StringComparison.Ordinal)));
        var row = await RunAsync(_ => "123456", "pin", "technicus");
        Assert.Equal((2, true), (row.Code, row.Error.Contains("guessed first", StringComparison.Ordinal)));
        Assert.DoesNotContain("123456 ", row.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Pins));
    }

    [Fact]
    public async Task A_support_file_of_a_node_that_does_not_run_says_what_is_missing_and_is_never_written_over()
    {
        var zip = Path.Combine(_folder.FullName, "hulp.zip");
        var port = FreePort.Take();
        string[] command = ["support", zip, "--set", $"broker.listen=127.0.0.1:{port}"];
        var left = await RunAsync(null, command);
        Assert.Equal((3, true), (left.Code, left.Out.Contains("no node answers", StringComparison.Ordinal)));
        using (var archive = ZipFile.OpenRead(zip))
            Assert.Equal(["LEESMIJ.txt", "instellingen.json", "versie.txt"], archive.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.Equal(1, (await RunAsync(null, command)).Code);
    }

    [Fact]
    public async Task A_support_file_of_a_running_node_holds_its_state_and_no_text()
    {
        const string secret = "Zusammengeheim";
        await using var node = await new TestNode(new Site(11, "Leek", Role.Noodsteunpunt, "groningen"), Path.Combine(_folder.FullName, "node")).StartAsync();
        await node.SubmitAsync("melding", $$"""{"text":"{{secret}}"}""");
        await Eventually.TrueAsync(() => Encoding.UTF8.GetString(node.Node.Report).Contains(secret, StringComparison.Ordinal), "the report holds the text");
        var zip = Path.Combine(_folder.FullName, "hulp.zip");
        var left = await RunAsync(null, "support", zip, "--json", "--set", $"broker.listen=127.0.0.1:{node.Port}", "--set", "site.id=11", "--set", "site.role=noodsteunpunt");
        Assert.Equal((0, ""), (left.Code, left.Error));
        using var archive = ZipFile.OpenRead(zip);
        Assert.Equal(5, archive.Entries.Count);
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            Assert.DoesNotContain(secret, await reader.ReadToEndAsync(), StringComparison.OrdinalIgnoreCase);
        }
    }

    private Task<Left> RunAsync(Func<string, string?>? ask, params string[] arguments) => Terminal.RunAsync(null, "", [.. arguments, "--data", _folder.FullName], ask: ask);
}
