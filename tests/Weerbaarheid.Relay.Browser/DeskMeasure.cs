using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Browser;

/// <summary>How the desk does on the worst day: <c>measure</c> prints what a person at it waits for. Figures are of the machine that it runs on; no test depends on them.</summary>
internal static class DeskMeasure
{
    private const int Sites = 500, Each = 10, Times = 5;

    internal static async Task RunAsync()
    {
        await using var region = await Region.StartAsync();
        await using var chrome = await Chrome.StartAsync();
        var file = Path.Combine(region.Meldkamer.Folder, "drukte.wrk");
        Crowd.Write(file, Sites, Each);
        var import = await RelayProgram.RunAsync(["courier", "import", file, .. region.Meldkamer.Options]);
        if (import.ExitCode != 0) throw new InvalidOperationException($"The crowd was not taken in: {import.Out}{import.Error}");
        var page = await chrome.DesktopAsync();
        await TellPaintAsync(page, region, "/meldkamer");
        await TellPaintAsync(page, region, "/meldkamer/punten");
        await TellPaintAsync(page, region, "/meldkamer/kaart");
        await TellArrivalAsync(page, region);
        var report = await region.Meldkamer.ReportAsync();
        Console.WriteLine($"report: {report.GetRawText().Length:N0} characters");
    }

    private static async Task TellPaintAsync(IPage page, Region region, string path)
    {
        var paints = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            await page.GotoAsync(Region.Address(region.Meldkamer, path));
            paints.Add(await FirstPaintAsync(page));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: first paint {paints.Min():N0} to {paints.Max():N0} ms with {Sites * Each:N0} open meldingen of {Sites} sites"));
    }

    /// <summary>The policy of the pages forbids what Playwright's own wait does, and that is right.</summary>
    private static Task<double> FirstPaintAsync(IPage page) => Eventually.SeesAsync(
        () => page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"), at => at >= 0, _ => $"{page.Url} is painted");

    /// <summary>From the commit at the meldkamer's own broker to the row on the screen.</summary>
    private static async Task TellArrivalAsync(IPage page, Region region)
    {
        await page.GotoAsync(Region.Address(region.Meldkamer, "/meldkamer"));
        for (var i = 0; i < Times; i++)
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"Aankomst {i}");
            var run = await RelayProgram.RunAsync(["send", "melding", "--category", "brand", "--priority", "1", "--text", words, .. region.Meldkamer.Options]);
            if (run.ExitCode != 0) throw new InvalidOperationException(run.Error);
            var clock = Stopwatch.StartNew();
            await page.Locator("#rijen tr, #net", new PageLocatorOptions { HasTextRegex = new Regex(words) }).First.WaitForAsync();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"an arriving melding is on the screen {clock.Elapsed.TotalMilliseconds:N0} ms after the verb that sent it ended"));
        }
    }
}
