using System.Buffers;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>
/// A subscriber that keeps every JSON document it hears, in order. It reads them only when asked, because a broker does not wait long
/// for a subscriber that is slower than it is.
/// </summary>
internal sealed class HeardDocuments : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly List<(string Topic, JsonElement Document)> _heard = [];
    private readonly Queue<(string Topic, byte[] Payload)> _unread = new();

    /// <summary>What was heard so far.</summary>
    internal IReadOnlyList<(string Topic, JsonElement Document)> All
    {
        get
        {
            lock (_heard)
            {
                while (_unread.TryDequeue(out var next))
                {
                    using var document = JsonDocument.Parse(next.Payload);
                    _heard.Add((next.Topic, document.RootElement.Clone()));
                }

                return [.. _heard];
            }
        }
    }

    internal int Count
    {
        get { lock (_heard) return _heard.Count + _unread.Count; }
    }

    /// <summary>Why the connection ended; null while it lasts.</summary>
    internal string? Ended { get; private set; }

    internal static async Task<HeardDocuments> ConnectAsync(int port, params string[] topics)
    {
        var heard = new HeardDocuments();
        heard._client.ApplicationMessageReceivedAsync += heard.NoteAsync;
        heard._client.DisconnectedAsync += e =>
        {
            heard.Ended = $"{e.Reason}: {e.Exception?.Message}";
            return Task.CompletedTask;
        };
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
        var payload = e.ApplicationMessage.Payload.ToArray();
        lock (_heard) _unread.Enqueue((e.ApplicationMessage.Topic, payload));
        return Task.CompletedTask;
    }
}
