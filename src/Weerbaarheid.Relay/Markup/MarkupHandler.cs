using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Weerbaarheid.Relay.Markup;

/// <summary>Fills the holes of an interpolated string with encoded text; see <see cref="Html.Of"/>.</summary>
[InterpolatedStringHandler]
internal struct MarkupHandler
{
    private readonly StringBuilder _to;
    private bool _isBare;

    /// <param name="literalLength">Characters outside the holes.</param>
    /// <param name="formattedCount">Holes.</param>
    public MarkupHandler(int literalLength, int formattedCount)
    {
        _to = new StringBuilder(literalLength + (formattedCount * 16));
        _isBare = false;
    }

    public void AppendLiteral(string markup)
    {
        _to.Append(markup);
        _isBare = markup.EndsWith('=');
    }

    /// <summary>Text that people read; what could hide or turn something is made visible.</summary>
    public void AppendFormatted(string? text)
    {
        RequireQuotes();
        EncodedText.Append(_to, text, isField: false);
    }

    /// <summary>What a field holds.</summary>
    public void AppendFormatted(FieldValue value)
    {
        RequireQuotes();
        EncodedText.Append(_to, value.Text, isField: true);
    }

    public void AppendFormatted(Html markup) => _to.Append(markup.ToString());

    public void AppendFormatted(long number)
    {
        RequireQuotes();
        _to.Append(CultureInfo.InvariantCulture, $"{number}");
    }

    public override readonly string ToString() => _to.ToString();

    /// <summary>An attribute without quotes ends at a space: no encoding can make that safe.</summary>
    private void RequireQuotes()
    {
        if (_isBare) throw new InvalidOperationException("A hole is the value of an attribute without quotes around it.");
        _isBare = false;
    }
}
