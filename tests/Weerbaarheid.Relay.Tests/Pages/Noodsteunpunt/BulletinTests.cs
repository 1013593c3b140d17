using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Tests.Support;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

public sealed class BulletinTests : IDisposable
{
    private static readonly Site Meldkamer = new(1, "Meldkamer Noord-Nederland", Role.Meldkamer, "groningen");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-bulletins-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Bulletins_that_hold_stand_newest_first_with_number_sender_and_validity()
    {
        await using var node = await new TestNode(Meldkamer, _folder.FullName).StartAsync();
        await using var pages = await PageBench.StartAsync(node, Meldkamer);
        Assert.Contains("geen bulletins", (await pages.GetAsync("/bulletins")).Text, StringComparison.Ordinal);
        await node.SubmitAsync("bulletin", """{"number":6,"text":"Kook het water.","validHours":48}""");
        await node.SubmitAsync("bulletin", """{"number":7,"text":"Opvang is in <Leek>."}""");
        await node.SubmitAsync("bulletin", """{"number":8,"kind":"wijziging","replaces":7,"text":"Opvang is in Roden.","grip":3}""");

        var page = await pages.GetAsync("/bulletins");

        var cards = page.Document.QuerySelectorAll("article.bulletin").Select(card => card.TextContent).ToList();
        Assert.Equal(2, cards.Count);
        Assert.Contains("Bulletin 8", cards[0], StringComparison.Ordinal);
        Assert.Contains("Vervangt bulletin 7.", cards[0], StringComparison.Ordinal);
        Assert.Contains("Meldkamer Noord-Nederland (punt 1)", cards[0], StringComparison.Ordinal);
        Assert.Contains("nog 23 uur", cards[0], StringComparison.Ordinal);
        Assert.Contains("GRIP 3", cards[0], StringComparison.Ordinal);
        Assert.Contains("nog 47 uur", cards[1], StringComparison.Ordinal);

        await node.SubmitAsync("bulletin", """{"number":9,"kind":"intrekking","replaces":6}""");
        cards = [.. (await pages.GetAsync("/bulletins")).Document.QuerySelectorAll("article.bulletin").Select(card => card.TextContent)];
        Assert.Contains("Bulletin 6 geldt niet meer.", cards[0], StringComparison.Ordinal);
        Assert.DoesNotContain(cards, card => card.Contains("Kook", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_too_old_is_gone_and_what_it_replaced_does_not_come_back()
    {
        await using var node = await new TestNode(Meldkamer, _folder.FullName).StartAsync();
        await node.SubmitAsync("bulletin", """{"number":7,"text":"Oud","validHours":100}""");
        await node.SubmitAsync("bulletin", """{"number":8,"kind":"wijziging","replaces":7,"text":"Nieuw","validHours":1}""");
        var all = node.Node.Board.Newest(10, type: MessageType.Bulletin);
        Instant After(int minutes) => new(all[0].Envelope.BornAt + TimeSpan.FromMinutes(minutes), all[0].Envelope.ReceivedAt.AddMinutes(minutes), WallTrusted: true);

        Assert.Equal([8], BulletinPages.Current(all, After(59)).Select(one => one.Bulletin.Number));
        Assert.Empty(BulletinPages.Current(all, After(61)));
    }

    [Fact]
    public async Task A_bulletin_of_an_exercise_takes_nothing_away_that_is_real_during_the_exercise_or_after_it()
    {
        await using var node = await new TestNode(Meldkamer, _folder.FullName).StartAsync();
        await using var pages = await PageBench.StartAsync(node, Meldkamer);
        await node.SubmitAsync("bulletin", """{"number":1,"text":"Kook het water."}""");
        node.Node.BeginExercise("Waterwolf");
        await node.SubmitAsync("bulletin", """{"number":2,"kind":"wijziging","replaces":1,"text":"Water is schoon."}""");
        await node.SubmitAsync("bulletin", """{"number":3,"text":"Oefenbericht."}""");
        await node.SubmitAsync("bulletin", """{"number":4,"kind":"intrekking","replaces":3}""");

        async Task ShowsAsync()
        {
            foreach (var path in (string[])["/bulletins", "/infopunt"])
            {
                var cards = (await pages.GetAsync(path)).Document.QuerySelectorAll("article.bulletin").Select(card => card.TextContent).ToList();
                Assert.Equal(3, cards.Count);
                Assert.Contains("Bulletin 3 geldt niet meer, alleen in de oefening.", cards[0], StringComparison.Ordinal);
                Assert.Contains("Vervangt bulletin 1, alleen in de oefening.", cards[1], StringComparison.Ordinal);
                Assert.Contains("OEFENING", cards[1], StringComparison.Ordinal);
                Assert.Contains("Kook het water.", cards[2], StringComparison.Ordinal);
            }

            Assert.Contains("Bulletins (3)", (await pages.GetAsync("/punt")).Text, StringComparison.Ordinal);
        }

        await ShowsAsync();
        node.Node.EndExercise();
        await ShowsAsync();
        Assert.Contains("Kook het water.", (await pages.GetAsync("/export/sitrap.html")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moment_is_told_in_Dutch_time_wherever_the_machine_thinks_it_stands()
    {
        await using var node = await new TestNode(Meldkamer, _folder.FullName).StartAsync();
        await using var pages = await PageBench.StartAsync(node, Meldkamer);
        static string Told() => $"Bijgewerkt om {DutchTime.At(DateTimeOffset.UtcNow):HH:mm}.";
        var before = Told();
        var page = (await pages.GetAsync("/infopunt")).Text;
        Assert.True(page.Contains(before, StringComparison.Ordinal) || page.Contains(Told(), StringComparison.Ordinal), page);
    }
}
