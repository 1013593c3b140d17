using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Weerbaarheid.Relay.Markup;

/// <summary>Encodes text for HTML, in content and between quotes.</summary>
internal static class EncodedText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Appends a text.</summary>
    /// <param name="to">Where.</param>
    /// <param name="text">The text; nothing when null.</param>
    /// <param name="isField">A field's value comes back and keeps what nobody can see; in what people read that is shown.</param>
    public static void Append(StringBuilder to, string? text, bool isField) => to.Append(Encoder.Encode(isField ? Sendable(text) : VisibleText.Lines(text)));

    /// <summary>No browser takes control characters.</summary>
    private static string Sendable(string? text) => string.Concat((text ?? "").Where(one => !char.IsControl(one) || one is '\n' or '\t'));
}
