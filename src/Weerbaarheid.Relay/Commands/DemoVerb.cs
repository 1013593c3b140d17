using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Weerbaarheid.Relay.Demo;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>demo</c>: three points in one process, the network cut and joined again.</summary>
internal static class DemoVerb
{
    public static Verb Create(VerbContext context)
    {
        var seed = new Option<long>("--seed") { Description = "Seed of the simulated radio.", DefaultValueFactory = _ => 1 };
        var verb = new Verb("demo", "Show the relay in one process: network, cut, LoRa, network again. Exit 1 when something was lost.", "demo") { seed };
        verb.SetAction((line, cancellationToken) => RunAsync(context, (ulong)line.GetValue(seed), cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(VerbContext context, ulong seed, CancellationToken cancellationToken)
    {
        var live = new LiveLine(context);
        var demo = new Demonstration(context.Time, NullLoggerFactory.Instance, live.Say, context.OutIsTerminal ? live.Replace : null);
        var whole = await demo.PlayAsync(seed, cancellationToken).ConfigureAwait(false);
        live.Say(whole ? "Alles is aangekomen." : "Er is iets verloren of niet bevestigd; zie hierboven.");
        return whole ? ExitCode.Ok : ExitCode.Failed;
    }
}
