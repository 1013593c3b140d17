using System.CommandLine;
using System.Globalization;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>keys rotate</c>: the next epoch for every site that is not withdrawn.</summary>
internal sealed class KeysRotate
{
    private readonly Option<string[]> _without = new("--without") { Description = "A site that gets no keys any more, because it was stolen or closed; may be repeated.", HelpName = "N" };
    private readonly Issuing _issuing = new("Folder for the keys of all sites.", "DIR");
    private readonly MasterOptions _master;

    private KeysRotate(MasterOptions master) => _master = master;

    public static Verb Create(CommonOptions common, VerbContext context, MasterOptions master)
    {
        var rotate = new KeysRotate(master);
        var verb = new Verb(
            "rotate", "Take the next epoch and issue keys in it to every site of the ledger. Install them at the meldkamer and coördinatiepunten first: they understand both epochs at once.",
            "keys rotate --master groningen.master --out stick",
            "keys rotate --master groningen.master --out stick --without 13");
        master.AddTo(verb);
        verb.Add(rotate._without);
        rotate._issuing.AddTo(verb);
        verb.SetAction(line => rotate.Run(line, line.GetValue(common.Json), context));
        return verb;
    }

    private int Run(ParseResult line, bool json, VerbContext context)
    {
        if (line.GetValue(_issuing.To) is not { } folder || !Directory.Exists(folder))
        {
            context.Error.WriteLine(line.GetValue(_issuing.To) is { } given ? $"--out '{given}' is no folder; make it, or name another" : "--out is missing; name the folder for the keys of all sites");
            return ExitCode.Wrong;
        }

        if (!_issuing.TryReadPin(line, context, out var pin)) return ExitCode.Wrong;
        var (open, code) = _master.Open(line, context);
        if (open is null) return code;
        using (open)
        {
            foreach (var text in line.GetValue(_without) ?? [])
            {
                if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var site) || open.Master.Find(site) is null)
                {
                    context.Error.WriteLine($"--without '{text}' is no site of the ledger; see it with: keys show --master FILE");
                    return ExitCode.Wrong;
                }

                open.Master.Withdraw(site);
            }

            if (!open.Master.Rotate())
            {
                context.Error.WriteLine($"epoch {open.Master.Epoch} is the last one; make a new region with 'keys new-region' and issue to every site from there");
                return ExitCode.Failed;
            }

            var places = open.Master.Ledger.Where(entry => !entry.Withdrawn)
                .Select(entry => KeysIssue.Place(new IssueRequest(entry.Site, entry.Name, entry.Role, entry.MayIssue), folder, line.GetResult(_issuing.Qr) is not null)).ToList();
            return _issuing.Issue(open, places, pin, json, line, context);
        }
    }
}
