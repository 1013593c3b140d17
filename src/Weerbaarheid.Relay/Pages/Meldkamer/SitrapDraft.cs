using System.Text;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Writes the draft of a situation report: plain text that a person reads, changes and answers for. Exercise and reality are never in one report.</summary>
internal static class SitrapDraft
{
    private const int Listed = 15;
    private const int Words = 80;

    /// <summary>Writes it.</summary>
    /// <param name="picture">What the desk has.</param>
    /// <param name="rows">The sites.</param>
    /// <param name="exercise">What it is about; the rest is left out.</param>
    /// <param name="sites">What sites are called.</param>
    /// <param name="now">The moment.</param>
    /// <param name="at">The same, in words.</param>
    public static string Write(DeskPicture picture, IReadOnlyList<SiteRow> rows, Exercise exercise, SiteNames sites, Instant now, string at)
    {
        var records = picture.Records.Where(record => record.Exercise == exercise).ToList();
        var open = records.Where(record => record.IsOpen).ToList();
        var text = new StringBuilder();
        if (exercise != Exercise.Actueel) text.Append(exercise.ToString().ToUpperInvariant()).Append('\n');
        var others = picture.Records.Count(record => record.IsReal && record.IsOpen);
        if (exercise != Exercise.Actueel && others > 0) text.Append($"LET OP: {(others == 1 ? "1 echt bericht dat open is, staat" : $"{others} echte berichten die open zijn, staan")} hier niet in\n");
        text.Append($"Situatie op {at}{(now.WallTrusted ? "" : " (klok niet zeker)")}\n\nMELDINGEN\n");
        for (var priority = 1; priority <= 4; priority++)
        {
            var of = open.Where(record => record.Type == MessageType.Melding && record.Priority == priority).ToList();
            text.Append($"Prioriteit {priority}: {of.Count} open, waarvan {of.Count(record => record.Stand == DeskStand.Nieuw)} nog niet aangenomen\n");
        }

        text.Append($"Gesloten: {records.Count(record => record is { IsOpen: false, Type: MessageType.Melding })}\n");
        foreach (var record in open.Where(record => record is { Type: MessageType.Melding, Priority: 1 }).Take(Listed))
            text.Append($"- {record.Key} P1 {DeskWords.KindOf(record)}, {Line(DeskWords.PlaceOf(record, sites))}: {Line(DeskWords.TextOf(record))} ({DeskWords.NameOf(record.Stand)}, {DeskWords.Age(MessageAge.Of(record.Entry, now))})\n");
        text.Append($"\nHULP\nHulpvragen open: {open.Count(record => record.Type == MessageType.Hulpvraag)}\nHulpaanbod open: {open.Count(record => record.Type == MessageType.Hulpaanbod)}\n");
        WriteSites(text, rows, sites);
        text.Append("\nBIJZONDERHEDEN\n");
        return text.ToString();
    }

    private static void WriteSites(StringBuilder text, IReadOnlyList<SiteRow> rows, SiteNames sites)
    {
        text.Append($"\nPUNTEN\n{Moments.Count(rows.Count, "punt", "punten")} bekend, {rows.Count(row => row.IsStale)} langer dan een kwartier niet gehoord\n");
        foreach (var group in rows.GroupBy(row => row.State ?? "Nooit gemeld").OrderBy(group => group.Key, StringComparer.Ordinal)) text.Append($"{group.Key}: {group.Count()}\n");
        foreach (var row in rows.Where(row => row.Gaps.Length > 0).Take(Listed)) text.Append($"- {sites.FullNameOf(row.Site)} {row.Gaps}\n");
        foreach (var row in rows.Where(row => row is { IsStale: true, SinceHeard: not null }).Take(Listed)) text.Append($"- {sites.FullNameOf(row.Site)} niet gehoord sinds {DeskWords.Age(row.SinceHeard!.Value)}\n");
    }

    /// <summary>Words of others never begin a line of their own, and nothing in them turns the line.</summary>
    private static string Line(string text) => DeskWords.Begin(VisibleText.Line(text), Words);
}
