using System.CommandLine;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>keys install</c>: what a site was given, into its key file.</summary>
internal sealed class KeysInstall
{
    private const int LargestFile = 65536;

    private readonly Argument<string?> _file = new("FILE") { Description = "What 'keys issue' wrote; without it the text is read from the input, as a QR scanner types it.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _keysFile = new("--keys-file") { Description = "The key file; without it keys.file of the configuration.", HelpName = "PATH" };
    private readonly Option<bool> _replace = new("--replace") { Description = "Give up other keys that are there." };
    private readonly Option<bool> _remove = new("--remove")
    {
        Description = "Remove FILE afterwards. When it is the only copy, this node may count its messages from 1; without this they begin in a life that is drawn by lot, because another device may have used these keys.",
    };

    private readonly SecretOption _pin = new("--pin-file", "the PIN", 0);
    private readonly CommonOptions _common;

    private KeysInstall(CommonOptions common) => _common = common;

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var install = new KeysInstall(common);
        var verb = new Verb(
            "install", "Put keys that the region issued into this node's key file, which only this account can read.",
            "keys install /media/stick/11.wr1 --remove --config /etc/weerbaarheid-relay/relay.json",
            "keys install 11.wr1 --remove --keys-file /etc/weerbaarheid-relay/site.keys");
        verb.Add(install._file);
        verb.Add(install._keysFile);
        verb.Add(install._replace);
        verb.Add(install._remove);
        verb.Add(install._pin.File);
        verb.SetAction(line => install.Run(line, context));
        return verb;
    }

    /// <summary>Reads a provisioning text, or says why not.</summary>
    /// <param name="file">The file; null for the input.</param>
    /// <param name="pin">Where a PIN comes from when one is needed.</param>
    /// <param name="line">The command line.</param>
    /// <param name="context">Input and output.</param>
    internal static ProvisionResult Read(string? file, SecretOption pin, ParseResult line, VerbContext context)
    {
        string text;
        try
        {
            if (file is null) text = context.In.ReadToEnd();
            else if (new FileInfo(file) is { Exists: true, Length: > LargestFile }) text = "";
            else text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"'{file}' cannot be read: {e.Message.TrimEnd('.')}; name the file that 'keys issue' wrote");
            return default;
        }

        var result = ProvisionText.Decode(text, null);
        if (result.NeedsPin)
        {
            if (pin.Read(line, context, isNew: false) is not { } secret) return default;
            result = ProvisionText.Decode(text, secret);
        }

        if (result.Problem is { } problem) context.Error.WriteLine($"{file ?? "input"}: {problem}");
        return result;
    }

    private int Run(ParseResult line, VerbContext context)
    {
        RelayConfiguration? configuration = null;
        if (line.GetValue(_common.Config) is not null || File.Exists(context.SystemFile))
        {
            configuration = _common.Load(line, context);
            if (configuration is null) return ExitCode.Wrong;
        }

        if ((line.GetValue(_keysFile) ?? (configuration?.Keys as KeysConfiguration.File)?.Path) is not { } path)
        {
            context.Error.WriteLine("there is no place for the keys; name it with --keys-file, or name a configuration that has keys.file with --config");
            return ExitCode.Wrong;
        }

        var (file, remove) = (line.GetValue(_file), line.GetValue(_remove));
        var provision = Read(file, _pin, line, context);
        using var keys = provision.Keys;
        if (keys is null) return ExitCode.Failed;
        if (configuration is not null && KeyFit.Errors(keys, file ?? "input", configuration.Site) is { Count: > 0 } errors)
        {
            CommonOptions.Report(errors, context);
            return ExitCode.Wrong;
        }

        return Put(path, provision, line.GetValue(_replace), remove ? file : null, line.GetValue(_common.Json), context);
    }

    /// <summary>Puts keys in place, and says what came of it.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="provision">What was read; it has keys.</param>
    /// <param name="replace">Whether other keys may go.</param>
    /// <param name="remove">The file to remove afterwards; null for none.</param>
    /// <param name="json">For programs.</param>
    /// <param name="context">Output.</param>
    /// <returns>The exit code.</returns>
    internal static int Put(string path, ProvisionResult provision, bool replace, string? remove, bool json, VerbContext context)
    {
        var (keys, full) = (provision.Keys!, Path.GetFullPath(path));
        var result = KeyInstallation.Install(full, keys, replace);
        if (result.Problem is { } problem)
        {
            context.Error.WriteLine(problem);
            return ExitCode.Failed;
        }

        Tell(keys, full, result.Outcome, json, context);
        if (result.Remark is { } remark) context.Error.WriteLine($"WARNING: {remark}");
        try
        {
            if (remove is null) return ExitCode.Ok;
            File.Delete(remove);
            if (result.Outcome == Installed.Written && provision.IsFirst) KeyInstallation.NoteUnused(full);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"the keys are installed, and '{remove}' cannot be removed: {e.Message.TrimEnd('.')}; remove it yourself, and never install it on another device");
            return ExitCode.Failed;
        }
    }

    private static void Tell(NodeKeys keys, string full, Installed outcome, bool json, VerbContext context)
    {
        if (json)
        {
            context.Out.WriteLine(JsonLine.Object(fields =>
            {
                fields.WriteString("outcome", outcome switch { Installed.NextEpoch => "nextEpoch", Installed.AlreadyThere => "alreadyThere", Installed.Replaced => "replaced", _ => "written" });
                fields.WriteString("file", full);
                KeysText.Write(fields, keys);
            }));
            return;
        }

        var what = outcome switch
        {
            Installed.AlreadyThere => "these keys are installed already",
            Installed.NextEpoch => "the next epoch is installed; restart the node to use it",
            Installed.Replaced => "installed instead of those that were there",
            _ => "installed",
        };
        context.Out.WriteLine($"{KeysText.Line(keys)}");
        context.Out.WriteLine($"{full}: {what}");
        if (Environment.UserName == "root" && outcome != Installed.AlreadyThere)
            context.Error.WriteLine($"the file and its second copy belong to root; when the node runs under another account, run: chown ACCOUNT '{full}' '{KeyFiles.CopyOf(full)}'");
    }
}
