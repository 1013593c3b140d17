namespace Weerbaarheid.Relay.Commands;

/// <summary><c>status</c>: links, queue and counts of the running node. Exit code 3 when messages cannot get away.</summary>
internal static class StatusVerb
{
    private static readonly (string Key, string Word)[] Counts =
    [
        ("accepted", "aangenomen"), ("refused", "geweigerd"), ("received", "ontvangen"), ("delivered", "afgeleverd"),
        ("expired", "vervallen"), ("duplicates", "dubbel"), ("reused", "onder een gebruikt nummer"), ("notAuthentic", "niet echt"), ("revoked", "van uitgesloten sites"),
    ];

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var verb = new Verb(
            "status", "Show links and queue of the running node; exit code 3 when it has no way up or a link is down.",
            "status", "status --json", "status --config samples/noodsteunpunt.json");
        verb.SetAction((line, cancellationToken) => NodeAccess.ShowAsync(
            common, context, line, configuration => $"weerbaarheid/v1/node/{configuration.Site.Id}", (node, output) => Show(node, output, context), cancellationToken));
        return verb;
    }

    private static int Show(NodeJson node, TextWriter output, VerbContext context)
    {
        // An amateur link that nobody armed is down as it should be.
        var down = node.Rows("links").Where(link => link.Flag("up") != true && link.Inner("amateur").Flag("armed") != false).Select(link => link.Text("name")).ToList();
        var needsWayUp = node.Text("role") != "meldkamer";
        output.WriteLine($"{node.Text("name")} (site {node.Text("site")}, {node.Text("role")}, {node.Text("region")}): {node.Text("state")}, {node.Moment("at")}");
        if (node.Text("keys") == "demonstration") output.WriteLine("LET OP: demonstratiesleutels. Iedereen kan meelezen en berichten vervalsen.");
        foreach (var line in KeyOrders.Lines(node)) output.WriteLine(line);
        if (needsWayUp) output.WriteLine(node.Has("wayUp") ? $"Weg naar de meldkamer: {node.Text("wayUp")}, via site {node.Text("nextSite")}" : "Weg naar de meldkamer: geen");
        ShowQueue(node.Inner("queue"), output);
        ShowLinks(node, output, context);
        foreach (var line in AmateurVerb.Lines(node)) output.WriteLine(line);
        var counts = node.Inner("counts");
        output.WriteLine($"Berichten: {string.Join(", ", Counts.Where(count => counts.Has(count.Key)).Select(count => $"{counts.Text(count.Key)} {count.Word}"))}");
        var store = node.Inner("store");
        output.WriteLine($"Opslag: {store.Text("bytes")} bytes, {store.Text("quarantined")} beschadigd");
        if (store.Text("state") == "full") output.WriteLine("LET OP: de schijf is vol. Alleen prioriteit 1 wordt aangenomen; maak ruimte.");
        if (store.Has("problem")) output.WriteLine($"LET OP: de schijf doet het niet. {store.Text("problem")}");
        if (store.Inner("lost") is var lost && lost.Has("reason"))
            output.WriteLine($"Opslag apart gezet op {lost.Moment("at")}: {lost.Text("reason")}; {lost.Text("salvaged")} berichten gered, {lost.Text("unreadable")} onleesbaar ({lost.Text("folder")})");
        if (node.Text("state") != "online")
        {
            context.Error.WriteLine($"the node of site {node.Text("site")} is {node.Text("state")}; start it with: weerbaarheid-relay run");
            return ExitCode.Failed;
        }

        foreach (var link in node.Rows("links").Where(link => link.Has("reason"))) output.WriteLine($"Verbinding {link.Text("name")}: {link.Text("reason")}");
        foreach (var finding in node.Rows("findings")) output.WriteLine($"Wat te doen aan {finding.Text("part")}: {finding.Text("remedy")}");
        if (down.Count > 0) output.WriteLine($"Verbinding weg: {string.Join(", ", down)}");
        return down.Count > 0 || (needsWayUp && !node.Has("wayUp")) ? ExitCode.Degraded : ExitCode.Ok;
    }

    private static void ShowQueue(NodeJson queue, TextWriter output)
    {
        var oldest = queue.Has("oldestSeconds") ? $", oudste {queue.Duration("oldestSeconds")}" : "";
        output.WriteLine($"Wachtrij: {queue.Text("total")} ({queue.Text("bytes")} bytes{oldest}); prioriteit 1 tot 4: {queue.Joined("byPriority")}; "
            + $"wacht op ontvangstbewijs: {queue.Text("awaitingReceipt")}");
    }

    private static void ShowLinks(NodeJson node, TextWriter output, VerbContext context)
    {
        var listing = new Listing("Verbinding", "Soort", "Staat", "Buren", "Verzonden", "Ontvangen", "Geweigerd");
        foreach (var link in node.Rows("links"))
        {
            listing.Add(
                link.Text("name"), link.Text("type"), link.Flag("up") == true ? "op" : "weg", link.Joined("neighbours"),
                link.Text("framesSent"), link.Text("framesReceived"), link.Text("framesRefused"));
        }

        listing.Write(output, context);
        foreach (var link in node.Rows("links").Where(link => link.Has("airtime"))) ShowAirtime(link, output);
    }

    private static void ShowAirtime(NodeJson link, TextWriter output)
    {
        var air = link.Inner("airtime");
        var left = air.Has("leftSeconds") ? $"nog {air.Text("leftSeconds")} s van dit uur" : "zonder grens";
        var empty = air.Has("queueEmptySeconds") ? $"; wachtrij leeg over ongeveer {air.Duration("queueEmptySeconds")}" : "";
        output.WriteLine($"Zendtijd {link.Text("name")} ({air.Text("band")}): {air.Text("spentSeconds")} s gebruikt in het laatste uur, {left}{empty}");
    }
}
