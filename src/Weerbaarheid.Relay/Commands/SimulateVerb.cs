using System.CommandLine;
using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>simulate</c>: a scenario in simulated time.</summary>
internal static class SimulateVerb
{
    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var file = new Argument<string>("FILE") { Description = "Scenario, as in samples/." };
        var seed = WholeNumber.Option("--seed", "S", "First seed, instead of the scenario's own.", 0, int.MaxValue);
        var seeds = WholeNumber.Option("--seeds", "N", "How many seeds in a row.", 1, 1_000_000);
        var plot = new Option<string?>("--plot") { Description = "Draw queues, deliveries, airtime and power over time into this file (SVG).", HelpName = "FILE.svg" };
        var verb = new Verb("simulate", "Run a scenario in simulated time and print what arrives when; exit 1 and the seed when a promise broke.",
            "simulate samples/kort.scenario.json", "simulate samples/72-uur.scenario.json --seeds 100", "simulate samples/eemsdelta-zonder-modem.scenario.json --plot eemsdelta.svg") { file, seed, seeds, plot };
        verb.SetAction(line =>
        {
            var live = new LiveLine(context);
            Action<string>? progress = context.OutIsTerminal && !line.GetValue(common.Json) ? live.Replace : null;
            return SimulateCommand.Run(line.GetValue(file)!, (int?)line.GetValue(seed), (int)(line.GetValue(seeds) ?? 1), context.Out, line.GetValue(common.Json), progress, line.GetValue(plot));
        });
        return verb;
    }
}
