using System.CommandLine;
using Weerbaarheid.Relay.Configuration;

namespace Weerbaarheid.Relay.Commands;

/// <summary>How the verbs that need a running node find it, and what they say when it is not there.</summary>
internal static class NodeAccess
{
    /// <summary>Connects to the node of a configuration, or says on standard error why that failed.</summary>
    public static async Task<NodeClient?> ConnectAsync(RelayConfiguration configuration, VerbContext context, CancellationToken cancellationToken)
    {
        if (configuration.BrokerListen is not { Port: > 0 } broker)
        {
            await context.Error.WriteLineAsync("this node has no broker to ask; set broker.listen to an address and a port").ConfigureAwait(false);
            return null;
        }

        if (await NodeClient.ConnectAsync(broker, context.Time, cancellationToken).ConfigureAwait(false) is { } node) return node;
        var config = configuration.File is { } file ? $" --config {file}" : "";
        await context.Error.WriteLineAsync($"no node answers on {broker}; start it with: weerbaarheid-relay run{config}").ConfigureAwait(false);
        return null;
    }

    /// <summary>Shows what a node keeps on a topic.</summary>
    /// <param name="common">The options of every verb.</param>
    /// <param name="context">Input and output.</param>
    /// <param name="line">The command line.</param>
    /// <param name="topic">The topic for a configuration.</param>
    /// <param name="show">Writes it for people and gives the exit code; also asked for the code when the output is for programs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<int> ShowAsync(
        CommonOptions common, VerbContext context, ParseResult line, Func<RelayConfiguration, string> topic,
        Func<NodeJson, TextWriter, int> show, CancellationToken cancellationToken)
    {
        if (common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
        var connected = await ConnectAsync(configuration, context, cancellationToken).ConfigureAwait(false);
        if (connected is null) return ExitCode.Failed;
        await using var node = connected.ConfigureAwait(false);
        var payload = await connected.RetainedAsync(topic(configuration), cancellationToken).ConfigureAwait(false);
        using var json = NodeJson.Parse(payload);
        if (json is null)
        {
            var what = payload is null ? "has nothing" : "has something that is not JSON";
            var problem = $"the node on {configuration.BrokerListen} {what} on {topic(configuration)}; is it the node of site {configuration.Site.Id}?";
            await context.Error.WriteLineAsync(problem).ConfigureAwait(false);
            return ExitCode.Failed;
        }

        if (!line.GetValue(common.Json)) return show(json, context.Out);
        await context.Out.WriteLineAsync(json.OnOneLine).ConfigureAwait(false);
        return show(json, TextWriter.Null);
    }
}
