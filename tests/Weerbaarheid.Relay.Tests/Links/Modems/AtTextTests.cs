using CsCheck;
using Weerbaarheid.Relay.Links.Modems;

namespace Weerbaarheid.Relay.Tests.Links.Modems;

public sealed class AtTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("00", "!!")]
    [InlineData("00000000", "!!!!!")]
    // The last character of the alphabet is worth 84; FFFFFFFF is 82 23 54 12 0 in base 85.
    [InlineData("00000054", "!!!!~")]
    [InlineData("FFFFFFFF", "|@`2!")]
    public void Known_texts(string hex, string text) => Assert.Equal(text, AtText.Encode(Convert.FromHexString(hex)));

    [Fact]
    public void Every_frame_comes_back_in_as_many_characters_as_said() =>
        Gen.Byte.Array[0, 192].Sample(bytes =>
        {
            var text = AtText.Encode(bytes);
            Assert.Equal(AtText.Length(bytes.Length), text.Length);
            Assert.True(AtText.TryDecode(text, out var back));
            Assert.Equal(bytes, back);
            Assert.DoesNotContain(text, c => c is <= ' ' or > '~' or '"' or '%' or '\'' or '+' or ',' or ';' or '=' or '?' or '\\');
        });

    [Theory]
    [InlineData("!")]
    [InlineData("!!!!!!")]
    [InlineData("~~~~~")]
    [InlineData("!! !!")]
    [InlineData("HELLO WORLD")]
    [InlineData("a,b")]
    public void What_no_relay_wrote_is_refused(string text) => Assert.False(AtText.TryDecode(text, out _));

    [Fact]
    public void Whatever_comes_is_decoded_or_refused() =>
        Gen.String[0, 300].Sample(text => AtText.TryDecode(text, out var bytes) && bytes.Length > 300 ? throw new InvalidOperationException() : true);
}
