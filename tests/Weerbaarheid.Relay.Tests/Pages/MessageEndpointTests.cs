using System.Globalization;
using System.Net;
using System.Text.Json;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

namespace Weerbaarheid.Relay.Tests.Pages;

public sealed class MessageEndpointTests
{
    [Fact]
    public async Task Messages_come_newest_first_a_page_at_a_time_and_by_type_and_site()
    {
        await using var punt = await Steunpunt.StartAsync();
        for (var i = 1; i <= 5; i++) await punt.Node.SubmitAsync("melding", string.Create(CultureInfo.InvariantCulture, $$"""{"text":"Nummer {{i}}","clientRef":"ref-{{i}}"}"""));
        await punt.Node.SubmitAsync("hulpvraag", """{"category":"water"}""");
        await punt.Node.SubmitAsync("status", """{"state":"open"}""");
        await punt.Node.SubmitAsync("status", """{"state":"vol"}""");

        var all = await GetAsync(punt, "");
        Assert.Equal(["11-s2", "11-6", "11-5", "11-4", "11-3", "11-2", "11-1"], Ids(all));
        Assert.Equal(JsonValueKind.Null, all.GetProperty("before").ValueKind);
        var newest = all.GetProperty("messages")[2];
        Assert.Equal(("melding", "Nummer 5", "opgeslagen", "ref-5"), (newest.GetProperty("type").GetString(), newest.GetProperty("text").GetString(), newest.GetProperty("state").GetString(), newest.GetProperty("clientRef").GetString()));

        var page = await GetAsync(punt, "?limit=2&type=melding");
        Assert.Equal(["11-5", "11-4"], Ids(page));
        page = await GetAsync(punt, $"?limit=2&type=melding&before={page.GetProperty("before").GetString()}");
        Assert.Equal(["11-3", "11-2"], Ids(page));
        Assert.Equal(["11-6"], Ids(await GetAsync(punt, "?type=hulpvraag&site=11")));
        Assert.Equal(["11-s2"], Ids(await GetAsync(punt, "?type=status")));
        Assert.Empty(Ids(await GetAsync(punt, "?site=12")));
        Assert.Empty(Ids(await GetAsync(punt, "?before=11-99")));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=-1")]
    [InlineData("limit=veel")]
    [InlineData("before=melding")]
    [InlineData("site=70000")]
    [InlineData("type=heartbeat")]
    [InlineData("type=%3Cscript%3E")]
    public async Task What_is_asked_wrongly_gets_a_sentence_that_names_the_field(string query)
    {
        await using var punt = await Steunpunt.StartAsync();

        using var response = await punt.Pages.Http.GetAsync($"/api/v1/messages?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, "application/json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        using var document = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        Assert.StartsWith($"{query[..query.IndexOf('=', StringComparison.Ordinal)]}: write", document.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Ids(JsonElement answer) => answer.GetProperty("messages").EnumerateArray().Select(one => one.GetProperty("id").GetString()!);

    private static async Task<JsonElement> GetAsync(Steunpunt punt, string query)
    {
        using var document = JsonDocument.Parse(await punt.Pages.Http.GetStreamAsync($"/api/v1/messages{query}"));
        return document.RootElement.Clone();
    }
}
