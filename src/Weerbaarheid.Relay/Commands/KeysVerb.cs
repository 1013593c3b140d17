using System.CommandLine;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>keys</c>: what the region does with its master, offline, and what a site does with what it is given.</summary>
internal static class KeysVerb
{
    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var verb = new Verb(
            "keys", "Make, issue, install and show keys, offline; revoke, rotate and close them at a running meldkamer.",
            "keys new-region groningen --out groningen.master",
            "keys issue --master groningen.master --site 11 --role noodsteunpunt --name \"Noodsteunpunt Leek\" --out 11.wr1",
            "keys install 11.wr1 --keys-file /etc/weerbaarheid-relay/site.keys",
            "keys show --keys-file /etc/weerbaarheid-relay/site.keys");
        var master = new MasterOptions();
        verb.Add(KeysNewRegion.Create(common, context, master));
        verb.Add(KeysIssue.Create(common, context, master));
        verb.Add(KeysRotate.Create(common, context, master));
        verb.Add(KeysInstall.Create(common, context));
        verb.Add(KeysShow.Create(common, context, master));
        foreach (var order in KeyOrders.Create(common, context)) verb.Add(order);
        return verb;
    }
}

/// <summary>Which master, and its passphrase.</summary>
internal sealed class MasterOptions
{
    public Option<string?> Master { get; } = new("--master") { Description = "The region's master.", HelpName = "FILE" };

    public SecretOption Secret { get; } = new("--passphrase-file", "the passphrase of the master", Passphrase.Shortest);

    public void AddTo(Command verb)
    {
        verb.Add(Master);
        verb.Add(Secret.File);
    }

    /// <summary>Opens it, or says why not; the code is for the end of the verb.</summary>
    public (OpenMaster? Master, int Code) Open(ParseResult line, VerbContext context)
    {
        if (line.GetValue(Master) is not { } path)
        {
            context.Error.WriteLine("--master is missing; name the region's master, which 'keys new-region' made");
            return (null, ExitCode.Wrong);
        }

        if (Secret.Read(line, context, isNew: false) is not { } passphrase) return (null, ExitCode.Wrong);
        var master = OpenMaster.Open(path, passphrase, out var problem);
        if (master is null) context.Error.WriteLine(problem);
        return (master, master is null ? ExitCode.Failed : ExitCode.Ok);
    }
}
