using System.CommandLine;
using System.Text;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>keys new-region</c>: the secrets that everything else is derived from.</summary>
internal static class KeysNewRegion
{
    public static Verb Create(CommonOptions common, VerbContext context, MasterOptions master)
    {
        var verb = new Verb(
            "new-region", "Make the master of a region. Do it on a machine without a network, and keep the file and a copy in a safe.",
            "keys new-region groningen --out groningen.master",
            "keys new-region groningen --out groningen.master --passphrase-file passphrase.txt");
        var region = new Argument<string>("REGION") { Description = "Name of the region, as in site.region." };
        var to = new Option<string>("--out") { Description = "Where the master is written; must not exist.", HelpName = "FILE", Required = true };
        verb.Add(region);
        verb.Add(to);
        verb.Add(master.Secret.File);
        verb.SetAction(line => Run(line.GetValue(region)!, line.GetValue(to)!, line, common, context, master.Secret));
        return verb;
    }

    private static int Run(string region, string path, ParseResult line, CommonOptions common, VerbContext context, SecretOption secret)
    {
        if (region.Trim().Length == 0 || region.Any(char.IsControl) || Encoding.UTF8.GetByteCount(region) > NodeKeysCode.LongestName / 3)
        {
            context.Error.WriteLine($"the name '{region}' cannot be used; write 1 to {NodeKeysCode.LongestName / 3} letters, such as groningen");
            return ExitCode.Wrong;
        }

        if (Path.Exists(path))
        {
            context.Error.WriteLine($"'{path}' is there already and a master is never replaced; name another file with --out");
            return ExitCode.Failed;
        }

        if (secret.Read(line, context, isNew: true) is not { } passphrase) return ExitCode.Wrong;
        using var made = RegionMaster.Create(region);
        try
        {
            MasterFile.Write(path, made, passphrase, replace: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"the master '{path}' cannot be written: {e.Message.TrimEnd('.')}; name a folder that this account may write in");
            return ExitCode.Failed;
        }

        var authority = KeysText.Fingerprint(made.Authority);
        if (line.GetValue(common.Json))
        {
            context.Out.WriteLine(JsonLine.Object(json =>
            {
                json.WriteString("region", region);
                json.WriteString("master", path);
                json.WriteNumber("epoch", made.Epoch);
                json.WriteString("authority", authority);
            }));
            return ExitCode.Ok;
        }

        context.Out.WriteLine($"region {region}: epoch {made.Epoch}, authority {authority}, master {path}");
        context.Out.WriteLine("Make a copy of this file and keep both offline. Without the file or without its passphrase no site can be added, replaced or rotated.");
        return ExitCode.Ok;
    }
}
