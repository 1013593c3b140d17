namespace Weerbaarheid.Relay.Wire.Json;

/// <summary>Finds the name that somebody most likely meant.</summary>
public static class Spelling
{
    private const int LongestName = 40;

    /// <summary>The nearest known name, or null when none comes close. Capitals do not count.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestName) return null;
        var (best, least) = ((string?)null, 3);
        foreach (var candidate in known)
        {
            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            // Two changes in a word of three letters make any word of any other.
            if (distance >= least || distance > candidate.Length / 2) continue;
            (best, least) = (candidate, distance);
        }

        return best;
    }

    /// <summary>Insertions, deletions and replacements between two words (Levenshtein 1966).</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
