using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>A bulletin that is being written.</summary>
/// <param name="Number">The region's number.</param>
/// <param name="Hours">How long it holds.</param>
/// <param name="Kind">What it does to an earlier one.</param>
/// <param name="Replaces">Which one; null for none.</param>
/// <param name="Grip">0 to 5; null when it says nothing about it.</param>
/// <param name="Priority">1 to 4.</param>
/// <param name="Text">What everybody must know.</param>
internal sealed record BulletinDraft(int Number, int Hours, BulletinKind Kind, int? Replaces, int? Grip, int Priority, string Text)
{
    /// <summary>The kind in the form and on the wire.</summary>
    public static string NameOf(BulletinKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>A new one.</summary>
    /// <param name="number">The first that is free.</param>
    public static BulletinDraft New(int number) => new(number, 24, BulletinKind.Nieuw, null, null, 2, "");

    /// <summary>Reads a form, and notes in it what is wrong.</summary>
    public static BulletinDraft Read(FormFields form, int standardNumber)
    {
        var kindName = form.Text("soort", isLine: true);
        var kind = Enum.GetValues<BulletinKind>().FirstOrDefault(one => NameOf(one) == kindName);
        var draft = new BulletinDraft(
            form.Number("nummer", "Nummer", MessageLimits.Count) ?? standardNumber, form.Number("geldig", "Geldig", MessageLimits.ValidHours) ?? 24, kind,
            form.Number("vervangt", "Vervangt", MessageLimits.Count), form.Number("grip", "GRIP", MessageLimits.Grip), form.Number("prioriteit", "Prioriteit", 4) ?? 2,
            form.Text("tekst", "Tekst", MessageLimits.BulletinText));
        if (draft.Number == 0) form.Wrong("nummer", "Nummer: vul een getal van 1 of hoger in.");
        if (draft.Hours == 0) form.Wrong("geldig", "Geldig: vul 1 uur of meer in.");
        if (draft.Priority == 0) form.Wrong("prioriteit", "Prioriteit: kies 1 tot en met 4.");
        if (draft.Replaces == 0) form.Wrong("vervangt", "Vervangt: vul het nummer van een eerder bulletin in, of laat het leeg.");
        if (kind != BulletinKind.Nieuw && draft.Replaces is null) form.Wrong("vervangt", "Vul in welk bulletin dit wijzigt of intrekt.");
        if (kind == BulletinKind.Nieuw && draft.Replaces is not null) form.Wrong("soort", "Een nieuw bulletin vervangt niets. Kies 'wijziging' of 'intrekking'.");
        if (draft.Text.Length == 0 && kind != BulletinKind.Intrekking) form.Wrong("tekst", "Schrijf wat iedereen moet weten.");
        return draft;
    }

    /// <summary>The same, to be carried on.</summary>
    public IEnumerable<(string Name, string Value)> Pairs() =>
    [
        ("nummer", InDigits(Number)), ("geldig", InDigits(Hours)), ("soort", NameOf(Kind)), ("vervangt", Replaces is { } replaced ? InDigits(replaced) : ""),
        ("grip", Grip is { } grip ? InDigits(grip) : ""), ("prioriteit", InDigits(Priority)), ("tekst", Text),
    ];

    /// <summary>Writes the fields of the message.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("priority", Priority);
        json.WriteNumber("number", Number);
        json.WriteNumber("validHours", Hours);
        json.WriteString("kind", NameOf(Kind));
        if (Replaces is { } replaced) json.WriteNumber("replaces", replaced);
        if (Grip is { } grip) json.WriteNumber("grip", grip);
        if (Text.Length > 0) json.WriteString("text", Text);
    }

    /// <summary>Bytes of the body as it is coded, and of the whole envelope with header and signature.</summary>
    /// <param name="site">Who issues it.</param>
    /// <param name="sentAt">When; null when the clock says nothing.</param>
    public (int Body, int Envelope) SizeOf(ushort site, Moment? sentAt)
    {
        var bulletin = new Bulletin { Priority = (byte)Priority, SentAt = sentAt, Number = Number, ValidHours = Hours, Kind = Kind, Replaces = Replaces, Grip = Grip, Text = Text.Length > 0 ? Text : null };
        Span<byte> body = stackalloc byte[MessageLimits.Body];
        var length = MessageCodec.Encode(bulletin, body);
        return (length, Wire.Sealing.Envelope.SizeFor(EnvelopeHeader.For(bulletin, 0, site, 1), length));
    }

    private static string InDigits(int number) => number.ToString(CultureInfo.InvariantCulture);
}
