using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Golden;
using Weerbaarheid.Relay.Wire.Tests.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Sealing;

/// <summary>Envelopes in clear, for amateur bands. That every bit counts is tested on their golden vectors, with all others.</summary>
public sealed class ClearTests
{
    public static TheoryData<MessageType> InClear => [MessageType.Status, MessageType.Heartbeat, MessageType.Receipt, MessageType.Sitrap];

    public static TheoryData<MessageType> NeverInClear => [.. Enum.GetValues<MessageType>().Where(type => !EnvelopeHeader.MayBeClear(type))];

    [Theory]
    [MemberData(nameof(InClear))]
    public void A_type_without_personal_data_is_readable_by_anyone_and_as_long_as_when_sealed(MessageType type)
    {
        using var keys = KeyRing.Demonstration();
        var messages = new RandomMessages(21);
        for (var i = 0; i < 200; i++)
        {
            var message = WithoutText(messages.Next(type));
            var sequence = messages.Sequence();
            var envelope = EnvelopeTests.Seal(keys, message, 11, sequence, clear: true);
            Assert.Equal(EnvelopeTests.Seal(keys, message, 11, sequence).Length, envelope.Length);
            Assert.Equal(MessageCodecTests.Encode(message), envelope[MessageCodecTests.HeaderOf(message).Length..^Envelope.TagSize]);
            Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(keys, envelope, sequence, out var back));
            Same.Message(message, back);
        }
    }

    [Theory]
    [MemberData(nameof(NeverInClear))]
    public void A_type_with_personal_data_cannot_be_made_in_clear(MessageType type)
    {
        using var keys = KeyRing.Demonstration();
        var message = new RandomMessages(22).Next(type);
        Assert.Throws<ArgumentException>(() => EnvelopeHeader.ForClear(message, keys.Epoch, 11, 5));
        var header = EnvelopeHeader.For(message, keys.Epoch, 11, 5) with { Mode = SealMode.Clear };
        Assert.Throws<ArgumentException>(() => Envelope.Seal(keys, header, 5, [0x90], new byte[100]));
    }

    [Theory]
    [MemberData(nameof(NeverInClear))]
    public void A_type_with_personal_data_in_clear_is_refused_although_its_tag_is_right(MessageType type)
    {
        using var keys = KeyRing.Demonstration();
        var envelope = Tagged(keys, type);
        Assert.Equal(OpenOutcome.Malformed, Envelope.TryOpen(keys, envelope, 5, new byte[100], out _));
        // By whoever has no key for it too, and so is not passed on.
        using var stranger = KeyRing.ForSite(0, 12, new byte[32], new byte[32], null);
        Assert.Equal(OpenOutcome.Malformed, Envelope.TryOpen(stranger, envelope, 5, new byte[100], out _));
    }

    [Fact]
    public void What_the_tests_tag_themselves_is_what_the_library_tags()
    {
        using var keys = KeyRing.Demonstration();
        Assert.Equal(OpenOutcome.Opened, Envelope.TryOpen(keys, Tagged(keys, MessageType.Status), 5, new byte[100], out _));
    }

    [Fact]
    public void The_reference_of_a_receipt_is_free_text_and_does_not_go_in_clear()
    {
        using var keys = KeyRing.Demonstration();
        var receipt = new Receipt { ForSite = 11, UpTo = 9, TakenUp = [new TakenUp(8, null), new TakenUp(9, "mw. Jansen")] };
        Assert.Throws<ArgumentException>(() => EnvelopeTests.Seal(keys, receipt, 900, 5, clear: true));
        Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(keys, EnvelopeTests.Seal(keys, WithoutText(receipt), 900, 5, clear: true), 5, out _));
    }

    [Theory]
    [MemberData(nameof(InClear))]
    public void What_was_sealed_does_not_pass_for_clear_nor_clear_for_sealed(MessageType type)
    {
        using var keys = KeyRing.Demonstration();
        var message = WithoutText(new RandomMessages(23).Next(type));
        var (sealedOne, clear) = (EnvelopeTests.Seal(keys, message, 11, 5), EnvelopeTests.Seal(keys, message, 11, 5, clear: true));
        foreach (var mode in new byte[] { 0, 1, 2, 3 })
        {
            RequireClosed(keys, WithMode(sealedOne, mode), unless: mode == 0);
            RequireClosed(keys, WithMode(clear, mode), unless: mode == 2);
        }

        // The tag of one on the text of the other, in either mode.
        RequireClosed(keys, [.. sealedOne[..^8], .. clear[^8..]]);
        RequireClosed(keys, [.. clear[..^8], .. sealedOne[^8..]]);
        RequireClosed(keys, WithMode([.. sealedOne[..^8], .. clear[^8..]], 2));
        RequireClosed(keys, WithMode([.. clear[..^8], .. sealedOne[^8..]], 0));
    }

    [Fact]
    public void A_body_has_at_least_one_byte()
    {
        // What a library does with a tag over nothing is its own affair; no body is empty.
        using var keys = KeyRing.Demonstration();
        foreach (var mode in new[] { SealMode.Sealed, SealMode.Clear })
        {
            var header = EnvelopeHeader.For(new Status { State = SiteState.Open }, 0, 11, 5) with { Mode = mode };
            Assert.Throws<ArgumentException>(() => Envelope.Seal(keys, header, 5, [], new byte[100]));
            var envelope = new byte[header.Length + Envelope.TagSize];
            header.Write(envelope);
            Assert.Equal(OpenOutcome.Malformed, Envelope.TryOpen(keys, envelope, 5, new byte[100], out _));
        }
    }

    [Fact]
    public void A_site_without_the_key_cannot_check_and_another_cannot_make_one()
    {
        using var keys = KeyRing.Demonstration();
        var envelope = EnvelopeTests.Seal(keys, new Status { State = SiteState.Open }, 11, 5, clear: true);
        using var other = KeyRing.ForSite(0, 12, new byte[32], new byte[32], null);
        Assert.Equal(OpenOutcome.NoKey, Envelope.TryOpen(other, envelope, 5, new byte[100], out _));
        using var impostor = KeyRing.ForSite(0, 11, new byte[32], new byte[32], null);
        Assert.Equal(OpenOutcome.NotAuthentic, Envelope.TryOpen(impostor, envelope, 5, new byte[100], out _));
    }

    private static Message WithoutText(Message message) =>
        message is Receipt receipt ? receipt with { TakenUp = [.. receipt.TakenUp.Select(one => one with { Reference = null })] } : message;

    private static byte[] WithMode(byte[] envelope, byte mode) => [(byte)((envelope[0] & 0xCF) | (mode << 4)), .. envelope[1..]];

    /// <summary>An envelope in clear of any type of site 11 with sequence 5, by FORMAT.md §4 and not by the library.</summary>
    private static byte[] Tagged(KeyRing keys, MessageType type)
    {
        var series = (byte)EnvelopeHeader.SeriesOf(type);
        byte[] head = [0x60, (byte)((int)type << 4), 0, 11, 0, 0, 5];
        byte[] body = [0x91, 0x02];
        byte[] nonce = [0, 11, series, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
        var tag = new byte[8];
        keys.Cipher(keys.Epoch, 11, down: false)!.Encrypt(nonce, body, new byte[2], tag, head);
        return [.. head, .. body, .. tag];
    }

    private static void RequireClosed(KeyRing keys, byte[] envelope, bool unless = false)
    {
        var room = new byte[envelope.Length];
        var outcome = Envelope.TryOpen(keys, envelope, 5, room, out var length);
        Assert.Equal(unless, outcome == OpenOutcome.Opened);
        if (unless) return;
        Assert.Equal(0, length);
        Assert.All(room, left => Assert.Equal(0, left));
    }
}
