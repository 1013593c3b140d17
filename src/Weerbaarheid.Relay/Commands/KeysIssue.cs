using System.CommandLine;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>keys issue</c>: the keys of one site, or of many, to carry there.</summary>
internal sealed class KeysIssue
{
    private readonly Option<ulong?> _site = WholeNumber.Option("--site", "N", "Number of the site.", 1, ushort.MaxValue - 1);
    private readonly Option<string?> _role = new("--role") { Description = "noodsteunpunt (its own keys), coordinatiepunt or meldkamer (the region's key).", HelpName = "ROLE" };
    private readonly Option<string?> _name = new("--name") { Description = "Name of the site.", HelpName = "TEXT" };
    private readonly Option<bool> _mayIssue = new("--may-issue") { Description = "Give a meldkamer the authority's private key, to issue bulletins and revocations with." };
    private readonly Option<string?> _from = new("--from") { Description = "A list of sites as JSON, instead of --site, --role and --name; --out is then a folder.", HelpName = "FILE" };
    private readonly Issuing _issuing = new("File for the site's keys; with --from the folder for all of them.", "FILE");
    private readonly MasterOptions _master;

    private KeysIssue(MasterOptions master) => _master = master;

    public static Verb Create(CommonOptions common, VerbContext context, MasterOptions master)
    {
        var issue = new KeysIssue(master);
        var verb = new Verb(
            "issue", "Issue the keys of a site from the master, to a file for a stick or as a QR code, and write it down in the master's ledger.",
            "keys issue --master groningen.master --site 11 --role noodsteunpunt --name \"Noodsteunpunt Leek\" --out /media/stick/11.wr1",
            "keys issue --master groningen.master --site 1 --role meldkamer --name \"Meldkamer Noord-Nederland\" --may-issue --out 1.wr1 --pin",
            "keys issue --master groningen.master --from sites.json --out stick --qr");
        master.AddTo(verb);
        foreach (var option in (Option[])[issue._site, issue._role, issue._name, issue._mayIssue, issue._from]) verb.Add(option);
        issue._issuing.AddTo(verb);
        verb.SetAction(line => issue.Run(line, line.GetValue(common.Json), context));
        return verb;
    }

    private int Run(ParseResult line, bool json, VerbContext context)
    {
        if (Places(line, context) is not { } places) return ExitCode.Wrong;
        if (!_issuing.TryReadPin(line, context, out var pin)) return ExitCode.Wrong;
        var (open, code) = _master.Open(line, context);
        if (open is null) return code;
        using (open)
        {
            var refusals = places.Select(one => Refusal(open.Master, one.Site, line.GetValue(_issuing.Replace))).OfType<string>().ToList();
            foreach (var refusal in refusals) context.Error.WriteLine(refusal);
            return refusals.Count > 0 ? ExitCode.Wrong : _issuing.Issue(open, places, pin, json, line, context);
        }
    }

    private List<(IssueRequest Site, string? File, string? Svg)>? Places(ParseResult line, VerbContext context)
    {
        var problems = new List<string>();
        var (to, qr) = (line.GetValue(_issuing.To), line.GetResult(_issuing.Qr) is null ? null : line.GetValue(_issuing.Qr) ?? "");
        var places = new List<(IssueRequest Site, string? File, string? Svg)>();
        if (line.GetValue(_from) is { } from)
        {
            if (to is null) problems.Add("--out is missing; name the folder for the keys of all sites");
            else if (!Directory.Exists(to)) problems.Add($"--out '{to}' is no folder; make it, or name another");
            places = [.. IssueRequest.ReadList(from, problems).Select(site => Place(site, to ?? "", qr is not null))];
        }
        else
        {
            if (to is null && qr is null) problems.Add("the keys have nowhere to go; name a file with --out, or ask for a QR code with --qr");
            if (IssueRequest.Of(line.GetValue(_site), line.GetValue(_name), line.GetValue(_role), line.GetValue(_mayIssue), "command line", problems) is { } site)
                places.Add((site, to, string.IsNullOrEmpty(qr) ? null : qr));
        }

        foreach (var problem in problems) context.Error.WriteLine(problem);
        return problems.Count == 0 ? places : null;
    }

    /// <summary>Files in a folder, by the number of the site.</summary>
    internal static (IssueRequest Site, string? File, string? Svg) Place(IssueRequest site, string folder, bool qr) =>
        (site, Path.Combine(folder, $"{site.Site}.wr1"), qr ? Path.Combine(folder, $"{site.Site}.svg") : null);

    private static string? Refusal(RegionMaster master, IssueRequest site, bool replace) => master.Find(site.Site) switch
    {
        { Withdrawn: true } => $"site {site.Site} was withdrawn from this region, and what it holds may be in wrong hands; give the point another number",
        { Role: var before } when before != site.Role && !replace => $"site {site.Site} is a {before.ToString().ToLowerInvariant()} in the ledger; correct --role, or add --replace to change what it is",
        _ => null,
    };
}
