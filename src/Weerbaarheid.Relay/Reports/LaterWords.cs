using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Reports;

/// <summary>What was said later about a record: aanvulling, correctie, intrekking, afgehandeld.</summary>
internal static class LaterWords
{
    /// <summary>The record that it speaks of.</summary>
    public static EnvelopeKey About(Amend amend) => new(amend.ForSite, Series.Records, amend.ForSequence);

    /// <summary>By record, oldest first.</summary>
    /// <param name="newestFirst">Messages as the board gives them.</param>
    public static ILookup<EnvelopeKey, BoardEntry> ByRecord(IEnumerable<BoardEntry> newestFirst) =>
        newestFirst.Where(entry => entry.Message is Amend).Reverse().ToLookup(entry => About((Amend)entry.Message!));

    /// <summary>About one record, oldest first.</summary>
    public static IReadOnlyList<BoardEntry> Of(MessageBoard board, EnvelopeKey record) =>
        [.. board.Newest(MessageBoard.Capacity, type: MessageType.Amend).Where(entry => entry.Message is Amend amend && About(amend) == record).Reverse()];

    /// <summary>Whether a record has ended; a word from an exercise ends nothing real. Who made it and adds or corrects something after that opens it again, for somebody must read that; so does a correction by the desk.</summary>
    /// <param name="record">The record.</param>
    /// <param name="oldestFirst">What was said about it.</param>
    /// <param name="desk">The meldkamer.</param>
    /// <returns>What ended it; null when it is open.</returns>
    public static AmendKind? EndOf(BoardEntry record, IReadOnlyList<BoardEntry> oldestFirst, ushort desk)
    {
        var words = oldestFirst.Where(word => word.Message is Amend);
        return (Ending.Of(words, word => (word.Envelope.Key.Origin, ((Amend)word.Message!).Kind, word.Envelope.Header.Exercise), record.Envelope.Key.Origin, record.Envelope.Header.Exercise, desk)?.Message as Amend)?.Kind;
    }
}
