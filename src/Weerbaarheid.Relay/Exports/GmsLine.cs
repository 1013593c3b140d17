using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Exports;

/// <summary>
/// A melding in one line of plain ASCII, to be typed or pasted into GMS: priority, kind, place, count, what was corrected later, the melder's words, and last the id
/// by which it is found again. When it is too long the words are cut, never what stands around them.
/// </summary>
internal static class GmsLine
{
    /// <summary>Characters at most.</summary>
    public const int Longest = 200;

    private const int LongestPlace = 60;
    private const string Cut = "...";

    public static string Of(RecordFacts facts)
    {
        var envelope = facts.Envelope;
        var head = new StringBuilder();
        if (facts.Exercise != Wire.Messages.Exercise.Actueel) head.Append(facts.Exercise.ToString().ToUpperInvariant()).Append(' ');
        head.Append(CultureInfo.InvariantCulture, $"P{envelope.Header.Priority} {envelope.Header.Type.ToString().ToUpperInvariant()}");
        if (facts.Category.Length > 0) head.Append(' ').Append(facts.Category.ToUpperInvariant());
        head.Append(", ").Append(Shortened(Plain(facts.Place.Name), LongestPlace));
        if (facts.Count is { } count) head.Append(CultureInfo.InvariantCulture, $", {count} {facts.Counted}");
        var tail = $" (WR {envelope.Key})";
        var words = facts.IsReadable ? Plain(facts.Words) : "onleesbaar voor deze versie";
        // What is no longer true must not be typed in as if it were.
        if (Plain(facts.Correction?.Text) is { Length: > 0 } correction) words = words.Length == 0 ? $"CORRECTIE: {correction}" : $"CORRECTIE: {correction}, EERST GEMELD: {words}";
        if (words.Length > 0) words = ", " + words;
        return $"{head}{Shortened(words, Longest - head.Length - tail.Length)}{tail}";
    }

    /// <summary>
    /// ASCII on one line. At the start of a word only letters and digits stay: desks give commands with signs there, and spreadsheets take
    /// some of them for formulas.
    /// </summary>
    private static string Plain(string? text)
    {
        var plain = new StringBuilder();
        foreach (var rune in VisibleText.Line(text).EnumerateRunes())
        {
            foreach (var one in AsciiText.Of(rune))
            {
                var starts = plain.Length == 0 || plain[^1] == ' ';
                if (starts && !char.IsAsciiLetterOrDigit(one) && one is not ('?' or '(')) continue;
                plain.Append(one);
            }
        }

        return plain.ToString().TrimEnd();
    }

    private static string Shortened(string text, int longest) => text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest - Cut.Length).TrimEnd(), Cut);
}
