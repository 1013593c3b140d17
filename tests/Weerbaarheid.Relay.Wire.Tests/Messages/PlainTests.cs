using CsCheck;
using MessagePack;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Messages;

/// <summary>Bodies without the text model: what a reader that does not have it gets.</summary>
public sealed class PlainTests
{
    private static readonly Gen<Message> Any = Gen.Int.Select(seed => new RandomMessages(seed).Next());

    private static readonly Gen<Melding> AnyMelding = Gen.Int.Select(seed =>
    {
        var random = new RandomMessages(seed);
        return Enumerable.Range(0, 10_000).Select(_ => random.Next()).OfType<Melding>().First();
    });

    [Fact]
    public void Any_message_comes_back_and_is_never_longer_with_the_model_than_without() => Any.Sample(message =>
    {
        var plain = Encode(message);
        Assert.True(MessageCodec.TryDecode(MessageCodecTests.HeaderOf(message), plain, out var back, out var error), error);
        Same.Message(message, back);
        Assert.InRange(MessageCodecTests.Encode(message).Length, 1, plain.Length);
    });

    [Fact]
    public void Another_library_reads_the_texts_as_texts() => AnyMelding.Sample(melding =>
    {
        var reader = new MessagePackReader(Encode(melding));
        var fields = reader.ReadArrayHeader();
        Assert.Equal(melding.SentAt is { } moment ? moment.Trusted ? moment.Seconds : -(long)moment.Seconds : null, Next(ref reader, ref fields, static (ref MessagePackReader r) => (long?)r.ReadInt64()));
        Assert.Equal(melding.Category, Next(ref reader, ref fields, static (ref MessagePackReader r) => (long?)r.ReadInt64()) ?? 0);
        Assert.Equal((melding.Location as TextLocation)?.Text, Next(ref reader, ref fields, Words));
        Assert.Equal(melding.Text, Next(ref reader, ref fields, static (ref MessagePackReader r) => r.ReadString()));
        Assert.Equal(melding.Victims, Next(ref reader, ref fields, static (ref MessagePackReader r) => (long?)r.ReadInt64()));
        Assert.True(reader.End);
    });

    [Fact]
    public void A_reference_and_a_place_in_words_are_plain_too()
    {
        Assert.Equal([0x93, 0xC0, 0xC0, 0x91, 0xB6, .. "de sporthal in Zuidlar"u8], Encode(new Melding { Location = new TextLocation("de sporthal in Zuidlar") }));
        Assert.Equal([0x93, 0xC0, 0xC0, 0x92, 0x05, 0xB6, .. "de sporthal in Zuidlar"u8], Encode(new Receipt { TakenUp = [new TakenUp(5, "de sporthal in Zuidlar")] }));
    }

    [Fact]
    public void Room_that_is_too_small_gives_0_and_room_that_is_just_enough_does()
    {
        var message = new Melding { Text = "der staait n boom over de weg" };
        var length = Encode(message).Length;
        for (var room = 0; room < length; room++) Assert.Equal(0, MessageCodec.EncodePlain(message, new byte[room]));
        Assert.Equal(length, MessageCodec.EncodePlain(message, new byte[length]));
    }

    [Fact]
    public void Plain_encoding_allocates_nothing()
    {
        var buffer = new byte[MessageLimits.Body];
        for (var type = MessageType.Melding; type <= MessageType.Rekey; type++)
        {
            var message = new RandomMessages((int)type).Next(type);
            MessageCodec.EncodePlain(message, buffer);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) MessageCodec.EncodePlain(message, buffer);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private delegate T? Read<T>(ref MessagePackReader reader);

    /// <summary>The next field, or null when it is nil or was left out at the end.</summary>
    private static T? Next<T>(ref MessagePackReader reader, ref int fields, Read<T> read)
    {
        if (fields == 0) return default;
        fields--;
        return reader.TryReadNil() ? default : read(ref reader);
    }

    /// <summary>A place in words; null, and stepped over, when it is one of another kind.</summary>
    private static string? Words(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType == MessagePackType.Array && reader.ReadArrayHeader() == 1) return reader.ReadString();
        reader.Skip();
        return null;
    }

    private static byte[] Encode(Message message)
    {
        var buffer = new byte[MessageLimits.Body];
        var length = MessageCodec.EncodePlain(message, buffer);
        Assert.True(length > 0, MessageRules.Problem(message));
        return buffer[..length];
    }
}
