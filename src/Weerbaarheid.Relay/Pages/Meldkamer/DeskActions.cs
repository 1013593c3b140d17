using System.Threading.Channels;
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
/// One form at a time, each about the record as it is then: of two who take up the same, the second reads that the first did.
/// </summary>
internal sealed class DeskActions
{
    /// <summary>Characters of what the desk writes for itself.</summary>
    public const int WordsLimit = 300;

    /// <summary>The forms.</summary>
    public static readonly IReadOnlyList<string> Names = ["neem", "vraag", "notitie", "sluit", "heropen"];

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>Holds one thing, which whose form is being done has taken out.</summary>
    private readonly Channel<bool> _turn = Channel.CreateBounded<bool>(1);

    private readonly DoneForms _done = new();

    private readonly DeskContext _desk;
    private readonly DetailPage _page;

    public DeskActions(DeskContext desk, DetailPage page)
    {
        (_desk, _page) = (desk, page);
        _turn.Writer.TryWrite(true);
    }

    /// <summary>Shows a record.</summary>
    public Task ShowAsync(HttpContext context) => Find(context) is { } record ? _page.WriteAsync(context, record) : NotFoundAsync(context);

    /// <summary>Takes a form.</summary>
    public async Task SendAsync(HttpContext context, string action)
    {
        if (Find(context) is not { } first)
        {
            await NotFoundAsync(context);
            return;
        }

        var form = await FormFields.ReadAsync(context.Request);
        var draft = new DeskDraft(action, form.Concept ?? FormFields.NewConcept(), form);
        var (record, outcome) = await InTurnAsync(context, first, draft);
        if (form.Problems.Count == 0 && outcome?.Key is not null)
        {
            FormAnswers.SeeOther(context, $"/meldkamer/bericht/{record.Key}");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        if (outcome?.Earlier is not null) draft = draft with { Concept = FormFields.NewConcept() };
        await _page.WriteAsync(context, record, draft, outcome is { Problem.Length: > 0 } refused ? FormAnswers.Refusal(refused) : Html.None);
    }

    /// <summary>Tells the site something about a record, and takes it up if it was not.</summary>
    public Task<FormOutcome> TellAsync(DeskRecord record, string concept, DeskWord word)
    {
        // An id may be long; the desk's number is on the desk's own page too.
        var text = word.ToString();
        if (text.Length > DeskWord.Limit) text = (word with { Number = "" }).ToString();
        if (text.Length == 0 && record.Entry.Envelope.Reference is not null) text = DeskWord.Nothing;
        return _desk.Intake.HandInAsync("amend", concept, json => AmendPages.Write(json, record.Key, "inBehandeling", text));
    }

    /// <summary>Keeps something with a record, here.</summary>
    public Task<FormOutcome> KeepAsync(DeskRecord record, string concept, AmendKind kind, string text) =>
        _desk.Intake.HandInAsync("amend", concept, json => AmendPages.Write(json, record.Key, AmendPages.NameOf(kind), text));

    private async Task<(DeskRecord Record, FormOutcome? Outcome)> InTurnAsync(HttpContext context, DeskRecord first, DeskDraft draft)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(LongestWait);
        try
        {
            await _turn.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return (first, new FormOutcome(null, "Dit punt is nu traag. Er is nog niets gedaan. Probeer het opnieuw.", "Other forms are still being stored.", null));
        }

        try
        {
            var record = _desk.View.Current().Find(first.Key) ?? first;
            if (!_done.Has(draft.Concept) && DeskObjections.To(record, draft) is { } objection)
            {
                draft.Form.Wrong(objection.Field, objection.Sentence);
                return (record, null);
            }

            var outcome = await DoAsync(record, draft);
            if (outcome?.Key is not null) _done.Add(draft.Concept);
            return (record, outcome);
        }
        finally
        {
            _turn.Writer.TryWrite(true);
        }
    }

    private Task<FormOutcome?> DoAsync(DeskRecord record, DeskDraft draft) => draft.Action switch
    {
        "neem" => TakeAsync(record, draft),
        "vraag" => AskAsync(record, draft),
        "notitie" => NoteAsync(record, draft),
        "heropen" => OpenAsync(record, draft),
        _ => CloseAsync(record, draft),
    };

    /// <summary>What the site was told stays: who gives no number does not take one away.</summary>
    private async Task<FormOutcome?> TakeAsync(DeskRecord record, DeskDraft draft)
    {
        var number = draft.Form.Text("gms", isLine: true) is { Length: > 0 } given ? given : record.Told.Number;
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

    private DeskRecord? Find(HttpContext context) => EnvelopeKey.TryParse(context.GetRouteValue("id") as string, out var key) ? _desk.View.Current().Find(key) : null;

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
