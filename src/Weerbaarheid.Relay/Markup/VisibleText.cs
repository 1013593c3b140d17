using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Markup;

/// <summary>
/// Words of others as they may stand in a document: what cannot be seen, turns the direction of reading, or no format takes is shown
/// as what it is, so that nobody is misled by it and nothing is lost in silence.
/// </summary>
internal static class VisibleText
{
    private const int FirstPicture = 0x2400;
    private const int PictureOfDelete = 0x2421;
    private const int JoinsEmoji = 0x200D;

    /// <summary>What a melder's line break becomes in a line.</summary>
    private const string Break = " / ";

    /// <summary>The text on one line; a line break becomes " / ", a tab a space.</summary>
    public static string Line(string? text) => Show(text, keepsLines: false);

    /// <summary>The text with its lines.</summary>
    public static string Lines(string? text) => Show(text, keepsLines: true);

    private static string Show(string? text, bool keepsLines)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var shown = new StringBuilder(text.Length);
        var before = 0;
        foreach (var rune in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r' or 0x2028 or 0x2029 or 0x85) shown.Append(keepsLines ? "\n" : Break);
            else if (rune.Value == '\t') shown.Append(' ');
            else if (rune.Value < ' ') shown.Append((char)(FirstPicture + rune.Value));
            else if (rune.Value == 0x7F) shown.Append((char)PictureOfDelete);
            else if (IsUnseen(rune) && !(rune.Value == JoinsEmoji && IsEmoji(before))) shown.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            else shown.Append(rune);
            before = rune.Value;
        }

        return keepsLines ? shown.ToString() : shown.ToString().Trim();
    }

    private static bool IsEmoji(int rune) => rune is 0xFE0F or >= 0x1F000;

    /// <summary>Controls, format characters (direction, zero width, tags), private use, what is no character, and letters without a picture.</summary>
    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse => true,
        // An emoji that is newer than this program's tables can be seen all the same.
        UnicodeCategory.OtherNotAssigned => rune.Value is not (>= 0x1F000 and <= 0x1FAFF),
        _ => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or 0xFFA0,
    };
}
