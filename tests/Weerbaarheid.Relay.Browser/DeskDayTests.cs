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
        await Access.CheckAsync(desk, Screens.Desk.Append("/meldkamer/bericht/11-1").Select(path => Region.Address(Nodes.Meldkamer, path)));
    }

    private async Task<IPage> DesktopAsync(bool scripts)
    {
        RequiredProgram.Check("mosquitto");
        RequiredProgram.Check("chromium");
        return await _chrome!.DesktopAsync(scripts);
    }
}
