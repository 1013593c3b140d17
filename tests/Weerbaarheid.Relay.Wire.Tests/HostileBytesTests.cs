using System.Text;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Json;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Frames;
using Weerbaarheid.Relay.Wire.Tests.Json;
using Weerbaarheid.Relay.Wire.Tests.Messages;
using Weerbaarheid.Relay.Wire.Tests.Sealing;

namespace Weerbaarheid.Relay.Wire.Tests;

/// <summary>
/// Good bytes with a few changes, from a fixed seed: nothing may throw, and what is accepted must keep the rules. Each
/// case's number is in the message of a failure.
/// </summary>
public sealed class HostileBytesTests
{
    private const int Seed = 72;

    [Fact]
    public void Mutated_bodies_never_throw_and_what_is_accepted_encodes_again()
    {
        var messages = new RandomMessages(Seed);
        var buffer = new byte[MessageLimits.Body];
        var accepted = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // Every body is read as every type too.
            var original = messages.Next();
            var body = Mutate(messages, MessageCodecTests.Encode(original));
            var header = MessageCodecTests.HeaderOf(original) with { Type = (MessageType)(messages.Below(4) == 0 ? messages.Below(16) : (int)original.Type) };
            var decoded = Guard(i, () => MessageCodec.TryDecode(header, body, out var message, out _) ? message : null);
            if (decoded is null) continue;
            accepted++;
            Assert.True(MessageCodec.Encode(decoded, buffer) > 0 || body.Length > buffer.Length, $"case {i}: {MessageRules.Problem(decoded)}");
        }

        Assert.InRange(accepted, 1_000, 19_000);
    }

    [Fact]
    public void Mutated_envelopes_never_throw_and_never_open()
    {
        using var keys = KeyRing.Demonstration();
        var messages = new RandomMessages(Seed);
        var room = new byte[2 * Envelope.MaxSize];
        for (var i = 0; i < 5_000; i++)
        {
            var original = EnvelopeTests.Seal(keys, messages.Next(), 11, 4711);
            var envelope = Mutate(messages, original);
            if (envelope.AsSpan().SequenceEqual(original)) continue;
            var outcome = Guard(i, () => Envelope.TryOpen(keys, envelope, 4711, room, out _));
            Assert.NotEqual(OpenOutcome.Opened, outcome);
        }
    }

    [Fact]
    public void Random_bytes_never_throw_as_a_header_an_envelope_or_a_frame()
    {
        using var keys = KeyRing.Demonstration();
        var random = new RandomMessages(Seed);
        var room = new byte[300];
        for (var i = 0; i < 30_000; i++)
        {
            var bytes = random.Bytes(random.Below(80));
            if (bytes.Length > 0 && i % 2 == 0) bytes[0] = (byte)(i % 4 == 0 ? 0x40 : 0x80);
            Guard(i, () => EnvelopeHeader.TryRead(bytes, out _));
            // Each tag that is wrong costs an exception inside the platform, so fewer of these.
            if (i % 10 == 0) Assert.NotEqual(OpenOutcome.Opened, Guard(i, () => Envelope.TryOpen(keys, bytes, Sequence.Low((ulong)i), room, out _)));
            Assert.NotEqual(FrameOutcome.Opened, Guard(i, () => FrameReader.TryOpen(keys, i % 4 < 2 ? FrameForm.Wide : FrameForm.Narrow, bytes, out _)));
        }
    }

    [Fact]
    public void Any_items_in_an_authentic_frame_are_read_to_an_end()
    {
        using var keys = KeyRing.Demonstration();
        var random = new RandomMessages(Seed);
        for (var i = 0; i < 30_000; i++)
        {
            var items = random.Bytes(random.Below(60));
            // Kinds that exist, and small numbers.
            for (var at = 0; at < items.Length; at++)
                if (random.Below(2) == 0) items[at] %= (byte)(random.Below(2) == 0 ? 5 : 0xC0);
            var form = (FrameForm)(1 + (i % 3));
            var frame = FrameTests.FrameOf(keys, form, items, (byte)(items.Length >= 2 && i % 4 < 2 ? 0x20 : 0));
            var steps = Guard(i, () => Steps(keys, form, frame));
            Assert.InRange(steps, 1, (8 * items.Length) + 1);
        }
    }

    [Fact]
    public void Mutated_json_never_throws_and_what_is_accepted_keeps_the_rules()
    {
        var messages = new RandomMessages(Seed);
        for (var i = 0; i < 30_000; i++)
        {
            var json = Mutate(messages, Encoding.UTF8.GetBytes(MessageJsonTests.Write(messages.Next())));
            var parsed = Guard(i, () =>
            {
                var fine = MessageJson.TryParse(json, null, true, out var result, out var errors);
                Assert.Equal(fine, errors.Count == 0);
                return result.Message;
            });
            if (parsed is not null) Assert.Null(MessageRules.Problem(parsed));
        }
    }

    private static int Steps(KeyRing keys, FrameForm form, byte[] frame)
    {
        Assert.Equal(FrameOutcome.Opened, FrameReader.TryOpen(keys, form, frame, out var reader));
        for (var steps = 1; ; steps++)
            if (reader.Next() is FrameItem.End or FrameItem.Unreadable) return steps;
    }

    private static byte[] Mutate(RandomMessages random, byte[] bytes)
    {
        var changed = bytes.ToList();
        for (var changes = 1 + random.Below(3); changes > 0; changes--)
        {
            var at = random.Below(changed.Count + 1);
            switch (random.Below(5))
            {
                case 0: changed.Insert(at, random.Bytes(1)[0]); break;
                case 1 when at < changed.Count: changed.RemoveAt(at); break;
                case 2: changed.RemoveRange(at, changed.Count - at); break;
                default:
                    if (at < changed.Count) changed[at] = random.Bytes(1)[0];
                    break;
            }
        }

        return [.. changed];
    }

    private static T Guard<T>(int number, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"Case {number} of seed {Seed} threw.", problem);
        }
    }
}
