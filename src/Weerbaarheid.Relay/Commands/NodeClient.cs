using System.Buffers;
using System.Net;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Links.Mqtt;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Something the node published.</summary>
internal readonly record struct NodePublication(string Topic, byte[] Payload);

/// <summary>What became of a message that was handed to the node.</summary>
/// <param name="Id">Its id; null when the node did not say, or did not take it.</param>
/// <param name="Problem">Why it was not taken; null when it is on disk.</param>
/// <param name="MayHaveIt">Whether it may be on disk in spite of the problem: the answer never came.</param>
internal readonly record struct NodeAnswer(string? Id, string? Problem, bool MayHaveIt = false);

/// <summary>A verb's connection to the broker of a running node, as any application has one (design §6.3).</summary>
internal sealed class NodeClient : IAsyncDisposable
{
    private const int MostWaiting = 1024;
    private const uint LargestPacket = 1 << 20;
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetainedPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CommitPatience = TimeSpan.FromSeconds(30);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly TimeProvider _time;

    private readonly Channel<NodePublication> _received = Channel.CreateBounded<NodePublication>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private NodeClient(TimeProvider time)
    {
        _time = time;
        _client.ApplicationMessageReceivedAsync += received =>
        {
            _received.Writer.TryWrite(new NodePublication(received.ApplicationMessage.Topic, received.ApplicationMessage.Payload.ToArray()));
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += _ =>
        {
            _received.Writer.TryComplete();
            return Task.CompletedTask;
        };
    }

    /// <summary>What was published under the filters subscribed to; ends with the connection.</summary>
    public ChannelReader<NodePublication> Received => _received.Reader;

    /// <summary>Connects to a node.</summary>
    /// <param name="broker">Where it listens; an address for all interfaces means this machine.</param>
    /// <param name="time">Clock of every limit.</param>
    /// <returns>Null when no node answers.</returns>
    public static async Task<NodeClient?> ConnectAsync(IPEndPoint broker, TimeProvider time, CancellationToken cancellationToken)
    {
        var node = new NodeClient(time);
        using var limit = new CancellationTokenSource(ConnectPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var options = new MqttClientOptionsBuilder().WithTcpServer(Reachable(broker.Address).ToString(), broker.Port)
                .WithProtocolVersion(MqttProtocolVersion.V500).WithClientId($"weerbaarheid-cli-{Guid.NewGuid():N}").WithCleanStart(true)
                .WithRequestProblemInformation(true).WithMaximumPacketSize(LargestPacket).WithTimeout(ConnectPatience).Build();
            var result = await node._client.ConnectAsync(options, either.Token).ConfigureAwait(false);
            if (result.ResultCode == MqttClientConnectResultCode.Success) return node;
        }
        catch (Exception e) when (MqttFailure.IsExpected(e) && !cancellationToken.IsCancellationRequested)
        {
            // Said by the caller, who knows the words.
        }

        await node.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Asks for everything published under a filter from now on, and for what is retained.</summary>
    /// <returns>False when the node refuses or is gone.</returns>
    public async Task<bool> SubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ConnectPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, either.Token).ConfigureAwait(false);
            return result.Items.All(item => (int)item.ResultCode < 0x80);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What is retained on a topic.</summary>
    /// <returns>Null when nothing is.</returns>
    public async Task<byte[]?> RetainedAsync(string topic, CancellationToken cancellationToken)
    {
        if (!await SubscribeAsync(topic, cancellationToken).ConfigureAwait(false)) return null;
        using var limit = new CancellationTokenSource(RetainedPatience, _time);
        while (await NextAsync(limit.Token, cancellationToken).ConfigureAwait(false) is { } publication)
        {
            if (publication.Topic == topic && publication.Payload.Length > 0) return publication.Payload;
        }

        return null;
    }

    /// <summary>The next publication; null when the limit was reached or the connection ended.</summary>
    public async Task<NodePublication?> NextAsync(CancellationToken limit, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit, cancellationToken);
        try
        {
            return await Received.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Hands a message in and waits until it is on disk or refused.</summary>
    public async Task<NodeAnswer> SubmitAsync(string topic, byte[] json, CancellationToken cancellationToken)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(json).WithContentType("application/json")
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        using var limit = new CancellationTokenSource(CommitPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await _client.PublishAsync(message, either.Token).ConfigureAwait(false);
            if (!result.IsSuccess) return new NodeAnswer(null, string.IsNullOrEmpty(result.ReasonString) ? $"refused: {result.ReasonCode}" : result.ReasonString);
            var id = result.UserProperties?.FirstOrDefault(property => property.Name == "id");
            return new NodeAnswer(id is null ? null : Encoding.UTF8.GetString(id.ValueBuffer.Span), null);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e) && !cancellationToken.IsCancellationRequested)
        {
            var within = limit.IsCancellationRequested ? $" within {CommitPatience.TotalSeconds:0} s" : "";
            return new NodeAnswer(null, $"the node did not confirm it{within}, so it may or may not have it", MayHaveIt: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
        try
        {
            if (_client.IsConnected) await _client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e))
        {
            // The connection ends either way.
        }

        _client.Dispose();
    }

    private static IPAddress Reachable(IPAddress address) =>
        address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
}
