using Microsoft.Playwright;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Browser;

/// <summary>A real Chromium of the system, without a window.</summary>
internal sealed class Chrome : IAsyncDisposable
{
    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private Chrome(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    internal static async Task<Chrome> StartAsync()
    {
        var program = RequiredProgram.Check("chromium");
        Assertions.SetDefaultExpectTimeout((float)Eventually.Limit.TotalMilliseconds);
        var driver = await Playwright.CreateAsync();
        // CI runs as root, where Chromium has no sandbox; what it opens here are pages of nodes that the test started itself.
        var browser = await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        return new Chrome(driver, browser);
    }

    /// <summary>A telephone in a volunteer's hand.</summary>
    internal Task<IPage> PhoneAsync(bool scripts = true, bool dark = false) => OpenAsync(new BrowserNewContextOptions
    {
        ViewportSize = new ViewportSize { Width = 390, Height = 844 },
        DeviceScaleFactor = 2,
        HasTouch = true,
        IsMobile = true,
        JavaScriptEnabled = scripts,
        ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
    });

    /// <summary>A screen on a desk of the meldkamer.</summary>
    internal Task<IPage> DesktopAsync(bool scripts = true) => OpenAsync(new BrowserNewContextOptions
    {
        ViewportSize = new ViewportSize { Width = 1366, Height = 768 },
        JavaScriptEnabled = scripts,
    });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }

    private async Task<IPage> OpenAsync(BrowserNewContextOptions options)
    {
        options.Locale = "nl-NL";
        options.TimezoneId = "Europe/Amsterdam";
        var page = await (await _browser.NewContextAsync(options)).NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Limit.TotalMilliseconds);
        return page;
    }
}
