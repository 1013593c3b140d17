using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>A form of the desk as it was sent, to be shown again when it was not taken.</summary>
/// <param name="Action">Which form.</param>
/// <param name="Concept">Its reference.</param>
/// <param name="Form">Its fields and what is wrong with them.</param>
internal sealed record DeskDraft(string Action, string Concept, FormFields Form)
{
    /// <summary>What a field held.</summary>
    public string Value(string field) => Form.Text(field);
}

/// <summary>
/// What a person at the desk does with a record. What the site must see goes as the record's reference, in a receipt; what the meldkamer itself must
/// remember is an amend of its own. Each part has a reference derived from the form's: a form that is sent twice, or again after half of it failed, is done once.
/// </summary>
internal sealed class DeskActions(DeskContext desk, DetailPage page)
{
    /// <summary>Characters of what the desk writes for itself.</summary>
    public const int WordsLimit = 300;

    /// <summary>The forms.</summary>
    public static readonly IReadOnlyList<string> Names = ["neem", "vraag", "notitie", "sluit", "heropen"];

    /// <summary>Shows a record.</summary>
    public Task ShowAsync(HttpContext context) => Find(context) is { } record ? page.WriteAsync(context, record) : NotFoundAsync(context);

    /// <summary>Takes a form.</summary>
    public async Task SendAsync(HttpContext context, string action)
    {
        if (Find(context) is not { } record)
        {
            await NotFoundAsync(context);
            return;
        }

        var form = await FormFields.ReadAsync(context.Request);
        var draft = new DeskDraft(action, form.Concept ?? FormFields.NewConcept(), form);
        var outcome = await DoAsync(record, draft);
        if (form.Problems.Count == 0 && outcome?.Key is not null)
        {
            FormAnswers.SeeOther(context, $"/meldkamer/bericht/{record.Key}");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        if (outcome?.Earlier is not null) draft = draft with { Concept = FormFields.NewConcept() };
        await page.WriteAsync(context, record, draft, outcome is { Problem.Length: > 0 } refused ? FormAnswers.Refusal(refused) : Html.None);
    }

    /// <summary>Tells the site something about a record, and takes it up if it was not.</summary>
    public Task<FormOutcome> TellAsync(DeskRecord record, string concept, DeskWord word)
    {
        // An id may be long; the desk's number is on the desk's own page too.
        var text = word.ToString();
        if (text.Length > DeskWord.Limit) text = (word with { Number = "" }).ToString();
        if (text.Length == 0 && record.Entry.Envelope.Reference is not null) text = DeskWord.Nothing;
        return desk.Intake.HandInAsync("amend", concept, json => AmendPages.Write(json, record.Key, "inBehandeling", text));
    }

    /// <summary>Keeps something with a record, here.</summary>
    public Task<FormOutcome> KeepAsync(DeskRecord record, string concept, AmendKind kind, string text) =>
        desk.Intake.HandInAsync("amend", concept, json => AmendPages.Write(json, record.Key, AmendPages.NameOf(kind), text));

    private Task<FormOutcome?> DoAsync(DeskRecord record, DeskDraft draft) => draft.Action switch
    {
        "neem" => TakeAsync(record, draft),
        "vraag" => AskAsync(record, draft),
        "notitie" => NoteAsync(record, draft),
        "heropen" => OpenAsync(record, draft),
        _ => CloseAsync(record, draft),
    };

    private async Task<FormOutcome?> TakeAsync(DeskRecord record, DeskDraft draft)
    {
        var number = draft.Form.Text("gms", isLine: true);
        if (!DeskWord.IsNumber(number)) draft.Form.Wrong("gms", $"GMS-nummer: hoogstens {DeskWord.NumberLimit} tekens.");
        return draft.Form.Problems.Count > 0 ? null : await TellAsync(record, draft.Concept, new DeskWord(number, DeskTopic.None, ""));
    }

    private async Task<FormOutcome?> AskAsync(DeskRecord record, DeskDraft draft)
    {
        var (question, room) = (draft.Form.Text("vraag", isLine: true), DeskWord.RoomForQuestion(record.Told.Number));
        if (question.Length == 0) draft.Form.Wrong("vraag", "Schrijf wat u wilt weten.");
        if (question.Length > room) draft.Form.Wrong("vraag", $"Vraag: dit zijn {question.Length} tekens, er passen er {room}. Maak het korter.");
        if (draft.Form.Problems.Count > 0) return null;
        var told = await TellAsync(record, draft.Concept, new DeskWord(record.Told.Number, DeskTopic.Question, question));
        return told.Key is null ? told : await KeepAsync(record, draft.Concept + "b", AmendKind.Aanvulling, DeskRecord.Asked + question);
    }

    private async Task<FormOutcome?> NoteAsync(DeskRecord record, DeskDraft draft)
    {
        var words = draft.Form.Text("notitie", "Aanvulling", WordsLimit);
        if (words.Length == 0) draft.Form.Wrong("notitie", "Schrijf wat erbij moet.");
        return draft.Form.Problems.Count > 0 ? null : await KeepAsync(record, draft.Concept, AmendKind.Aanvulling, words);
    }

    /// <summary>First what counts, then what the site sees.</summary>
    private async Task<FormOutcome?> CloseAsync(DeskRecord record, DeskDraft draft)
    {
        var words = draft.Form.Text("reden", "Reden", WordsLimit);
        if (draft.Form.Problems.Count > 0) return null;
        var kept = await KeepAsync(record, draft.Concept, AmendKind.Afgehandeld, words);
        return kept.Key is null ? kept : await TellAsync(record, draft.Concept + "b", new DeskWord(record.Told.Number, DeskTopic.Closed, ""));
    }

    private async Task<FormOutcome?> OpenAsync(DeskRecord record, DeskDraft draft)
    {
        var kept = await KeepAsync(record, draft.Concept, AmendKind.Correctie, "Heropend");
        return kept.Key is null ? kept : await TellAsync(record, draft.Concept + "b", new DeskWord(record.Told.Number, DeskTopic.None, ""));
    }

    private DeskRecord? Find(HttpContext context) => EnvelopeKey.TryParse(context.GetRouteValue("id") as string, out var key) ? desk.View.Current().Find(key) : null;

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
