using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Weerbaarheid.Relay.Exercises;
using Weerbaarheid.Relay.Tests.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Pages;

/// <summary>What the command line orders over HTTP, asked by whoever should not, and by programs that ask badly.</summary>
public sealed class HostileOrderTests
{
    private const string Phone = "192.168.4.7";
    private static readonly string[] Orders = [OperatorDocument.Start, OperatorDocument.Stop, OperatorDocument.List, OperatorDocument.Evaluate, OperatorDocument.Erase];

    [Fact]
    public async Task Whoever_is_not_a_program_on_this_machine_orders_nothing()
    {
        await using var punt = await Steunpunt.StartAsync(exercise: "Waterwolf");
        await punt.Pages.SubmitAsync(await punt.FillInAsync());
        foreach (var order in Orders)
        {
            // From elsewhere, and from elsewhere through a proxy on the machine.
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(punt, order, with: request => request.Headers.Add(PageBench.From, Phone)));
            foreach (var header in (string[])["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"])
                Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(punt, order, with: request => request.Headers.TryAddWithoutValidation(header, Phone)));
            // By a name that a site on the internet may have let point here.
            foreach (var host in (string[])["herbind.example", "localhost", "relay.lan", "127.0.0.1.herbind.example"])
                Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(punt, order, with: request => request.Headers.Host = host));
            // With a type that a page elsewhere can make a browser send, or one that only looks like the right one.
            foreach (var type in (string[])["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", OperatorDocument.ContentType + "; charset=utf-8", $"text/plain; {OperatorDocument.ContentType}"])
                Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(punt, order, with: request => Retype(request, type)));
            foreach (var method in (string[])["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
                Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(punt, order, with: request => request.Method = new HttpMethod(method)));
        }

        Assert.Equal("Waterwolf", punt.Node.Node.Exercise!.Name);
        Assert.Single(punt.Node.Node.Exercises);
        Assert.Single(punt.Node.Node.Board.Newest(10));
    }

    public static TheoryData<string> Unreadable => new()
    {
        "", " ", "null", "5", "\"x\"", "[]", "[{}]", "{", "{}}", "{\"name\":}", "{'name':'x'}", "{\"name\":\"x\",}", new string('[', 2_000), $"{{\"name\":\"{new string('x', 5_000)}\"}}", "\0\0\0\0",
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_is_no_order_is_refused_in_words(string body)
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var order in Orders) Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(punt, order, body));
        Assert.Empty(punt.Node.Node.Exercises);
    }

    [Theory]
    [InlineData(OperatorDocument.Start, """{"name":5}""")]
    [InlineData(OperatorDocument.Start, """{"name":null}""")]
    [InlineData(OperatorDocument.Start, """{"name":["x"]}""")]
    [InlineData(OperatorDocument.Start, """{"name":"\ud800"}""")]
    [InlineData(OperatorDocument.Start, """{"name":"a\u0000b"}""")]
    [InlineData(OperatorDocument.Start, """{"name":"a\nb"}""")]
    [InlineData(OperatorDocument.Start, """{"naam":"x"}""")]
    [InlineData(OperatorDocument.Erase, "{}")]
    [InlineData(OperatorDocument.Erase, """{"days":"30"}""")]
    [InlineData(OperatorDocument.Erase, """{"days":null}""")]
    [InlineData(OperatorDocument.Erase, """{"days":{}}""")]
    [InlineData(OperatorDocument.Erase, """{"days":0}""")]
    [InlineData(OperatorDocument.Erase, """{"days":-1}""")]
    [InlineData(OperatorDocument.Erase, """{"days":1e99}""")]
    [InlineData(OperatorDocument.Erase, """{"days":99999999999999999999}""")]
    [InlineData(OperatorDocument.Erase, """{"days":1.5}""")]
    [InlineData(OperatorDocument.Erase, """{"id":"\udfff"}""")]
    [InlineData(OperatorDocument.Erase, """{"id":"11-1; DROP TABLE envelope"}""")]
    [InlineData(OperatorDocument.Erase, """{"id":"../../11-1"}""")]
    [InlineData(OperatorDocument.Erase, """{"id":"11-99999999999999999999999"}""")]
    [InlineData(OperatorDocument.Erase, """{"id":11}""")]
    [InlineData(OperatorDocument.Erase, """{"quarantine":"true"}""")]
    [InlineData(OperatorDocument.Erase, """{"id":11,"quarantine":true}""")]
    [InlineData(OperatorDocument.Erase, """{"id":"alles","days":1}""")]
    [InlineData(OperatorDocument.Erase, """{"days":"1","quarantine":true}""")]
    [InlineData(OperatorDocument.Erase, """{"days":1,"quarantine":1}""")]
    public async Task What_an_order_gets_wrong_changes_nothing(string order, string body)
    {
        await using var punt = await Steunpunt.StartAsync();
        await punt.Pages.SubmitAsync(await punt.FillInAsync());
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(punt, order, body));
        Assert.Empty(punt.Node.Node.Exercises);
        Assert.Single(punt.Node.Node.Board.Newest(10));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        await using var punt = await Steunpunt.StartAsync();
        foreach (var order in (string[])[OperatorDocument.Start, OperatorDocument.Evaluate])
        {
            var request = Request(order, "");
            request.Content = Content([.. "{\"name\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8]);
            Assert.Contains((await punt.Pages.Http.SendAsync(request)).StatusCode, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.NotFound]);
        }

        Assert.Empty(punt.Node.Node.Exercises);
    }

    [Fact]
    public async Task A_megabyte_announced_or_not_is_refused_and_the_node_goes_on()
    {
        await using var punt = await Steunpunt.StartAsync();
        var large = $"{{\"name\":\"{new string('x', 1 << 20)}\"}}";
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(punt, OperatorDocument.Start, large));
        foreach (var body in (string[])[large, """{"name":"x"}"""])
        {
            Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(punt, OperatorDocument.Start, body, request =>
            {
                request.Content!.Headers.ContentLength = null;
                request.Headers.TransferEncodingChunked = true;
            }));
        }

        Assert.Empty(punt.Node.Node.Exercises);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(punt, OperatorDocument.Start, """{"name":"x"}"""));
    }

    [Fact]
    public async Task Half_an_order_is_let_go_of_and_does_nothing()
    {
        await using var punt = await Steunpunt.StartAsync();
        var port = punt.Pages.Http.BaseAddress!.Port;
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await slow.ConnectAsync(IPAddress.Loopback, port);
        await slow.SendAsync(Encoding.ASCII.GetBytes($"POST {OperatorDocument.Root}/{OperatorDocument.Start} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {OperatorDocument.ContentType}\r\nContent-Length: 30\r\n\r\n{{\"name\":\"x\""));
        var (buffer, answer) = (new byte[4_096], new StringBuilder());
        using var limit = new CancellationTokenSource(Eventually.Limit);
        for (int read; (read = await slow.ReceiveAsync(buffer, limit.Token)) > 0;) answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        Assert.StartsWith("HTTP/1.1 408", answer.ToString(), StringComparison.Ordinal);
        Assert.Empty(punt.Node.Node.Exercises);
    }

    [Theory]
    [InlineData("/api/v1/operator")]
    [InlineData("/api/v1/operator/")]
    [InlineData("/api/v1/operator/exercise-start/")]
    [InlineData("/api/v1/operator/exercise-start/x")]
    [InlineData("/api/v1/operator/EXERCISE-START")]
    [InlineData("/api/v1/operator/exercise-start%00")]
    [InlineData("/api/v1/operator%2fexercise-start")]
    [InlineData("/api/v1/operator;/exercise-start")]
    [InlineData("/api/v1/operatorexercise-start")]
    [InlineData("/api//v1/operator/exercise-start")]
    [InlineData("/api/v1/operator/%2e%2e/operator%5cexercise-start")]
    public async Task What_only_looks_like_the_address_of_an_order_is_none(string path)
    {
        await using var punt = await Steunpunt.StartAsync();
        var answer = await RawAsync(punt, $"POST {path} HTTP/1.1", """{"name":"x"}""");
        Assert.Matches("^HTTP/1.1 4[0-9][0-9] ", answer);
        Assert.Empty(punt.Node.Node.Exercises);
    }

    [Theory]
    [InlineData("/API/V1/OPERATOR/exercise-start")]
    [InlineData("/x/../api/v1/operator/exercise-start")]
    [InlineData("/api/v1/./operator/%65xercise-start")]
    public async Task Another_way_to_write_the_address_passes_the_same_door(string path)
    {
        await using var punt = await Steunpunt.StartAsync();
        Assert.StartsWith("HTTP/1.1 403", await RawAsync(punt, $"POST {path} HTTP/1.1", """{"name":"x"}""", $"{PageBench.From}: {Phone}"), StringComparison.Ordinal);
        Assert.Empty(punt.Node.Node.Exercises);
        Assert.StartsWith("HTTP/1.1 200", await RawAsync(punt, $"POST {path} HTTP/1.1", """{"name":"x"}"""), StringComparison.Ordinal);
        Assert.Equal("x", punt.Node.Node.Exercise!.Name);
    }

    [Fact]
    public async Task Two_hundred_orders_at_once_are_one_exercise_and_a_melding_is_taken_in_meanwhile()
    {
        await using var punt = await Steunpunt.StartAsync();
        var starts = Enumerable.Range(0, 100).Select(i => AskAsync(punt, OperatorDocument.Start, $$"""{"name":"Oefening {{i}}"}"""));
        var evaluations = Enumerable.Range(0, 100).Select(i => AskAsync(punt, OperatorDocument.Evaluate, $$"""{"name":"Oefening {{i}}"}"""));
        var all = starts.Concat(evaluations).ToList();
        Assert.Equal("/bericht/11-1", (await punt.Pages.SubmitAsync(await punt.FillInAsync())).Path);
        var answers = await Task.WhenAll(all);
        Assert.Equal((1, 99), (answers[..100].Count(status => status == HttpStatusCode.OK), answers[..100].Count(status => status == HttpStatusCode.Conflict)));
        Assert.All(answers[100..], status => Assert.Contains(status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.ServiceUnavailable]));
        Assert.Single(punt.Node.Node.Exercises);
    }

    private static async Task<HttpStatusCode> AskAsync(Steunpunt punt, string order, string body = """{"name":"Vals","days":1}""", Action<HttpRequestMessage>? with = null)
    {
        var request = Request(order, body);
        with?.Invoke(request);
        using var answer = await punt.Pages.Http.SendAsync(request);
        // Whatever the answer: no page, and nothing that a browser would run.
        Assert.NotEqual("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        return answer.StatusCode;
    }

    private static HttpRequestMessage Request(string order, string body) =>
        new(HttpMethod.Post, $"{OperatorDocument.Root}/{order}") { Content = Content(Encoding.UTF8.GetBytes(body)) };

    private static ByteArrayContent Content(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue(OperatorDocument.ContentType) } };

    private static void Retype(HttpRequestMessage request, string type)
    {
        request.Content!.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
    }

    /// <summary>A request that no library tidied.</summary>
    internal static async Task<string> RawAsync(Steunpunt punt, string line, string body, string? header = null)
    {
        var port = punt.Pages.Http.BaseAddress!.Port;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.UTF8.GetBytes($"{line}\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {OperatorDocument.ContentType}\r\n{(header is null ? "" : header + "\r\n")}Connection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        var (buffer, answer) = (new byte[4_096], new StringBuilder());
        using var limit = new CancellationTokenSource(Eventually.Limit);
        for (int read; (read = await socket.ReceiveAsync(buffer, limit.Token)) > 0;) answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return answer.ToString();
    }
}
