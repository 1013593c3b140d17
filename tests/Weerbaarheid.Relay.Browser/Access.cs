using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Weerbaarheid.Relay.Browser;

/// <summary>Whether everybody can use a page: WCAG 2.2, levels A and AA, as far as a program can tell.</summary>
internal static class Access
{
    private static readonly List<string> Tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

    internal static async Task CheckAsync(IPage page)
    {
        var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = Tags } });
        Assert.True(result.Passes.Length > 0, $"Nothing was examined on {page.Url}.");
        Assert.True(result.Violations.Length == 0, $"{page.Url}:\n" + string.Join('\n', result.Violations.Select(Tell)));
        // A page that is wider than the screen is read by nobody on a telephone.
        var (width, screen) = (await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), page.ViewportSize!.Width);
        Assert.True(width <= screen, $"{page.Url} is {width} pixels wide on a screen of {screen}.");
    }

    private static string Tell(AxeResultItem item) => $"{item.Id} ({item.Impact}): {item.Help}\n" + string.Join('\n', item.Nodes.Take(3).Select(node => $"    {node.Html}"));
}
