using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Exports;

/// <summary>A later word about a record.</summary>
/// <param name="Key">Its own id: who said it.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Text">Its explanation, on one line; empty when there is none.</param>
/// <param name="Exercise">Whether it is real.</param>
/// <param name="At">When it was said, or when it came when that is not known.</param>
internal sealed record Amendment(EnvelopeKey Key, AmendKind Kind, string Text, Exercise Exercise, DateTimeOffset At)
{
    private string Word => Kind switch
    {
        AmendKind.Aanvulling => "aanvulling",
        AmendKind.Correctie => "correctie",
        AmendKind.Intrekking => "intrekking",
        AmendKind.Afgehandeld => "afgehandeld",
        _ => "in behandeling",
    };

    /// <summary>What it is and who said it: <c>intrekking (11-12)</c>.</summary>
    public string Title => Exercise == Exercise.Actueel ? $"{Word} ({Key})" : $"{Exercise.ToString().ToUpperInvariant()} {Word} ({Key})";
}

/// <summary>
/// What was said later about which record. Bounded: of one record the newest are kept, and of all together so much text; what was left
/// out is told (<see cref="LeftOut"/>), for a document must not look complete when it is not.
/// </summary>
internal sealed class Amendments
{
    /// <summary>Kept of one record.</summary>
    public const int MostOfOne = 20;

    /// <summary>Kept in all.</summary>
    public const int MostInAll = 50_000;

    /// <summary>Characters of text kept in all.</summary>
    public const int MostCharacters = 8_000_000;

    private readonly Dictionary<EnvelopeKey, List<Amendment>> _of = [];
    private readonly HashSet<EnvelopeKey> _cut = [];
    private int _count;
    private int _characters;

    /// <summary>Amendments that are in none of the documents, because there were too many.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The meldkamer; null where it is not known, and then nothing counts as done.</summary>
    public ushort? Desk { get; private init; }

    /// <summary>Collects from records, newest first.</summary>
    /// <param name="newestFirst">The amends among them are taken.</param>
    /// <param name="desk">The meldkamer; null where it is not known, and then nothing counts as done.</param>
    public static Amendments From(IEnumerable<OpenedRecord> newestFirst, ushort? desk)
    {
        var amendments = new Amendments { Desk = desk };
        foreach (var record in newestFirst)
            if (record.Message is Amend amend) amendments.Add(record, amend);
        return amendments;
    }

    /// <summary>Of one record, in the order in which they came.</summary>
    public IReadOnlyList<Amendment> Of(EnvelopeKey key) => _of.TryGetValue(key, out var found) ? [.. found.AsEnumerable().Reverse()] : [];

    /// <summary>Whether older ones of this record were left out.</summary>
    public bool IsCut(EnvelopeKey key) => _cut.Contains(key);

    private void Add(OpenedRecord record, Amend amend)
    {
        var about = new EnvelopeKey(amend.ForSite, Series.Records, amend.ForSequence);
        var one = new Amendment(record.Envelope.Key, amend.Kind, VisibleText.Line(amend.Text), amend.Exercise, amend.SentAt?.ToDateTimeOffset() ?? record.Envelope.ReceivedAt);
        if (_count >= MostInAll || _characters + one.Text.Length > MostCharacters || (_of.TryGetValue(about, out var known) && known.Count >= MostOfOne))
        {
            LeftOut++;
            if (_cut.Count < MostInAll) _cut.Add(about);
            return;
        }

        if (!_of.TryGetValue(about, out var list)) _of[about] = list = [];
        list.Add(one);
        _count++;
        _characters += one.Text.Length;
    }
}
