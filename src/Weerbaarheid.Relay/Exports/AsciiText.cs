using System.Text;

namespace Weerbaarheid.Relay.Exports;

/// <summary>Letters and signs of Dutch and its neighbours in ASCII; what has no likeness becomes a question mark. A diaeresis only tells syllables apart, so an ö is an o.</summary>
internal static class AsciiText
{
    private const string Unknown = "?";

    /// <summary>Groups: the ASCII, then the characters that become it.</summary>
    private static readonly Dictionary<int, string> Likeness = Read(
        "A ÀÁÂÃÄÅĀĂĄ|AE Æ|C ÇĆĈĊČ|D ĎĐÐ|E ÈÉÊËĒĔĖĘĚ|G ĜĞĠĢ|H ĤĦ|I ÌÍÎÏĨĪĬĮİ|IJ Ĳ|J Ĵ|K Ķ|L ĹĻĽĿŁ|N ÑŃŅŇ|O ÒÓÔÕÖØŌŎŐ|OE Œ|R ŔŖŘ|S ŚŜŞŠȘ|T ŢŤŦȚ|TH Þ|U ÙÚÛÜŨŪŬŮŰŲ|W Ŵ|Y ÝŶŸ|Z ŹŻŽ"
        + "|a àáâãäåāăą|ae æ|c çćĉċč|d ďđð|e èéêëēĕėęě|g ĝğġģ|h ĥħ|i ìíîïĩīĭįı|ij ĳ|j ĵ|k ķ|l ĺļľŀł|n ñńņňŉ|o òóôõöøōŏő|oe œ|r ŕŗř|s śŝşšș|ss ß|t ţťŧț|th þ|u ùúûüũūŭůűų|w ŵ|y ýÿŷ|z źżž"
        + "|' ‘’‚‛′´|\" “”„‟″«»|- ‐‑‒–—―−|... …|EUR €|GBP £|1/2 ½|1/4 ¼|3/4 ¾|2 ²|3 ³|u µ|x ×|: ÷| gr °|+- ±|. ·•|! ¡|? ¿");

    public static string Of(Rune rune)
    {
        if (rune.Value is >= ' ' and < 0x7F) return ((char)rune.Value).ToString();
        if (Likeness.TryGetValue(rune.Value, out var plain)) return plain;
        if (Rune.IsWhiteSpace(rune)) return " ";
        // A mark on the letter before it, such as a diaeresis that was typed apart.
        return Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.NonSpacingMark ? "" : Unknown;
    }

    private static Dictionary<int, string> Read(string groups)
    {
        var table = new Dictionary<int, string>();
        foreach (var group in groups.Split('|'))
        {
            var end = group.LastIndexOf(' ');
            foreach (var rune in group[(end + 1)..].EnumerateRunes()) table[rune.Value] = group[..end];
        }

        return table;
    }
}
