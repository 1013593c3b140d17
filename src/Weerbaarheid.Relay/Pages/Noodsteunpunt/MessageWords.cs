using System.Globalization;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>What a message says, in plain Dutch.</summary>
internal static class MessageWords
{
    private const int Glance = 120;

    /// <summary>The type as people call it.</summary>
    public static string TypeOf(MessageType type) => type switch
    {
        MessageType.Melding => "Melding",
        MessageType.Hulpvraag => "Hulpvraag",
        MessageType.Hulpaanbod => "Hulpaanbod",
        MessageType.Status => "Status",
        MessageType.Bulletin => "Bulletin",
        MessageType.Amend => "Aanvulling",
        _ => "Bericht",
    };

    /// <summary>What a message is: its type, and of a later word what it does.</summary>
    public static string NameOf(BoardEntry entry) => entry.Message is not Amend amend ? TypeOf(entry.Envelope.Header.Type) : amend.Kind switch
    {
        AmendKind.Correctie => "Correctie",
        AmendKind.Intrekking => "Intrekking",
        AmendKind.Afgehandeld => "Afgehandeld",
        AmendKind.InBehandeling => "In behandeling",
        _ => "Aanvulling",
    };

    /// <summary>What it is about in a line: category and the beginning of the text.</summary>
    public static string InALine(Message? message)
    {
        var (category, text) = message switch
        {
            Melding melding => (Choices.Category(melding.Type, melding.Category), melding.Text),
            Hulpvraag asked => (Choices.Category(asked.Type, asked.Category), asked.Text),
            Hulpaanbod offered => (Choices.Category(offered.Type, offered.Category), offered.Text),
            Status status => (Choices.WordFor(status.State.ToString().ToLowerInvariant()), null),
            Bulletin bulletin => ($"Bulletin {bulletin.Number.ToString(CultureInfo.InvariantCulture)}", bulletin.Text),
            Amend amend => ($"Bij bericht {amend.ForSite.ToString(CultureInfo.InvariantCulture)}-{amend.ForSequence.ToString(CultureInfo.InvariantCulture)}", amend.Text),
            _ => ("Dit bericht is niet te lezen", null),
        };
        if (text is { Length: > Glance }) text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Glance - 1]) ? Glance - 1 : Glance), "…");
        return string.Join(": ", new[] { category, text }.Where(part => !string.IsNullOrEmpty(part)));
    }

    /// <summary>All that it says, as a list of terms.</summary>
    public static Html InFull(BoardEntry entry, string siteName) => Html.Of($"""
        <dl>
        {Html.When(entry.Message is not (null or Status), $"<dt>Dringend</dt><dd>{Urgency(entry.Envelope.Header.Priority)}</dd>")}
        {Html.Each(Terms(entry.Message, entry.Envelope.Key.Origin, siteName).Where(term => !string.IsNullOrEmpty(term.Value)), term => Html.Of($"<dt>{term.Name}</dt><dd>{Layout.Said(term.Value)}</dd>"))}
        </dl>
        """);

    /// <summary>A priority in words.</summary>
    public static string Urgency(int priority) => priority switch
    {
        1 => "1, levensgevaar",
        2 => "2, spoed",
        3 => "3, kan even wachten",
        _ => "4, ter informatie",
    };

    /// <summary>Each thing that it says, under its name; what it does not say is empty.</summary>
    public static IEnumerable<(string Name, string? Value)> Terms(Message? message, ushort origin, string siteName) => message switch
    {
        Melding melding => [("Wat", Choices.Category(melding.Type, melding.Category)), ("Waar", Where(melding.Location, origin, siteName)), ("Slachtoffers", Number(melding.Victims)), ("Tekst", melding.Text)],
        Hulpvraag asked => [("Wat", Choices.Category(asked.Type, asked.Category)), ("Waar", Where(asked.Location, origin, siteName)), ("Voor hoeveel mensen", Number(asked.People)), ("Tekst", asked.Text)],
        Hulpaanbod offered =>
        [
            ("Wat", Choices.Category(offered.Type, offered.Category)), ("Waar", Where(offered.Location, origin, siteName)), ("Hoeveel", Number(offered.Quantity)),
            ("Hoeveel uur beschikbaar", Number(offered.AvailableHours)), ("Tekst", offered.Text),
        ],
        Status status =>
        [
            ("Toestand", Choices.WordFor(status.State.ToString().ToLowerInvariant())), ("Aanwezig", Number(status.Present)), ("Plaatsen", Number(status.Capacity)), ("Medewerkers", Number(status.Staff)),
            ("Noodstroom, uren", Number(status.PowerHours)), ("Nodig", Set(status.Needs, CategoryTable.Current.Needs)), ("Wat werkt", Set(status.Comms, CategoryTable.Current.Comms)),
        ],
        Bulletin bulletin => [("Tekst", bulletin.Text)],
        Amend amend => [("Tekst", amend.Text)],
        _ => [("Inhoud", "Dit bericht is voor deze versie niet te lezen.")],
    };

    /// <summary>A place in a line.</summary>
    public static string Where(Location? location, ushort origin, string siteName) => location switch
    {
        AddressLocation address => $"{address.Postcode} {Number(address.Number > 0 ? address.Number : null)}{address.Letter}".Trim(),
        GridLocation grid => string.Create(CultureInfo.InvariantCulture, $"RD {grid.X}, {grid.Y}"),
        SiteLocation at => at.Site == origin ? $"Bij {siteName}" : string.Create(CultureInfo.InvariantCulture, $"Bij punt {at.Site}"),
        TextLocation words => words.Text,
        _ => "Onbekend",
    };

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Set(uint bits, IReadOnlyList<string> names) =>
        string.Join(", ", Enumerable.Range(0, names.Count).Where(place => (bits & (1u << place)) != 0).Select(place => Choices.WordFor(names[place])));
}
