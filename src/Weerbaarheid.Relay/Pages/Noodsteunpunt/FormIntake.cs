using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Node;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Noodsteunpunt;

/// <summary>What became of a form.</summary>
/// <param name="Key">The id of the message; null when it was refused.</param>
/// <param name="Problem">Why it was refused, in plain Dutch; empty when it was not.</param>
/// <param name="Detail">The same for a technician.</param>
/// <param name="Earlier">What was sent before from the same form, with other content.</param>
internal readonly record struct FormOutcome(EnvelopeKey? Key, string Problem, string Detail, EnvelopeKey? Earlier);

/// <summary>Hands forms in the way that applications hand messages in: the same rules, the same queue, the same commit before anything is believed.</summary>
internal sealed class FormIntake(RelayNode node, TimeProvider time)
{
    /// <summary>How long somebody is kept waiting for the disk.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextPace _pace = new(time);

    /// <summary>Hands a form in.</summary>
    /// <param name="type">The type of message.</param>
    /// <param name="concept">The reference of the form: however often it is sent, there is one message.</param>
    /// <param name="write">Writes the fields of the message.</param>
    public async Task<FormOutcome> HandInAsync(string type, string concept, Action<Utf8JsonWriter> write)
    {
        var parsed = IntakeParser.Parse($"weerbaarheid/v1/in/{type}", "application/json", ToJson(concept, write), mayBeRepeat: false, _pace);
        if (parsed.Submission is not { } submission) return Refused("Dit bericht kan zo niet worden verstuurd. Kijk na wat u invulde.", string.Join(" ", parsed.Errors));
        try
        {
            // The commit goes on when somebody does not wait for it: a phone that is gone must not take its melding along.
            using var patience = new CancellationTokenSource(Patience, time);
            var commit = await node.SubmitAsync(submission, patience.Token);
            return Told(await commit.WaitAsync(Patience, time), concept);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return Refused("Dit punt is nu traag. Het is nog niet zeker of uw bericht is opgeslagen. Druk nog een keer op versturen: het blijft één bericht.", "The commit did not come in time.");
        }
    }

    private static byte[] ToJson(string concept, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteString("clientRef", concept);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private FormOutcome Told(SubmitOutcome outcome, string concept) => outcome.Refusal switch
    {
        Refusal.None => new FormOutcome(outcome.Key, "", "", null),
        Refusal.Full => Refused("Dit punt heeft geen plaats meer voor dit bericht. Het is NIET opgeslagen. Is het levensgevaar, kies dan 'levensgevaar'. Stuur anders iemand met dit bericht naar het coördinatiepunt.", outcome.Reason),
        Refusal.NotAllowed => Refused("Dit punt mag dit bericht nu niet versturen. Het is NIET opgeslagen. Stuur iemand met dit bericht naar het coördinatiepunt en waarschuw de technicus.", outcome.Reason),
        Refusal.StoreFailed => Refused("Het opslaan is mislukt. Uw bericht is NIET opgeslagen. Probeer het opnieuw; lukt het weer niet, stuur dan iemand met dit bericht naar het coördinatiepunt.", outcome.Reason),
        _ => node.Board.FindReference(concept) is { } earlier
            ? new FormOutcome(null, "Dit formulier is al verstuurd, met een andere inhoud. Het eerste bericht blijft staan.", outcome.Reason, earlier.Envelope.Key)
            : Refused("Dit bericht kan zo niet worden verstuurd. Kijk na wat u invulde.", outcome.Reason),
    };

    private static FormOutcome Refused(string problem, string detail) => new(null, problem, detail, null);
}
