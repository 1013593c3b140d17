using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

/// <summary>What the melder is told: the truth, each step of it.</summary>
public sealed class ProgressTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-progress-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_melding_is_stored_then_received_then_taken_up_with_the_desks_reference()
    {
        await using var meldkamer = await new TestNode(new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), Path.Combine(_folder.FullName, "1")).StartAsync();
        var link = new MqttLink(new MqttLinkOptions("internet", new Uri($"mqtt://127.0.0.1:{meldkamer.Port}"), 11, [1]), TimeProvider.System, NullLogger.Instance);
        await using var node = new TestNode(Steunpunt.Site, Path.Combine(_folder.FullName, "11"), link);
        await node.StartAsync();
        await using var pages = await PageBench.StartAsync(node, Steunpunt.Site);
        await pages.SaysAsync("/", "Verbonden met de meldkamer, via internet.");

        var sent = await pages.SubmitAsync(await FillInAsync(pages));
        Assert.Equal("/bericht/11-1", sent.Path);
        await pages.SaysAsync("/bericht/11-1", "De meldkamer heeft het bericht. Nog niemand heeft gezegd dat hij ermee bezig is.");
        Assert.NotNull((await pages.GetAsync("/bericht/11-1")).Document.QuerySelector("meta[http-equiv=refresh]"));

        await meldkamer.SubmitAsync("amend", """{"for":"11-1","kind":"inBehandeling","text":"GMS <b>4711</b>"}""");
        await pages.SaysAsync("/bericht/11-1", "Kenmerk van de meldkamer: GMS <b>4711</b>");

        var page = await pages.GetAsync("/bericht/11-1");
        Assert.Equal("In behandeling", page.Document.QuerySelector(".state")!.TextContent);
        var history = page.Document.QuerySelectorAll("ol.history strong").Select(step => step.TextContent).ToList();
        Assert.Equal("Opgeslagen", history[0]);
        Assert.Equal(["Ontvangen", "In behandeling"], history[^2..]);
        Assert.Contains("In behandeling, kenmerk GMS <b>4711</b>", (await pages.GetAsync("/mijn")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_way_out_it_says_that_nothing_left_and_keeps_saying_so_after_a_restart()
    {
        await using var punt = await Steunpunt.StartAsync();
        var sent = await punt.Pages.SubmitAsync(await punt.FillInAsync());
        Assert.Contains("Het is nog NIET weg.", sent.Text, StringComparison.Ordinal);
        Assert.Contains("Geen verbinding.", sent.Document.QuerySelector(".link")!.TextContent, StringComparison.Ordinal);

        await punt.Node.DisposeAsync();
        await punt.Node.StartAsync();
        await using var pages = await PageBench.StartAsync(punt.Node, Steunpunt.Site);
        var page = await pages.GetAsync("/bericht/11-1");

        Assert.Equal("Opgeslagen", page.Document.QuerySelector(".state")!.TextContent);
        Assert.Contains("1 bericht", (await pages.GetAsync("/")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(MessageState.Opgeslagen), 1, 2, "")]
    [InlineData(nameof(MessageState.Opgeslagen), 1, 4, "nog geen antwoord")]
    [InlineData(nameof(MessageState.Verzonden), 1, 4, "nog geen antwoord")]
    [InlineData(nameof(MessageState.Opgeslagen), 2, 4, "")]
    [InlineData(nameof(MessageState.Verzonden), 2, 11, "nog geen antwoord")]
    [InlineData(nameof(MessageState.Ontvangen), 1, 4, "")]
    [InlineData(nameof(MessageState.Ontvangen), 1, 7, "nog niet opgepakt")]
    [InlineData(nameof(MessageState.Ontvangen), 2, 120, "")]
    [InlineData(nameof(MessageState.InBehandeling), 1, 120, "")]
    [InlineData(nameof(MessageState.Vervallen), 1, 1, "nieuwe melding")]
    public async Task When_nothing_came_back_in_time_it_says_what_to_do(string state, int priority, int minutes, string advice)
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Node.SubmitAsync("melding", $$"""{"text":"Rook","priority":{{priority}}}""");
        var entry = punt.Node.Node.Board.Newest(1)[0];
        entry = entry with { Envelope = entry.Envelope with { State = Enum.Parse<MessageState>(state) } };

        var box = Progress.Advice(new OwnMessage(entry, [], 0), new Instant(entry.Envelope.BornAt + TimeSpan.FromMinutes(minutes), entry.Envelope.ReceivedAt.AddMinutes(minutes), WallTrusted: true)).ToString();

        if (advice.Length == 0) Assert.Empty(box);
        else Assert.Contains(advice, box, StringComparison.Ordinal);
        Assert.Equal(advice.StartsWith("nog", StringComparison.Ordinal), box.Contains("koerier", StringComparison.Ordinal) && box.Contains("amber", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_others_wrote_is_not_shown_to_whoever_walks_in()
    {
        await using var meldkamer = await new TestNode(new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), Path.Combine(_folder.FullName, "1")).StartAsync();
        var link = new MqttLink(new MqttLinkOptions("internet", new Uri($"mqtt://127.0.0.1:{meldkamer.Port}"), 11, [1]), TimeProvider.System, NullLogger.Instance);
        await using var node = new TestNode(Steunpunt.Site, Path.Combine(_folder.FullName, "11"), link);
        await node.StartAsync();
        await using var pages = await PageBench.StartAsync(meldkamer, new Site(1, "Meldkamer", Role.Meldkamer, "groningen"));
        await node.SubmitAsync("melding", """{"text":"Mevrouw op nummer 12 is onwel"}""");
        await Eventually.TrueAsync(() => meldkamer.Node.Board.Newest(10).Count == 1, "the melding arrives");

        Assert.Equal(HttpStatusCode.NotFound, (await pages.GetAsync("/bericht/11-1")).Status);
        Assert.DoesNotContain("nummer 12", (await pages.GetAsync("/mijn")).Text, StringComparison.Ordinal);
    }

    private static async Task<PageBench.Served> FillInAsync(PageBench pages)
    {
        var choose = await pages.SubmitAsync(await pages.GetAsync("/melding"), ("waar", "hier"));
        return await pages.SubmitAsync(await pages.SubmitAsync(choose, ("wat", "brand")), ("tekst", "Rook uit de kelder"));
    }
}
