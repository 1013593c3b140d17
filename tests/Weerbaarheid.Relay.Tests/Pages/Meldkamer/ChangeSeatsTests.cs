using System.Net;
using System.Text.Json;
using Weerbaarheid.Relay.Pages;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

/// <summary>Who gave no PIN cannot make the desk's list stand still.</summary>
public sealed class ChangeSeatsTests
{
    [Fact]
    public async Task However_many_others_wait_the_desk_is_told_at_once_and_an_address_has_its_share()
    {
        await using var desk = await Desk.StartAsync();
        using var first = JsonDocument.Parse(await desk.Pages.Http.GetStringAsync("/api/v1/changes"));
        var address = $"/api/v1/changes?since={first.RootElement.GetProperty("mark").GetString()}";
        const int each = ChangeSeats.OfOtherAddress + 4;
        var waiting = Enumerable.Range(0, ChangeSeats.Others / ChangeSeats.OfOtherAddress + 1).SelectMany(phone => Enumerable.Range(0, each).Select(_ => AskAsync(desk, address, $"192.168.4.{phone + 10}"))).ToList();
        var refused = waiting.Count - ChangeSeats.Others;
        var answers = new List<HttpStatusCode>();
        while (answers.Count < refused)
        {
            var answer = await Task.WhenAny(waiting);
            waiting.Remove(answer);
            answers.Add((await answer).StatusCode);
        }

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        var told = desk.Pages.Http.GetAsync(address);
        await desk.Node.SubmitAsync("melding", """{"priority":1,"text":"Nu"}""");
        Assert.Contains("1-1", await (await told).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var answer in waiting) Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    [Fact]
    public async Task One_address_takes_its_share_and_no_more_and_who_finds_no_seat_can_look_without_waiting()
    {
        await using var desk = await Desk.StartAsync();
        using var first = JsonDocument.Parse(await desk.Pages.Http.GetStringAsync("/api/v1/changes"));
        var address = $"/api/v1/changes?since={first.RootElement.GetProperty("mark").GetString()}";
        var waiting = Enumerable.Range(0, ChangeSeats.OfOtherAddress + 1).Select(_ => AskAsync(desk, address, "192.168.4.7")).ToList();

        var refused = await Task.WhenAny(waiting);
        waiting.Remove(refused);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await refused).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(desk, address + "&wait=0", "192.168.4.7")).StatusCode);
        var other = AskAsync(desk, address, "192.168.4.8");
        await desk.Node.SubmitAsync("melding", """{"text":"Nu"}""");
        foreach (var answer in waiting.Append(other)) Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    private static Task<HttpResponseMessage> AskAsync(Desk desk, string address, string from)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add(PageBench.From, from);
        return desk.Pages.Http.SendAsync(request);
    }
}
