using System.Buffers;
using System.Text;
using MessagePack;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Tests.Messages;

public sealed class MessageCodecTests
{
    private static readonly Melding Example = new()
    {
        Priority = 1,
        Category = CategoryTable.Current.Code(MessageType.Melding, "gezondheid")!.Value,
        Victims = 1,
        Location = new AddressLocation("9351AB", 12, null),
        Text = "Oudere man niet aanspreekbaar in hal sporthal",
    };

    private static readonly Status Site = new()
    {
        Priority = 4,
        State = SiteState.Open,
        Present = 84,
        Capacity = 140,
        Staff = 6,
        PowerHours = 11,
        Supplies = new Supplies(3, 2, 4, 1, 3),
        Comms = 1 << 5,
        Needs = 1,
    };

    [Fact]
    public void Every_message_comes_back_as_it_went()
    {
        var messages = new RandomMessages(1);
        for (var i = 0; i < 5000; i++)
        {
            var message = messages.Next();
            var body = Encode(message);
            Assert.True(MessageCodec.TryDecode(HeaderOf(message), body, out var decoded, out var error), $"{i}: {error}");
            Same.Message(message, decoded);
        }
    }

    [Fact]
    public void A_stamped_record_is_what_encoding_it_with_its_moment_gives()
    {
        var messages = new RandomMessages(8);
        var (stamped, whole) = (new byte[MessageLimits.Body], new byte[MessageLimits.Body]);
        for (var i = 0; i < 5000; i++)
        {
            if (messages.Next() is not RecordMessage { SentAt: { } sentAt } record) continue;
            var length = MessageCodec.Stamp(stamped, MessageCodec.Encode(record with { SentAt = null }, stamped), sentAt);
            Assert.Equal(whole.AsSpan(0, MessageCodec.Encode(record, whole)), stamped.AsSpan(0, length));
        }

        var bare = new Melding { Priority = 1 };
        var moment = new Moment(1, Trusted: false);
        Assert.Equal(MessageCodec.Encode(bare with { SentAt = moment }, whole), MessageCodec.Stamp(stamped, MessageCodec.Encode(bare, stamped), moment));
        Assert.Equal(whole.AsSpan(0, 2), stamped.AsSpan(0, 2));
        Assert.Throws<ArgumentException>(() => MessageCodec.Stamp(whole, MessageCodec.Encode(bare with { SentAt = moment }, whole), moment));
    }

    [Fact]
    public void Every_body_is_an_array_that_another_library_reads()
    {
        var messages = new RandomMessages(2);
        for (var i = 0; i < 2000; i++)
        {
            var reader = new MessagePackReader(Encode(messages.Next()));
            for (var fields = reader.ReadArrayHeader(); fields > 0; fields--) reader.Skip();
            Assert.True(reader.End);
        }
    }

    [Fact]
    public void A_melding_with_an_address_takes_its_coded_text_and_28_bytes()
    {
        // 7 header, 8 tag, 1 array, 1 no clock, 1 category, 7 address, 2 in front of the text, 1 victims.
        var coded = TextModel.Encode(Example.Text, new byte[100]);
        Assert.Equal(coded + 28, EnvelopeSize(Example));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("xQ#7zK!w0")]
    [InlineData("Помогите, пожалуйста")]
    public void A_text_that_the_model_does_not_shorten_stays_text(string text) =>
        Assert.Equal(Encoding.UTF8.GetBytes(text), Encode(new Melding { Text = text })[^Encoding.UTF8.GetByteCount(text)..]);

    [Fact]
    public void A_coded_text_with_bytes_left_over_or_longer_than_its_field_is_refused()
    {
        var room = new byte[300];
        var words = string.Concat(Enumerable.Repeat("kan iemand komen helpen ", 2));
        var code = room[..TextModel.Encode(words, room)];
        Assert.Contains("is not what text model 1 makes of at most 500 characters", Refusal(MessageType.Melding, [0x94, 0xC0, 0xC0, 0xC0, 0xC4, (byte)(code.Length + 5), .. code, 0, 0, 0, 0, 1]), StringComparison.Ordinal);
        Assert.Contains("is not what text model 1 makes of at most 40 characters", Refusal(MessageType.Receipt, [0x93, 0x05, 0xC0, 0x92, 0x07, 0xC4, (byte)code.Length, .. code]), StringComparison.Ordinal);

        static string Refusal(MessageType type, byte[] body)
        {
            Assert.False(MessageCodec.TryDecode(new MessageHead(type, 2, Exercise.Actueel, 11), body, out _, out var error));
            return error;
        }
    }

    [Fact]
    public void A_place_in_words_and_a_reference_go_through_the_text_model_too()
    {
        var place = new Melding { Category = 1, Location = new TextLocation("achter de sporthal in Leek") };
        Assert.InRange(Encode(place).Length, 5, 20);
        var receipt = new Receipt { ForSite = 11, TakenUp = [new TakenUp(5, "ambulance is onderweg naar Leek")] };
        Assert.InRange(Encode(receipt).Length, 5, 25);
    }

    [Fact]
    public void Nothing_is_written_for_what_is_unknown_at_the_end() =>
        Assert.Equal([0x92, 0xC0, 0x05], Encode(new Melding { Category = 5 }));

    [Fact]
    public void Encoding_allocates_nothing()
    {
        var buffer = new byte[MessageLimits.Body];
        Message[] messages = [Example, Site, .. Enumerable.Range(1, 11).Select(type => new RandomMessages(type).Next((MessageType)type))];
        foreach (var message in messages)
        {
            // The runtime itself may allocate once while it compiles anew; what Encode allocates it allocates each time.
            var least = long.MaxValue;
            for (var round = 0; round < 5; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 100; i++) MessageCodec.Encode(message, buffer);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.Equal(0, least);
        }
    }

    [Fact]
    public void A_destination_that_is_too_short_gives_0_and_no_exception()
    {
        var messages = new RandomMessages(3);
        for (var type = MessageType.Melding; type <= MessageType.Rekey; type++)
        {
            var message = messages.Next(type);
            var length = Encode(message).Length;
            for (var room = 0; room < length; room++) Assert.Equal(0, MessageCodec.Encode(message, new byte[room]));
        }
    }

    [Fact]
    public void A_body_that_is_cut_off_is_an_error_and_no_exception()
    {
        var messages = new RandomMessages(4);
        for (var i = 0; i < 100; i++)
        {
            var message = messages.Next();
            var body = Encode(message);
            for (var length = 0; length < body.Length; length++)
            {
                Assert.False(MessageCodec.TryDecode(HeaderOf(message), body.AsSpan(0, length), out var decoded, out var error));
                Assert.Null(decoded);
                Assert.NotEmpty(error);
            }
        }
    }

    [Fact]
    public void Fields_from_a_newer_version_are_stepped_over()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(17);
        writer.WriteNil();
        writer.Write(5);
        for (var i = 0; i < 3; i++) writer.WriteNil();
        for (var i = 0; i < 10; i++) writer.Write("later");
        writer.WriteMapHeader(1);
        writer.Write("a");
        writer.Write(1.5);
        writer.WriteExtensionFormat(new ExtensionResult(7, new byte[3]));
        writer.Flush();
        Assert.True(MessageCodec.TryDecode(HeaderOf(Example), buffer.WrittenSpan, out var message, out var error), error);
        Assert.Equal(new Melding { Priority = 1, Category = 5 }, message);
    }

    [Theory]
    [InlineData("90C0", "melding: bytes follow the body, from byte 1.")]
    [InlineData("C0", "melding: the body does not start with an array that is whole.")]
    [InlineData("95C0C0C0C0CE00011170", "melding: victims is 70000; it must be 0 to 65535.")]
    [InlineData("94C0C0C0C40107", "melding: field 4 (text) is coded with text model 7, and text model 7 is not known here, at byte 7.")]
    [InlineData("94C0C0C0C400", "melding: field 4 (text) is cut off, at byte 6.")]
    [InlineData("94C0C0C0A1FF", "melding: field 4 (text) is not UTF-8, at byte 4.")]
    [InlineData("94C0C0C0A3414243FF", "melding: bytes follow the body, from byte 8.")]
    [InlineData("94C0C0C40500FFFFFFFFD9", "melding: field 4 (text) is cut off, at byte 10.")]
    [InlineData("93C0C0C405FFFFFFFFFF", "melding: field 3 (location) is not a place, at byte 10.")]
    [InlineData("93C0C000", "melding: field 3 (location) is not a place, at byte 4.")]
    [InlineData("9100", "melding: field 1 (sentAt) is 0, which is not a moment, at byte 2.")]
    [InlineData("92C0CD012C", "melding: field 2 (category) is 300; a code is 0 to 255, at byte 5.")]
    [InlineData("92C0FF", "melding: field 2 (category) is not a whole number from 0, at byte 2.")]
    public void What_is_wrong_and_where_is_one_sentence(string hex, string expected)
    {
        Assert.False(MessageCodec.TryDecode(HeaderOf(Example), Convert.FromHexString(hex), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(MessageType.Status, "90", "status: state is missing.")]
    [InlineData(MessageType.Status, "9105", "status: state is 5; it must be 0 to 4.")]
    [InlineData(MessageType.Status, "9602C0C0C0C005", "status: water is 5; it must be 0 to 4.")]
    [InlineData(MessageType.Status, "9602C0C0C0C0CD8000", "status: field 6 (supplies) is 32768, which has more than 15 bits, at byte 9.")]
    [InlineData(MessageType.Status, "9702C0C0C0C0C0CF0000000100000000", "status: field 7 (comms) is 4294967296, which has more than 32 bits, at byte 16.")]
    [InlineData(MessageType.Amend, "94C0CE000100000101", "amend: field 2 (forSite) is 65536; a site is 0 to 65535, at byte 7.")]
    [InlineData(MessageType.Amend, "94C00B0001", "amend: forSequence is 0; it must be 1 or higher.")]
    [InlineData(MessageType.Bulletin, "9308C018", "bulletin: number is missing.")]
    [InlineData(MessageType.Heartbeat, "94C0C0C0920509", "heartbeat: the reason in closed is 9; it must be 0 to 1.")]
    [InlineData(MessageType.Receipt, "92C0A0", "receipt: field 2 (bitmap) is not bytes, at byte 2.")]
    [InlineData(MessageType.Sitrap, "9501C0C0C091C0", "sitrap: row is missing.")]
    [InlineData(MessageType.Sitrap, "9501C0C0C0919101", "sitrap: state is missing.")]
    [InlineData(MessageType.Revocation, "920001", "revocation: serial is 0; it must be 1 to 2147483647.")]
    [InlineData(MessageType.Revocation, "920110", "revocation: epoch is 16; it must be 0 to 15.")]
    [InlineData(MessageType.Revocation, "93010102", "revocation: oldestEpoch is 2; it must be 0 to 1.")]
    [InlineData(MessageType.Revocation, "94010100DC00410101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101", "revocation: field 4 (revoked) has 65 elements; at most 64 are allowed, at byte 7.")]
    [InlineData(MessageType.Revocation, "9401010091C0", "revocation: site in revoked is missing.")]
    [InlineData(MessageType.Rekey, "9101", "rekey: siteKey has 0 bytes; it must have 32.")]
    [InlineData(MessageType.Rekey, "9201C403AABBCC", "rekey: siteKey has 3 bytes; it must have 32.")]
    public void The_same_goes_for_every_other_type(MessageType type, string hex, string expected)
    {
        Assert.False(MessageCodec.TryDecode(HeaderOf(Example) with { Type = type }, Convert.FromHexString(hex), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("94C0C0C090")]
    [InlineData("94C0C0C09105")]
    public void An_array_without_a_whole_element_is_none(string hex)
    {
        Assert.True(MessageCodec.TryDecode(HeaderOf(Example) with { Type = MessageType.Heartbeat }, Convert.FromHexString(hex), out var message, out _));
        Assert.Empty(((Heartbeat)message!).Closed);
    }

    [Fact]
    public void A_type_that_does_not_exist_is_an_error()
    {
        Assert.False(MessageCodec.TryDecode(HeaderOf(Example) with { Type = (MessageType)12 }, [0x90], out var message, out var error));
        Assert.Null(message);
        Assert.Equal("type 12 is not known here.", error);
    }

    [Fact]
    public void A_message_that_breaks_a_limit_is_not_encoded_and_the_rules_say_why()
    {
        var buffer = new byte[MessageLimits.Body];
        (Message Message, string Problem)[] cases =
        [
            (new Status { Present = 65536 }, "status: present is 65536; it must be 0 to 65535."),
            (new Melding { Text = new string('x', 501) }, "melding: text has 501 characters; at most 500 are allowed."),
            (new Melding { Location = new AddressLocation("0999AA", 1, null) }, "melding: postcode is not 4 digits from 1000 and 2 capitals."),
            (new Melding { Location = new GridLocation(15, 400_000, 10) }, "melding: rdX and rdY must be multiples of the precision."),
            (new Bulletin { Number = 0 }, "bulletin: number is 0; it must be 1 to 65535."),
            (new Amend { ForSequence = 0 }, "amend: forSequence is 0; it must be 1 or higher."),
            (new Sitrap { Number = 1, Counts = [1] }, "sitrap: the length of counts is 1; it must be 4 to 4."),
            (new Status { Priority = 5 }, "status: priority is 5; it must be 1 to 4."),
        ];
        foreach (var (message, problem) in cases)
        {
            Assert.Equal(problem, MessageRules.Problem(message));
            Assert.Equal(0, MessageCodec.Encode(message, buffer));
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_is_not_encoded() =>
        Assert.Equal(0, MessageCodec.Encode(new Melding { Text = "a\uD800b" }, new byte[100]));

    [Fact]
    public void The_largest_message_of_every_type_fits_the_largest_body()
    {
        var widest = new string('€', MessageLimits.Text);
        Message[] largest =
        [
            new Melding { SentAt = new Moment(int.MaxValue, false), Category = 255, Location = new TextLocation(widest), Text = widest, Victims = 65535 },
            new Bulletin { Number = 65535, Text = new string('€', MessageLimits.BulletinText) },
            new Heartbeat { LastRecord = ulong.MaxValue, Waiting = int.MaxValue, Closed = [.. Enumerable.Repeat(new ClosedNumber(ulong.MaxValue, 0), 32)] },
            new Receipt { UpTo = ulong.MaxValue, Bitmap = new byte[128], TakenUp = [.. Enumerable.Repeat(new TakenUp(ulong.MaxValue, new string('€', 40)), 16)], From = ulong.MaxValue, Check = ulong.MaxValue, Reused = [.. Enumerable.Repeat(ulong.MaxValue, 8)] },
            new Sitrap { Number = 65535, Rows = [.. Enumerable.Repeat(new SitrapRow(65535, SiteState.Vol, 65535, 65535, new Supplies(4, 4, 4, 4, 4), 65535), 64)] },
        ];
        foreach (var message in largest) Assert.NotEqual(0, MessageCodec.Encode(message, new byte[MessageLimits.Body]));
    }

    internal static EnvelopeHeader HeaderOf(Message message) => EnvelopeHeader.For(message, 0, 11, 4711);

    internal static byte[] Encode(Message message)
    {
        var buffer = new byte[MessageLimits.Body];
        var length = MessageCodec.Encode(message, buffer);
        Assert.True(length > 0, MessageRules.Problem(message));
        return buffer[..length];
    }

    private static int EnvelopeSize(Message message) => Envelope.SizeFor(HeaderOf(message), Encode(message).Length);
}
