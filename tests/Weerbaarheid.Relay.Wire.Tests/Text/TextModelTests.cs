using System.Runtime.Intrinsics.X86;
using System.Text;
using CsCheck;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Tests.Text;

public sealed class TextModelTests
{
    private const string Dutch = "Vrouw van 81 gevallen in de badkamer, waarschijnlijk heup gebroken, wacht op hulp";

    /// <summary>More than any text of the longest kind can take.</summary>
    private const int Room = 8192;

    /// <summary>Scalars of every plane, with the ones that people type more often.</summary>
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Int[0, 0x7F], Gen.Int[0x20, 0x7E], Gen.Int[0x80, 0x24F], Gen.Int[0x250, 0xD7FF], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x10000, 0x10FFFF])
        .Array[0, 300].Select(scalars => string.Concat(scalars.Select(char.ConvertFromUtf32)));

    [Fact]
    public void Any_text_comes_back_as_it_went() => AnyText.Sample(ComesBack, iter: 300);

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\u0001\t\r\n\u007F")]
    [InlineData("👩‍🚒🔥")]
    [InlineData("日本語 العربية Ελληνικά")]
    [InlineData("LEEK LEEk LeeK leeK LEeK")]
    [InlineData("ÉÉN één ÉÉn")]
    [InlineData("€ 100, ½ l, 38,5 °C – “zo’n” …")]
    [InlineData("\U0010FFFF\uFFFF\uD7FF\uE000")]
    [InlineData(Dutch)]
    public void These_come_back_as_they_went(string text) => ComesBack(text);

    /// <summary>A sender with vectors and a reader without must agree on every chance, or the text is another one.</summary>
    [SkippableFact]
    public void Vectors_find_the_same_chance_as_one_key_after_the_other()
    {
        Skip.IfNot(Avx2.IsSupported, "This processor has no AVX2; the other path is the only one here.");
        var tables = TextModel.Tables;
        foreach (var text in File.ReadLines(Path.Combine(CorpusTests.Folder, "test", "meldingen.txt")).Take(20))
        {
            var context = new TextContext(tables.Symbols);
            foreach (var character in text)
            {
                for (var node = 0; node < tables.Symbols.Count - 1; node++)
                    Assert.Equal(TextPrediction.OneByOne(tables, context, node), TextPrediction.OneByVectors(tables, context, node));
                context.Add(tables.Symbols.Of(character));
            }
        }
    }

    [Fact]
    public void No_bucket_has_two_slots_with_the_same_check()
    {
        foreach (var bucket in TextModel.Tables.Buckets)
        {
            var checks = Enumerable.Range(0, 4).Select(slot => (ushort)(bucket >> (16 * slot))).Where(slot => slot != 0).Select(slot => slot >> 6).ToList();
            Assert.Equal(checks.Count, checks.Distinct().Count());
        }
    }

    [Fact]
    public void The_longest_text_comes_back_and_a_longer_one_is_not_taken()
    {
        foreach (var piece in new[] { "a", "Q", "€", "日" }) ComesBack(string.Concat(Enumerable.Repeat(piece, TextModel.MaxLength)));
        Assert.Equal(0, TextModel.Encode(new string('a', TextModel.MaxLength + 1), new byte[Room]));
        Assert.True(TextModel.MaxLength >= Math.Max(MessageLimits.BulletinText, MessageLimits.Text));
    }

    /// <summary>Not a theory: attributes keep their strings as UTF-8, which has no half pairs.</summary>
    [Fact]
    public void Half_a_surrogate_pair_is_not_taken()
    {
        foreach (var text in new[] { "\uD800", "brand \uDC00", "\uD83Dx" }) Assert.Equal(0, TextModel.Encode(text, new byte[Room]));
    }

    [Fact]
    public void Room_that_is_too_small_gives_0_and_room_that_is_just_enough_does()
    {
        var whole = Encode(Dutch);
        for (var room = 0; room < whole.Length; room++) Assert.Equal(0, TextModel.Encode(Dutch, new byte[room]));
        Assert.Equal(whole.Length, TextModel.Encode(Dutch, new byte[whole.Length]));
        for (var room = 0; room < Dutch.Length; room++) Assert.False(TextModel.TryDecode(whole, new char[room], out _));
        Assert.True(TextModel.TryDecode(whole, new char[Dutch.Length], out _));
    }

    [Fact]
    public void Any_bytes_decode_to_well_formed_text_that_encodes_again_or_to_nothing()
    {
        var random = new Random(72);
        var (room, decoded) = (new char[TextModel.MaxLength], 0);
        for (var i = 0; i < 4_000; i++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            if (bytes.Length > 0) bytes[0] = TextModel.Version;
            if (!TextModel.TryDecode(bytes, room, out var length)) continue;
            decoded++;
            ComesBack(new string(room, 0, length));
        }

        Assert.InRange(decoded, 100, 4_000);
    }

    [Fact]
    public void Changed_codes_never_throw_and_stay_within_their_room()
    {
        var code = Encode(Dutch);
        var room = new char[TextModel.MaxLength];
        for (var bit = 8; bit < code.Length * 8; bit++)
        {
            var changed = code.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            if (TextModel.TryDecode(changed, room, out var length)) ComesBack(new string(room, 0, length));
        }

        for (var length = 0; length < code.Length; length++)
            if (TextModel.TryDecode(code.AsSpan(0, length), room, out var units)) Assert.NotEqual(Dutch, new string(room, 0, units));
    }

    [Fact]
    public void Bytes_left_over_and_other_versions_are_refused()
    {
        var room = new char[TextModel.MaxLength];
        Assert.False(TextModel.TryDecode([], room, out _));
        Assert.False(TextModel.TryDecode([2, .. Encode(Dutch)[1..]], room, out _));
        Assert.False(TextModel.TryDecode([.. Encode(Dutch), 0, 0, 0, 0, 1], room, out _));
    }

    [Fact]
    public void Encoding_and_decoding_allocate_nothing()
    {
        var (bytes, units, code) = (new byte[Room], new char[TextModel.MaxLength], Encode(Dutch));
        TextModel.TryDecode(code, units, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            TextModel.Encode(Dutch, bytes);
            TextModel.TryDecode(code, units, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    internal static void ComesBack(string text)
    {
        var code = Encode(text);
        Assert.Equal(TextModel.Version, code[0]);
        var room = new char[TextModel.MaxLength];
        if (text.Length > room.Length) return;
        Assert.True(TextModel.TryDecode(code, room, out var length), $"{Convert.ToHexString(code)} of {Convert.ToHexString(Encoding.UTF8.GetBytes(text))}");
        Assert.Equal(text, new string(room, 0, length));
    }

    private static byte[] Encode(string text)
    {
        var room = new byte[Room];
        var length = TextModel.Encode(text, room);
        Assert.True(length > 0, text);
        return room[..length];
    }
}
