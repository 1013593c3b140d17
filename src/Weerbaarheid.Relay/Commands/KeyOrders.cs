using System.CommandLine;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Commands;

/// <summary><c>keys revoke</c>, <c>rotate-now</c>, <c>close</c> and <c>status</c>: the operator of a running meldkamer orders what becomes of the region's keys.</summary>
internal sealed class KeyOrders
{
    private const string Topic = "weerbaarheid/v1/keys/";

    private readonly Option<ulong[]> _sites = new("--site") { Description = "A site to shut out; may be given more than once.", HelpName = "SITE", Required = true };
    private readonly Option<ulong?> _epoch = WholeNumber.Option("--epoch", "N", $"The epoch that is over, and all before it; 0 to {MessageLimits.Epoch}.", 0, MessageLimits.Epoch);
    private readonly Option<bool> _atOnce = new("--at-once") { Description = "Do not wait for sites that have not come along; they need a new key file." };
    private readonly CommonOptions _common;
    private readonly VerbContext _context;

    private KeyOrders(CommonOptions common, VerbContext context)
    {
        (_common, _context) = (common, context);
        _epoch.Required = true;
        _sites.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (!ushort.TryParse(token.Value, out var site) || site is 0 or ushort.MaxValue) result.AddError($"--site '{token.Value}' is not the number of a site; write 1 to {ushort.MaxValue - 1}");
        });
    }

    /// <summary>The four, to stand beside what <c>keys</c> does offline.</summary>
    public static IReadOnlyList<Verb> Create(CommonOptions common, VerbContext context)
    {
        var orders = new KeyOrders(common, context);
        return [orders.Revoke(), orders.Rotate(), orders.Close(), orders.Status()];
    }

    /// <summary>What a node's own state says of revoked sites, for whoever must know.</summary>
    public static IEnumerable<string> Lines(NodeJson node)
    {
        var keys = node.Inner("keyEpoch");
        if (keys.Flag("thisSiteRevoked") == true)
            yield return "LET OP: DE REGIO VERTROUWT DIT PUNT NIET MEER. Berichten van hier komen nergens meer aan. Bereik de meldkamer op een andere manier.";
        if (keys.Has("revoked")) yield return $"Uitgesloten: site {keys.Joined("revoked")} (intrekking {keys.Text("serial")})";
    }

    private Verb Revoke()
    {
        var verb = new Verb("revoke", "Shut sites out everywhere, from now on and for ever: what they send is taken in by nobody. Begins a new key epoch.", "keys revoke --site 12", "keys revoke --site 12 --site 13");
        verb.Add(_sites);
        verb.Add(_atOnce);
        verb.SetAction((line, cancellationToken) => AskAsync(line, "revoke", json =>
        {
            json.WriteStartArray("sites");
            foreach (var site in line.GetValue(_sites)!) json.WriteNumberValue(site);
            json.WriteEndArray();
        }, cancellationToken));
        return verb;
    }

    private Verb Rotate()
    {
        var verb = new Verb("rotate-now", "Begin a new key epoch; every site gets its keys over the network.", "keys rotate-now");
        verb.Add(_atOnce);
        verb.SetAction((line, cancellationToken) => AskAsync(line, "rotate", _ => { }, cancellationToken));
        return verb;
    }

    private Verb Close()
    {
        var verb = new Verb("close", "End an older key epoch: who has only its network key is not heard any more.", "keys close --epoch 0");
        verb.Add(_epoch);
        verb.Add(_atOnce);
        verb.SetAction((line, cancellationToken) => AskAsync(line, "close", json => json.WriteNumber("epoch", line.GetValue(_epoch)!.Value), cancellationToken));
        return verb;
    }

    private Verb Status()
    {
        var verb = new Verb("status", "Show the key epoch of every site, and who is shut out.", "keys status", "keys status --json");
        verb.SetAction((line, cancellationToken) => NodeAccess.ShowAsync(_common, _context, line, _ => "weerbaarheid/v1/report", Show, cancellationToken));
        return verb;
    }

    private int Show(NodeJson report, TextWriter output)
    {
        var keys = report.Inner("keyEpoch");
        output.WriteLine($"Sleuteltijdvak {keys.Text("epoch")}; radioberichten gelden vanaf tijdvak {keys.Text("oldestEpoch")}; intrekking {keys.Text("serial")}");
        foreach (var line in Lines(report)) output.WriteLine(line);
        var listing = new Listing("Site", "Tijdvak", "Laatste contact", "Vertrouwd");
        foreach (var site in report.Rows("sites"))
        {
            var contact = site.Has("secondsSinceContact") ? $"{site.Duration("secondsSinceContact")} geleden" : "nooit";
            listing.Add(site.Text("site"), site.Text("epoch"), contact, site.Flag("revoked") == true ? "nee, uitgesloten" : "ja");
        }

        listing.Write(output, _context);
        return ExitCode.Ok;
    }

    private async Task<int> AskAsync(ParseResult line, string what, Action<Utf8JsonWriter> fields, CancellationToken cancellationToken)
    {
        if (_common.Load(line, _context) is not { } configuration) return ExitCode.Wrong;
        var connected = await NodeAccess.ConnectAsync(configuration, _context, cancellationToken).ConfigureAwait(false);
        if (connected is null) return ExitCode.Failed;
        await using var node = connected.ConfigureAwait(false);
        var request = JsonLine.ObjectBytes(json =>
        {
            fields(json);
            json.WriteBoolean("atOnce", line.GetValue(_atOnce));
        });
        var answer = await connected.SubmitAsync(Topic + what, request, cancellationToken).ConfigureAwait(false);
        if (answer.Problem is not { } problem) return ExitCode.Ok;
        await _context.Error.WriteLineAsync(problem).ConfigureAwait(false);
        return ExitCode.Failed;
    }
}
