using System.Net;
using System.Text.RegularExpressions;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

namespace Weerbaarheid.Relay.Tests.Pages;

/// <summary>What a phone has to fetch, and from where.</summary>
public sealed class FirstLoadTests
{
    private const int MostBytes = 150_000;

    [Fact]
    public async Task The_first_load_is_small_and_everything_in_it_comes_from_the_node_itself()
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var path in (string[])["/", "/melding", "/hulpvraag", "/status", "/bulletins", "/mijn"])
        {
            var page = await punt.Pages.GetAsync(path);
            var bytes = page.Response.Content.Headers.ContentLength!.Value;
            foreach (var part in page.Document.QuerySelectorAll("link[rel=stylesheet], script[src], img[src]"))
            {
                var address = part.GetAttribute("href") ?? part.GetAttribute("src")!;
                Assert.StartsWith("/", address, StringComparison.Ordinal);
                var content = await punt.Pages.Http.GetByteArrayAsync(address);
                Assert.DoesNotMatch(new Regex(@"url\(|@import|https?:"), System.Text.Encoding.UTF8.GetString(content));
                bytes += content.Length;
            }

            Assert.InRange(bytes, 1_000, MostBytes);
            Assert.Equal("nl", page.Document.DocumentElement.GetAttribute("lang"));
            Assert.Contains("Werkt 112? Bel dan 112.", page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_field_has_a_title_and_every_link_leads_somewhere()
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Pages.SubmitAsync(await punt.FillInAsync());
        foreach (var path in (string[])["/", "/melding", "/hulpvraag", "/hulpaanbod", "/status", "/bulletins", "/mijn", "/bericht/11-1"])
        {
            var page = await punt.Pages.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Single(page.Document.QuerySelectorAll("h1"));
            foreach (var field in page.Document.QuerySelectorAll("input:not([type=hidden]), textarea, select"))
                Assert.True(field.ParentElement!.LocalName == "label" || page.Document.QuerySelector($"label[for={field.Id}]") is not null, $"{path}: {field.OuterHtml}");
            var ids = page.Document.QuerySelectorAll("[id]").Select(one => one.Id).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            foreach (var link in page.Document.QuerySelectorAll("a[href^='/']"))
                Assert.Equal(HttpStatusCode.OK, (await punt.Pages.GetAsync(link.GetAttribute("href")!)).Status);
        }
    }
}
