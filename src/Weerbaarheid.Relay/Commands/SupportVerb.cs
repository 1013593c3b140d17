using System.CommandLine;
using Weerbaarheid.Relay.Courier;
using Weerbaarheid.Relay.Support;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>support FILE</c>: a zip for who helps from afar, without anything that people wrote and without secrets.</summary>
internal sealed class SupportVerb
{
    private readonly Argument<string> _file = new("file") { Description = "A new file, such as hulp.zip.", HelpName = "FILE" };
    private readonly CommonOptions _common;

    private SupportVerb(CommonOptions common) => _common = common;

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var support = new SupportVerb(common);
        var verb = new Verb(
            "support", "Write version, configuration without secrets, status and report without texts to a zip. Exit code 3 when the node does not run, so that the last two are missing.",
            "support hulp.zip", "support hulp.zip --config /etc/weerbaarheid-relay/relay.json");
        verb.Add(support._file);
        verb.SetAction((line, cancellationToken) => support.RunAsync(line, context, cancellationToken));
        return verb;
    }

    private async Task<int> RunAsync(ParseResult line, VerbContext context, CancellationToken cancellationToken)
    {
        if (_common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
        byte[]? status = null, report = null;
        if (await NodeAccess.ConnectAsync(configuration, context, cancellationToken).ConfigureAwait(false) is { } node)
        {
            await using var connected = node.ConfigureAwait(false);
            status = await node.RetainedAsync($"weerbaarheid/v1/node/{configuration.Site.Id}", cancellationToken).ConfigureAwait(false);
            report = await node.RetainedAsync("weerbaarheid/v1/report", cancellationToken).ConfigureAwait(false);
        }

        var path = Path.GetFullPath(line.GetValue(_file)!);
        try
        {
            StickFile.Write(path, SupportBundle.Write(configuration, status, report));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await context.Error.WriteLineAsync($"'{path}' cannot be written: {e.Message.TrimEnd('.')}; name another file").ConfigureAwait(false);
            return ExitCode.Failed;
        }

        var isWhole = status is not null && report is not null;
        if (line.GetValue(_common.Json))
        {
            await context.Out.WriteLineAsync(JsonLine.Object(json =>
            {
                json.WriteString("file", path);
                json.WriteBoolean("running", isWhole);
            })).ConfigureAwait(false);
        }
        else await context.Out.WriteLineAsync($"{path}: {(isWhole ? "version, configuration, status and report" : "version and configuration alone, because no node answers")}. The log is not in it: journalctl -u weerbaarheid-relay").ConfigureAwait(false);
        return isWhole ? ExitCode.Ok : ExitCode.Degraded;
    }
}
