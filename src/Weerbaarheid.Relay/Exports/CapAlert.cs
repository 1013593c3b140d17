using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Exports;

/// <summary>What CAP 1.2 (OASIS) calls an alert, made of a bulletin.</summary>
/// <param name="Identifier">Names it worldwide; neither blank, comma, &lt; nor &amp; in it.</param>
/// <param name="Sender">Who made it, in the same characters.</param>
/// <param name="Sent">When it was made, with the Dutch offset.</param>
/// <param name="Status">Actual, Exercise or Test.</param>
/// <param name="MessageKind">Alert, Update or Cancel.</param>
internal sealed record CapAlert(string Identifier, string Sender, string Sent, string Status, string MessageKind)
{
    /// <summary>Characters of a headline at most, as CAP advises.</summary>
    private const int LongestHeadline = 160;

    private const string Cut = "…";

    /// <summary>Remarks on the message as a whole; null when there are none.</summary>
    public string? Note { get; private init; }

    /// <summary>The alert that it replaces or withdraws, as "sender,identifier,sent"; null when it replaces none.</summary>
    public string? References { get; private init; }

    public required string Urgency { get; init; }

    public required string Severity { get; init; }

    /// <summary>Until when it holds.</summary>
    public required string Expires { get; init; }

    public required string SenderName { get; init; }

    public required string Headline { get; init; }

    public required string Description { get; init; }

    /// <summary>The region that it is for.</summary>
    public required string Area { get; init; }

    /// <summary>The region's own number of the bulletin.</summary>
    public required int Number { get; init; }

    /// <summary>GRIP level; null when nothing is said about it.</summary>
    public int? Grip { get; private init; }

    /// <summary>The alert of a bulletin.</summary>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="bulletin">What it says.</param>
    /// <param name="bulletins">All that this node has, to find the one that it replaces.</param>
    /// <param name="region">The region's name.</param>
    public static CapAlert Of(StoredEnvelope envelope, Bulletin bulletin, IReadOnlyList<OpenedRecord> bulletins, string region)
    {
        var earlier = bulletin.Kind == BulletinKind.Nieuw ? null : Earlier(envelope.Key, bulletin, bulletins);
        var sent = SentOf(envelope, bulletin);
        var (urgency, severity) = WeightOf(envelope.Header.Priority);
        return new CapAlert(IdentifierOf(envelope.Key, region), SenderOf(envelope.Key, region), DutchTime.Iso(sent), StatusOf(bulletin.Exercise), KindOf(bulletin.Kind, earlier is not null))
        {
            Note = NoteOf(bulletin, earlier is not null, earlier is null ? OtherKind(envelope.Key, bulletin, bulletins) : null),
            References = earlier is { Message: Bulletin other } ? $"{SenderOf(earlier.Envelope.Key, region)},{IdentifierOf(earlier.Envelope.Key, region)},{DutchTime.Iso(SentOf(earlier.Envelope, other))}" : null,
            Urgency = urgency,
            Severity = severity,
            Expires = DutchTime.Iso(sent.AddHours(bulletin.ValidHours)),
            SenderName = $"Veiligheidsregio {VisibleText.Line(region)}",
            Headline = HeadlineOf(bulletin),
            Description = bulletin.Text is { Length: > 0 } text ? VisibleText.Lines(text) : "(geen tekst)",
            Area = $"Regio {VisibleText.Line(region)}",
            Number = bulletin.Number,
            Grip = bulletin.Grip,
        };
    }

    /// <summary>The identifier of a bulletin's alert.</summary>
    public static string IdentifierOf(EnvelopeKey key, string region) => $"weerbaarheid-relay.{Plain(region)}.{key}";

    private static string SenderOf(EnvelopeKey key, string region) => string.Create(CultureInfo.InvariantCulture, $"punt-{key.Origin}.{Plain(region)}.weerbaarheid-relay");

    /// <summary>When its origin made it; what had no clock that could be trusted counts from its arrival here, as on the pages.</summary>
    public static DateTimeOffset SentOf(StoredEnvelope envelope, Bulletin bulletin) => MessageAge.MadeAt(envelope, bulletin);

    /// <summary>The bulletin that is meant by a number: the newest before it of the same issuer. An exercise never touches what is real.</summary>
    private static OpenedRecord? Earlier(EnvelopeKey key, Bulletin bulletin, IReadOnlyList<OpenedRecord> bulletins) => bulletins
        .Where(one => IsEarlier(one, key, bulletin) && ((Bulletin)one.Message!).Exercise == bulletin.Exercise).MaxBy(one => one.Envelope.Key.Sequence);

    /// <summary>Of what kind a bulletin with that number is, when there is only one of another kind; null when there is none.</summary>
    private static Exercise? OtherKind(EnvelopeKey key, Bulletin bulletin, IReadOnlyList<OpenedRecord> bulletins) =>
        (bulletins.Where(one => IsEarlier(one, key, bulletin)).MaxBy(one => one.Envelope.Key.Sequence)?.Message as Bulletin)?.Exercise;

    private static bool IsEarlier(OpenedRecord one, EnvelopeKey key, Bulletin bulletin) =>
        one.Message is Bulletin other && other.Number == bulletin.Replaces && one.Envelope.Key.Origin == key.Origin && one.Envelope.Key.Sequence < key.Sequence;

    /// <summary>
    /// CAP lets an update and a cancellation name what they are about. When that bulletin never came here there is nothing to name, and it
    /// goes as an alert whose words say what it does: programs are not misled, and people still read it.
    /// </summary>
    private static string KindOf(BulletinKind kind, bool isKnown) => (kind, isKnown) switch
    {
        (BulletinKind.Wijziging, true) => "Update",
        (BulletinKind.Intrekking, true) => "Cancel",
        _ => "Alert",
    };

    private static string StatusOf(Exercise exercise) => exercise switch
    {
        Exercise.Actueel => "Actual",
        Exercise.Oefening => "Exercise",
        _ => "Test",
    };

    /// <summary>
    /// What the priority says in CAP's words. How certain it is nobody says in a bulletin, so certainty is always Unknown; GRIP tells how the
    /// services are organised and not how severe something is, so it goes as a parameter.
    /// </summary>
    private static (string Urgency, string Severity) WeightOf(byte priority) => priority switch
    {
        1 => ("Immediate", "Severe"),
        2 => ("Expected", "Moderate"),
        3 => ("Future", "Minor"),
        _ => ("Unknown", "Unknown"),
    };

    private static string? NoteOf(Bulletin bulletin, bool isKnown, Exercise? otherKind)
    {
        var notes = new List<string>();
        if (bulletin.Exercise == Exercise.Oefening) notes.Add("OEFENING: dit is niet echt.");
        if (bulletin.Exercise == Exercise.Test) notes.Add("TEST: dit is niet echt.");
        if (bulletin.SentAt is null) notes.Add("De afzender had geen klok: de tijd is die van ontvangst.");
        else if (!bulletin.SentAt.Value.Trusted) notes.Add("De klok van de afzender was niet betrouwbaar: de tijd is die van ontvangst.");
        if (bulletin is { Kind: not BulletinKind.Nieuw, Replaces: { } number } && !isKnown) notes.Add(otherKind switch
        {
            null => $"Bulletin {number} is hier niet ontvangen.",
            Exercise.Actueel => $"Bulletin {number} is echt: het blijft gelden.",
            Exercise.Oefening => $"Bulletin {number} hoort bij een oefening: dit verandert er niets aan.",
            _ => $"Bulletin {number} was een test: dit verandert er niets aan.",
        });
        return notes.Count == 0 ? null : string.Join(' ', notes);
    }

    private static string HeadlineOf(Bulletin bulletin)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"Bulletin {bulletin.Number}");
        if (bulletin.Exercise != Exercise.Actueel) head = $"{bulletin.Exercise.ToString().ToUpperInvariant()} {head}";
        head += (bulletin.Kind, bulletin.Replaces) switch
        {
            (BulletinKind.Wijziging, { } number) => $" (vervangt bulletin {number})",
            (BulletinKind.Intrekking, { } number) => $" (bulletin {number} geldt niet meer)",
            (BulletinKind.Intrekking, null) => " (intrekking)",
            _ => "",
        };
        var line = VisibleText.Line(bulletin.Text);
        var headline = line.Length == 0 ? head : $"{head}: {line}";
        if (headline.Length <= LongestHeadline) return headline;
        var end = LongestHeadline - Cut.Length;
        return headline[..(char.IsHighSurrogate(headline[end - 1]) ? end - 1 : end)] + Cut;
    }

    /// <summary>A name in small letters, digits and hyphens.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
            foreach (var one in AsciiText.Of(rune).ToLowerInvariant())
                if (char.IsAsciiLetterOrDigit(one)) plain.Append(one);
                else if (plain.Length > 0 && plain[^1] != '-') plain.Append('-');
        var text = plain.ToString().Trim('-');
        return text.Length == 0 ? "regio" : text;
    }
}
