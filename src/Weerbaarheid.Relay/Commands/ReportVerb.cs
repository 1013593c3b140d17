namespace Weerbaarheid.Relay.Commands;

/// <summary><c>report</c>: the situation report of the running node.</summary>
internal static class ReportVerb
{
    private const int LongestText = 80;

    public static Verb Create(CommonOptions common, VerbContext context)
    {
        var verb = new Verb("report", "Show the situation report of the running node: what came in, and what is missing.", "report", "report --json | jq .missing",
            "report --exercise Waterwolf --html evaluatie.html --csv evaluatie.csv");
        var exercise = new ExerciseReport(common, context);
        exercise.AddTo(verb);
        verb.SetAction((line, cancellationToken) => exercise.IsAsked(line) ? exercise.RunAsync(line, cancellationToken) : NodeAccess.ShowAsync(
            common, context, line, _ => "weerbaarheid/v1/report", (report, output) => Show(report, output, context), cancellationToken));
        return verb;
    }

    private static int Show(NodeJson report, TextWriter output, VerbContext context)
    {
        if (report.Flag("exercise") == true) output.WriteLine("OEFENING");
        var clock = report.Flag("clockTrusted") == false ? " (de klok is niet te vertrouwen)" : "";
        output.WriteLine($"Situatierapport {report.Text("name")} (site {report.Text("site")}, {report.Text("role")}, {report.Text("region")}), {report.Moment("at")}{clock}");
        output.WriteLine($"Berichten: {report.Text("total")}; {report.Counts("byType")}");
        output.WriteLine($"Per prioriteit: {report.Counts("byPriority", "P")}; per staat: {report.Counts("byState")}");
        if (report.Inner("exercises") is var exercises && exercises.Number("total") > 0)
            output.WriteLine($"Daarnaast OEFENING en TEST: {exercises.Text("total")}; {exercises.Counts("byType")}; per staat: {exercises.Counts("byState")}");
        output.WriteLine(report.Number("missing") == 0 ? "Er mist niets." : $"LET OP: {report.Text("missingText")}");
        foreach (var line in KeyOrders.Lines(report)) output.WriteLine(line);
        ShowSites(report, output, context);
        ShowMessages(report, output, context);
        ShowBulletins(report, output, context);
        return ExitCode.Ok;
    }

    private static void ShowSites(NodeJson report, TextWriter output, VerbContext context)
    {
        var listing = new Listing("Site", "Laatste contact", "Ontvangen", "Mist", "Nummers", "Staat", "Aanwezig", "Nodig");
        foreach (var site in report.Rows("sites"))
        {
            var status = site.Inner("status");
            var contact = site.Has("secondsSinceContact") ? $"{site.Duration("secondsSinceContact")} geleden" : "nooit";
            listing.Add(
                site.Text("site"), contact, site.Text("received"), site.Text("missing"), site.Joined("gaps"),
                status.Text("state"), status.Text("present"), status.Joined("needs"));
        }

        listing.Write(output, context);
    }

    private static void ShowMessages(NodeJson report, TextWriter output, VerbContext context)
    {
        var listing = new Listing("Bericht", "P", "Soort", "Wat", "Waar", "Oud", "Staat", "Tekst");
        foreach (var message in report.Rows("messages"))
        {
            listing.Add(
                message.Text("id"), message.Text("priority"), message.Text("type"), message.Text("category"), Place(message.Inner("location")),
                message.Duration("ageSeconds"), message.Text("state"), Cut(message.Text("text")));
        }

        listing.Write(output, context);
    }

    private static void ShowBulletins(NodeJson report, TextWriter output, VerbContext context)
    {
        var listing = new Listing("Bulletin", "Soort", "Geldig", "Tekst");
        foreach (var bulletin in report.Rows("bulletins"))
            listing.Add(bulletin.Text("number"), bulletin.Text("kind"), $"{bulletin.Text("validHours")} u", Cut(bulletin.Text("text")));
        listing.Write(output, context);
    }

    private static string Place(NodeJson place)
    {
        if (place.Has("postcode")) return string.Concat(place.Text("postcode"), Given(place, "number", " "), Given(place, "letter", ""));
        if (place.Has("rdX")) return $"RD {place.Text("rdX")} {place.Text("rdY")}";
        if (place.Has("site")) return $"site {place.Text("site")}";
        return place.Has("text") ? Cut(place.Text("text")) : "onbekend";
    }

    private static string Given(NodeJson place, string name, string before) => place.Has(name) ? before + place.Text(name) : "";

    private static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText - 1), "…");
}
