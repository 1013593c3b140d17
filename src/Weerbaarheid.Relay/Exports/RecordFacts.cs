using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Exports;

/// <summary>What the documents say of a melding, hulpvraag or hulpaanbod: each fact once, in the words that people read.</summary>
internal sealed record RecordFacts
{
    private RecordFacts(StoredEnvelope envelope) => Envelope = envelope;

    /// <summary>The types of which there are facts.</summary>
    public static IReadOnlyList<MessageType> Types { get; } = [MessageType.Melding, MessageType.Hulpvraag, MessageType.Hulpaanbod];

    public StoredEnvelope Envelope { get; }

    /// <summary>Real, exercise or test; from the header, so it is there whatever can be read.</summary>
    public Exercise Exercise => Envelope.Header.Exercise;

    /// <summary>The number that the desk gave it; empty when it gave none. What the desk said beside it, or in its place, is no number.</summary>
    public string DeskNumber => DeskWord.Read(Envelope.Reference).Number;

    /// <summary>When its origin took it in; null when it had no clock or cannot be read.</summary>
    public Moment? SentAt { get; private init; }

    /// <summary>The name of the category; its number when it is newer than this version's table; empty when none was given.</summary>
    public string Category { get; private init; } = "";

    /// <summary>How many, and of what (<see cref="Counted"/>); null when unknown.</summary>
    public int? Count { get; private init; }

    /// <summary>What <see cref="Count"/> counts.</summary>
    public string Counted { get; private init; } = "";

    /// <summary>For how many hours an offer holds; null when unknown, or no offer.</summary>
    public int? AvailableHours { get; private init; }

    public Place Place { get; private init; } = Place.Of(null);

    /// <summary>The melder's own words, as given; null when there are none.</summary>
    public string? Words { get; private init; }

    /// <summary>Whether this version and these keys could read it. When not, only what its envelope says is known.</summary>
    public bool IsReadable { get; private init; }

    /// <summary>What was said later, oldest first.</summary>
    public IReadOnlyList<Amendment> Amendments { get; private init; } = [];

    /// <summary>Whether there were more amendments than are kept.</summary>
    public bool IsCut { get; private init; }

    /// <summary>The withdrawal or completion that ended it; null while somebody may have to act, also again, as the desk's screen has it.</summary>
    public Amendment? Closing { get; private init; }

    /// <summary>The newest correction by who may give one; null when there is none. A word from an exercise corrects nothing real.</summary>
    public Amendment? Correction { get; private init; }

    /// <summary>Whether somebody at the meldkamer still has to take it up.</summary>
    public bool IsOpen => Envelope.State < MessageState.InBehandeling && Closing is null;

    public static RecordFacts Of(OpenedRecord record, Amendments amendments)
    {
        var key = record.Envelope.Key;
        var facts = new RecordFacts(record.Envelope) { Amendments = amendments.Of(key), IsCut = amendments.IsCut(key), IsReadable = record.Message is not null };
        facts = facts with
        {
            SentAt = (record.Message as RecordMessage)?.SentAt,
            Closing = Ending.Of(facts.Amendments, one => (one.Key, one.Kind, one.Exercise), key.Origin, facts.Exercise, amendments.Desk),
            Correction = facts.Amendments.LastOrDefault(one => one.Kind == AmendKind.Correctie && one.Text.Length > 0 && one.Exercise == facts.Exercise && (one.Key.Origin == key.Origin || one.Key.Origin == amendments.Desk)),
        };
        return record.Message switch
        {
            Melding one => facts with { Category = NameOf(one, one.Category), Count = one.Victims, Counted = "slachtoffers", Place = Place.Of(one.Location), Words = one.Text },
            Hulpvraag one => facts with { Category = NameOf(one, one.Category), Count = one.People, Counted = "personen", Place = Place.Of(one.Location), Words = one.Text },
            Hulpaanbod one => facts with
            {
                Category = NameOf(one, one.Category),
                Count = one.Quantity,
                Counted = "aangeboden",
                AvailableHours = one.AvailableHours,
                Place = Place.Of(one.Location),
                Words = one.Text,
            },
            _ => facts,
        };
    }

    private static string NameOf(Message message, byte code) => code == 0 ? "" : CategoryTable.Current.Name(message.Type, code) ?? $"categorie {code}";
}
