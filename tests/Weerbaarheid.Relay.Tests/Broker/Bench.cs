using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Broker;

/// <summary>What was handed in, and the means to say what became of it.</summary>
internal sealed record Submitted(Submission Submission, TaskCompletionSource<SubmitOutcome> Outcome)
{
    public void Accept(ulong sequence) => Outcome.SetResult(SubmitOutcome.Accepted(new EnvelopeKey(11, Series.Records, sequence)));
}

/// <summary>A broker on a free port with an intake that the test controls.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<Submitted> _submitted = Channel.CreateUnbounded<Submitted>();
    private readonly List<IMqttClient> _clients = [];
    private ulong _next = 4711;

    private Bench(Func<Submission, SubmitOutcome>? immediately, BrokerOptions? options) =>
        Broker = new MqttBroker(options ?? Options, (s, _) => new(Submit(s, immediately)), TimeProvider.System, NullLogger.Instance);

    public static BrokerOptions Options { get; } = new(new IPEndPoint(IPAddress.Loopback, 0), Site: 11);

    public MqttBroker Broker { get; }

    /// <summary>Starts a broker whose intake answers at once, or leaves the answer to the test.</summary>
    public static async Task<Bench> StartAsync(bool answers = true, Func<Submission, SubmitOutcome>? answer = null, BrokerOptions? options = null)
    {
        Bench? bench = null;
        answer ??= answers ? _ => SubmitOutcome.Accepted(new EnvelopeKey(11, Series.Records, bench!._next++)) : null;
        bench = new Bench(answer, options);
        await bench.Broker.StartAsync();
        return bench;
    }

    public async Task<IMqttClient> ConnectAsync(
        MqttProtocolVersion version = MqttProtocolVersion.V500, string? id = null, Func<MqttApplicationMessageReceivedEventArgs, Task>? received = null,
        Action<MqttClientOptionsBuilder>? more = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        if (received is not null) client.ApplicationMessageReceivedAsync += received;
        _clients.Add(client);
        var builder = new MqttClientOptionsBuilder().WithTcpServer(Broker.Endpoint.Address.ToString(), Broker.Endpoint.Port)
            .WithProtocolVersion(version).WithClientId(id ?? $"t{_clients.Count}").WithTimeout(Patience);
        more?.Invoke(builder);
        await client.ConnectAsync(builder.Build());
        return client;
    }

    /// <summary>Connects a client that notes everything published under a filter.</summary>
    public async Task<ChannelReader<MqttApplicationMessage>> ListenAsync(string filter, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var heard = Channel.CreateUnbounded<MqttApplicationMessage>();
        var client = await ConnectAsync(version, received: e =>
        {
            heard.Writer.TryWrite(e.ApplicationMessage);
            return Task.CompletedTask;
        });
        await client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        return heard.Reader;
    }

    public async Task<Submitted> NextSubmittedAsync() => await _submitted.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public int Waiting => _submitted.Reader.Count;

    public async Task<NetworkStream> OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Broker.Endpoint);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Broker.DisposeAsync();
    }

    public static MqttApplicationMessage Melding(string text = "hallo", int quality = 1, string topic = "weerbaarheid/v1/in/melding") =>
        new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload($$"""{"type":"melding","text":"{{text}}"}""")
            .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)quality).Build();

    private Task<SubmitOutcome> Submit(Submission submission, Func<Submission, SubmitOutcome>? immediately)
    {
        var submitted = new Submitted(submission, new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (immediately is not null) submitted.Outcome.SetResult(immediately(submission));
        _submitted.Writer.TryWrite(submitted);
        return submitted.Outcome.Task;
    }
}

/// <summary>MQTT packets by hand, for what no client library would send.</summary>
internal static class Raw
{
    public static byte[] Connect(string id, byte version = 4, bool clean = true, ushort keepAlive = 0) =>
        Packet(0x10, [0, 4, .. "MQTT"u8, version, (byte)(clean ? 2 : 0), (byte)(keepAlive >> 8), (byte)keepAlive, .. version == 5 ? new byte[] { 0 } : [], .. Text(id)]);

    public static byte[] Publish(string topic, string payload, ushort identifier, int quality = 1, byte version = 4, bool duplicate = false) =>
        Packet((byte)(0x30 | (quality << 1) | (duplicate ? 8 : 0)),
            [.. Text(topic), .. quality == 0 ? [] : new[] { (byte)(identifier >> 8), (byte)identifier }, .. version == 5 ? new byte[] { 0 } : [], .. Encoding.UTF8.GetBytes(payload)]);

    /// <summary>Publishes bytes with QoS 0 over MQTT 3.1.1.</summary>
    public static byte[] Publish(string topic, byte[] payload) => Packet(0x30, [.. Text(topic), .. payload]);

    /// <summary>Subscribes with QoS 0.</summary>
    public static byte[] Subscribe(string filter, ushort identifier) =>
        Packet(0x82, [(byte)(identifier >> 8), (byte)identifier, .. Text(filter), 0]);

    public static byte[] PubRel(ushort identifier) => Packet(0x62, [(byte)(identifier >> 8), (byte)identifier]);

    /// <summary>Reads one packet: its first byte and its body. First is 0 at the end of the connection.</summary>
    public static async Task<(byte First, byte[] Body)> ReadAsync(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(Bench.Patience);
        var one = new byte[1];
        try
        {
            if (await stream.ReadAsync(one, limit.Token) == 0) return (0, []);
            var first = one[0];
            int length = 0, shift = 0;
            do
            {
                await stream.ReadExactlyAsync(one, limit.Token);
                length |= (one[0] & 0x7F) << shift;
                shift += 7;
            }
            while (one[0] >= 0x80);
            var body = new byte[length];
            await stream.ReadExactlyAsync(body, limit.Token);
            return (first, body);
        }
        catch (IOException)
        {
            return (0, []); // Reset is an end too.
        }
    }

    public static byte[] Packet(byte first, byte[] body)
    {
        var length = new List<byte>();
        for (var rest = body.Length; ;)
        {
            length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            if ((rest >>= 7) == 0) break;
        }

        return [first, .. length, .. body];
    }

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
}
