using System.CommandLine;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Runs the node until it is asked to stop.</summary>
/// <returns>The exit code.</returns>
internal delegate Task<int> NodeRunner(RelayConfiguration configuration, KeyRing keys, CancellationToken cancellationToken);

/// <summary><c>run</c>: the node itself, until SIGINT or SIGTERM.</summary>
internal static class RunVerb
{
    public static Verb Create(CommonOptions common, VerbContext context, NodeRunner runNode)
    {
        var verb = new Verb(
            "run", "Run the node; this is also what happens without a verb.",
            "run",
            "run --config relay.json --data /var/lib/weerbaarheid-relay",
            "run --set site.id=11 --set site.role=noodsteunpunt");
        verb.SetAction((line, cancellationToken) => RunAsync(common, context, runNode, line, cancellationToken));
        return verb;
    }

    public static async Task<int> RunAsync(CommonOptions common, VerbContext context, NodeRunner runNode, ParseResult line, CancellationToken cancellationToken)
    {
        if (common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
        CommonOptions.Report(configuration.NotInThisVersion, context);
        using var keys = CommonOptions.LoadKeys(configuration, context, willMend: true);
        if (keys is null || configuration.NotInThisVersion.Count > 0) return ExitCode.Wrong;
        await SayAsync(configuration, keys, context).ConfigureAwait(false);
        return await runNode(configuration, keys, cancellationToken).ConfigureAwait(false);
    }

    private static async Task SayAsync(RelayConfiguration configuration, KeyRing keys, VerbContext context)
    {
        var site = configuration.Site;
        var lines = new List<string>
        {
            $"site {site.Id} {site.Name}, role {ConfigurationLoader.Roles[(int)site.Role]}, region {site.Region}",
            $"configuration: {configuration.File ?? "none; the defaults hold"}",
            $"broker: {configuration.BrokerListen?.ToString() ?? "off"}{(configuration.BrokerTls is { } tls ? $", and with TLS for sites and applications that have a certificate {tls.Listen}" : "")}",
            $"page: {(configuration.HttpListen is { } http ? $"http://{http}/" : "off")}",
        };
        foreach (var link in configuration.Links)
            lines.Add($"link {link.Name}: {link.Place}{(link.Peers.Count > 0 ? $", peers {string.Join(", ", link.Peers)}" : "")}");
        lines.Add($"data: {configuration.DataFolder}");
        if (configuration.Keys is KeysConfiguration.File file) lines.Add($"keys: {file.Path}, epoch {keys.Epoch}");
        foreach (var line in lines) await context.Out.WriteLineAsync(line).ConfigureAwait(false);
        if (!keys.IsDemonstration) return;
        const string warning = "WARNING: DEMONSTRATION KEYS. They are published: anybody can read and forge every message. For trials on a bench only.";
        var why = configuration.Keys is KeysConfiguration.Demonstration { Chosen: true } ? "" : " No keys were given, and nothing leaves this machine.";
        await context.Error.WriteLineAsync(warning + why).ConfigureAwait(false);
    }
}
