using System.Globalization;
using System.Security;
using System.Text;

namespace Weerbaarheid.Relay.Benchmarks.Reporting;

/// <summary>Horizontal bars in panels, two beside each other, as SVG 1.1 that any browser or word processor shows.</summary>
internal static class SvgChart
{
    private const int Width = 1120;
    private const int Margin = 32;
    private const int Gap = 48;
    private const int BarHeight = 18;
    private const int BarStep = 26;
    private const int TitleHeight = 92;
    private const int PanelHead = 54;
    private const int LabelRoom = 64;
    private const int WideLabelRoom = 120;
    private const int NameWidth = 196;
    private const int WideNameWidth = 270;
    private const string Ink = "#1b2733", Soft = "#5d6b78", Ours = "#0b6e69", Theirs = "#b9c4cd", Line = "#d1495b";

    /// <param name="title">Of the whole.</param>
    /// <param name="subtitle">Machine, date and commit.</param>
    /// <param name="panels">Two on a row; a last one alone takes the whole row.</param>
    public static string Draw(string title, string subtitle, IReadOnlyList<Panel> panels)
    {
        var svg = new StringBuilder();
        var y = TitleHeight;
        foreach (var row in panels.Chunk(2))
        {
            var wide = row.Length == 1;
            var width = wide ? Width - (2 * Margin) : (Width - (2 * Margin) - Gap) / 2;
            for (var i = 0; i < row.Length; i++) Draw(svg, row[i], Margin + (i * (width + Gap)), y, width, wide ? WideNameWidth : NameWidth, wide ? WideLabelRoom : LabelRoom);
            y += PanelHead + (row.Max(panel => panel.Bars.Count) * BarStep) + 28;
        }

        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{y}" viewBox="0 0 {Width} {y}" font-family="'Segoe UI', 'DejaVu Sans', Arial, sans-serif">
            <rect width="{Width}" height="{y}" fill="#ffffff"/>
            {Text(Margin, 42, title, 22, Ink, bold: true)}
            {Text(Margin, 66, subtitle, 12, Soft)}
            {svg}</svg>

            """;
    }

    private static void Draw(StringBuilder svg, Panel panel, int x, int y, int width, int nameWidth, int labelRoom)
    {
        svg.AppendLine(Text(x, y + 14, panel.Title, 15, Ink, bold: true)).AppendLine(Text(x, y + 33, panel.Remark, 11.5, Soft));
        var (left, top) = (x + nameWidth, y + PanelHead);
        var scale = (width - nameWidth - labelRoom) / Math.Max(panel.Bars.Max(bar => bar.Value), panel.Mark ?? 0);
        // First, so that no label is crossed out by it.
        if (panel.Mark is { } mark)
        {
            var line = left + (mark * scale);
            svg.AppendLine(Invariant($"""<line x1="{line:0.#}" y1="{top - 6}" x2="{line:0.#}" y2="{top + (panel.Bars.Count * BarStep) - 2}" stroke="{Line}" stroke-width="1.2" stroke-dasharray="4 3"/>"""));
        }

        for (var i = 0; i < panel.Bars.Count; i++)
        {
            var bar = panel.Bars[i];
            var at = top + (i * BarStep);
            var length = Math.Max(1, bar.Value * scale);
            svg.AppendLine(Text(left - 8, at + 13, bar.Name, 12, bar.Ours ? Ink : Soft, bar.Ours, end: true));
            svg.AppendLine(Invariant($"""<rect x="{left}" y="{at}" width="{length:0.#}" height="{BarHeight}" rx="2" fill="{(bar.Ours ? Ours : Theirs)}"/>"""));
            svg.AppendLine(Text(left + length + 6, at + 13, bar.Label, 12, bar.Ours ? Ink : Soft, bar.Ours));
        }
    }

    private static string Text(double x, double y, string text, double size, string colour, bool bold = false, bool end = false) => Invariant(
        $"""<text x="{x:0.#}" y="{y:0.#}" font-size="{size}" paint-order="stroke" stroke="#ffffff" stroke-width="3" fill="{colour}"{(bold ? " font-weight=\"600\"" : "")}{(end ? " text-anchor=\"end\"" : "")}>{SecurityElement.Escape(text)}</text>""");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
