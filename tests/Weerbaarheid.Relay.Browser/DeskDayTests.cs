using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Weerbaarheid.Relay.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Weerbaarheid.Relay.Browser;

/// <summary>The day of a centralist, on a screen of the meldkamer, while a volunteer hands in at the other end.</summary>
public sealed class DeskDayTests : IAsyncLifetime
{
    private Region? _region;
    private Chrome? _chrome;

    private Region Nodes => _region!;

    public async Task InitializeAsync()
    {
        if (InstalledProgram.Find("chromium") is null || InstalledProgram.Find("mosquitto") is null) return;
        _chrome = await Chrome.StartAsync();
        _region = await Region.StartAsync();
        await Example.FillAsync(_region);
    }

    public async Task DisposeAsync()
    {
        if (_chrome is not null) await _chrome.DisposeAsync();
        if (_region is not null) await _region.DisposeAsync();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_taken_up_here_is_seen_by_whoever_brought_it(bool scripts)
    {
        var (desk, phone) = (await DesktopAsync(scripts), await _chrome!.PhoneAsync());
        await desk.GotoAsync(Region.Address(Nodes.Meldkamer, "/meldkamer"));
        var row = desk.Locator("#rijen tr", new PageLocatorOptions { HasTextRegex = new Regex("niet aanspreekbaar") });
        await row.Locator("a").First.ClickAsync();
        await Expect(desk.Locator(".words")).ToContainTextAsync("Oudere man niet aanspreekbaar");
        await desk.Locator("#gms").FillAsync("GMS 4711");
        await desk.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Neem aan" }).ClickAsync();
        await Expect(desk.Locator("main")).ToContainTextAsync("In behandeling");

        await phone.GotoAsync(Region.Address(Nodes.Steunpunt, "/mijn"));
        await Expect(phone.Locator("main")).ToContainTextAsync("GMS 4711");
    }

    [SkippableFact]
    public async Task A_melding_that_arrives_is_on_the_screen_without_a_reload_and_the_keys_take_it_up()
    {
        var (desk, phone) = (await DesktopAsync(scripts: true), await _chrome!.PhoneAsync());
        await desk.GotoAsync(Region.Address(Nodes.Meldkamer, "/meldkamer"));
        var hand = new Hand(phone);
        await phone.GotoAsync(Region.Address(Nodes.Steunpunt, "/"));
        await hand.TapAsync("Melding (spoed)");
        await hand.TapAsync("Hier, bij");
        await hand.TapAsync("Gaslucht");
        await hand.TypeAsync("tekst", "Gaslucht in de gang");
        await hand.TapAsync("Verder");
        await hand.TapAsync("Verstuur melding");

        var row = desk.Locator("#rijen tr", new PageLocatorOptions { HasTextRegex = new Regex("Gaslucht in de gang") });
        await Expect(row).ToBeVisibleAsync();
        await row.Locator("a").First.FocusAsync();
        await desk.Keyboard.PressAsync("n");
        await Expect(row).ToContainTextAsync("behandeling", new LocatorAssertionsToContainTextOptions { IgnoreCase = true });
    }

    [SkippableFact]
    public async Task Every_page_of_the_desk_is_for_everybody()
    {
        var desk = await DesktopAsync(scripts: true);
        // The picture for the map is named and not there yet.
        await Access.CheckAsync(desk, Screens.Desk.Append("/meldkamer/bericht/11-1").Select(path => Region.Address(Nodes.Meldkamer, path)));
    }

    [SkippableFact]
    public async Task The_map_has_its_ground_and_the_browser_takes_it()
    {
        var desk = await DesktopAsync(scripts: true);
        var (complaints, pictures) = (new List<string>(), new List<IResponse>());
        desk.Console += (_, said) =>
        {
            if (said.Type == "error") complaints.Add(said.Text);
        };
        desk.Response += (_, response) =>
        {
            if (response.Url.Contains("/ondergrond", StringComparison.Ordinal)) pictures.Add(response);
        };
        await desk.GotoAsync(Region.Address(Nodes.Meldkamer, "/meldkamer/kaart"));
        await Expect(desk.Locator("main")).ToContainTextAsync("Dat bestand is er niet.");
        await Ground.DrawAsync(_chrome!, Nodes.GroundFile);
        await desk.GotoAsync(Region.Address(Nodes.Meldkamer, "/meldkamer/kaart"), new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        await Expect(desk.Locator("main")).ToContainTextAsync("Voorbeeldkaart");
        Assert.Equal((200, "image/png"), (Assert.Single(pictures).Status, pictures[0].Headers["content-type"]));
        Assert.Empty(complaints);
        await Access.CheckAsync(desk);
        // Both sites that are configured lie on it, and what the example placed.
        await Expect(desk.Locator("svg.map a.site")).ToHaveCountAsync(2);
        await Expect(desk.Locator("svg.map a.urgent, svg.map a.melding, svg.map a.hulp")).ToHaveCountAsync(3);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exercise_is_begun_and_ended_on_the_page_and_its_evaluation_is_a_file(bool scripts)
    {
        var desk = await DesktopAsync(scripts);
        await desk.GotoAsync(Region.Address(Nodes.Meldkamer, "/meldkamer"));
        await desk.Locator("nav").GetByText("Oefeningen").ClickAsync();
        await desk.Locator("#naam").FillAsync("Waterwolf");
        await desk.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Begin de oefening" }).DblClickAsync();
        await Expect(desk.Locator("header .exercise")).ToContainTextAsync("Waterwolf");
        if (scripts) await Access.CheckAsync(desk);
        await desk.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Stop de oefening" }).ClickAsync();
        await Expect(desk.Locator("header .exercise")).ToHaveCountAsync(0);
        await Expect(desk.Locator("ul.cards > li")).ToHaveCountAsync(1);
        if (scripts) await Access.CheckAsync(desk);
        foreach (var extension in (string[])["html", "csv"])
        {
            var download = await desk.RunAndWaitForDownloadAsync(() => desk.Locator($"ul.cards a[href$='.{extension}']").ClickAsync());
            Assert.Equal($"evaluatie-punt-1-oefening-1.{extension}", download.SuggestedFilename);
            Assert.Contains("Waterwolf", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task The_door_with_the_PIN_is_for_everybody()
    {
        var desk = await DesktopAsync(scripts: true);
        Nodes.Lock();
        await Access.CheckAsync(desk, Screens.Pin.Select(path => Region.Address(Nodes.Coordinatie, path)));
        await desk.GotoAsync(Region.Address(Nodes.Coordinatie, Screens.Pin[0]));
        await desk.Locator("#pincode").FillAsync("999999");
        await desk.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Verder" }).ClickAsync();
        await Expect(desk.Locator("main")).ToContainTextAsync("Deze pincode klopt niet");
        await Access.CheckAsync(desk);
    }

    private async Task<IPage> DesktopAsync(bool scripts)
    {
        RequiredProgram.Check("mosquitto");
        RequiredProgram.Check("chromium");
        return await _chrome!.DesktopAsync(scripts);
    }
}
