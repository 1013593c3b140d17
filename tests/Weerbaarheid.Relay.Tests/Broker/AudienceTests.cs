using MQTTnet.Protocol;
using Weerbaarheid.Relay.Broker;

namespace Weerbaarheid.Relay.Tests.Broker;

public sealed class AudienceTests
{
    private readonly Dictionary<string, Subscriber> _clients = new() { ["desk"] = new Subscriber(10), ["page"] = new Subscriber(10) };
    private readonly Audience _audience = new();

    [Theory]
    [InlineData("weerbaarheid/v1/out/#", "weerbaarheid/v1/out/11/melding", true)]
    [InlineData("weerbaarheid/v1/out/#", "weerbaarheid/v1/receipt/11/7", false)]
    [InlineData("weerbaarheid/v1/receipt/11/7", "weerbaarheid/v1/receipt/11/7", true)]
    [InlineData("weerbaarheid/v1/receipt/11/7", "weerbaarheid/v1/receipt/11/8", false)]
    public void Who_asked_for_it_wants_it(string filter, string topic, bool wanted)
    {
        Assert.False(_audience.Wants(topic, _clients));
        Assert.True(_clients["page"].Subscribe(filter, MqttQualityOfServiceLevel.AtMostOnce, limit: 64));
        _audience.Changed();
        Assert.Equal(wanted, _audience.Wants(topic, _clients));
        _clients["page"].Unsubscribe(filter);
        _audience.Changed();
        Assert.False(_audience.Wants(topic, _clients));
    }

    [Fact]
    public void With_too_many_filters_to_look_at_everything_is_wanted()
    {
        for (var i = 0; i < 65; i++) Assert.True(_clients["desk"].Subscribe($"weerbaarheid/v1/receipt/11/{i}", MqttQualityOfServiceLevel.AtLeastOnce, limit: 100));
        _audience.Changed();
        Assert.True(_audience.Wants("weerbaarheid/v1/receipt/11/99", _clients));
    }
}
