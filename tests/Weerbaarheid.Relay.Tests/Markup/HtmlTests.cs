using System.Net;
using Weerbaarheid.Relay.Markup;
using Weerbaarheid.Relay.Pages.Frame;

namespace Weerbaarheid.Relay.Tests.Markup;

public sealed class HtmlTests
{
    [Fact]
    public void A_hole_is_text_and_markup_in_a_hole_is_markup()
    {
        const string text = "<b>\"Jan's\" & `co`</b>";
        Assert.Equal("<p title=\"&lt;b&gt;&quot;Jan&#x27;s&quot; &amp; `co`&lt;/b&gt;\"><i>&lt;b&gt;&quot;Jan&#x27;s&quot; &amp; `co`&lt;/b&gt;</i></p>", Html.Of($"<p title=\"{text}\">{Html.Of($"<i>{text}</i>")}</p>").ToString());
        Assert.Equal("12", Html.Of($"{12}").ToString());
        Assert.Equal("", Html.Of($"{(string?)null}{Html.None}").ToString());
    }

    [Fact]
    public void An_attribute_without_quotes_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Html.Of($"<p title={"x onclick=y"}>").ToString());
    }

    [Theory]
    [InlineData("\U0001F600", "\U0001F600")]
    [InlineData("a\u202Eb", "a[U+202E]b")]
    [InlineData("a\u2028b", "a\nb")]
    [InlineData("\0\u001B\u007F", "\u2400\u241B\u2421")]
    [InlineData("\u200D", "[U+200D]")]
    [InlineData("\u05D0\u05D1", "\u05D0\u05D1")]
    public void What_cannot_be_seen_is_shown(string text, string shown) => Assert.Equal(shown, WebUtility.HtmlDecode(Html.Of($"{text}").ToString()));

    [Fact]
    public void Half_a_surrogate_pair_is_no_character() => Assert.Equal("\uFFFD, \uFFFDa", Html.Of($"{"\uD800"}, {"\uDC00a"}").ToString());

    [Fact]
    public void What_a_field_holds_comes_back_as_it_was() =>
        Assert.Equal("a\u202Eb&#xA;&lt;", Html.Of($"{new FieldValue("a\u202Eb\n<")}").ToString());
}
