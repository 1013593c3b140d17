using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

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

    /// <summary>
    /// The word that ended a record. What comes late, after a later word of the same origin, takes nothing back that the later one did: it does not open what its maker
    /// withdrew after it, and a withdrawal that its maker spoke again after does not close. It still opens what the desk closed without it.
    /// </summary>
    /// <param name="asTheyCame">What was said about it, in the order in which it came in.</param>
    /// <param name="read">Its id, what it does, and of what kind it is.</param>
    /// <param name="maker">Who made the record.</param>
    /// <param name="exercise">Whether the record is real.</param>
    /// <param name="desk">The meldkamer; null where it is not known.</param>
    /// <returns>Null when it is open.</returns>
    public static T? Of<T>(IEnumerable<T> asTheyCame, Func<T, (EnvelopeKey Key, AmendKind Kind, Exercise Exercise)> read, ushort maker, Exercise exercise, ushort? desk)
        where T : class
    {
        T? end = null;
        var latest = new Dictionary<ushort, (ulong Sequence, bool Closes)>();
        foreach (var word in asTheyCame)
        {
            var (key, kind, of) = read(word);
            var (closes, opens) = (Closes(key.Origin, kind, maker, desk), Opens(key.Origin, kind, maker, desk));
            if (of != exercise || !(closes || opens)) continue;
            var isLate = latest.TryGetValue(key.Origin, out var last) && last.Sequence > key.Sequence;
            if (closes && !isLate) end = word;
            else if (opens && !(isLate && last.Closes)) end = null;
            if (!isLate) latest[key.Origin] = (key.Sequence, closes);
        }

        return end;
    }
}
