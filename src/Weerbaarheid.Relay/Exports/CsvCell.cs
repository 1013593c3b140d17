using System.Globalization;
using System.Text;
using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Exports;

/// <summary>
/// Cells for a spreadsheet with Dutch settings: RFC 4180 quotes, a semicolon between cells, a decimal comma. Text of others never becomes a
/// formula, a date or a number there: an apostrophe in front makes text of it (OWASP, "CSV Injection").
/// </summary>
internal static class CsvCell
{
    public const char Separator = ';';

    /// <summary>Characters in a cell at most; a spreadsheet takes 32,767.</summary>
    private const int Longest = 32_000;

    private const string Cut = "… (afgekapt)";

    /// <summary>A cell with text, whoever wrote it.</summary>
    public static string Text(string? text)
    {
        var line = VisibleText.Line(text);
        if (line.Length > Longest) line = line[..(char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest)] + Cut;
        return Quoted(Harmless(line));
    }

    public static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>A decimal number with a comma and six decimals.</summary>
    public static string Degrees(double? degrees) => degrees?.ToString("F6", CultureInfo.InvariantCulture).Replace('.', ',') ?? "";

    private static string Quoted(string text) => text.Length == 0 ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>
    /// Also behind a separator within the text: a program that was told another separator begins a cell there, whatever quotes there are.
    /// </summary>
    private static string Harmless(string text)
    {
        var harmless = new StringBuilder(text.Length + 1);
        var begins = true;
        foreach (var one in text)
        {
            if (begins && IsFormulaSign(one)) harmless.Append('\'');
            // Blanks and quotes before a formula do not stop every program from taking it for one.
            begins = one is Separator or ',' or '|' or '\t' || (begins && (one is '"' or '\'' || char.IsWhiteSpace(one)));
            harmless.Append(one);
        }

        return LooksLikeNumber(text) && harmless[0] != '\'' ? $"'{harmless}" : harmless.ToString();
    }

    /// <summary>With the full-width forms, which some programs take for the same.</summary>
    private static bool IsFormulaSign(char one) => one is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' or '−';

    /// <summary>Nothing but digits and what stands between them: <c>1-2</c> would become the first of February, and <c>12E3</c> 12000.</summary>
    private static bool LooksLikeNumber(string text) => text.Any(char.IsAsciiDigit) && text.All(one => char.IsAsciiDigit(one) || one is '-' or '/' or '.' or ',' or ':' or ' ' or '%' or 'E' or 'e');
}
