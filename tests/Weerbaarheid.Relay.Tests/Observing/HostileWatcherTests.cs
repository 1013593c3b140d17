using System.Net;
using Weerbaarheid.Relay.Tests.Pages;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;

namespace Weerbaarheid.Relay.Tests.Observing;

/// <summary><c>/metrics</c>, <c>/healthz</c> and <c>/readyz</c>, asked by whoever should not and in ways that nobody should.</summary>
public sealed class HostileWatcherTests
{
    private const string Phone = "192.168.4.7", Metrics = "/metrics";
    private static readonly string[] Paths = [Metrics, "/healthz", "/readyz"];

    [Fact]
    public async Task The_figures_are_this_machines_and_the_health_is_everybodys()
    {
        await using var punt = await Steunpunt.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(punt, Metrics));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(punt, Metrics, with: request => request.Headers.Add(PageBench.From, Phone)));
        foreach (var header in (string[])["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(punt, Metrics, with: request => request.Headers.TryAddWithoutValidation(header, Phone)));
        foreach (var path in Paths[1..])
            Assert.Equal(HttpStatusCode.OK, await AskAsync(punt, path, with: request => request.Headers.Add(PageBench.From, Phone)));
    }

    [Fact]
    public async Task A_name_that_somebody_on_the_internet_can_have_is_not_answered()
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var host in (string[])["herbind.example", "127.0.0.1.herbind.example", "relay.lan.example"])
            foreach (var path in Paths) Assert.Equal(HttpStatusCode.MisdirectedRequest, await AskAsync(punt, path, with: request => request.Headers.Host = host));
    }

    [Fact]
    public async Task Nothing_but_reading_is_done_there_whatever_comes_along()
    {
        await using var punt = await Steunpunt.StartAsync();
        var self = punt.Pages.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        foreach (var path in Paths)
        {
            foreach (var method in (string[])["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
            {
                Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(punt, path, method));
                Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(punt, path, method, request => request.Headers.Add("Origin", "http://elders.example")));
                var own = await AskAsync(punt, path, method, request =>
                {
                    request.Headers.Add("Origin", self);
                    request.Content = new FormUrlEncodedContent([]);
                });
                Assert.Equal(path == Metrics ? HttpStatusCode.NotFound : HttpStatusCode.MethodNotAllowed, own);
            }

            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await AskAsync(punt, path, "POST", request =>
            {
                request.Headers.Add("Origin", self);
                request.Content = new FormUrlEncodedContent([new("x", new string('x', 1 << 20))]);
            }));
            // A body that a reader brings along is left where it is.
            Assert.Equal(HttpStatusCode.OK, await AskAsync(punt, path, with: request => request.Content = new StringContent(new string('x', 1 << 20))));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(punt, path));
        }
    }

    [Theory]
    [InlineData("/metrics/x")]
    [InlineData("/metrics;x")]
    [InlineData("/metrics%00")]
    [InlineData("/metrics%2f..")]
    [InlineData("/healthz/../../etc/passwd")]
    [InlineData("/healthz%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("//metrics")]
    [InlineData("/readyz%5c..%5c")]
    [InlineData("/healthz%c0%af")]
    public async Task What_only_looks_like_the_address_is_none(string path)
    {
        await using var punt = await Steunpunt.StartAsync();
        Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", await HostileOrderTests.RawAsync(punt, $"GET {path} HTTP/1.1", ""));
    }

    [Theory]
    [InlineData("/METRICS")]
    [InlineData("/x/../metrics")]
    [InlineData("/%6detrics")]
    [InlineData("/metrics?x=/healthz")]
    public async Task Another_way_to_write_the_address_passes_the_same_door(string path)
    {
        await using var punt = await Steunpunt.StartAsync();
        Assert.StartsWith("HTTP/1.1 404", await HostileOrderTests.RawAsync(punt, $"GET {path} HTTP/1.1", "", $"{PageBench.From}: {Phone}"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await HostileOrderTests.RawAsync(punt, $"GET {path} HTTP/1.1", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_at_once_are_answered_and_a_melding_is_taken_in_meanwhile()
    {
        await using var punt = await Steunpunt.StartAsync();
        var asked = Enumerable.Range(0, 200).Select(i => AskAsync(punt, Paths[i % 3])).ToList();
        Assert.Equal("/bericht/11-1", (await punt.Pages.SubmitAsync(await punt.FillInAsync())).Path);
        Assert.All(await Task.WhenAll(asked), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task Who_floods_from_elsewhere_is_slowed_and_the_machine_itself_is_not()
    {
        await using var punt = await Steunpunt.StartAsync();
        var (flood, answers) = (0, new List<HttpStatusCode>());
        // Until it is told to wait, however slow this machine is; fifty at a time, for there is a limit to the connections too.
        while (!answers.Contains(HttpStatusCode.TooManyRequests) && flood++ < 100)
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AskAsync(punt, Paths[1 + (i % 2)], with: request => request.Headers.Add(PageBench.From, Phone)))));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(punt, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(punt, "/readyz", with: request => request.Headers.Add(PageBench.From, "192.168.4.8")));
    }

    private static async Task<HttpStatusCode> AskAsync(Steunpunt punt, string path, string method = "GET", Action<HttpRequestMessage>? with = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        with?.Invoke(request);
        using var answer = await punt.Pages.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
