using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Frames;
using Weerbaarheid.Relay.Wire.Tests.Messages;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Tests;

/// <summary>
/// One harness for each decoder of untrusted bytes: any input must come to an end without an exception, and what is accepted must
/// hold together. <see cref="FuzzingTests"/> runs them for a moment from a fixed seed; <c>tests/Weerbaarheid.Relay.Fuzz</c> gives them to a
/// coverage-guided fuzzer (SharpFuzz).
/// </summary>
public static class Fuzzing
{
    private static readonly KeyRing Keys = KeyRing.Demonstration();

    /// <summary>All of them by name.</summary>
    public static IReadOnlyDictionary<string, Harness> Harnesses { get; } = new Dictionary<string, Harness>
    {
        ["body"] = Body,
        ["pack"] = Pack,
        ["text"] = CodedText,
        ["json"] = Json,
        ["frame"] = Frame,
        ["items"] = FrameItems,
        ["envelope"] = SealedEnvelope,
    };

    /// <summary>Takes any bytes; throws only when something is wrong with the decoder.</summary>
    public delegate void Harness(ReadOnlySpan<byte> input);

    /// <summary>The first byte chooses the type, the rest is the body; the view, the check and the record must agree.</summary>
    public static void Body(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var head = new MessageHead((MessageType)(input[0] % 11), 1, Exercise.Actueel, 11);
        var decoded = MessageCodec.TryDecode(head, input[1..], out var message, out var error);
        Require(decoded == MessageCodec.TryValidate(head, input[1..], out var reason) && error == reason, "view and record disagree");
        Require(decoded == (error.Length == 0) && decoded == (message is not null), "a verdict without its reason");
        if (!decoded) return;
        Require(MessageRules.Problem(message!) is null, "a record that breaks a rule");
        var (first, second) = (new byte[MessageLimits.Body], new byte[MessageLimits.Body]);
        var length = MessageCodec.Encode(message!, first);
        Require(length > 0, "a record that cannot be written");
        Require(MessageCodec.TryDecode(head, first.AsSpan(0, length), out var again, out _), "what was written is not read");
        Require(MessageCodec.Encode(again!, second) == length && first.AsSpan().SequenceEqual(second), "writing is not canonical");
    }

    /// <summary>One MessagePack value after the other.</summary>
    public static void Pack(ReadOnlySpan<byte> input)
    {
        var reader = new PackReader(input);
        while (!reader.AtEnd)
        {
            var before = reader.Position;
            if (reader.Skip() != PackOutcome.Read) return;
            Require(reader.Position > before && reader.Position <= input.Length, "a value without a size");
        }
    }

    /// <summary>A text that claims to come from the text model; what is read can be written and read again.</summary>
    public static void CodedText(ReadOnlySpan<byte> input)
    {
        var (first, second, code) = (new char[MessageLimits.BulletinText], new char[MessageLimits.BulletinText], new byte[8192]);
        if (!TextModel.TryDecode(input, first, out var length)) return;
        var size = TextModel.Encode(first.AsSpan(0, length), code);
        Require(size > 0 && TextModel.TryDecode(code.AsSpan(0, size), second, out var again) && first.AsSpan(0, length).SequenceEqual(second.AsSpan(0, again)), "a text that does not come back");
    }

    /// <summary>A message in JSON, as an application hands it in.</summary>
    public static void Json(ReadOnlySpan<byte> input)
    {
        var parsed = MessageJson.TryParse(input.ToArray(), null, true, out var result, out var errors);
        Require(parsed == (errors.Count == 0), "a verdict without its reason");
        Require(!parsed || MessageRules.Problem(result.Message) is null, "a message that breaks a rule");
    }

    /// <summary>A frame as it comes off the air, tag and all.</summary>
    public static void Frame(ReadOnlySpan<byte> input)
    {
        foreach (var form in (FrameForm[])[FrameForm.Wide, FrameForm.Narrow])
            Require(FrameReader.TryOpen(Keys, form, input, out _) != FrameOutcome.Opened || input.Length >= FrameWriter.OverheadOf(form), "a frame without a tag");
    }

    /// <summary>An envelope as it comes from a link.</summary>
    public static void SealedEnvelope(ReadOnlySpan<byte> input)
    {
        if (!EnvelopeHeader.TryRead(input, out var header)) return;
        Span<byte> room = new byte[input.Length];
        var outcome = Envelope.TryOpen(Keys, input, header.SequenceLow, room, out var length);
        Require(outcome == OpenOutcome.Opened || length == 0, "bytes out of an envelope that did not open");
    }

    /// <summary>
    /// The items of a frame whose tag is right, which only a neighbour can make. The first byte chooses the form and whether it is
    /// addressed; what could be read is written again and must read the same.
    /// </summary>
    public static void FrameItems(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        var form = (input[0] & 1) == 0 ? FrameForm.Wide : FrameForm.Narrow;
        var frame = FrameTests.FrameOf(Keys, form, input[1..].ToArray(), (byte)(input[0] & 0x30));
        if (FrameReader.TryOpen(Keys, form, frame, out var reader) != FrameOutcome.Opened) return;
        var writer = new FrameWriter(Keys, reader.Sender, Math.Max(32, frame.Length * 12), form);
        writer.Address(reader.To);
        List<string> read = [];
        for (var item = reader.Next(); item is not (FrameItem.End or FrameItem.Unreadable); item = reader.Next())
        {
            // Of one byte of a bitmap come eight acknowledgements.
            Require(read.Count <= 8 * input.Length, "a frame without an end");
            read.Add(FrameText.Of(item, ref reader));
            Require(FrameText.Add(writer, read[^1]), "an item that cannot be written");
        }

        Require(FrameReader.TryOpen(Keys, form, writer.Finish(reader.HasMore), out var again) == FrameOutcome.Opened, "what was written is not read");
        foreach (var item in read) Require(FrameText.Of(again.Next(), ref again) == item, "what was written reads otherwise");
        Require(again.Next() == FrameItem.End, "more than was written");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }
}

public sealed class FuzzingTests
{
    private const int Cases = 20_000;

    [Fact]
    public void Bodies_come_to_an_end_and_view_and_record_agree() => Run(Fuzzing.Body, random =>
    {
        var message = random.Next();
        return [(byte)message.Type, .. MessageCodecTests.Encode(message)];
    });

    [Fact]
    public void Values_come_to_an_end() => Run(Fuzzing.Pack, random => MessageCodecTests.Encode(random.Next()));

    [Fact]
    public void Envelopes_come_to_an_end() =>
        Run(Fuzzing.SealedEnvelope, random => Convert.FromHexString(Golden.Vectors.Envelopes[random.Below(Golden.Vectors.Envelopes.Count)].Envelope), Cases / 10);

    [Fact]
    public void Coded_texts_come_to_an_end_and_back() => Run(Fuzzing.CodedText, random =>
    {
        var (text, code) = (Golden.Vectors.Texts[random.Below(Golden.Vectors.Texts.Count)].Text, new byte[200]);
        return code[..TextModel.Encode(text, code)];
    }, Cases / 10);

    [Fact]
    public void Json_comes_to_an_end() => Run(Fuzzing.Json, random => System.Text.Encoding.UTF8.GetBytes(Json.MessageJsonTests.Write(random.Next())), Cases / 4);

    [Fact]
    public void Frames_come_to_an_end() =>
        Run(Fuzzing.Frame, random => Convert.FromHexString(Golden.Vectors.Frames[random.Below(Golden.Vectors.Frames.Count)].Frame));

    [Fact]
    public void Items_of_frames_come_to_an_end() => Run(Fuzzing.FrameItems, random => Golden.Vectors.Frames[random.Below(Golden.Vectors.Frames.Count)] is var vector && random.Below(4) == 0
        ? random.Bytes(random.Below(60))
        : [(byte)((vector.To is null ? 0 : 0x20) | (vector.Form == FrameForm.Narrow ? 1 : 0)), .. Convert.FromHexString(vector.Frame)[3..^FrameWriter.TagSizeOf(vector.Form)]]);

    private static void Run(Fuzzing.Harness harness, Func<RandomMessages, byte[]> make, int cases = Cases)
    {
        var random = new RandomMessages(7);
        for (var i = 0; i < cases; i++)
        {
            var input = make(random);
            if (input.Length > 0 && i % 8 != 0) input[random.Below(input.Length)] = random.Bytes(1)[0];
            if (i % 5 == 0) input = input[..random.Below(input.Length + 1)];
            if (i % 50 == 0) input = random.Bytes(random.Below(64));
            try
            {
                harness(input);
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"Case {i}: {Convert.ToHexString(input)}", problem);
            }
        }
    }
}
