using System.Globalization;
using Weerbaarheid.Relay.Exports;
using Weerbaarheid.Relay.Markup;

namespace Weerbaarheid.Relay.Exercises;

/// <summary>The exercise as one drawing: when each link was down, over which the way went, and how long each message was under way.</summary>
internal static class EvaluationTimeline
{
    private const double Left = 130, Width = 800, Lane = 22, MessageLane = 9;

    /// <summary>Messages that are drawn; of more the first.</summary>
    private const int MostMessages = 200;

    public static Html Draw(Evaluation evaluation)
    {
        var (first, last) = evaluation.Span;
        var length = Math.Max(1, last - first);
        double X(long ms) => Left + (Math.Clamp(ms - first, 0, length) * Width / length);
        var links = evaluation.Links.Select(link => link.Link).Union(evaluation.Outages.Select(outage => outage.Link)).Order(StringComparer.Ordinal).ToList();
        var drawn = evaluation.Messages.Where(row => row.Ms is not null).Take(MostMessages).ToList();
        var top = (links.Count * Lane) + 30;
        var height = top + (drawn.Count * MessageLane) + 30;
        return Html.Of($"""
            <svg viewBox="0 0 {N(Left + Width + 20)} {N(height)}" role="img" aria-label="Tijdlijn van de oefening; de tabellen hieronder zeggen hetzelfde">
            {Html.Each(links.Index(), one => LinkLane(evaluation, one.Item, 20 + (one.Index * Lane), X))}
            {Html.Each(evaluation.Switches, one => Html.Of($"""<line class="switch" x1="{N(X(one.Ms))}" x2="{N(X(one.Ms))}" y1="10" y2="{N(height - 20)}"/><text class="small" x="{N(X(one.Ms) + 2)}" y="10">{one.To ?? "geen weg"}</text>"""))}
            {Html.Each(drawn.Index(), one => Journey(one.Item, top + (one.Index * MessageLane), X, last))}
            <text x="{N(Left)}" y="{N(height - 4)}">{DutchTime.Short(evaluation.Exercise.Began)}</text>
            <text x="{N(Left + Width)}" y="{N(height - 4)}" text-anchor="end">na {EvaluationWords.Duration(TimeSpan.FromMilliseconds(last - first))}</text>
            </svg>
            """);
    }

    private static Html LinkLane(Evaluation evaluation, string link, double y, Func<long, double> x) => Html.Of($"""
        <text x="0" y="{N(y + 13)}">{link}</text><rect class="up" x="{N(Left)}" y="{N(y)}" width="{N(Width)}" height="16"/>
        {Html.Each(evaluation.Outages.Where(outage => outage.Link == link), outage => Html.Of($"""<rect class="down" x="{N(x(outage.From))}" y="{N(y)}" width="{N(Math.Max(2, x(outage.Until ?? long.MaxValue / 2) - x(outage.From)))}" height="16"><title>weg, {EvaluationWords.Duration(outage.Lasted)}</title></rect>"""))}
        """);

    private static Html Journey(MessageRow row, double y, Func<long, double> x, long last)
    {
        // What arrived here was under way before.
        var from = row.Ms!.Value;
        var until = row.Received is { } took && row.Link is not null ? from + (long)took.TotalMilliseconds : row.Received is not null ? from : last;
        var mark = row.Received is null ? "lost" : "came";
        return Html.Of($"""
            <g><title>{row.Id}, prioriteit {row.Priority}: {row.State}, ontvangen na {EvaluationWords.Duration(row.Received)}</title>
            <line class="{mark} p{row.Priority}" x1="{N(x(from))}" x2="{N(Math.Max(x(until), x(from) + 2))}" y1="{N(y)}" y2="{N(y)}"/><circle class="p{row.Priority}" cx="{N(x(from))}" cy="{N(y)}" r="3"/></g>
            """);
    }

    private static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
