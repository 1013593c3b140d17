using System.CommandLine;
using System.Globalization;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>keys show</c>: what a key file or a master is, and never a key.</summary>
internal sealed class KeysShow
{
    private readonly Option<string?> _keysFile = new("--keys-file") { Description = "The key file; without it keys.file of the configuration.", HelpName = "PATH" };
    private readonly CommonOptions _common;
    private readonly MasterOptions _master;

    private KeysShow(CommonOptions common, MasterOptions master) => (_common, _master) = (common, master);

    public static Verb Create(CommonOptions common, VerbContext context, MasterOptions master)
    {
        var show = new KeysShow(common, master);
        var verb = new Verb(
            "show", "Show whose keys a file holds, of which epoch, and fingerprints to compare over a telephone; with --master the ledger.",
            "keys show --config /etc/weerbaarheid-relay/relay.json",
            "keys show --keys-file site.keys --json",
            "keys show --master groningen.master");
        verb.Add(show._keysFile);
        master.AddTo(verb);
        verb.SetAction(line => line.GetValue(master.Master) is null ? show.ShowFile(line, context) : show.ShowLedger(line, context));
        return verb;
    }

    private int ShowFile(ParseResult line, VerbContext context)
    {
        var path = line.GetValue(_keysFile);
        if (path is null)
        {
            if (_common.Load(line, context) is not { } configuration) return ExitCode.Wrong;
            if (configuration.Keys is not KeysConfiguration.File file)
            {
                context.Error.WriteLine("this configuration uses the demonstration keys, which are published; name a key file with --keys-file");
                return ExitCode.Wrong;
            }

            path = file.Path;
        }

        using var look = KeyFiles.Look(path);
        CommonOptions.Report(look.Errors, context);
        if (look.Keys is not { } keys) return ExitCode.Failed;
        if (look.Warning is { } warning) context.Error.WriteLine($"WARNING: {warning}");
        if (look.Finding is { } finding) context.Error.WriteLine($"WARNING: {finding} The node mends this when it starts.");
        if (line.GetValue(_common.Json)) context.Out.WriteLine(JsonLine.Object(json => KeysText.Write(json, keys)));
        else
        {
            context.Out.WriteLine(KeysText.Line(keys));
            context.Out.WriteLine($"network {keys.NetworkFingerprint()} (the same at every node of the region in this epoch)");
            if (keys.Epochs.Count > 1) context.Out.WriteLine($"also understands epoch {string.Join(", ", keys.Epochs.Where(one => one.Epoch != keys.Epoch).Select(one => one.Epoch))}");
        }

        return look is { Warning: null, Finding: null } ? ExitCode.Ok : ExitCode.Degraded;
    }

    private int ShowLedger(ParseResult line, VerbContext context)
    {
        var (open, code) = _master.Open(line, context);
        if (open is null) return code;
        using (open)
        {
            var master = open.Master;
            if (line.GetValue(_common.Json))
            {
                context.Out.WriteLine(JsonLine.Object(json =>
                {
                    json.WriteString("region", master.Region);
                    json.WriteNumber("epoch", master.Epoch);
                    json.WriteString("authority", KeysText.Fingerprint(master.Authority));
                    json.WriteStartArray("sites");
                    foreach (var entry in master.Ledger) LedgerJson.Write(json, entry);
                    json.WriteEndArray();
                }));
                return ExitCode.Ok;
            }

            context.Out.WriteLine($"region {master.Region}: epoch {master.Epoch}, authority {KeysText.Fingerprint(master.Authority)}, {master.Ledger.Count} sites");
            var listing = new Listing("site", "name", "role", "may issue", "epoch", "times", "last", "state");
            foreach (var entry in master.Ledger) listing.Add(Row(entry, master.Epoch));
            listing.Write(context.Out, context);
            return ExitCode.Ok;
        }
    }

    private static string[] Row(LedgerEntry entry, byte epoch) =>
    [
        Number(entry.Site), entry.Name, ConfigurationLoader.Roles[(int)entry.Role], entry.MayIssue ? "yes" : "no", Number(entry.Epoch), Number(entry.Times),
        entry.Last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), entry.Withdrawn ? "withdrawn" : entry.Epoch < epoch ? "earlier epoch" : "",
    ];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
