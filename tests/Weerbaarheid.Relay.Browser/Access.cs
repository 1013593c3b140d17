using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Weerbaarheid.Relay.Browser;

/// <summary>Whether everybody can use a page: WCAG 2.2, levels A and AA, as far as a program can tell.</summary>
internal static class Access
{
    private static readonly List<string> Tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

    /// <summary>Looks at each of these pages, and tells what is wrong with all of them.</summary>
    internal static async Task CheckAsync(IPage page, IEnumerable<string> addresses)
    {
        var problems = new List<string>();
        foreach (var address in addresses)
        {
            await page.GotoAsync(address);
            problems.AddRange(await ProblemsAsync(page));
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    /// <summary>Looks at the page that is open.</summary>
    internal static async Task CheckAsync(IPage page)
    {
        var problems = await ProblemsAsync(page);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static async Task<List<string>> ProblemsAsync(IPage page)
    {
        var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = Tags } });
        Assert.True(result.Passes.Length > 0, $"Nothing was examined on {page.Url}.");
        var problems = result.Violations.Select(one => $"{page.Url}: {Tell(one)}").ToList();
        // A page that is wider than the screen is read by nobody on a telephone.
        var (width, screen) = (await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), page.ViewportSize!.Width);
        if (width > screen) problems.Add($"{page.Url} is {width} pixels wide on a screen of {screen}.");
        return problems;
    }

    private static string Tell(AxeResultItem item) => $"{item.Id} ({item.Impact}): {item.Help}\n" + string.Join('\n', item.Nodes.Take(3).Select(node => $"    {node.Html}"));
}
