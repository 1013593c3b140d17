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

    /// <summary>Whether it ends the record. Only who made the record withdraws it, and only the desk closes it: anybody else may say something about it, and no more.</summary>
    /// <param name="word">Something that was said later.</param>
    /// <param name="desk">The meldkamer.</param>
    public static bool Ends(BoardEntry word, ushort desk) => word.Message is Amend amend && amend.Kind switch
    {
        AmendKind.Intrekking => word.Envelope.Key.Origin == amend.ForSite || word.Envelope.Key.Origin == desk,
        AmendKind.Afgehandeld => word.Envelope.Key.Origin == desk,
        _ => false,
    };

    /// <summary>Whether a record has ended; a word from an exercise ends nothing real. Who made it and adds or corrects something after that opens it again, for somebody must read that; so does a correction by the desk.</summary>
    /// <param name="record">The record.</param>
    /// <param name="oldestFirst">What was said about it.</param>
    /// <param name="desk">The meldkamer.</param>
    /// <returns>What ended it; null when it is open.</returns>
    public static AmendKind? EndOf(BoardEntry record, IReadOnlyList<BoardEntry> oldestFirst, ushort desk)
    {
        AmendKind? end = null;
        foreach (var word in oldestFirst)
        {
            if (word.Message is not Amend amend || word.Envelope.Header.Exercise != record.Envelope.Header.Exercise) continue;
            if (Ends(word, desk)) end = amend.Kind;
            else if (Opens(word.Envelope.Key.Origin, amend, desk)) end = null;
        }

        return end;
    }

    private static bool Opens(ushort origin, Amend amend, ushort desk) =>
        amend.Kind == AmendKind.Correctie ? origin == amend.ForSite || origin == desk : amend.Kind == AmendKind.Aanvulling && origin == amend.ForSite && origin != desk;
}
