using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Commands;

/// <summary>The command line of design §6.1: every verb is composed here and lives in a file of its own.</summary>
internal static class RootVerb
{
    private const string Name = "weerbaarheid-relay";

    /// <summary>How long a node may take to stop after SIGINT or SIGTERM before the process ends without it.</summary>
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(10);

    private static readonly string[] Examples =
    [
        "",
        "run --config /etc/weerbaarheid-relay/relay.json",
        "send melding --category brand --postcode 9351AB --number 12 --text \"Rook uit de kelder\" --wait ontvangen",
        "status",
        "report --json",
    ];

    /// <param name="context">What the verbs have of the world.</param>
    /// <param name="runNode">Runs the node until it is asked to stop; gives the exit code.</param>
    public static RootCommand Create(VerbContext context, NodeRunner runNode)
    {
        var common = new CommonOptions();
        var root = new RootCommand("Carries messages over whatever still works, and says truthfully how far they came.");
        common.AddTo(root);
        root.Add(RunVerb.Create(common, context, runNode));
        root.Add(InitVerb.Create(common, context));
        root.Add(KeysVerb.Create(common, context));
        root.Add(PinVerb.Create(common, context));
        root.Add(SendVerb.Create(common, context));
        root.Add(StatusVerb.Create(common, context));
        root.Add(ReportVerb.Create(common, context));
        root.Add(SupportVerb.Create(common, context));
        root.Add(ExerciseVerb.Create(common, context));
        root.Add(EraseVerb.CreateForget(common, context));
        root.Add(EraseVerb.CreateErase(common, context));
        root.Add(CourierVerb.Create(common, context));
        root.Add(AmateurVerb.Create(common, context));
        root.Add(EncodeVerb.Create(common, context));
        root.Add(DecodeVerb.Create(common, context));
        root.Add(DemoVerb.Create(context));
        root.Add(SimulateVerb.Create(common, context));
        root.Add(BenchVerb.Create(common, context));
        root.SetAction((line, cancellationToken) => RunVerb.RunAsync(common, context, runNode, line, cancellationToken));
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction(context);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, context);
        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, VerbContext context, NodeRunner runNode, CancellationToken cancellationToken = default)
    {
        var line = Create(context, runNode).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (line.Action is ParseErrorAction) return Refuse(line, context);
        var configuration = new InvocationConfiguration
        {
            Output = context.Out,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = Stopping,
        };
        return await line.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One line for each mistake and where to look; the whole help would hide them.</summary>
    private static int Refuse(ParseResult line, VerbContext context)
    {
        var command = line.CommandResult.Command;
        foreach (var error in line.Errors) context.Error.WriteLine($"{Name}: {error.Message}");
        var known = command.Subcommands.Select(verb => verb.Name).Concat(command.Options.Select(option => option.Name)).ToList();
        if (line.UnmatchedTokens.Count > 0 && Spelling.Nearest(line.UnmatchedTokens[0], known) is { } near) context.Error.WriteLine($"did you mean '{near}'?");
        context.Error.WriteLine($"see {Name}{PathOf(command)} --help");
        return ExitCode.Wrong;
    }

    private static string PathOf(Command command) => command is Verb ? $"{command.Parents.OfType<Command>().Select(PathOf).First()} {command.Name}" : "";

    /// <summary>Version, commit if the build knew it, and the version of the envelopes.</summary>
    private sealed class VersionAction(VerbContext context) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var version = typeof(RootVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
            var plus = version.IndexOf('+', StringComparison.Ordinal);
            var commit = plus < 0 ? "" : $" (commit {version.AsSpan(plus + 1)[..Math.Min(12, version.Length - plus - 1)]})";
            context.Out.WriteLine($"{Name} {(plus < 0 ? version : version[..plus])}{commit}, envelope version {EnvelopeHeader.Version}");
            return ExitCode.Ok;
        }
    }

    private sealed class HelpWithExamples(HelpAction inner, VerbContext context) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            inner.Invoke(parseResult);
            context.Out.WriteLine("Examples:");
            foreach (var example in parseResult.CommandResult.Command is Verb verb ? verb.Examples : Examples)
                context.Out.WriteLine($"  {Name} {example}".TrimEnd());
            context.Out.WriteLine();
            context.Out.WriteLine("Exit codes: 0 ok, 1 failed, 2 wrong use or wrong configuration, 3 degraded.");
            return ExitCode.Ok;
        }
    }
}
