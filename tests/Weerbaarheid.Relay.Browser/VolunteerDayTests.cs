using System.Diagnostics;
using Microsoft.Playwright;
using Weerbaarheid.Relay.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Weerbaarheid.Relay.Browser;

/// <summary>The day of a volunteer, on a telephone, in a real browser, against three real nodes.</summary>
public sealed class VolunteerDayTests : IAsyncLifetime
{
    private Region? _region;
    private Chrome? _chrome;

    private Region Nodes => _region!;

    public async Task InitializeAsync()
    {
        if (InstalledProgram.Find("chromium") is null || InstalledProgram.Find("mosquitto") is null) return;
        _chrome = await Chrome.StartAsync();
        _region = await Region.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_chrome is not null) await _chrome.DisposeAsync();
        if (_region is not null) await _region.DisposeAsync();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_first_melding_is_out_within_twelve_taps_and_its_state_is_true_while_the_link_is_cut(bool scripts)
    {
        var page = await PhoneAsync(scripts);
        var hand = new Hand(page);
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/"));
        await Expect(page.Locator("body")).ToContainTextAsync("Werkt 112? Bel dan 112.");
        await Expect(page.Locator("body")).ToContainTextAsync("Verbonden met de meldkamer");
        Nodes.Cut();

        var clock = Stopwatch.StartNew();
        await FillInAsync(hand, "Rook uit de kelder");
        await hand.TapAsync("Verstuur melding");
        await Expect(page.Locator(".state").First).ToContainTextAsync("Opgeslagen");
        Assert.InRange(hand.Taps, 5, 12);
        // A machine types faster than a person; this only shows that the pages do not eat the ninety seconds.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 45);
        await Expect(page.Locator("main")).ToContainTextAsync("nog NIET weg");

        Nodes.Restore();
        await ComesToSayAsync(page, scripts, "Ontvangen");
        Assert.Equal(1, await CountAsync(page));
    }

    [SkippableFact]
    public async Task Double_taps_reload_and_the_back_button_make_one_melding()
    {
        var page = await PhoneAsync(scripts: true);
        var hand = new Hand(page);
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/"));
        await FillInAsync(hand, "Twee keer getikt");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Verstuur melding" }).DblClickAsync();
        await Expect(page.Locator(".state").First).ToBeVisibleAsync();
        await page.ReloadAsync();
        // Who comes back to the form sees what became of it, and cannot make a second melding of it.
        await page.GoBackAsync();
        await Expect(page.Locator(".state").First).ToBeVisibleAsync();
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/"));
        await Expect(page.Locator("main")).Not.ToContainTextAsync("niet zeker is verstuurd");
        Assert.Equal(1, await CountAsync(page));
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/"));
        await FillInAsync(hand, "Een andere");
        await hand.TapAsync("Verstuur melding");
        await Expect(page.Locator(".state").First).ToBeVisibleAsync();
        Assert.Equal(2, await CountAsync(page));
    }

    [SkippableFact]
    public async Task A_melding_that_waits_too_long_makes_no_page_wider_than_the_screen()
    {
        var page = await PhoneAsync(scripts: true);
        await page.SetViewportSizeAsync(320, 640);
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/"));
        await FillInAsync(new Hand(page), "Wacht");
        await new Hand(page).TapAsync("Verstuur melding");
        await Expect(page.Locator(".state").First).ToBeVisibleAsync();
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/mijn"));
        // Twenty minutes are too long to wait for here: the page gets the tag that it would have then.
        await page.EvaluateAsync("document.querySelector('.cards li p').insertAdjacentHTML('beforeend', ' <span class=\"tag amber\">Wacht niet langer: kijk wat u moet doen</span>')");
        Assert.Equal(320, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [SkippableFact]
    public async Task Every_page_of_the_volunteer_is_for_everybody()
    {
        var page = await PhoneAsync(scripts: true);
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/"));
        await FillInAsync(new Hand(page), "Voor iedereen leesbaar");
        await Access.CheckAsync(page);
        await new Hand(page).TapAsync("Verstuur melding");
        await Expect(page.Locator(".state").First).ToBeVisibleAsync();
        await Access.CheckAsync(page);
        await Access.CheckAsync(page, Screens.Volunteer.Concat(Screens.Message).Concat(Screens.Leading).Select(path => Region.Address(Nodes.Steunpunt, path)));
    }

    [SkippableFact]
    public async Task In_the_dark_the_pages_are_readable_too()
    {
        RequiredProgram.Check("mosquitto");
        RequiredProgram.Check("chromium");
        var page = await _chrome!.PhoneAsync(dark: true);
        await Example.FillAsync(Nodes);
        await Access.CheckAsync(page, Screens.Volunteer.Concat(Screens.Message).Concat(Screens.Leading).Select(path => Region.Address(Nodes.Steunpunt, path)));
    }

    private async Task<IPage> PhoneAsync(bool scripts)
    {
        RequiredProgram.Check("mosquitto");
        RequiredProgram.Check("chromium");
        return await _chrome!.PhoneAsync(scripts);
    }

    private static async Task FillInAsync(Hand hand, string words)
    {
        await hand.TapAsync("Melding (spoed)");
        await hand.TapAsync("Hier, bij");
        await hand.TapAsync("Brand");
        await hand.TypeAsync("tekst", words);
        await hand.TapAsync("Verder");
    }

    /// <summary>With scripts the page changes by itself; without them it is read anew, by its own refresh or by hand.</summary>
    private static async Task ComesToSayAsync(IPage page, bool scripts, string state)
    {
        if (scripts)
        {
            await Expect(page.Locator(".state").First).ToContainTextAsync(state);
            return;
        }

        await Eventually.SeesAsync(() => AgainAsync(page), text => text.Contains(state, StringComparison.Ordinal), text => $"{page.Url} says {state}; it says {text}");
    }

    private static async Task<string> AgainAsync(IPage page)
    {
        await page.ReloadAsync();
        return await page.Locator(".state").First.InnerTextAsync();
    }

    private async Task<int> CountAsync(IPage page)
    {
        await page.GotoAsync(Region.Address(Nodes.Steunpunt, "/mijn"));
        return await page.Locator("main a[href^='/bericht/']").CountAsync();
    }
}
