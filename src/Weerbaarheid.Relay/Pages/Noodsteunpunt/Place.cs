using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>Where something is, as the melder filled it in. "I do not know" is an answer, and is sent.</summary>
/// <param name="Choice"><c>hier</c>, <c>onbekend</c>, or empty for what the other fields say.</param>
/// <param name="Postcode">As it was filled in.</param>
/// <param name="Number">House number, as it was filled in.</param>
/// <param name="Letter">House letter, as it was filled in.</param>
/// <param name="Words">The place in the melder's own words.</param>
internal sealed record Place(string Choice, string Postcode, string Number, string Letter, string Words)
{
    public const string Here = "hier";
    public const string Unknown = "onbekend";
    private const int LongestWords = 150;
    private const int LongestField = 16;

    /// <summary>Whether there is an address.</summary>
    public bool HasAddress => Choice is not (Here or Unknown) && Postcode.Length > 0;

    /// <summary>The words, where they come beside an address and so belong to the text of the message.</summary>
    public string Beside => HasAddress || Choice is Here or Unknown ? Words : "";

    public static Place Read(FormFields form) => new(
        form.Text("waar", isLine: true), form.Text("postcode", isLine: true).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(),
        form.Text("nummer", isLine: true), form.Text("letter", isLine: true).ToUpperInvariant(), form.Text("plek", "Plek", LongestWords));

    /// <summary>Notes in the form what is wrong.</summary>
    public void Check(FormFields form)
    {
        if (Choice is Here or Unknown) return;
        if (Postcode.Length == 0 && Words.Length == 0)
        {
            form.Wrong("postcode", Number.Length > 0 ? "Vul ook de postcode in." : "Vul een postcode in, beschrijf de plek, of kies 'hier' of 'weet ik niet'.");
            return;
        }

        if (Postcode.Length > 0 && !IsPostcode(Postcode)) form.Wrong("postcode", "Dit is geen postcode. Schrijf vier cijfers en twee letters, zoals 9351AB.");
        if (Number.Length > 0 && !TryNumber(out _)) form.Wrong("nummer", "Dit is geen huisnummer. Schrijf alleen cijfers; een letter hoort in het vak ernaast.");
        if (Letter.Length > 0 && Letter is not [>= 'A' and <= 'Z']) form.Wrong("letter", "Dit is geen letter van een huisnummer. Schrijf één letter; schrijf de rest bij de plek.");
    }

    public static Html Draw(FormFields form, Place place) => Html.Of($"""
        {Fields.Line(form, "postcode", "Postcode", place.Postcode, LongestField, "Zoals 9351AB")}
        <div class="pair">{Fields.Number(form, "nummer", "Huisnummer", place.Number)}{Fields.Line(form, "letter", "Letter", place.Letter, 1)}</div>
        {Fields.Area(form, "plek", "Of beschrijf de plek", place.Words, LongestWords, "Zoals: achter de sporthal, bij de brug in Enumatil")}
        """);

    /// <summary>The same, to be carried on to the next step.</summary>
    public IEnumerable<(string Name, string Value)> Pairs() => [("waar", Choice), ("postcode", Postcode), ("nummer", Number), ("letter", Letter), ("plek", Words)];

    /// <summary>Writes the location of a message that was checked; nothing when it is unknown.</summary>
    public void Write(Utf8JsonWriter json, ushort site)
    {
        if (Choice == Unknown) return;
        json.WriteStartObject("location");
        if (Choice == Here) json.WriteNumber("site", site);
        else if (HasAddress)
        {
            json.WriteString("postcode", Postcode);
            if (TryNumber(out var number)) json.WriteNumber("number", number);
            if (Letter.Length > 0) json.WriteString("letter", Letter);
        }
        else json.WriteString("text", Words);
        json.WriteEndObject();
    }

    /// <summary>The place in a sentence.</summary>
    public string Describe(string siteName) => Choice switch
    {
        Here => $"Hier: {siteName}",
        Unknown => "Onbekend",
        _ => HasAddress ? $"{Postcode} {Number}{Letter}".Trim() : Words,
    };

    private static bool IsPostcode(string text) => text.Length == 6 && text[0] is >= '1' and <= '9' && text[..4].All(char.IsAsciiDigit) && text[4..].All(char.IsAsciiLetterUpper);

    private bool TryNumber(out int number) => int.TryParse(Number, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MessageLimits.HouseNumber;
}
