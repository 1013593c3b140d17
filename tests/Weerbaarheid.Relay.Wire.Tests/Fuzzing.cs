using System.Text;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Primitives;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Frames;
using Weerbaarheid.Relay.Wire.Tests.Json;
using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Tests;

/// <summary>
/// One target for each decoder of untrusted bytes: any input must come to an end without an exception, and what is accepted must
/// hold together. <see cref="FuzzingTests"/> runs them for a moment; the trial <c>fuzz</c> runs them, and those of the worker, by
/// the million; <c>tests/Weerbaarheid.Relay.Fuzz</c> gives all of them to a coverage-guided fuzzer (SharpFuzz).
/// </summary>
public static class Fuzzing
{
    [ThreadStatic]
    private static KeyRing? _keys;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> Targets { get; } =
    [
        new("body", Body, FuzzCorpus.Bodies) { Share = 30 },
        new("pack", Pack, FuzzCorpus.Packs) { Share = 30 },
        new("text", CodedText, FuzzCorpus.Texts) { Share = 4 },
        new("json", Json, FuzzCorpus.Json) { Share = 20, Words = FuzzCorpus.JsonWords, Longest = 4_096 },
        new("frame", Frame, FuzzCorpus.Frames) { Share = 20 },
        // Most of that is the harness, which writes down what it reads: eight acknowledgements for a byte of bitmap.
        new("items", FrameItems, FuzzCorpus.Items) { Share = 20, MostAllocated = 8 << 20 },
        new("envelope", SealedEnvelope, FuzzCorpus.Envelopes) { Share = 15 },
    ];

    // A ring is for one thread.
    private static KeyRing Keys => _keys ??= KeyRing.Demonstration();

    /// <summary>The first byte chooses the type, the rest is the body; the view, the check and the record must agree.</summary>
    public static bool Body(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return false;
        var head = new MessageHead((MessageType)(input[0] % 12), 1, Exercise.Actueel, 11);
        var decoded = MessageCodec.TryDecode(head, input[1..], out var message, out var error);
        Require(decoded == MessageCodec.TryValidate(head, input[1..], out var reason) && error == reason, "view and record disagree");
        Require(decoded == (error.Length == 0) && decoded == (message is not null), "a verdict without its reason");
        if (!decoded) return false;
        Require(MessageRules.Problem(message!) is null, "a record that breaks a rule");
        var (first, second) = (new byte[MessageLimits.Body], new byte[MessageLimits.Body]);
        var length = MessageCodec.Encode(message!, first);
        Require(length > 0, "a record that cannot be written");
        Require(MessageCodec.TryDecode(head, first.AsSpan(0, length), out var again, out _), "what was written is not read");
        Require(MessageCodec.Encode(again!, second) == length && first.AsSpan().SequenceEqual(second), "writing is not canonical");
        return true;
    }

    /// <summary>One MessagePack value after the other.</summary>
    public static bool Pack(ReadOnlySpan<byte> input)
    {
        var reader = new PackReader(input);
        while (!reader.AtEnd)
        {
            var before = reader.Position;
            if (reader.Skip() != PackOutcome.Read) return false;
            Require(reader.Position > before && reader.Position <= input.Length, "a value without a size");
        }

        return true;
    }

    /// <summary>A text that claims to come from the text model; what is read can be written and read again.</summary>
    public static bool CodedText(ReadOnlySpan<byte> input)
    {
        var (first, second, code) = (new char[MessageLimits.BulletinText], new char[MessageLimits.BulletinText], new byte[8192]);
        if (!TextModel.TryDecode(input, first, out var length)) return false;
        var size = TextModel.Encode(first.AsSpan(0, length), code);
        Require(size > 0 && TextModel.TryDecode(code.AsSpan(0, size), second, out var again) && first.AsSpan(0, length).SequenceEqual(second.AsSpan(0, again)), "a text that does not come back");
        return true;
    }

    /// <summary>A message in JSON, as an application hands it in; what is accepted reads the same after it was written.</summary>
    public static bool Json(ReadOnlySpan<byte> input)
    {
        var parsed = MessageJson.TryParse(input, null, true, out var result, out var errors);
        Require(parsed == (errors.Count == 0), "a verdict without its reason");
        if (!parsed) return false;
        Require(MessageRules.Problem(result.Message) is null, "a message that breaks a rule");
        var written = Encoding.UTF8.GetBytes(MessageJsonTests.Write(result.Message));
        Require(MessageJson.TryParse(written, null, true, out var again, out _), "what was written is not read");
        Require(written.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(MessageJsonTests.Write(again.Message))), "what was written reads otherwise");
        return true;
    }

    /// <summary>A frame as it comes off the air, tag and all; only what was made with the key opens.</summary>
    public static bool Frame(ReadOnlySpan<byte> input)
    {
        var opened = false;
        foreach (var form in Enum.GetValues<FrameForm>())
        {
            if (FrameReader.TryOpen(Keys, form, input, out _) != FrameOutcome.Opened) continue;
            Require(!opened, "a frame of two forms");
            Require(FuzzCorpus.IsFrame(input), "a frame that nobody with the key made");
            opened = true;
        }

        return opened;
    }

    /// <summary>An envelope as it comes from a link; only what was made with the key opens, and its header is written back as it came.</summary>
    public static bool SealedEnvelope(ReadOnlySpan<byte> input)
    {
        if (!EnvelopeHeader.TryRead(input, out var header)) return false;
        Span<byte> head = stackalloc byte[EnvelopeHeader.LongLength + EnvelopeHeader.LifeLength];
        Require(header.Write(head) == header.Length && input.StartsWith(head[..header.Length]), "a header that reads otherwise than it was written");
        var room = new byte[input.Length];
        var outcome = Envelope.TryOpen(Keys, input, header.SequenceLow, room, out var length);
        Require(outcome == OpenOutcome.Opened || length == 0, "bytes out of an envelope that did not open");
        if (outcome != OpenOutcome.Opened) return false;
        Require(FuzzCorpus.IsEnvelope(input), "an envelope that nobody with the key made");
        Require(Envelope.SizeFor(header, length) == input.Length, "an envelope with bytes to spare");
        return true;
    }

    /// <summary>
    /// The items of a frame whose tag is right, which only a neighbour can make. The first byte chooses the form and whether it is
    /// addressed; what could be read is written again and must read the same.
    /// </summary>
    public static bool FrameItems(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return false;
        var form = (input[0] & 1) == 0 ? FrameForm.Wide : FrameForm.Narrow;
        var frame = FrameTests.FrameOf(Keys, form, input[1..].ToArray(), (byte)(input[0] & 0x30));
        if (FrameReader.TryOpen(Keys, form, frame, out var reader) != FrameOutcome.Opened) return false;
        var writer = new FrameWriter(Keys, reader.Sender, 32 + (frame.Length * 60), form);
        writer.Address(reader.To);
        List<string> read = [];
        FrameItem item;
        for (item = reader.Next(); item is not (FrameItem.End or FrameItem.Unreadable); item = reader.Next())
        {
            // Of one byte of a bitmap come eight acknowledgements.
            Require(read.Count <= 8 * input.Length, "a frame without an end");
            read.Add(FrameText.Of(item, ref reader));
            Require(FrameText.Add(writer, read[^1]), "an item that cannot be written");
        }

        Require(FrameReader.TryOpen(Keys, form, writer.Finish(reader.HasMore), out var again) == FrameOutcome.Opened, "what was written is not read");
        foreach (var line in read) Require(FrameText.Of(again.Next(), ref again) == line, "what was written reads otherwise");
        Require(again.Next() == FrameItem.End, "more than was written");
        return item == FrameItem.End;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }
}

public sealed class FuzzingTests
{
    private const ulong Inputs = 4_000;

    public static TheoryData<string> Names => [.. Fuzzing.Targets.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_comes_in_it_comes_to_an_end_and_holds_together(string name)
    {
        var target = Fuzzing.Targets.Single(one => one.Name == name);
        var accepted = 0;
        for (var number = 1UL; number <= Inputs; number++)
        {
            var input = Mutator.Make(target, number);
            try
            {
                accepted += target.Take(input) ? 1 : 0;
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"Input {number}: {Convert.ToHexString(input)}", problem);
            }
        }

        // Inputs that are all refused at the first byte would show nothing, and neither would those that are all right.
        Assert.InRange(accepted, 20, (int)Inputs - 400);
    }

    [Fact]
    public void What_is_valid_is_accepted()
    {
        foreach (var target in Fuzzing.Targets)
            foreach (var input in target.Corpus) Assert.True(target.Take(input), $"{target.Name}: {Convert.ToHexString(input)}");
    }
}
