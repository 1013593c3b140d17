using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

public sealed class MqttLinkTests
{
    [SkippableTheory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    [InlineData(null)]
    public async Task Frames_go_both_ways_through_a_real_broker(string? protocol)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 11, protocol));
        await using var b = await RunningLink.UpAsync(RunningLink.Options(broker.Uri, 12, protocol));

        Assert.True(a.Send(12, 1, 2, 3));
        Assert.Equal([1, 2, 3], await b.ReceivedAsync());
        Assert.Equal(1, (await a.Events.NextAsync<LinkEvent.Sent>()).Number);

        Assert.True(b.Send(null, 4, 5));
        Assert.Equal([4, 5], await a.ReceivedAsync());
    }
}
