using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Tests.Support;

/// <summary>A whole node on a data folder of its own, with a broker on a free port unless told otherwise.</summary>
internal sealed class TestNode(Site site, string folder, params ILink[] links) : IAsyncDisposable
{
    private RelayNode? _node;

    /// <summary>Its keys; the published ones unless told otherwise.</summary>
    public Func<KeyRing> Keys { get; init; } = KeyRing.Demonstration;

    /// <summary>Its clocks.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where it keeps its lives; in its folder unless told otherwise.</summary>
    public LifeFiles? Lives { get; init; }

    public RelayNode Node => _node ?? throw new InvalidOperationException("The node is not started.");

    public int Port => Node.BrokerEndpoint!.Port;

    public string Folder => folder;

    public JsonElement Report => Parse(Node.Report);

    public JsonElement Status => Parse(Node.Status);

    public async Task<TestNode> StartAsync(int port = 0, RelayRules? rules = null, OutboxOptions? store = null)
    {
        var settings = new NodeSettings(site, Keys(), folder, new IPEndPoint(IPAddress.Loopback, port), links, rules ?? RelayRules.Default) { Store = store ?? OutboxOptions.Default };
        if (Lives is not null) settings = settings with { Lives = Lives };
        _node = new RelayNode(settings, Time, NullLoggerFactory.Instance);
        await _node.StartAsync();
        return this;
    }

    public async Task<SubmitOutcome> SubmitAsync(string type, string json) => await await HandInAsync(type, json);

    /// <summary>Hands in without waiting for the commit.</summary>
    public async Task<Task<SubmitOutcome>> HandInAsync(string type, string json)
    {
        var result = IntakeParser.Parse($"weerbaarheid/v1/in/{type}", null, Encoding.UTF8.GetBytes(json), mayBeRepeat: false);
        if (result.Errors.Count > 0) throw new ArgumentException(string.Join("; ", result.Errors), nameof(json));
        return await Node.SubmitAsync(result.Submission!, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
        _node = null;
    }

    private static JsonElement Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
