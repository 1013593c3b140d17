using System.CommandLine;
using System.Text;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>send TYPE</c>: hands a message to the running node and prints its id.</summary>
internal sealed class SendVerb
{
    private const ulong LongestWait = 86400;
    private const ulong StandardWait = 60;

    private readonly Argument<string> _type = new("TYPE") { Description = "melding, hulpvraag, hulpaanbod, status, bulletin or amend." };
    private readonly Option<string?> _file = new("--file") { Description = "File with the message as JSON; without it and without fields, standard input.", HelpName = "FILE" };
    private readonly Option<string?> _wait = new("--wait")
    {
        Description = "Wait until it came this far: opgeslagen, verzonden, ontvangen or \"in behandeling\".",
        HelpName = "STATE",
    };

    private readonly Option<ulong?> _timeout = WholeNumber.Option("--timeout", "SECONDS", "How long to wait; 60 when left out.", 1, LongestWait);
    private readonly SendFields _fields = new();
    private readonly CommonOptions _common;
    private readonly VerbContext _context;

    private SendVerb(CommonOptions common, VerbContext context) => (_common, _context) = (common, context);

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var send = new SendVerb(common, context);
        var verb = new Verb(
            "send", "Hand a message to the running node; prints its id.",
            "send melding --category brand --postcode 9351AB --number 12 --text \"Rook uit de kelder\"",
            "send melding --wait ontvangen --timeout 60 < melding.json",
            "send status --state open --present 84 --capacity 140",
            "send amend --for 11-4711 --kind correctie --text \"Het zijn er drie\"");
        verb.Add(send._type);
        verb.Add(send._file);
        verb.Add(send._wait);
        verb.Add(send._timeout);
        send._fields.AddTo(verb);
        verb.SetAction(send.RunAsync);
        return verb;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        if (!TypeNames.TryRead(line.GetValue(_type), TypeNames.Submitted, _context, out var named)) return ExitCode.Wrong;
        var type = named!.Value;
        var wanted = line.GetValue(_wait) is { } state ? MessageProgress.Rank(state) : null;
        if (wanted is null && line.GetValue(_wait) is { } wrong)
            return TypeNames.Refuse(_context, $"--wait '{wrong}' is no state to wait for; write one of {MessageProgress.Names}");
        if (Read(line, type) is not { } json) return ExitCode.Wrong;
        if (!MessageJson.TryParse(json, type, out var parsed, out var errors))
        {
            foreach (var error in errors) await _context.Error.WriteLineAsync(error.ToString()).ConfigureAwait(false);
            return ExitCode.Wrong;
        }

        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        var connected = await NodeAccess.ConnectAsync(configuration, _context, cancellationToken).ConfigureAwait(false);
        if (connected is null) return ExitCode.Failed;
        await using var node = connected.ConfigureAwait(false);
        var message = parsed with { ClientRef = parsed.ClientRef ?? Guid.NewGuid().ToString("N") };
        var patience = TimeSpan.FromSeconds(line.GetValue(_timeout) ?? StandardWait);
        return await new Sending(connected, configuration.Site.Id, message, _context)
            .RunAsync(wanted, patience, line.GetValue(_common.Json), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The message from fields, a file or standard input: one of them.</summary>
    private byte[]? Read(ParseResult line, MessageType type)
    {
        var fields = _fields.ToJson(line, type == MessageType.Bulletin);
        var file = line.GetValue(_file);
        if (fields is not null && file is null) return fields;
        if (fields is not null) return Refuse("a file and fields are given; give one of them");
        if (file is not null) return ReadFile(file);
        if (_context.InIsTerminal) return Refuse("there is no message; give fields such as --text, a file with --file, or JSON on standard input");
        var buffer = new char[MessageJson.MaxSize + 1];
        var length = _context.In.ReadBlock(buffer, 0, buffer.Length);
        if (buffer.AsSpan(0, length).Contains(VerbContext.NotText)) return Refuse("the message on standard input is not UTF-8; save the text as UTF-8");
        return Encoding.UTF8.GetBytes(buffer, 0, length);
    }

    private byte[]? ReadFile(string file)
    {
        try
        {
            if (new FileInfo(file).Length <= MessageJson.MaxSize) return File.ReadAllBytes(file);
            return Refuse($"{file} is larger than {MessageJson.MaxSize} bytes; a message is one JSON object");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse($"{file} cannot be read: {e.Message}");
        }
    }

    private byte[]? Refuse(string problem)
    {
        TypeNames.Refuse(_context, problem);
        return null;
    }
}
