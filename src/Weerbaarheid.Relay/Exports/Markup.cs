using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Weerbaarheid.Relay.Exports;

/// <summary>Markup that is safe to show: what was written in the source, and for holes text that is encoded whoever wrote it.</summary>
internal readonly struct Markup
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string? _text;

    private Markup(string text) => _text = text;

    public static Markup None => default;

    /// <summary>Markup of an interpolated string; attributes stand between double quotes.</summary>
    public static Markup Of(FormattableString source) => new(string.Format(CultureInfo.InvariantCulture, source.Format, [.. source.GetArguments().Select(Encoded)]));

    /// <summary>For each of some things, its markup.</summary>
    public static Markup Each<T>(IEnumerable<T> things, Func<T, Markup> draw) => new(string.Concat(things.Select(thing => draw(thing).ToString())));

    public override string ToString() => _text ?? "";

    private static string Encoded(object? value) => value is Markup markup ? markup.ToString() : Encoder.Encode(VisibleText.Lines(Convert.ToString(value, CultureInfo.InvariantCulture)));
}
