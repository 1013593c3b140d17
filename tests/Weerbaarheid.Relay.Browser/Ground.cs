using System.Globalization;
using Microsoft.Playwright;

namespace Weerbaarheid.Relay.Browser;

/// <summary>A made-up map of the ground between the example's sites, drawn by the browser itself.</summary>
internal static class Ground
{
    private const int West = 205_000, South = 565_000, East = 245_000, North = 593_000;

    private const string Drawing = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 700" width="1000" height="700">
        <rect width="1000" height="700" fill="#dfe8cf"/><path d="M0 120 C200 60 420 160 1000 40 L1000 0 L0 0 Z" fill="#b9d6ea"/>
        <path d="M120 700 C260 420 420 420 560 300 S860 200 1000 260" fill="none" stroke="#6f9fc4" stroke-width="14"/>
        <path d="M0 430 L1000 340 M430 700 L520 100 M0 600 L520 320" fill="none" stroke="#fff" stroke-width="10"/>
        <g fill="#c9b8a6"><circle cx="380" cy="420" r="50"/><circle cx="700" cy="330" r="80"/><circle cx="450" cy="210" r="30"/></g></svg>
        """;

    /// <summary>What the meldkamer is told of its ground; the picture need not be there yet.</summary>
    internal static string[] Settings(string file) =>
    [
        $"http.map.file={file}", "http.map.source=Voorbeeldkaart", .. ((int[])[West, South, East, North]).Select((edge, place) => string.Create(CultureInfo.InvariantCulture, $"http.map.rd.{place}={edge}")),
        "sites.0.id=11", "sites.0.name=Leek", "sites.0.lat=53.1614", "sites.0.lon=6.3803", "sites.1.id=21", "sites.1.name=Westerkwartier", "sites.1.lat=53.2181", "sites.1.lon=6.5665",
    ];

    /// <summary>Makes the picture.</summary>
    internal static async Task DrawAsync(Chrome chrome, string file)
    {
        var page = await chrome.DesktopAsync();
        await page.SetContentAsync(Drawing);
        await page.Locator("svg").ScreenshotAsync(new LocatorScreenshotOptions { Path = file });
        await page.Context.CloseAsync();
    }
}
