using Microsoft.Extensions.Logging;
using Weerbaarheid.Relay.Broker;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Links.Mqtt;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Outbox;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay;

/// <summary>Builds a node from its configuration and keeps it running until it is asked to stop.</summary>
internal static class NodeHost
{
    private const int Ok = 0;
    private const int Failed = 1;

    /// <summary>Runs the node.</summary>
    /// <returns>The exit code: 1 when it could not start, or a part of it failed.</returns>
    public static async Task<int> RunAsync(RelayConfiguration configuration, KeyRing keys, TimeProvider time, CancellationToken cancellationToken)
    {
        using var logs = LoggerFactory.Create(builder => builder
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSimpleConsole(format => format.SingleLine = true));
        try
        {
            Directory.CreateDirectory(configuration.DataFolder);
            IReadOnlyList<ILink> links = [.. configuration.MqttLinks.Select(link => new MqttLink(link, time, logs.CreateLogger($"Link.{link.Name}")))];
            var settings = new NodeSettings(configuration.Site, keys, configuration.DataFolder, configuration.BrokerListen, links, RelayRules.Default);
            await using var node = new RelayNode(settings, time, logs);
            await node.StartAsync().ConfigureAwait(false);
            return await UntilStoppedAsync(node, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OutboxException or BrokerStartException or IOException or UnauthorizedAccessException)
        {
            logs.CreateLogger("Relay").LogCritical("{Problem}", e.Message);
            return Failed;
        }
    }

    private static async Task<int> UntilStoppedAsync(RelayNode node, CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(() => stopped.TrySetResult());
        return await Task.WhenAny(stopped.Task, node.Completion).ConfigureAwait(false) == stopped.Task ? Ok : Failed;
    }
}
