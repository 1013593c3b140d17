using System.Globalization;
using Weerbaarheid.Relay.Pages.Noodsteunpunt;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Reports;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>Where the desk is with a record.</summary>
internal enum DeskStand
{
    /// <summary>Nobody took it up.</summary>
    Nieuw,

    /// <summary>Who made it added something since it was closed or since the desk asked.</summary>
    Antwoord,

    InBehandeling,

    /// <summary>The desk asked something and waits.</summary>
    Gevraagd,

    Afgehandeld,

    /// <summary>Who made it says that it is not needed any more.</summary>
    Ingetrokken,
}

/// <summary>A melding, hulpvraag or hulpaanbod as the desk sees it: what came, what was said later, and where the desk is with it.</summary>
/// <param name="Entry">What came.</param>
/// <param name="Words">What was said later, in the order in which it was said, the desk's own words too.</param>
/// <param name="Stand">Where the desk is with it.</param>
internal sealed record DeskRecord(BoardEntry Entry, IReadOnlyList<BoardEntry> Words, DeskStand Stand)
{
    /// <summary>Larger than any moment in seconds, so that keys have one length.</summary>
    private const long Horizon = 50_000_000_000_000;

    /// <summary>More than ever arrive.</summary>
    private const long LastPlace = 999_999_999_999;

    /// <summary>How what the desk keeps of a question begins.</summary>
    public const string Asked = "Gevraagd: ";

    public EnvelopeKey Key => Entry.Envelope.Key;

    public MessageType Type => Entry.Envelope.Header.Type;

    /// <summary>As the melder proposed it, 1 to 4.</summary>
    public int Priority => Entry.Envelope.Header.Priority;

    /// <summary>Whether it is real.</summary>
    public Exercise Exercise => Entry.Envelope.Header.Exercise;

    public bool IsOpen => Stand < DeskStand.Afgehandeld;

    public bool IsReal => Exercise == Exercise.Actueel;

    /// <summary>Priority 1 that nobody took up, real or not.</summary>
    public bool IsUrgent => Stand == DeskStand.Nieuw && Priority == 1;

    /// <summary>Real priority 1 that nobody took up: on top, red, and heard.</summary>
    public bool IsAlarm => IsUrgent && IsReal;

    /// <summary>The version of the board in which it, or what was said of it, came to be as it is.</summary>
    public long Version => Words.Count == 0 ? Entry.Version : Math.Max(Entry.Version, Words.Max(word => word.Version));

    /// <summary>When it was made, or came in.</summary>
    public DateTimeOffset MadeAt => MessageAge.MadeAt(Entry.Envelope, Entry.Message);

    /// <summary>What the desk told the site.</summary>
    public DeskWord Told => DeskWord.Read(Entry.Envelope.Reference);

    /// <summary>Its place in the list, to be compared as text: what is real before all that is not; of each the urgent first, the longest waiting on top; then what is open by priority, newest first; then the rest.</summary>
    public string SortKey
    {
        get
        {
            var made = MadeAt.ToUnixTimeSeconds();
            var (group, time, place) = IsUrgent ? (0, Horizon + made, Entry.Place) : (IsOpen ? 1 : 2, Horizon - made, LastPlace - Entry.Place);
            return string.Create(CultureInfo.InvariantCulture, $"{(IsReal ? 0 : 1)}{group}{(IsOpen ? Priority : 0)}{time:D15}{place:D12}");
        }
    }

    /// <summary>Puts together what is known of a record.</summary>
    /// <param name="entry">What came.</param>
    /// <param name="words">What was said later, in the order in which it was said.</param>
    /// <param name="desk">The meldkamer.</param>
    public static DeskRecord Of(BoardEntry entry, IReadOnlyList<BoardEntry> words, ushort desk) => new(entry, words, StandOf(entry, words, desk));

    private static bool IsAnswered(ushort origin, IReadOnlyList<BoardEntry> words, ushort desk)
    {
        var isAnswered = false;
        foreach (var word in words)
        {
            if (word.Envelope.Key.Origin == desk && word.Message is Amend { Text: { } text } && text.StartsWith(Asked, StringComparison.Ordinal)) isAnswered = false;
            else if (word.Envelope.Key.Origin == origin) isAnswered = true;
        }

        return isAnswered;
    }

    private static DeskStand StandOf(BoardEntry entry, IReadOnlyList<BoardEntry> words, ushort desk)
    {
        if (LaterWords.EndOf(entry, words, desk) is { } end) return end == AmendKind.Intrekking ? DeskStand.Ingetrokken : DeskStand.Afgehandeld;
        if (entry.Envelope.State < MessageState.InBehandeling) return DeskStand.Nieuw;
        var topic = DeskWord.Read(entry.Envelope.Reference).Topic;
        var isAnswered = IsAnswered(entry.Envelope.Key.Origin, words, desk);
        // That it was closed once and is open now means that who made it had more to say.
        if (topic == DeskTopic.Closed || (topic == DeskTopic.Question && isAnswered)) return DeskStand.Antwoord;
        return topic == DeskTopic.Question ? DeskStand.Gevraagd : DeskStand.InBehandeling;
    }
}
