using System.Text;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Tests.Messages;

/// <summary>A text travels as UTF-8 or coded, whichever is shorter, and within its limit either way (FORMAT.md §9).</summary>
public sealed class TextChoiceTests
{
    private static readonly MessageHead Head = new(MessageType.Melding, 1, Exercise.Actueel, 0);

    [Theory]
    [InlineData("j")]
    [InlineData("ja")]
    [InlineData("nee")]
    [InlineData("brand")]
    [InlineData("Rook uit de kelder")]
    [InlineData("zxqjwvkp")]
    [InlineData("12-VX-GH")]
    [InlineData("Пожар в доме")]
    [InlineData("😀😀")]
    public void The_shorter_form_is_taken_header_included(string text)
    {
        var code = new byte[512];
        var coded = TextModel.Encode(text, code);
        var plain = Encoding.UTF8.GetByteCount(text);
        var shorter = Math.Min(plain + (plain < 32 ? 1 : 2), coded + 2);
        // An array of four: no time, no category, no place, the text.
        Assert.Equal(1 + 3 + shorter, MessageCodec.Encode(new Melding { Priority = 1, Text = text }, new byte[MessageLimits.Body]));
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void A_code_that_gives_more_units_than_the_field_may_have_refuses_the_body(int length, bool isRead)
    {
        var code = new byte[1024];
        var size = TextModel.Encode(string.Concat(Enumerable.Repeat("water ", 100)).AsSpan(0, length).ToString(), code);
        byte[] body = [0x94, PackCode.Nil, PackCode.Nil, PackCode.Nil, PackCode.Bin8, (byte)size, .. code.AsSpan(0, size)];
        Assert.InRange(size, 1, 255);
        Assert.Equal(isRead, MessageCodec.TryDecode(Head, body, out var message, out var error));
        Assert.Equal(isRead, MessageCodec.TryValidate(Head, body, out _));
        if (isRead) Assert.Equal(length, ((Melding)message!).Text!.Length);
        else Assert.Contains("500", error, StringComparison.Ordinal);
    }
}
