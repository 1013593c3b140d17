using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Reports;

/// <summary>
/// Whether a record has ended, by what was said about it: one rule for the desk's screen, for the files that people take out and for what is printed. Only who made a record
/// withdraws it, and only the desk closes it; anybody else may say something about it, and no more. A word from an exercise ends nothing real.
/// </summary>
internal static class Ending
{
    /// <summary>Whether a word ends what it is about.</summary>
    /// <param name="by">Who said it.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="maker">Who made the record.</param>
    /// <param name="desk">The meldkamer; null where it is not known, and then nobody closes.</param>
    public static bool Closes(ushort by, AmendKind kind, ushort maker, ushort? desk) => kind switch
    {
        AmendKind.Intrekking => by == maker || by == desk,
        AmendKind.Afgehandeld => by == desk,
        _ => false,
    };

    /// <summary>Whether a word opens what had ended: somebody must read what its maker adds or corrects; and so does a correction by the desk, which is how it opens a record itself.</summary>
    /// <param name="by">Who said it.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="maker">Who made the record.</param>
    /// <param name="desk">The meldkamer; null where it is not known.</param>
    public static bool Opens(ushort by, AmendKind kind, ushort maker, ushort? desk) => kind switch
    {
        AmendKind.Correctie => by == maker || by == desk,
        AmendKind.Aanvulling => by == maker && by != desk,
        _ => false,
    };

    /// <summary>The word that ended a record.</summary>
    /// <param name="oldestFirst">What was said about it.</param>
    /// <param name="read">Who said a word, what it does, and of what kind it is.</param>
    /// <param name="maker">Who made the record.</param>
    /// <param name="exercise">Whether the record is real.</param>
    /// <param name="desk">The meldkamer; null where it is not known.</param>
    /// <returns>Null when it is open.</returns>
    public static T? Of<T>(IEnumerable<T> oldestFirst, Func<T, (ushort By, AmendKind Kind, Exercise Exercise)> read, ushort maker, Exercise exercise, ushort? desk)
        where T : class
    {
        T? end = null;
        foreach (var word in oldestFirst)
        {
            var (by, kind, of) = read(word);
            if (of != exercise) continue;
            if (Closes(by, kind, maker, desk)) end = word;
            else if (Opens(by, kind, maker, desk)) end = null;
        }

        return end;
    }
}
