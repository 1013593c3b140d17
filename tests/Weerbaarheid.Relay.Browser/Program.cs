using Microsoft.Playwright;

namespace Weerbaarheid.Relay.Browser;

/// <summary>
/// <c>screenshots FOLDER</c> makes the handbook's pictures of each main screen, from real nodes with examples in them; <c>measure</c> tells how long
/// the desk takes on the worst day.
/// </summary>
internal static class Program
{
    private const int Ok = 0;
    private const int WrongUse = 2;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["measure"])
        {
            await DeskMeasure.RunAsync();
            return Ok;
        }

        if (arguments is not ["screenshots", var folder])
        {
            await Console.Error.WriteLineAsync("usage: screenshots FOLDER, or measure");
            return WrongUse;
        }

        Directory.CreateDirectory(folder);
        await using var region = await Region.StartAsync();
        await using var chrome = await Chrome.StartAsync();
        await Example.FillAsync(region);
        var (phone, desktop) = (await chrome.PhoneAsync(), await chrome.DesktopAsync());
        await Ground.DrawAsync(chrome, region.GroundFile);
        region.Lock();
        foreach (var path in Screens.Volunteer.Concat(Screens.Message).Concat(Screens.Leading)) await TakeAsync(phone, Region.Address(region.Steunpunt, path), folder, "noodsteunpunt", path == "/begin" ? "/inrichten" : path);
        await TakeAsync(phone, Region.Address(region.Coordinatie, Screens.Pin[0]), folder, "", "/pincode");
        foreach (var path in Screens.Desk) await TakeAsync(desktop, Region.Address(region.Meldkamer, path), folder, "", path);
        await TakeAsync(desktop, Region.Address(region.Meldkamer, "/meldkamer/bericht/11-1"), folder, "", "/meldkamer/bericht");
        await TakeExerciseAsync(desktop, region, folder);
        return Ok;
    }

    /// <summary>Last: what goes on shows on every page.</summary>
    private static async Task TakeExerciseAsync(IPage page, Region region, string folder)
    {
        var address = Region.Address(region.Meldkamer, "/oefeningen");
        await page.GotoAsync(address);
        await page.Locator("#naam").FillAsync("Waterwolf");
        await page.Locator("main button").ClickAsync();
        await TakeAsync(page, address, folder, "", "/oefeningen-bezig");
    }

    private static async Task TakeAsync(IPage page, string address, string folder, string prefix, string path)
    {
        await page.GotoAsync(address);
        var name = (prefix + path).Trim('/').Replace('/', '-');
        var file = Path.Combine(folder, $"{(name == prefix ? $"{name}-begin" : name)}.png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = file, FullPage = true });
        Console.WriteLine(file);
    }
}
