using System.CommandLine;
using System.Text.Json.Nodes;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>init</c>: a site's configuration and keys, by questions or from a description.</summary>
internal sealed class InitVerb
{
    private readonly Option<string?> _from = new("--from") { Description = "Description of the site as JSON: as a configuration, with keys.provision for keys to install.", HelpName = "FILE" };
    private readonly Option<bool> _yes = new("--yes") { Description = "Ask nothing: what is not given is as it stands in the help, or in the keys." };
    private readonly Option<ulong?> _site = WholeNumber.Option("--site", "N", "Number of the site.", 1, ushort.MaxValue - 1);
    private readonly Option<string?> _name = new("--name") { Description = "Name of the site.", HelpName = "TEXT" };
    private readonly Option<string?> _role = new("--role") { Description = $"{string.Join(", ", ConfigurationLoader.Roles)}.", HelpName = "ROLE" };
    private readonly Option<string?> _region = new("--region") { Description = "Name of the region.", HelpName = "TEXT" };
    private readonly Option<string[]> _links = new("--link") { Description = "A way to neighbours: NAME=mqtts://host:8883 or NAME=TYPE:PORT, with more keys as ,key=value; may be repeated.", HelpName = "LINK" };
    private readonly Option<string?> _broker = new("--broker") { Description = "Address for applications; off for none.", HelpName = "ADDRESS:PORT" };
    private readonly Option<string?> _http = new("--http") { Description = "Address of the page; off for none.", HelpName = "ADDRESS:PORT" };
    private readonly Option<string?> _provision = new("--keys") { Description = "What 'keys issue' wrote for this site; installed, and the site's number, name, role and region are taken from it.", HelpName = "FILE" };
    private readonly Option<string?> _keysFile = new("--keys-file") { Description = "Where the keys are put, or are already; without it site.keys beside the configuration.", HelpName = "PATH" };
    private readonly Option<bool> _demonstration = new("--demonstration") { Description = "Use the published keys, for trials on a bench." };
    private readonly Option<bool> _remove = new("--remove") { Description = "Remove the file of --keys afterwards; see keys install." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Replace a configuration or keys that are there." };
    private readonly SecretOption _pin = new("--pin-file", "the PIN", 0);
    private readonly CommonOptions _common;

    private InitVerb(CommonOptions common) => _common = common;

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var init = new InitVerb(common);
        var verb = new Verb(
            "init", "Write a site's configuration, to --config or relay.json here, and install its keys.",
            "init --keys /media/stick/11.wr1 --remove",
            "init --yes --keys 11.wr1 --link internet=mqtts://meldkamer.example:8883,caFile=ca.pem --link lora=rnode:/dev/ttyUSB0",
            "init --yes --demonstration --site 11 --role noodsteunpunt --config proef/relay.json",
            "init --yes --from site.json --config /etc/weerbaarheid-relay/relay.json");
        foreach (var option in (Option[])[init._from, init._yes, init._site, init._name, init._role, init._region, init._links, init._broker, init._http, init._provision, init._keysFile, init._demonstration, init._remove, init._pin.File, init._replace])
            verb.Add(option);
        verb.SetAction(line => init.Run(line, context));
        return verb;
    }

    private int Run(ParseResult line, VerbContext context)
    {
        var problems = new List<string>();
        var answers = Given(line, problems);
        if (problems.Count > 0) return Refuse(problems, context);
        const string unanswered = "the questions were not answered, so nothing was written; start again, or give the answers as options";
        var questions = new InitQuestions(context, answers);
        var asks = context.InIsTerminal && !line.GetValue(_yes);
        if (answers is { Provision: null, KeysFile: null, Demonstration: false })
        {
            if (!asks) return Refuse(["there are no keys; name what 'keys issue' wrote with --keys, or keys that are here with --keys-file, or choose --demonstration for a trial"], context);
            if (!questions.AskKeys()) return Refuse([unanswered], context);
        }

        var provision = answers.Provision is { } file ? KeysInstall.Read(file, _pin, line, context) : default;
        using var keys = provision.Keys;
        if (answers.Provision is not null && keys is null) return ExitCode.Failed;
        if (keys is not null) answers.TakeFrom(keys);
        if (asks && !questions.Ask()) return Refuse([unanswered], context);
        if (answers.Site is null) problems.Add("the number of the site is missing; name it with --site, or name its keys with --keys");
        if (answers.Role is null) problems.Add("the role is missing; name it with --role, or name its keys with --keys");
        if (problems.Count > 0) return Refuse(problems, context);
        if (keys is not null) answers.KeysFile ??= "site.keys";
        var target = Path.GetFullPath(line.GetValue(_common.Config) ?? "relay.json");
        var replace = line.GetValue(_replace);
        if (File.Exists(target) && !replace && !(asks && (replace = questions.Agrees($"'{target}' is there already. Replace it"))))
        {
            context.Error.WriteLine($"'{target}' is there already and stays as it is; add --replace, or name another file with --config");
            return ExitCode.Failed;
        }

        return Write(target, answers, provision, replace, line, context);
    }

    /// <summary>What file and options say; options go first.</summary>
    private InitAnswers Given(ParseResult line, List<string> problems)
    {
        var answers = new InitAnswers();
        if (line.GetValue(_from) is { } from) answers.ReadFrom(from, problems);
        answers.Site = line.GetValue(_site) ?? answers.Site;
        answers.Name = line.GetValue(_name) ?? answers.Name;
        answers.Role = line.GetValue(_role) ?? answers.Role;
        answers.Region = line.GetValue(_region) ?? answers.Region;
        answers.Provision = line.GetValue(_provision) ?? answers.Provision;
        answers.KeysFile = line.GetValue(_keysFile) ?? answers.KeysFile;
        answers.Data = line.GetValue(_common.Data) is { } data ? Path.GetFullPath(data) : answers.Data;
        answers.Demonstration |= line.GetValue(_demonstration);
        if (line.GetValue(_broker) is { } broker) answers.Broker["listen"] = broker;
        if (line.GetValue(_http) is { } http) answers.Http["listen"] = http;
        var links = (line.GetValue(_links) ?? []).Select(link => LinkSpec.Parse(link, problems)).OfType<JsonObject>().ToList();
        if (links.Count > 0) answers.Links.Clear();
        answers.Links.AddRange(links);
        if (answers.Demonstration && (answers.Provision ?? answers.KeysFile) is not null) problems.Add("demonstration keys and keys of the region exclude each other; leave one of the two out");
        if (answers.Role is { } role && KeysText.ReadRole(role) is null) problems.Add($"role '{role}' does not exist; write one of {string.Join(", ", ConfigurationLoader.Roles)}");
        return answers;
    }

    private int Write(string target, InitAnswers answers, ProvisionResult provision, bool replace, ParseResult line, VerbContext context)
    {
        var beside = $"{target}.new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(beside, InitFile.Write(answers));
            if (Check(beside, target, provision.Keys, context) is not { } configuration) return ExitCode.Wrong;
            if (provision.Keys is not null && configuration.Keys is KeysConfiguration.File { Path: var path }
                && KeysInstall.Put(path, provision, replace, line.GetValue(_remove) ? answers.Provision : null, false, context) is not ExitCode.Ok and var failed)
                return failed;
            File.Move(beside, target, overwrite: true);
            Tell(target, configuration, answers, line.GetValue(_common.Json), context);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"'{target}' cannot be written: {e.Message.TrimEnd('.')}; name another with --config, or run this as an account that may write there");
            return ExitCode.Failed;
        }
        finally
        {
            if (File.Exists(beside)) File.Delete(beside);
        }
    }

    /// <summary>Loads what was written as the node will, and looks whether the keys fit.</summary>
    private static RelayConfiguration? Check(string beside, string target, NodeKeys? keys, VerbContext context)
    {
        var home = context.Environment.Where(one => one.Key is "HOME" or "XDG_DATA_HOME").ToDictionary();
        var result = ConfigurationLoader.Load(new ConfigurationRequest(beside, null, [], home));
        foreach (var error in result.Errors) context.Error.WriteLine(error with { Where = error.Where == beside ? target : error.Where });
        if (result.Configuration is not { } configuration || keys is null) return result.Configuration;
        var errors = KeyFit.Errors(keys, "the keys", configuration.Site);
        CommonOptions.Report(errors, context);
        return errors.Count == 0 ? configuration : null;
    }

    private static void Tell(string target, RelayConfiguration configuration, InitAnswers answers, bool json, VerbContext context)
    {
        var keysFile = (configuration.Keys as KeysConfiguration.File)?.Path;
        if (json)
        {
            context.Out.WriteLine(JsonLine.Object(fields =>
            {
                fields.WriteString("config", target);
                fields.WriteNumber("site", configuration.Site.Id);
                fields.WriteNumber("links", configuration.Links.Count);
                fields.WriteString("data", configuration.DataFolder);
                if (keysFile is not null) fields.WriteString("keys", keysFile);
                fields.WriteBoolean("demonstration", keysFile is null);
            }));
            return;
        }

        context.Out.WriteLine($"{target}: site {configuration.Site.Id} {configuration.Site.Name}, {ConfigurationLoader.Roles[(int)configuration.Site.Role]}, {configuration.Links.Count} links, data in {configuration.DataFolder}");
        if (keysFile is null) context.Out.WriteLine("It uses the DEMONSTRATION KEYS, which are published. For the field: keys issue at the region, then init --replace --keys FILE here.");
        else if (!File.Exists(keysFile)) context.Out.WriteLine($"Now put its keys in place: weerbaarheid-relay keys install FILE --config '{target}'");
        if (answers.Links.Count == 0 && configuration.Site.Role != Relaying.Role.Meldkamer) context.Out.WriteLine("It has no links, so that messages stay here; add one to the file.");
        if (configuration.HttpListen is { } http && !System.Net.IPAddress.IsLoopback(http.Address)) context.Out.WriteLine($"Others can open the page; set a PIN for each role: weerbaarheid-relay pin vrijwilliger --config '{target}', and for coordinator and technicus");
        context.Out.WriteLine($"Now start it: weerbaarheid-relay run --config '{target}'");
    }

    private static int Refuse(List<string> problems, VerbContext context)
    {
        foreach (var problem in problems) context.Error.WriteLine(problem);
        return ExitCode.Wrong;
    }
}
