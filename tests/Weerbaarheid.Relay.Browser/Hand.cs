using Microsoft.Playwright;

namespace Weerbaarheid.Relay.Browser;

/// <summary>A hand that taps and types on a telephone, and is counted.</summary>
internal sealed class Hand(IPage page)
{
    internal int Taps { get; private set; }

    /// <summary>Taps a button or a link by its words.</summary>
    internal Task TapAsync(string words) => TapAsync(page.Locator("main a, main button, header a, nav a").Filter(new LocatorFilterOptions { HasText = words }).First);

    /// <summary>Taps the label of a choice.</summary>
    internal Task ChooseAsync(string label) => TapAsync(page.GetByText(label, new PageGetByTextOptions { Exact = true }));

    /// <summary>Taps a field and types.</summary>
    internal async Task TypeAsync(string name, string words)
    {
        var field = page.Locator($"main [name={name}]").First;
        await TapAsync(field);
        await field.FillAsync(words);
    }

    private async Task TapAsync(ILocator what)
    {
        await what.TapAsync();
        Taps++;
    }
}
