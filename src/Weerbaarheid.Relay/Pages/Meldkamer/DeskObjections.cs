using Weerbaarheid.Relay.Pages.Noodsteunpunt;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>What the desk does not do with a record as it stands: the page may be old, or the key pressed on the wrong row, and the site sees each word that goes out.</summary>
internal static class DeskObjections
{
    /// <summary>Why a form is not done; null when it is.</summary>
    /// <param name="record">The record as it is now.</param>
    /// <param name="draft">The form.</param>
    public static (string Field, string Sentence)? To(DeskRecord record, DeskDraft draft) => draft.Action switch
    {
        "neem" when !record.IsOpen => ("heropen", $"{Closed(record)} Het is NIET opnieuw aangenomen. Open het eerst weer, als dat nodig is."),
        "neem" when IsTaken(record, draft.Form) => ("gms", $"Dit bericht is al aangenomen{(record.Told.Number.Length > 0 ? $" ({record.Told.Number})" : "")}. Er is niets veranderd."),
        "vraag" when !record.IsOpen => ("heropen", $"{Closed(record)} De vraag is NIET verstuurd. Open het eerst weer, als dat nodig is."),
        "heropen" when record.IsOpen => ("gms", "Dit bericht is al open. Er is niets veranderd."),
        _ => null,
    };

    /// <summary>The page's form also puts a question aside, or what was answered; the key on a row, which brings no number field, only takes up what waits.</summary>
    private static bool IsTaken(DeskRecord record, FormFields form)
    {
        var number = form.Text("gms", isLine: true);
        if (record.Stand is DeskStand.Nieuw or DeskStand.Antwoord || (number.Length > 0 && number != record.Told.Number)) return false;
        return record.Stand == DeskStand.InBehandeling || !form.Has("gms");
    }

    private static string Closed(DeskRecord record) => record.Stand == DeskStand.Ingetrokken ? "Dit bericht is ingetrokken." : "Dit bericht is afgehandeld.";
}
