using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Reports;

/// <summary>What was said later about a record: aanvulling, correctie, intrekking, afgehandeld.</summary>
internal static class LaterWords
{
    /// <summary>The record that it speaks of.</summary>
    public static EnvelopeKey About(Amend amend) => new(amend.ForSite, Series.Records, amend.ForSequence);

    /// <summary>By record, in the order of <see cref="InOrder"/>.</summary>
    /// <param name="newestFirst">Messages as the board gives them.</param>
    public static IReadOnlyDictionary<EnvelopeKey, IReadOnlyList<BoardEntry>> ByRecord(IEnumerable<BoardEntry> newestFirst) =>
        newestFirst.Where(entry => entry.Message is Amend).GroupBy(entry => About((Amend)entry.Message!)).ToDictionary(group => group.Key, group => InOrder(group));

    /// <summary>About one record, in the order of <see cref="InOrder"/>.</summary>
    public static IReadOnlyList<BoardEntry> Of(MessageBoard board, EnvelopeKey record) =>
        InOrder(board.Newest(MessageBoard.Capacity, type: MessageType.Amend).Where(entry => entry.Message is Amend amend && About(amend) == record));

    /// <summary>
    /// The order in which things were said, as far as anybody knows (design §4.2): of one origin by its own numbers, whatever came in first. Between origins
    /// nothing is known but when it came in, so each takes the places in which its words came in.
    /// </summary>
    public static IReadOnlyList<BoardEntry> InOrder(IEnumerable<BoardEntry> words)
    {
        var byPlace = words.OrderBy(word => word.Place).ToList();
        var bySequence = byPlace.GroupBy(word => word.Envelope.Key.Origin).ToDictionary(group => group.Key, group => new Queue<BoardEntry>(group.OrderBy(word => word.Envelope.Key.Sequence)));
        return [.. byPlace.Select(word => bySequence[word.Envelope.Key.Origin].Dequeue())];
    }

    /// <summary>When each came in, or what came in at its place did: moments that go with their order. For people only.</summary>
    /// <param name="inOrder">As <see cref="InOrder"/> gives them.</param>
    public static IEnumerable<DateTimeOffset> Moments(IReadOnlyList<BoardEntry> inOrder) => inOrder.OrderBy(word => word.Place).Select(word => word.Envelope.ReceivedAt);

    /// <summary>Whether it ends the record, as <see cref="Ending.Closes"/>.</summary>
    /// <param name="word">Something that was said later.</param>
    /// <param name="desk">The meldkamer.</param>
    public static bool Ends(BoardEntry word, ushort desk) => word.Message is Amend amend && Ending.Closes(word.Envelope.Key.Origin, amend.Kind, amend.ForSite, desk);

    /// <summary>Whether a record has ended, by the rule of <see cref="Ending"/>.</summary>
    /// <param name="record">The record.</param>
    /// <param name="words">What was said about it, in any order.</param>
    /// <param name="desk">The meldkamer; 0 where it is not known, and then only who made a record ends it.</param>
    /// <returns>What ended it; null when it is open.</returns>
    public static AmendKind? EndOf(BoardEntry record, IReadOnlyList<BoardEntry> words, ushort desk)
    {
        var inPlace = words.Where(word => word.Message is Amend).OrderBy(word => word.Place);
        return (Ending.Of(inPlace, word => (word.Envelope.Key, ((Amend)word.Message!).Kind, word.Envelope.Header.Exercise), record.Envelope.Key.Origin, record.Envelope.Header.Exercise, desk)?.Message as Amend)?.Kind;
    }
}
