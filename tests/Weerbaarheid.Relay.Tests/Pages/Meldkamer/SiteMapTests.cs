using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Weerbaarheid.Relay.Pages.Meldkamer;

namespace Weerbaarheid.Relay.Tests.Pages.Meldkamer;

public sealed class SiteMapTests
{
    [Fact]
    public void North_is_up_east_is_right_and_metres_are_alike_both_ways()
    {
        var map = Draw(new MapMark(220_000, 570_000, MarkKind.Melding, "zuidwest", "/a"), new MapMark(230_000, 570_000, MarkKind.Melding, "zuidoost", "/b"), new MapMark(220_000, 575_000, MarkKind.Melding, "noordwest", "/c"));
        var at = map.QuerySelectorAll("circle").Select(circle => (X: Number(circle, "cx"), Y: Number(circle, "cy"))).ToList();

        Assert.Equal(at[0].Y, at[1].Y, 1);
        Assert.Equal(at[0].X, at[2].X, 1);
        Assert.True(at[1].X > at[0].X && at[2].Y < at[0].Y);
        Assert.Equal((at[1].X - at[0].X) / 2, at[0].Y - at[2].Y, 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(250_000)]
    public void Everything_lies_within_the_drawing(double span)
    {
        var map = Draw([.. Enumerable.Range(0, 20).Select(i => new MapMark(30_000 + (span * i / 19), 350_000 + (span * (i % 3) / 2), MarkKind.Melding, "x", "/x"))]);
        foreach (var circle in map.QuerySelectorAll("circle"))
        {
            Assert.InRange(Number(circle, "cx"), 0, SiteMap.Width);
            Assert.InRange(Number(circle, "cy"), 0, SiteMap.Height);
        }
    }

    [Theory]
    [InlineData(2.3, 200)]
    [InlineData(2.5, 500)]
    [InlineData(5, 1_000)]
    [InlineData(99, 10_000)]
    [InlineData(100, 20_000)]
    public void The_scale_bar_is_a_round_number(double metresInAUnit, double metres) => Assert.Equal(metres, SiteMap.BarOf(metresInAUnit));

    [Fact]
    public void Each_kind_has_a_shape_a_label_is_text_and_too_many_labels_are_left_out()
    {
        var map = Draw([.. Enum.GetValues<MarkKind>().Select(kind => new MapMark(1, 300_001, kind, "<b>&", "/x"))]);
        Assert.Equal(["rect", "path", "circle", "path", "circle"], map.QuerySelectorAll("svg a > *:nth-child(2)").Select(shape => shape.LocalName));
        Assert.All(map.QuerySelectorAll("svg a > text"), label => Assert.Equal("<b>&", label.TextContent));

        var many = Draw([.. Enumerable.Range(0, 400).Select(i => new MapMark(i, 300_000, MarkKind.Site, "x", "/x"))]);
        Assert.Equal(400, many.QuerySelectorAll("svg a").Length);
        Assert.Equal(150, many.QuerySelectorAll("svg a > text").Length);
        Assert.Empty(SiteMap.Draw([]).ToString());
    }

    private static IDocument Draw(params MapMark[] marks) => new HtmlParser().ParseDocument(SiteMap.Draw(marks).ToString());

    private static double Number(IElement element, string name) => double.Parse(element.GetAttribute(name)!, CultureInfo.InvariantCulture);
}
