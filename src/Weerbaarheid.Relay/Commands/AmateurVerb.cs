using System.CommandLine;
using Weerbaarheid.Relay.Links;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>amateur arm</c>, <c>disarm</c> and <c>status</c>: an operator lets an amateur link of the running node transmit, for a limited time.</summary>
internal sealed class AmateurVerb
{
    private const string Topic = "weerbaarheid/v1/amateur/";

    private readonly Option<string> _link = new("--link") { Description = "Name of the link in the configuration.", HelpName = "NAME", Required = true };
    private readonly Option<string> _operator = new("--operator") { Description = "Call sign and name of who answers for it.", HelpName = "\"CALL Name\"", Required = true };
    private readonly Option<ulong?> _hours = WholeNumber.Option("--hours", "HOURS", $"After so many hours it ends by itself; 1 to {Arming.MostHours}.", 1, Arming.MostHours);
    private readonly CommonOptions _common;
    private readonly VerbContext _context;

    private AmateurVerb(CommonOptions common, VerbContext context) => (_common, _context) = (common, context);

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var amateur = new AmateurVerb(common, context);
        amateur._hours.Required = true;
        var verb = new Verb(
            "amateur", "Arm, disarm or show the amateur links of the running node; nothing encrypted goes over them.",
            "amateur arm --link ham --operator \"PD1ABC Jan\" --hours 4", "amateur status", "amateur disarm --link ham");
        verb.Add(amateur.Arm());
        verb.Add(amateur.Disarm());
        verb.Add(amateur.Status());
        return verb;
    }

    /// <summary>The links of a node's own state that an operator arms, one line each.</summary>
    public static IEnumerable<string> Lines(NodeJson node) => node.Rows("links").Where(link => link.Has("amateur")).Select(link =>
    {
        var amateur = link.Inner("amateur");
        var state = amateur.Flag("armed") == true ? $"vrijgegeven door {amateur.Text("operator")} tot {amateur.Moment("until")}" : "niet vrijgegeven";
        return $"Amateurverbinding {link.Text("name")}: {state}";
    });

    private Verb Arm()
    {
        var verb = new Verb("arm", "Let an amateur link transmit until the hours are over, it is disarmed, or the node stops.", "amateur arm --link ham --operator \"PD1ABC Jan\" --hours 4");
        verb.Add(_link);
        verb.Add(_operator);
        verb.Add(_hours);
        verb.SetAction((line, cancellationToken) =>
        {
            if (!Arming.IsOperator(line.GetValue(_operator)!))
                return Task.FromResult(TypeNames.Refuse(_context, $"--operator '{line.GetValue(_operator)}' is not a call sign and a name; write it as \"PD1ABC Jan\""));
            return AskAsync(line, "arm", cancellationToken);
        });
        return verb;
    }

    private Verb Disarm()
    {
        var verb = new Verb("disarm", "Stop an amateur link at once.", "amateur disarm --link ham");
        verb.Add(_link);
        verb.SetAction((line, cancellationToken) => AskAsync(line, "disarm", cancellationToken));
        return verb;
    }

    private Verb Status()
    {
        var verb = new Verb("status", "Show who armed which link, and until when.", "amateur status", "amateur status --json");
        verb.SetAction((line, cancellationToken) => NodeAccess.ShowAsync(
            _common, _context, line, configuration => $"weerbaarheid/v1/node/{configuration.Site.Id}", Show, cancellationToken));
        return verb;
    }

    private static int Show(NodeJson node, TextWriter output)
    {
        var lines = Lines(node).DefaultIfEmpty("Dit punt heeft geen amateurverbinding.");
        foreach (var line in lines) output.WriteLine(line);
        return ExitCode.Ok;
    }

    private async Task<int> AskAsync(ParseResult line, string what, CancellationToken cancellationToken)
    {
        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        var connected = await NodeAccess.ConnectAsync(configuration, _context, cancellationToken).ConfigureAwait(false);
        if (connected is null) return ExitCode.Failed;
        await using var node = connected.ConfigureAwait(false);
        var request = JsonLine.ObjectBytes(json =>
        {
            json.WriteString("link", line.GetValue(_link));
            if (what == "disarm") return;
            json.WriteString("operator", line.GetValue(_operator));
            json.WriteNumber("hours", line.GetValue(_hours)!.Value);
        });
        var answer = await connected.SubmitAsync(Topic + what, request, cancellationToken).ConfigureAwait(false);
        if (answer.Problem is not { } problem) return ExitCode.Ok;
        await _context.Error.WriteLineAsync(problem).ConfigureAwait(false);
        return ExitCode.Failed;
    }
}
