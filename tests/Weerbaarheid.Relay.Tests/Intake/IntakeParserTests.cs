using System.Buffers;
using System.Text;
using CsCheck;
using MessagePack;
using Weerbaarheid.Relay.Intake;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Tests.Intake;

public sealed class IntakeParserTests
{
    private const string Topic = "weerbaarheid/v1/in/melding";

    private delegate void Writing(ref MessagePackWriter writer);

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    public void Json_becomes_a_submission(string? contentType)
    {
        var result = IntakeParser.Parse(Topic, contentType, """{"type":"melding","category":"brand","text":"rook","clientRef":"b7"}"""u8.ToArray(), mayBeRepeat: true);
        var submission = Assert.IsType<Weerbaarheid.Relay.Relaying.Submission>(result.Submission);
        Assert.Equal("rook", Assert.IsType<Melding>(submission.Message).Text);
        Assert.Equal("b7", submission.ClientRef);
        Assert.True(submission.MayBeRepeat);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/msgpack")]
    [InlineData("application/x-msgpack")]
    public void A_MessagePack_map_becomes_the_same_message_as_its_json(string? contentType)
    {
        var packed = Pack((ref MessagePackWriter w) =>
        {
            w.WriteMapHeader(4);
            w.Write("type");
            w.Write("melding");
            w.Write("text");
            w.Write("één \"man\" \\ \n 🚒");
            w.Write("victims");
            w.Write(3);
            w.Write("location");
            w.WriteMapHeader(2);
            w.Write("lat");
            w.Write(53.2194);
            w.Write("lon");
            w.Write(6.5665);
        });
        var json = Encoding.UTF8.GetBytes("""{"type":"melding","text":"één \"man\" \\ \n 🚒","victims":3,"location":{"lat":53.2194,"lon":6.5665}}""");
        var expected = IntakeParser.Parse(Topic, null, json, false);
        var actual = IntakeParser.Parse(Topic, contentType, packed, false);
        Assert.Empty(expected.Errors);
        Assert.Empty(actual.Errors);
        Assert.Equal(expected.Submission!.Message, actual.Submission!.Message);
    }

    [Theory]
    [InlineData("weerbaarheid/v1/in/raket")]
    [InlineData("weerbaarheid/v1/in/")]
    [InlineData("weerbaarheid/v1/in/Melding")]
    [InlineData("weerbaarheid/v1/in/melding/extra")]
    [InlineData("weerbaarheid/v1/in/x/melding")]
    [InlineData("weerbaarheid/v1/in/heartbeat")]
    public void An_unknown_type_is_an_error_that_names_the_six(string topic)
    {
        var error = Assert.Single(IntakeParser.Parse(topic, null, "{}"u8.ToArray(), false).Errors);
        foreach (var type in new[] { "melding", "hulpvraag", "hulpaanbod", "status", "bulletin", "amend" }) Assert.Contains(type, error);
    }

    [Fact]
    public void The_type_in_the_payload_must_be_that_of_the_topic() =>
        Assert.NotEmpty(IntakeParser.Parse("weerbaarheid/v1/in/status", null, """{"type":"melding","text":"x"}"""u8.ToArray(), false).Errors);

    [Fact]
    public void Every_way_a_MessagePack_map_can_be_wrong_is_a_sentence()
    {
        Assert.Contains("nested", Wrong((ref MessagePackWriter w) => { for (var i = 0; i < 9; i++) { w.WriteMapHeader(1); w.Write("a"); } w.WriteNil(); }));
        Assert.Contains("strings", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(1); w.Write(1); w.Write(2); }));
        Assert.Contains("Binary", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(1); w.Write("a"); w.Write(new byte[] { 1 }); }));
        Assert.Contains("Binary", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(1); w.Write("a"); w.Write(DateTime.UnixEpoch); }));
        Assert.Contains("finite", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(1); w.Write("a"); w.Write(double.NaN); }));
        Assert.Contains("not whole", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(1); w.WriteRaw([0xDB, 0x80, 0, 0, 0]); })); // A key of 2 GiB.
        Assert.Contains("follow", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(0); w.WriteNil(); }));
        Assert.Contains("UTF-8", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(1); w.Write("a"); w.WriteString([0xC3, 0x28]); }));
        Assert.Contains("more than", Wrong((ref MessagePackWriter w) => { w.WriteMapHeader(2); w.Write("a"); w.Write(new string('\u0001', 8000)); w.Write("b"); w.WriteNil(); }));
        Assert.Contains("whole", Assert.Single(IntakeParser.Parse(Topic, null, new byte[] { 0xDF, 0xFF, 0xFF, 0xFF, 0xFF }, false).Errors));
        Assert.Contains("not a map", Assert.Single(IntakeParser.Parse(Topic, "application/msgpack", new byte[] { 0x93, 1, 2, 3 }, false).Errors));
        Assert.Contains("empty", Assert.Single(IntakeParser.Parse(Topic, null, Array.Empty<byte>(), false).Errors));
    }

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.OneOf(Gen.Const("text/plain"), Gen.Const("application/json"), Gen.Const("application/msgpack"))).Sample((bytes, contentType) =>
        {
            var result = IntakeParser.Parse(Topic, contentType, bytes, false);
            return result.Submission is null == result.Errors.Count > 0;
        });

    [Fact]
    public void No_damaged_map_makes_it_throw()
    {
        var good = Pack((ref MessagePackWriter w) =>
        {
            w.WriteMapHeader(3);
            w.Write("type");
            w.Write("melding");
            w.Write("text");
            w.Write("water in de kelder");
            w.Write("location");
            w.WriteMapHeader(2);
            w.Write("rdX");
            w.Write(233_900);
            w.Write("rdY");
            w.Write(582_000);
        });
        Assert.Empty(IntakeParser.Parse(Topic, null, good, false).Errors);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var bytes = good.ToArray();
            bytes[at] = value;
            var result = IntakeParser.Parse(Topic, "application/msgpack", bytes.AsMemory(0, length), false);
            return result.Submission is null == result.Errors.Count > 0;
        });
    }

    [Fact]
    public void Fingerprints_differ_by_topic_and_by_payload()
    {
        var prints = new[] { ("a", "b"), ("a", "c"), ("b", "b"), ("ab", ""), ("", "ab") }.Select(p => IntakeParser.Fingerprint(p.Item1, Encoding.UTF8.GetBytes(p.Item2)));
        Assert.Equal(5, prints.Distinct().Count());
        Assert.Equal(IntakeParser.Fingerprint(Topic, "x"u8), IntakeParser.Fingerprint(Topic, "x"u8));
    }

    private static string Wrong(Writing write) => Assert.Single(IntakeParser.Parse(Topic, null, Pack(write), false).Errors);

    private static byte[] Pack(Writing write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
