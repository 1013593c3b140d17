using System.CommandLine;
using Weerbaarheid.Relay.Pins;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>pin</c>: the PIN with which people of a role open their part of the pages.</summary>
internal sealed class PinVerb
{
    private readonly Argument<string> _role = new("role") { Description = $"{string.Join(", ", PinRoles.Names)}.", HelpName = "ROLE" };
    private readonly Option<bool> _remove = new("--remove") { Description = "Take the PIN away. Then volunteers need none, and the parts of the others open on this machine alone." };
    private readonly SecretOption _pin = new("--pin-file", "the PIN", 0);
    private readonly CommonOptions _common;

    private PinVerb(CommonOptions common) => _common = common;

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var pin = new PinVerb(common);
        var verb = new Verb(
            "pin", "Set the PIN of a role for the pages. A running node takes it over by itself.",
            "pin vrijwilliger",
            "pin coordinator --config /etc/weerbaarheid-relay/relay.json --pin-file pin.txt",
            "pin technicus --remove");
        verb.Add(pin._role);
        verb.Add(pin._remove);
        verb.Add(pin._pin.File);
        verb.SetAction(line => pin.Run(line, context));
        return verb;
    }

    private int Run(ParseResult line, VerbContext context)
    {
        if (_common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
        if (PinRoles.Parse(line.GetValue(_role)!) is not { } role)
        {
            context.Error.WriteLine($"there is no role '{line.GetValue(_role)}'; write one of {string.Join(", ", PinRoles.Names)}");
            return ExitCode.Wrong;
        }

        PinHash? hash = null;
        if (!line.GetValue(_remove))
        {
            if (_pin.Read(line, context, isNew: true) is not { } pin) return ExitCode.Wrong;
            if (PinHash.Problem(pin) is { } problem)
            {
                context.Error.WriteLine(problem);
                return ExitCode.Wrong;
            }

            hash = PinHash.Of(pin);
        }

        var path = PinFile.PathOf(configuration);
        if (PinFile.Read(path).Problem is not null) context.Error.WriteLine($"WARNING: '{path}' could not be read and is written anew; set the PINs of the other roles again");
        try
        {
            PinFile.Set(path, role, hash);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"'{path}' cannot be written: {e.Message.TrimEnd('.')}; run this as the account of the node");
            return ExitCode.Failed;
        }

        if (line.GetValue(_common.Json))
        {
            context.Out.WriteLine(JsonLine.Object(json =>
            {
                json.WriteString("role", PinRoles.NameOf(role));
                json.WriteString("file", path);
                json.WriteBoolean("set", hash is not null);
            }));
        }
        else context.Out.WriteLine($"{path}: {PinRoles.NameOf(role)} {(hash is null ? "has no PIN any more" : "has a PIN")}. A running node takes that over by itself.");
        return ExitCode.Ok;
    }
}
