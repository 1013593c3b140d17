using System.Buffers;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A subscriber that keeps every JSON document it hears, in order.</summary>
internal sealed class HeardDocuments : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly List<(string Topic, JsonElement Document)> _heard = [];

    /// <summary>What was heard so far.</summary>
    internal IReadOnlyList<(string Topic, JsonElement Document)> All
    {
        get { lock (_heard) return [.. _heard]; }
    }

    internal int Count
    {
        get { lock (_heard) return _heard.Count; }
    }

    internal static async Task<HeardDocuments> ConnectAsync(int port, params string[] topics)
    {
        var heard = new HeardDocuments();
        heard._client.ApplicationMessageReceivedAsync += heard.NoteAsync;
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithProtocolVersion(MqttProtocolVersion.V500).Build();
        await heard._client.ConnectAsync(options);
        foreach (var topic in topics) await heard._client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        return heard;
    }

    /// <summary>The sequence numbers of the documents that fit, in the order of arrival.</summary>
    internal List<long> Sequences(Func<JsonElement, bool>? fits = null) =>
        [.. All.Where(one => fits?.Invoke(one.Document) != false).Select(one => one.Document.GetProperty("sequence").GetInt64())];

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task NoteAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        using var document = JsonDocument.Parse(e.ApplicationMessage.Payload.ToArray());
        lock (_heard) _heard.Add((e.ApplicationMessage.Topic, document.RootElement.Clone()));
        return Task.CompletedTask;
    }
}
