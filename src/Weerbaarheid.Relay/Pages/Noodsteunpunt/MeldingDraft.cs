using System.Globalization;
using System.Text.Json;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>A step of a melding.</summary>
internal enum MeldingStep
{
    Waar,
    Wat,
    Hoeveel,
    Controleer,
}

/// <summary>
/// A melding that is being filled in. It lives in the address of the page alone: back, reload and a link that was kept all work, and a node that
/// restarts or a phone that loses the Wi-Fi forgets nothing.
/// </summary>
/// <param name="Concept">What the melding will be known by, however often it is sent.</param>
/// <param name="Place">Where.</param>
/// <param name="Choice">What; null when nothing was chosen yet.</param>
/// <param name="Victims">How many victims; null when unknown.</param>
/// <param name="Priority">How urgent, 1 to 4; null when nothing was chosen yet.</param>
/// <param name="Words">The melder's own words.</param>
internal sealed record MeldingDraft(string Concept, Place Place, MeldingChoice? Choice, int? Victims, int? Priority, string Words)
{
    /// <summary>Characters of the melder's own words: with a button and a place beside them they fit in a message.</summary>
    public const int WordsLimit = 300;

    /// <summary>How urgent it is, in the melder's view; the meldkamer decides.</summary>
    public int Urgency => Priority ?? Choice?.Priority ?? 2;

    /// <summary>What is sent as text: the button, where it says more than its category, the melder's words, and the place beside the address.</summary>
    public string Text => string.Join(". ", new[] { Choice is { SaysMore: true } choice ? choice.Label : "", Words, Place.Beside.Length > 0 ? $"Plek: {Place.Beside}" : "" }.Where(part => part.Length > 0));

    /// <summary>Reads what there is of it, and notes in the form what is wrong up to a step.</summary>
    /// <param name="concept">The reference of the form.</param>
    /// <param name="form">The fields.</param>
    /// <param name="upTo">The step that somebody wants to see: those before it must be right.</param>
    /// <returns>The draft, and the first step that is not right, or else the step that was asked for.</returns>
    public static (MeldingDraft Draft, MeldingStep Step) Read(string concept, FormFields form, MeldingStep upTo)
    {
        var place = Place.Read(form);
        var what = form.Text("wat", isLine: true);
        var victims = form.Number("meer", "Aantal", MessageLimits.Count) ?? (int.TryParse(form.Text("aantal", isLine: true), NumberStyles.None, CultureInfo.InvariantCulture, out var few) && few <= MessageLimits.Count ? few : null);
        var priority = form.Text("dringend", isLine: true) is [>= '1' and <= '3' and var digit] ? digit - '0' : (int?)null;
        var words = form.Text("tekst", "Uw eigen woorden", WordsLimit);
        var draft = new MeldingDraft(concept, place, Choices.Melding.FirstOrDefault(one => one.Code == what), victims, priority, words);
        return (draft, draft.Check(form, upTo));
    }

    /// <summary>What the draft holds, to be carried on.</summary>
    public IEnumerable<(string Name, string Value)> Pairs() =>
    [
        ("concept", Concept), .. Place.Pairs(), ("wat", Choice?.Code ?? ""), ("aantal", Victims?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ("dringend", Priority?.ToString(CultureInfo.InvariantCulture) ?? ""), ("tekst", Words),
    ];

    /// <summary>The address of a step with this draft in it.</summary>
    public string AddressOf(MeldingStep step) =>
        $"/melding/{NameOf(step)}?{string.Join('&', Pairs().Where(pair => pair.Value.Length > 0).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"))}";

    /// <summary>A step's name in the address.</summary>
    public static string NameOf(MeldingStep step) => step switch
    {
        MeldingStep.Waar => "waar",
        MeldingStep.Wat => "wat",
        MeldingStep.Hoeveel => "hoeveel",
        _ => "controleer",
    };

    /// <summary>Writes the fields of the message.</summary>
    public void Write(Utf8JsonWriter json, ushort site)
    {
        json.WriteNumber("priority", Urgency);
        if (Choice?.Category is { } category) json.WriteString("category", category);
        if (Victims is { } victims) json.WriteNumber("victims", victims);
        Place.Write(json, site);
        if (Text.Length > 0) json.WriteString("text", Text);
    }

    private MeldingStep Check(FormFields form, MeldingStep upTo)
    {
        if (upTo > MeldingStep.Waar)
        {
            Place.Check(form);
            if (form.Problems.Any(problem => problem.Field is "postcode" or "nummer" or "letter" or "plek")) return MeldingStep.Waar;
        }

        if (upTo > MeldingStep.Wat && Choice is null)
        {
            form.Wrong("wat", "Kies wat er aan de hand is.");
            return MeldingStep.Wat;
        }

        if (upTo <= MeldingStep.Hoeveel) return upTo;
        if (Choice is { Category: null } && Words.Length == 0) form.Wrong("tekst", "Vertel in een paar woorden wat er aan de hand is.");
        return form.Problems.Count > 0 ? MeldingStep.Hoeveel : upTo;
    }
}
