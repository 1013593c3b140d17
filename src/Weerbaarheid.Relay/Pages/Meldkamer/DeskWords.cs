using System.Globalization;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>The words of the desk's lists.</summary>
internal static class DeskWords
{
    /// <summary>The stand in a word or two.</summary>
    public static string NameOf(DeskStand stand) => stand switch
    {
        DeskStand.Nieuw => "Nieuw",
        DeskStand.Antwoord => "Antwoord binnen",
        DeskStand.InBehandeling => "In behandeling",
        DeskStand.Gevraagd => "Aanvulling gevraagd",
        DeskStand.Afgehandeld => "Afgehandeld",
        _ => "Ingetrokken",
    };

    /// <summary>What it is: the category, and the type of what is no melding.</summary>
    public static string KindOf(DeskRecord record)
    {
        var category = record.Entry.Message switch
        {
            Melding melding => Choices.Category(melding.Type, melding.Category),
            Hulpvraag asked => Choices.Category(asked.Type, asked.Category),
            Hulpaanbod offered => Choices.Category(offered.Type, offered.Category),
            _ => "onleesbaar",
        };
        return record.Type == MessageType.Melding ? category ?? "Melding" : string.Join(": ", new[] { MessageWords.TypeOf(record.Type), category }.OfType<string>());
    }

    /// <summary>What the melder wrote; empty when he wrote nothing.</summary>
    public static string TextOf(DeskRecord record) => record.Entry.Message switch
    {
        Melding melding => melding.Text ?? "",
        Hulpvraag asked => asked.Text ?? "",
        Hulpaanbod offered => offered.Text ?? "",
        _ => "Dit bericht is voor deze versie niet te lezen.",
    };

    public static Location? LocationOf(DeskRecord record) => record.Entry.Message switch
    {
        Melding melding => melding.Location,
        Hulpvraag asked => asked.Location,
        Hulpaanbod offered => offered.Location,
        _ => null,
    };

    /// <summary>Where it is, in a line.</summary>
    public static string PlaceOf(DeskRecord record, SiteNames sites) => LocationOf(record) switch
    {
        SiteLocation at => $"Bij {sites.NameOf(at.Site)}",
        var other => MessageWords.Where(other, record.Key.Origin, ""),
    };

    /// <summary>An age that fits in a column: <c>34 s</c>, <c>12 min</c>, <c>3 u 05</c>, <c>2 d 4 u</c>. The script writes it in the same way.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)age.TotalSeconds)} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes} min"),
        { TotalHours: < 24 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours} u {age.Minutes:D2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays} d {age.Hours} u"),
    };

    /// <summary>An age that goes on counting where scripts are on.</summary>
    public static Html Ticking(TimeSpan age) => Html.Of($"""<span data-s="{(long)Math.Max(0, age.TotalSeconds)}">{Age(age)}</span>""");

    /// <summary>That it is not real, in a word.</summary>
    public static Html Tag(Exercise exercise) => exercise switch
    {
        Exercise.Oefening => Html.Of($"""<span class="tag amber">OEFENING</span> """),
        Exercise.Test => Html.Of($"""<span class="tag amber">TEST</span> """),
        _ => Html.None,
    };

    /// <summary>The beginning of a text.</summary>
    public static string Begin(string text, int most) =>
        text.Length <= most ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");
}
