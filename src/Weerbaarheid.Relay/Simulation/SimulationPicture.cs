using System.Globalization;
using System.Security;
using System.Text;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>
/// A result as a drawing (SVG 1.1, one file, no script and no font of its own): what waits, what has arrived, how much of the airtime each
/// link uses, and which site is without power, one under the other on one axis of time.
/// </summary>
internal static class SimulationPicture
{
    private const int Width = 1_000;
    private const int Left = 70;
    private const int Right = 20;
    private const int PanelHeight = 150;
    private const int PanelGap = 46;
    private const int RowHeight = 12;

    /// <summary>Of a letter of size 12, on the wide side: nobody here knows the font.</summary>
    private const int LetterWidth = 7;
    private const int Top = 56;

    /// <summary>For priority 1 to 4, told apart by people who see red and green alike too (Okabe and Ito, "Color universal design", 2008).</summary>
    private static readonly string[] Colors = ["#d55e00", "#e69f00", "#0072b2", "#999999"];

    private static readonly string[] LinkColors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];

    /// <summary>Draws a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="title">Above it: the name of the scenario.</param>
    /// <param name="output">Where the text of the drawing goes.</param>
    public static void Write(SimulationResult result, string title, TextWriter output)
    {
        var moments = result.Queues.Select(sample => sample.At).Distinct().Order().ToList();
        var sites = result.Queues.Select(sample => sample.Site).Distinct().Order().ToList();
        var svg = new StringBuilder();
        var height = Top + (3 * (PanelHeight + PanelGap)) + (sites.Count * RowHeight) + 40;
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">");
        Add(svg, $"<title>{Escape(title)}</title><rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        Add(svg, $"<text x=\"{Left}\" y=\"24\" font-size=\"18\">{Escape(title)}</text>");
        Add(svg, $"<text x=\"{Left}\" y=\"42\" fill=\"#555555\">seed {result.Seed}, {Clock.Text(result.Simulated)}; {(result.Violations.Count == 0 ? "every promise was kept" : $"{result.Violations.Count} promises were broken")}</text>");
        if (moments.Count > 1)
        {
            var time = new Axis(moments[^1]);
            Panel(svg, time, 0, "records that wait, all sites, by priority", Stacked(result, moments, sample => sample.Waiting), Colors, ["1", "2", "3", "4"], isStacked: true);
            Panel(svg, time, 1, "records that a meldkamer has, by priority", Stacked(result, moments, sample => sample.Delivered), Colors, ["1", "2", "3", "4"], isStacked: false);
            var links = result.Air.Select(sample => sample.Link).Distinct().Order(StringComparer.Ordinal).ToList();
            Panel(svg, time, 2, "time on the air, busiest modem of each link, in % of the last hour", [.. links.Select(link => Shares(result, moments, link))], LinkColors, links, isStacked: false);
            Power(svg, time, result, sites);
        }

        svg.AppendLine("</svg>");
        output.Write(svg.ToString());
    }

    private static List<double[]> Stacked(SimulationResult result, List<TimeSpan> moments, Func<SiteSample, IReadOnlyList<int>> of)
    {
        var sums = Enumerable.Range(0, 4).Select(_ => new double[moments.Count]).ToList();
        var place = moments.Select((at, index) => (at, index)).ToDictionary(pair => pair.at, pair => pair.index);
        foreach (var sample in result.Queues)
            for (var priority = 0; priority < 4; priority++) sums[priority][place[sample.At]] += of(sample)[priority];
        return sums;
    }

    /// <summary>For each moment, the time that the busiest modem was on the air in the hour before, in percent.</summary>
    private static double[] Shares(SimulationResult result, List<TimeSpan> moments, string link)
    {
        var shares = new double[moments.Count];
        var place = moments.Select((at, index) => (at, index)).ToDictionary(pair => pair.at, pair => pair.index);
        foreach (var modem in result.Air.Where(sample => sample.Link == link).GroupBy(sample => sample.Site))
        {
            var samples = modem.OrderBy(sample => sample.At).ToList();
            var before = 0;
            for (var i = 0; i < samples.Count; i++)
            {
                while (samples[i].At - samples[before].At > TimeSpan.FromHours(1)) before++;
                var share = 100 * (samples[i].Sending - samples[before].Sending).TotalSeconds / 3_600;
                if (place.TryGetValue(samples[i].At, out var at)) shares[at] = Math.Max(shares[at], share);
            }
        }

        return shares;
    }

    private static void Panel(StringBuilder svg, Axis time, int number, string title, List<double[]> series, string[] colors, List<string> names, bool isStacked)
    {
        var top = Top + (number * (PanelHeight + PanelGap)) + 22;
        var bottom = top + PanelHeight;
        var below = series.Count > 0 ? new double[series[0].Length] : [];
        var most = series.Count == 0 ? 1
            : isStacked ? Enumerable.Range(0, below.Length).Max(i => series.Sum(one => one[i])) : series.Max(one => one.Max());
        most = Math.Max(1, most);
        double Y(double value) => bottom - (value / most * PanelHeight);
        Add(svg, $"<text x=\"{Left}\" y=\"{top - 8}\">{Escape(title)}</text>");
        time.Draw(svg, top, bottom);
        foreach (var part in (double[])[0, 0.5, 1]) Add(svg, $"<text x=\"{Left - 8}\" y=\"{Y(part * most) + 4:0}\" text-anchor=\"end\">{part * most:0.#}</text>");
        for (var one = series.Count - 1; one >= 0 && !isStacked; one--)
            Add(svg, $"<polyline fill=\"none\" stroke=\"{colors[one % colors.Length]}\" stroke-width=\"1.5\" points=\"{Points(series[one].Select((value, i) => (Axis.X(i, below.Length), Y(value))))}\"/>");
        for (var one = 0; one < series.Count && isStacked; one++)
        {
            var above = below.Zip(series[one], (a, b) => a + b).ToArray();
            var outline = above.Select((value, i) => (Axis.X(i, below.Length), Y(value))).Concat(below.Select((value, i) => (Axis.X(i, below.Length), Y(value))).Reverse());
            Add(svg, $"<polygon fill=\"{colors[one % colors.Length]}\" points=\"{Points(outline)}\"/>");
            below = above;
        }

        var right = Width - Right;
        for (var one = names.Count - 1; one >= 0; right -= 26 + (names[one--].Length * LetterWidth))
            Add(svg, $"<text x=\"{right}\" y=\"{top - 8}\" text-anchor=\"end\" fill=\"{colors[one % colors.Length]}\">&#9632; {Escape(names[one])}</text>");
    }

    private static void Power(StringBuilder svg, Axis time, SimulationResult result, List<ushort> sites)
    {
        var top = Top + (3 * (PanelHeight + PanelGap)) + 22;
        Add(svg, $"<text x=\"{Left}\" y=\"{top - 8}\">sites without power</text>");
        time.Draw(svg, top, top + (sites.Count * RowHeight));
        foreach (var (site, row) in sites.Select((site, row) => (site, row)))
        {
            var samples = result.Queues.Where(sample => sample.Site == site).OrderBy(sample => sample.At).ToList();
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{top + (row * RowHeight) + 10}\" text-anchor=\"end\" font-size=\"10\">{site}</text>");
            for (var i = 0; i < samples.Count; i++)
                if (!samples[i].IsOn) Add(svg, $"<rect x=\"{Axis.X(i, samples.Count):0.#}\" y=\"{top + (row * RowHeight) + 2}\" width=\"{Math.Max(1, Axis.Step(samples.Count)):0.#}\" height=\"{RowHeight - 4}\" fill=\"#555555\"/>");
        }
    }

    private static string Points(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")));

    private static string Escape(string text) => SecurityElement.Escape(text);

    private static void Add(StringBuilder svg, FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The axis of time, with a line every six hours.</summary>
    private sealed class Axis(TimeSpan end)
    {
        private const double Inner = Width - Left - Right;

        public static double X(int place, int places) => Left + (Inner * place / Math.Max(1, places - 1));

        public static double Step(int places) => Inner / Math.Max(1, places - 1);

        public void Draw(StringBuilder svg, int top, int bottom)
        {
            for (var hours = 0; hours <= end.TotalHours; hours += 6)
            {
                var x = Left + (Inner * hours / Math.Max(1, end.TotalHours));
                Add(svg, $"<line x1=\"{x:0.#}\" y1=\"{top}\" x2=\"{x:0.#}\" y2=\"{bottom}\" stroke=\"#dddddd\"/><text x=\"{x:0.#}\" y=\"{bottom + 14}\" text-anchor=\"middle\" font-size=\"10\">{hours} h</text>");
            }
        }
    }
}
