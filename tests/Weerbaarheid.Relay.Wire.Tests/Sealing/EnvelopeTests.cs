using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Sealing;

public sealed class EnvelopeTests
{
    private static readonly byte[] Region = SHA256.HashData("a region of these tests"u8);

    [Fact]
    public void Every_message_goes_through_an_envelope_and_comes_back()
    {
        using var keys = KeyRing.Demonstration();
        var messages = new RandomMessages(11);
        for (var i = 0; i < 1000; i++)
        {
            var message = messages.Next();
            var sequence = messages.Sequence();
            var envelope = Seal(keys, message, messages.Site(), sequence);
            Assert.Equal(OpenOutcome.Opened, Open(keys, envelope, sequence, out var back));
            Same.Message(message, back);
        }
    }

    [Fact]
    public void Every_single_flipped_bit_is_refused()
    {
        using var keys = KeyRing.Demonstration();
        var messages = new RandomMessages(12);
        for (var type = MessageType.Melding; type <= MessageType.Rekey; type++)
        {
            var envelope = Seal(keys, messages.Next(type), 11, 4711);
            for (var bit = 0; bit < Math.Min(envelope.Length, 150) * 8; bit++)
            {
                envelope[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.NotEqual(OpenOutcome.Opened, Open(keys, envelope, 4711, out _));
                envelope[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Every_envelope_that_is_cut_off_or_longer_is_refused()
    {
        using var keys = KeyRing.Demonstration();
        var messages = new RandomMessages(13);
        for (var type = MessageType.Melding; type <= MessageType.Rekey; type++)
        {
            var envelope = Seal(keys, messages.Next(type), 11, 4711);
            for (var length = 0; length < envelope.Length; length += length < 100 ? 1 : 37)
                Assert.NotEqual(OpenOutcome.Opened, Open(keys, envelope[..length], 4711, out _));
            Assert.NotEqual(OpenOutcome.Opened, Open(keys, [.. envelope, 0], 4711, out _));
        }
    }

    [Fact]
    public void An_envelope_opens_only_at_its_own_sequence()
    {
        using var keys = KeyRing.Demonstration();
        var envelope = Seal(keys, new Status { State = SiteState.Open }, 11, 4711);
        Assert.Equal(OpenOutcome.NotAuthentic, Envelope.TryOpen(keys, envelope, 4711 + Sequence.Modulus, new byte[100], out _));
        Assert.Equal(OpenOutcome.Malformed, Envelope.TryOpen(keys, envelope, 4712, new byte[100], out _));
    }

    [Fact]
    public void A_site_and_its_region_understand_each_other_in_both_directions()
    {
        using var region = KeyRing.ForRegion(3, Region, null, false);
        using var site = SiteRing(11, 3);
        Assert.Equal(OpenOutcome.Opened, Open(region, Seal(site, new Melding { Category = 1 }, 11, 1), 1, out _));
        Assert.Equal(OpenOutcome.Opened, Open(site, Seal(region, new Receipt { ForSite = 11, UpTo = 1 }, 900, 1), 1, out _));
    }

    [Fact]
    public void A_site_can_neither_read_nor_seal_for_another()
    {
        using var region = KeyRing.ForRegion(3, Region, null, false);
        using var other = SiteRing(12, 3);
        Assert.Equal(OpenOutcome.NoKey, Open(other, Seal(region, new Melding { Category = 1 }, 11, 1), 1, out _));
        Assert.Equal(OpenOutcome.NoKey, Open(other, Seal(region, new Receipt { ForSite = 11 }, 900, 1), 1, out _));
        Assert.Throws<InvalidOperationException>(() => Seal(other, new Melding { Category = 1 }, 11, 1));
        using var impostor = KeyRing.ForSite(3, 11, KeyRing.SiteKey(Region, 12, 3), KeyRing.NetworkKey(Region, 3), null);
        Assert.Equal(OpenOutcome.NotAuthentic, Open(region, Seal(impostor, new Melding { Category = 1 }, 11, 1), 1, out _));
    }

    [Fact]
    public void A_receipt_cannot_pass_for_anything_else_nor_anything_else_for_a_receipt()
    {
        using var keys = KeyRing.Demonstration();
        var receipt = Seal(keys, new Receipt { ForSite = 11, UpTo = 5 }, 11, 9);
        for (var type = 1; type <= 15; type++)
        {
            if (type == (int)MessageType.Receipt) continue;
            byte[] whole = [.. receipt];
            whole[1] = (byte)((type << 4) | (whole[1] & 0x0F));
            Assert.NotEqual(OpenOutcome.Opened, Open(keys, whole, 9, out _));
            byte[] without = [.. whole[..7], .. whole[9..]];
            Assert.NotEqual(OpenOutcome.Opened, Open(keys, without, 9, out _));
        }

        var status = Seal(keys, new Status { State = SiteState.Open }, 11, 9);
        status[1] = (byte)(((int)MessageType.Receipt << 4) | (status[1] & 0x0F));
        byte[] longer = [.. status[..7], 0, 11, .. status[7..]];
        Assert.NotEqual(OpenOutcome.Opened, Open(keys, longer, 9, out _));
    }

    [Fact]
    public void What_goes_up_and_what_goes_down_are_under_different_keys()
    {
        using var keys = KeyRing.Demonstration();
        Span<byte> up = stackalloc byte[16], down = stackalloc byte[16], tag = stackalloc byte[8];
        keys.Cipher(keys.Epoch, 11, false)!.Encrypt(new byte[13], new byte[16], up, tag);
        keys.Cipher(keys.Epoch, 11, true)!.Encrypt(new byte[13], new byte[16], down, tag);
        Assert.False(up.SequenceEqual(down));
    }

    [Fact]
    public void A_bulletin_can_be_read_without_the_region_key_but_not_made_or_changed()
    {
        using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = KeyRing.ForRegion(3, Region, ECDsa.Create(authority.ExportParameters(true)), true);
        using var site = KeyRing.ForSite(3, 11, KeyRing.SiteKey(Region, 11, 3), KeyRing.NetworkKey(Region, 3), ECDsa.Create(authority.ExportParameters(false)));
        using var unprovisioned = SiteRing(11, 3);
        var bulletin = new Bulletin { Number = 8, Text = "Kook het drinkwater" };
        var envelope = Seal(issuer, bulletin, 900, 1);
        Assert.Equal(OpenOutcome.Opened, Open(site, envelope, 1, out var back));
        Assert.Equal(bulletin, back);
        Assert.Equal(OpenOutcome.NoKey, Open(unprovisioned, envelope, 1, out _));
        Assert.Throws<InvalidOperationException>(() => Seal(site, bulletin, 11, 1));
    }

    [Fact]
    public void Another_epoch_is_another_key()
    {
        using var third = KeyRing.ForRegion(3, Region, null, false);
        using var fourth = KeyRing.ForRegion(4, Region, null, false);
        var envelope = Seal(third, new Status { State = SiteState.Open }, 11, 1);
        Assert.Equal(OpenOutcome.Opened, Open(fourth, envelope, 1, out _));
        envelope[0] = (byte)((envelope[0] & 0xF0) | 4);
        Assert.Equal(OpenOutcome.NotAuthentic, Open(fourth, envelope, 1, out _));
    }

    [Fact]
    public void What_nobody_could_open_is_not_sealed()
    {
        using var keys = KeyRing.Demonstration();
        var header = EnvelopeHeader.For(new Bulletin { Number = 1 }, 0, 11, 5);
        Assert.Throws<ArgumentException>(() => Envelope.Seal(keys, header with { Mode = SealMode.Sealed }, 5, [0x90], new byte[100]));
        Assert.Throws<ArgumentException>(() => Envelope.Seal(keys, header with { Epoch = 1 }, 5, [0x90], new byte[100]));
        Assert.Throws<ArgumentException>(() => Envelope.Seal(keys, header, 6, [0x90], new byte[100]));
        Assert.Throws<ArgumentException>(() => Envelope.Seal(keys, header with { Priority = 0 }, 5, [0x90], new byte[100]));
        Assert.Throws<ArgumentException>(() => Envelope.Seal(keys, header, 5, new byte[MessageLimits.Body + 1], new byte[Envelope.MaxSize + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyRing.ForRegion(16, Region, null, false));
        Assert.Throws<ArgumentException>(() => KeyRing.ForRegion(1, Region.AsSpan(1), null, false));
    }

    [Fact]
    public void Every_header_that_is_written_reads_back_and_no_other_is_accepted()
    {
        for (var first = 0; first < 256; first++)
        {
            for (var second = 0; second < 256; second++)
            {
                byte[] bytes = [(byte)first, (byte)second, 1, 2, 3, 4, 5, 6, 7];
                if (!EnvelopeHeader.TryRead(bytes, out var header)) continue;
                var written = new byte[9];
                var length = header.Write(written);
                Assert.Equal(header.Type is MessageType.Receipt or MessageType.Rekey ? 9 : 7, length);
                Assert.Equal(bytes[..length], written[..length]);
            }
        }
    }

    internal static byte[] Seal(KeyRing keys, Message message, ushort origin, ulong sequence, bool clear = false, bool tellsLife = false)
    {
        var body = MessageCodecTests.Encode(message);
        var header = clear ? EnvelopeHeader.ForClear(message, keys.Epoch, origin, sequence) : EnvelopeHeader.For(message, keys.Epoch, origin, sequence);
        if (tellsLife) header = header with { Life = Sequence.LifeOf(sequence) };
        var envelope = new byte[Envelope.SizeFor(header, body.Length)];
        Assert.Equal(envelope.Length, Envelope.Seal(keys, header, sequence, body, envelope));
        return envelope;
    }

    /// <summary>Opens as a receiver does: the sequence is expanded from the header, near one that is known.</summary>
    internal static OpenOutcome Open(KeyRing keys, byte[] envelope, ulong known, out Message? message)
    {
        message = null;
        if (!EnvelopeHeader.TryRead(envelope, out var header)) return OpenOutcome.Malformed;
        var body = new byte[envelope.Length];
        var outcome = Envelope.TryOpen(keys, envelope, Sequence.Expand(header.SequenceLow, known), body, out var length);
        if (outcome == OpenOutcome.Opened) Assert.True(MessageCodec.TryDecode(header, body.AsSpan(0, length), out message, out var error), error);
        else Assert.Equal(0, length);
        return outcome;
    }

    private static KeyRing SiteRing(ushort site, byte epoch) =>
        KeyRing.ForSite(epoch, site, KeyRing.SiteKey(Region, site, epoch), KeyRing.NetworkKey(Region, epoch), null);
}
