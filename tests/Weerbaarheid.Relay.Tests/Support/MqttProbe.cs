using System.Buffers;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A plain client that is no node: it publishes whatever a test wants and keeps what it hears.</summary>
internal sealed class MqttProbe : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<(string Topic, byte[] Payload)> _heard = Channel.CreateBounded<(string, byte[])>(10_000);

    internal static async Task<MqttProbe> ConnectAsync(Uri uri, params string[] topics)
    {
        var probe = new MqttProbe();
        probe._client.ApplicationMessageReceivedAsync += async e =>
            await probe._heard.Writer.WriteAsync((e.ApplicationMessage.Topic, e.ApplicationMessage.Payload.ToArray()));
        var options = new MqttClientOptionsBuilder().WithTcpServer(uri.Host, uri.Port).WithProtocolVersion(MqttProtocolVersion.V500).Build();
        await probe._client.ConnectAsync(options);
        foreach (var topic in topics)
            await probe._client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        return probe;
    }

    internal Task PublishAsync(string topic, byte[] payload, bool retain = false, int qos = 1) =>
        _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = topic,
            PayloadSegment = payload,
            Retain = retain,
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos,
        });

    /// <summary>The next message on this topic; what came on others before it is gone.</summary>
    internal async Task<byte[]> HearAsync(string topic)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        while (true)
        {
            var (heard, payload) = await _heard.Reader.ReadAsync(limit.Token);
            if (heard == topic)
                return payload;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisconnectAsync();
        _client.Dispose();
    }
}
