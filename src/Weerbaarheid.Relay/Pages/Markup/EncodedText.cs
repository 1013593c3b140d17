using System.Globalization;
using System.Text;

namespace Weerbaarheid.Relay.Pages.Markup;

/// <summary>Encodes text for HTML, in content and between quotes.</summary>
internal static class EncodedText
{
    private const char Unknown = '\uFFFD';
    private const char JoinsEmoji = '\u200D';
    private const char FirstPicture = '\u2400';
    private const char PictureOfDelete = '\u2421';

    /// <summary>Appends a text.</summary>
    /// <param name="to">Where.</param>
    /// <param name="text">The text; nothing when null.</param>
    /// <param name="isField">A field's value comes back and keeps what nobody can see; in what people read that is shown.</param>
    public static void Append(StringBuilder to, string? text, bool isField)
    {
        for (var i = 0; i < (text?.Length ?? 0); i++)
        {
            var one = text![i];
            if (char.IsSurrogate(one))
            {
                if (i + 1 < text.Length && char.IsSurrogatePair(one, text[i + 1])) to.Append(one).Append(text[++i]);
                else to.Append(Unknown);
            }
            else if (char.IsControl(one) && one is not ('\n' or '\t')) AppendControl(to, one, isField);
            else if (!isField && IsUnseen(one) && !(one == JoinsEmoji && i > 0 && (char.IsLowSurrogate(text[i - 1]) || text[i - 1] == '\uFE0F')))
                to.Append(CultureInfo.InvariantCulture, $"[U+{(int)one:X4}]");
            else AppendSeen(to, one);
        }
    }

    private static void AppendSeen(StringBuilder to, char one)
    {
        switch (one)
        {
            case '&': to.Append("&amp;"); break;
            case '<': to.Append("&lt;"); break;
            case '>': to.Append("&gt;"); break;
            case '"': to.Append("&quot;"); break;
            case '\'': to.Append("&#39;"); break;
            case '`': to.Append("&#96;"); break;
            default: to.Append(one); break;
        }
    }

    /// <summary>No browser takes control characters; Unicode has pictures for them.</summary>
    private static void AppendControl(StringBuilder to, char one, bool isField)
    {
        if (isField) return;
        if (one < ' ') to.Append((char)(FirstPicture + one));
        else if (one == '\u007F') to.Append(PictureOfDelete);
        else to.Append(CultureInfo.InvariantCulture, $"[U+{(int)one:X4}]");
    }

    /// <summary>Turns the direction of what follows, or takes no room: with it an address can read otherwise than it is.</summary>
    private static bool IsUnseen(char one) => one is '\u00AD' or '\u034F' or '\u061C' or '\u180E' or '\uFEFF'
        or (>= '\u200B' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2060' and <= '\u206F');
}
