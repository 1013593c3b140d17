using System.Net;
using MQTTnet.Server;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Tests.Support;

namespace Weerbaarheid.Relay.Tests.Links.Mqtt;

/// <summary>Any broker will do: this one is the library that a node's own broker is made of.</summary>
public sealed class MqttOtherBrokerTests
{
    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task Frames_go_both_ways_and_a_link_that_was_away_gets_what_was_kept(string protocol)
    {
        var uri = new Uri($"mqtt://127.0.0.1:{FreePort.Take()}");
        var options = new MqttServerOptionsBuilder().WithDefaultEndpoint().WithDefaultEndpointPort(uri.Port)
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback).WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithPersistentSessions().Build();
        using var broker = new MqttServerFactory().CreateMqttServer(options);
        await broker.StartAsync();
        await using var a = await RunningLink.UpAsync(RunningLink.Options(uri, 11, protocol));
        await using (var b = await RunningLink.UpAsync(RunningLink.Options(uri, 12, protocol)))
        {
            Assert.True(a.Send(12, 1));
            Assert.Equal([1], await b.ReceivedAsync());
            Assert.True(b.Send(null, 2));
            Assert.Equal([2], await a.ReceivedAsync());
        }

        Assert.True(a.Send(12, 3));
        await a.Events.NextAsync<LinkEvent.Sent>(sent => sent.Number == 2);
        await using var again = await RunningLink.UpAsync(RunningLink.Options(uri, 12, protocol));
        Assert.Equal([3], await again.ReceivedAsync());
        await broker.StopAsync();
    }
}
