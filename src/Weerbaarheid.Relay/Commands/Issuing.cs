using System.CommandLine;
using System.Text;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.QrCodes;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Where issued keys go: files, a QR code, and how they are protected on the way. Shared by <c>issue</c> and <c>rotate</c>.</summary>
internal sealed class Issuing
{
    public Option<string?> To { get; }

    /// <summary>Without a value: on the terminal.</summary>
    public Option<string?> Qr { get; } = new("--qr")
    {
        Description = "Also as a QR code: on the terminal, or as a drawing in a file; with many sites a drawing beside each file.",
        HelpName = "FILE.svg",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<bool> Pin { get; } = new("--pin")
    {
        Description = $"Ask for a PIN of {ProvisionText.ShortestPin} characters or more to protect the keys on their way. It holds up who finds the stick for hours and not for days: tell it by another way, and withdraw the keys when a stick is lost.",
    };

    public SecretOption PinSecret { get; } = new("--pin-file", "the PIN", ProvisionText.ShortestPin);

    public Option<bool> Replace { get; } = new("--replace") { Description = "Replace what is there." };

    public Issuing(string toDescription, string toName) => To = new("--out") { Description = toDescription, HelpName = toName };

    public void AddTo(Command verb)
    {
        verb.Add(To);
        verb.Add(Qr);
        verb.Add(Pin);
        verb.Add(PinSecret.File);
        verb.Add(Replace);
    }

    /// <summary>Reads the PIN that was asked for.</summary>
    /// <returns>False after saying why there is none.</returns>
    public bool TryReadPin(ParseResult line, VerbContext context, out string? pin)
    {
        pin = null;
        if (!line.GetValue(Pin) && !PinSecret.IsGiven(line)) return true;
        return (pin = PinSecret.Read(line, context, isNew: true)) is not null;
    }

    /// <summary>Issues to sites, each of which has a place of its own; the ledger is on disk before any keys are.</summary>
    /// <returns>The exit code.</returns>
    public int Issue(OpenMaster open, IReadOnlyList<(IssueRequest Site, string? File, string? Svg)> sites, string? pin, bool json, ParseResult line, VerbContext context)
    {
        var replace = line.GetValue(Replace);
        if (!replace && sites.SelectMany(one => new[] { one.File, one.Svg }).FirstOrDefault(file => file is not null && Path.Exists(file)) is { } there)
        {
            context.Error.WriteLine($"'{there}' is there already; name another with --out, or add --replace");
            return ExitCode.Failed;
        }

        try
        {
            var again = sites.Select(one => one.Site.Site).Where(site => open.Master.Find(site)?.Epoch == open.Master.Epoch).ToHashSet();
            var issued = sites.Select(one => (one.File, one.Svg, Keys: open.Master.Issue(one.Site.Site, one.Site.Name, one.Site.Role, one.Site.MayIssue, context.Time.GetUtcNow()))).ToList();
            open.Save();
            foreach (var (file, svg, keys) in issued)
            {
                using (keys) HandOut(open.Master, keys, !again.Contains(keys.Site), file, svg, pin, json, replace, line, context);
            }

            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"the keys cannot be written: {e.Message.TrimEnd('.')}; name a folder that exists and that this account may write in");
            return ExitCode.Failed;
        }
    }

    private void HandOut(RegionMaster master, NodeKeys keys, bool isFirst, string? file, string? svg, string? pin, bool json, bool replace, ParseResult line, VerbContext context)
    {
        var text = ProvisionText.Encode(keys, isFirst, master.Authority, pin);
        var times = master.Find(keys.Site)!.Times;
        if (file is not null) SecretFile.Write(file, Encoding.UTF8.GetBytes(Comment(keys, pin is not null) + text + "\n"), replace);
        if (svg is not null) SecretFile.Write(svg, Encoding.UTF8.GetBytes(QrImage.Svg(text, $"{keys.Site} {keys.Name}, epoch {keys.Epoch}")), replace);
        if (json)
        {
            context.Out.WriteLine(JsonLine.Object(fields =>
            {
                KeysText.Write(fields, keys);
                fields.WriteNumber("times", times);
                if (file is not null) fields.WriteString("file", file);
                if (svg is not null) fields.WriteString("qr", svg);
                fields.WriteNumber("textLength", text.Length);
            }));
        }
        else context.Out.WriteLine($"{KeysText.Line(keys)}{(file is null ? "" : $", in {file}")}{(svg is null ? "" : $", drawn in {svg}")}");

        if (line.GetResult(Qr) is not null && svg is null)
            foreach (var row in QrImage.Lines(text)) context.Out.WriteLine(row);
        if (!isFirst) context.Error.WriteLine($"site {keys.Site} has keys of epoch {keys.Epoch} already; no two devices may run with them: of one that is replaced, wipe the card");
    }

    private static string Comment(NodeKeys keys, bool pin) =>
        $"""
        # Weerbaarheid.Relay: keys of site {keys.Site}, {keys.Name} ({ConfigurationLoader.Roles[(int)keys.Role!]}, {keys.Region}), epoch {keys.Epoch}, fingerprint {keys.Fingerprint()}.
        # SECRET: whoever has this can pass for {(keys.RegionKey is null ? "this site" : "every site of the region")}.{(pin ? " A PIN holds that up for some hours, no more." : "")} Install it there, once; this also removes the file:
        #   weerbaarheid-relay keys install FILE --remove --keys-file /etc/weerbaarheid-relay/site.keys

        """;
}
