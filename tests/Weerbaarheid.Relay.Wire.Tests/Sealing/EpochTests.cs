using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Frames;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Wire.Tests.Sealing;

public sealed class EpochTests
{
    private static readonly byte[] Region = SHA256.HashData("a region of these tests"u8);

    private static KeyRing Desk(byte epoch) => KeyRing.ForRegion(epoch, Region, null, false);

    private static KeyRing Site(byte epoch, ushort site = 11) => KeyRing.ForSite(epoch, site, KeyRing.SiteKey(Region, site, epoch), KeyRing.NetworkKey(Region, epoch), null);

    private static void Give(KeyRing ring, byte epoch, ushort site = 11) => ring.Add(epoch, KeyRing.SiteKey(Region, site, epoch), KeyRing.NetworkKey(Region, epoch));

    private static byte[] Sealed(KeyRing ring, byte epoch, Message message, ushort origin)
    {
        var (body, envelope) = (new byte[MessageLimits.Body], new byte[Envelope.MaxSize]);
        var length = MessageCodec.Encode(message, body);
        return envelope[..Envelope.Seal(ring, EnvelopeHeader.For(message, epoch, origin, 1), 1, body.AsSpan(0, length), envelope)];
    }

    private static byte[] Frame(KeyRing ring, byte? epoch = null)
    {
        var writer = new FrameWriter(ring, 11, 64, FrameForm.Narrow);
        writer.Address(null, epoch: epoch);
        Assert.True(writer.TryAddBeacon(new Beacon(0, false, 1, 2, 60)));
        return writer.Finish();
    }

    private static bool Takes(KeyRing ring, byte[] frame) => FrameReader.TryOpen(ring, FrameForm.Narrow, frame, out _) == FrameOutcome.Opened;

    [Fact]
    public void A_copy_for_reading_opens_what_the_ring_opens_and_outlives_it()
    {
        using var desk = Desk(3);
        var site = Site(3);
        Give(site, 4);
        site.MoveTo(4);
        var (old, current, foreign) = (Sealed(desk, 3, new Melding { Text = "oud" }, 11), Sealed(site, 4, new Melding { Text = "nieuw" }, 11), Sealed(desk, 3, new Melding { Text = "x" }, 12));
        using var copy = site.ForReading();
        using var ofDesk = desk.ForReading();
        site.Reset();
        site.Dispose();

        Assert.Equal(4, copy.Epoch);
        Assert.Equal([OpenOutcome.Opened, OpenOutcome.Opened, OpenOutcome.NoKey], [Opening(copy, old), Opening(copy, current), Opening(copy, foreign)]);
        Assert.Equal([OpenOutcome.Opened, OpenOutcome.Opened], [Opening(ofDesk, old), Opening(ofDesk, foreign)]);
        Assert.Throws<ObjectDisposedException>(site.ForReading);
    }

    [Fact]
    public void A_copy_for_reading_checks_bulletins_and_cannot_sign()
    {
        using var ring = KeyRing.Demonstration();
        var bulletin = Sealed(ring, 0, new Bulletin { Number = 1, Text = "x" }, 1);
        using var copy = ring.ForReading();
        Assert.Equal(OpenOutcome.Opened, Opening(copy, bulletin));
        bulletin[^1] ^= 1;
        Assert.Equal(OpenOutcome.NotAuthentic, Opening(copy, bulletin));
        Assert.False(copy.MayIssueBulletins);
        Assert.Throws<InvalidOperationException>(() => Sealed(copy, 0, new Bulletin { Number = 1, Text = "x" }, 1));
    }

    private static OpenOutcome Opening(KeyRing ring, byte[] envelope) => Envelope.TryOpen(ring, envelope, 1, new byte[envelope.Length], out _);

    [Fact]
    public void A_ring_moves_forward_only_and_only_with_the_keys()
    {
        using var site = Site(3);
        Assert.False(site.MoveTo(4));
        Give(site, 4);
        Assert.Equal(3, site.Epoch);
        Assert.True(site.MoveTo(4));
        Assert.False(site.MoveTo(4));
        Assert.False(site.MoveTo(3));
        Assert.Equal((4, 3), (site.Epoch, site.OldestEpoch));
    }

    [Fact]
    public void What_was_sealed_before_a_move_still_opens_and_what_comes_after_is_under_other_keys()
    {
        using var site = Site(0);
        using var desk = Desk(0);
        var before = Sealed(site, 0, new Melding { Category = 1 }, 11);
        Give(site, 1);
        Assert.True(site.MoveTo(1) && desk.MoveTo(1));
        var after = Sealed(site, 1, new Melding { Category = 1 }, 11);
        foreach (var envelope in (byte[][])[before, after]) Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(desk, envelope, 1, out _));
        Assert.NotEqual(before[7..], after[7..]);
        using var left = Site(0);
        Assert.Equal(OpenOutcome.NoKey, EnvelopeTests.Open(left, after, 1, out _));
        // The epoch stands in the header: the key of one never opens what claims the other.
        after[0] = before[0];
        Assert.Equal(OpenOutcome.NotAuthentic, EnvelopeTests.Open(desk, after, 1, out _));
    }

    [Fact]
    public void The_region_reads_the_next_epoch_before_it_moved_and_no_further()
    {
        using var desk = Desk(4);
        Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(desk, Sealed(Site(5), 5, new Melding { Category = 1 }, 11), 1, out _));
        Assert.Equal(OpenOutcome.NoKey, EnvelopeTests.Open(desk, Sealed(Site(6), 6, new Melding { Category = 1 }, 11), 1, out _));
        foreach (var (epoch, taken) in new[] { (2, false), (3, true), (4, true), (5, true), (6, false) }) Assert.Equal(taken, Takes(desk, Frame(Site((byte)epoch))));
    }

    [Fact]
    public void Frames_of_a_closed_epoch_are_taken_no_more_and_its_envelopes_are()
    {
        using var desk = Desk(0);
        using var site = Site(0);
        var (frame, envelope) = (Frame(site), Sealed(site, 0, new Melding { Category = 1 }, 11));
        desk.Close(0);
        Assert.True(Takes(desk, frame));
        desk.MoveTo(1);
        Assert.Equal(1, desk.OldestEpoch);
        Assert.False(Takes(desk, frame));
        Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(desk, envelope, 1, out _));
    }

    [Fact]
    public void A_frame_goes_out_under_the_epoch_that_its_reader_has()
    {
        using var moved = Site(0);
        using var behind = Site(0, 12);
        Give(moved, 1);
        moved.MoveTo(1);
        Assert.False(Takes(behind, Frame(moved)));
        Assert.True(Takes(behind, Frame(moved, 0)));
        Assert.True(Takes(moved, Frame(behind)));
    }

    [Fact]
    public void Epoch_15_is_the_last()
    {
        using var desk = Desk(14);
        Assert.True(desk.MoveTo(15));
        Assert.False(desk.MoveTo(16));
        Assert.False(desk.HoldsEpoch(16));
        Assert.True(Takes(desk, Frame(Site(15))));
        Assert.True(Takes(desk, Frame(Site(14))));
        Assert.False(Takes(desk, Frame(Site(0))));
        using var site = Site(15);
        Assert.Throws<ArgumentOutOfRangeException>(() => site.Add(16, new byte[32], new byte[32]));
    }

    [Fact]
    public void Reset_leaves_what_the_key_file_said()
    {
        using var site = Site(0);
        var first = Frame(site);
        site.Keep(2, new byte[32], new byte[32]);
        Give(site, 1);
        site.MoveTo(1);
        site.Close(0);
        var after = Sealed(site, 1, new Melding { Category = 1 }, 11);
        site.Reset();
        Assert.Equal((0, 0), (site.Epoch, site.OldestEpoch));
        Assert.True(Takes(site, first));
        Assert.Equal(OpenOutcome.NoKey, EnvelopeTests.Open(site, after, 1, out _));
        Assert.Equal((true, false, true), (site.HoldsEpoch(0), site.HoldsEpoch(1), site.HoldsEpoch(2)));
    }

    [Fact]
    public void A_rekey_opens_for_its_site_alone_and_only_with_the_key_that_it_had()
    {
        using var desk = Desk(0);
        var (siteKey, networkKey) = desk.KeysFor(11, 1);
        desk.MoveTo(1);
        var rekey = Sealed(desk, 0, new Rekey { Priority = 2, ForSite = 11, Epoch = 1, SiteKey = siteKey, NetworkKey = networkKey }, 900);
        Assert.Equal(87, rekey.Length);
        using var site = Site(0);
        using var stolen = Site(0, 12);
        using var fresh = Site(1);
        Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(site, rekey, 1, out var message));
        Assert.Equal(siteKey, ((Rekey)message!).SiteKey.ToArray());
        Assert.Equal(OpenOutcome.NoKey, EnvelopeTests.Open(stolen, rekey, 1, out _));
        Assert.Equal(OpenOutcome.NoKey, EnvelopeTests.Open(fresh, rekey, 1, out _));
        // The key of another site under the right number.
        using var impostor = KeyRing.ForSite(0, 11, KeyRing.SiteKey(Region, 12, 0), KeyRing.NetworkKey(Region, 0), null);
        Assert.Equal(OpenOutcome.NotAuthentic, EnvelopeTests.Open(impostor, rekey, 1, out _));
        Assert.Throws<InvalidOperationException>(() => site.KeysFor(12, 1));
    }

    [Fact]
    public void A_revocation_is_read_in_every_epoch_and_made_by_the_authority_alone()
    {
        using var desk = KeyRing.Demonstration();
        var revocation = new Revocation { Priority = 1, Serial = 3, Epoch = 1, Revoked = [12, 213, 1012] };
        var envelope = Sealed(desk, 0, revocation, 900);
        Assert.Equal(82, envelope.Length);
        desk.MoveTo(3);
        Assert.Equal(OpenOutcome.Opened, EnvelopeTests.Open(desk, envelope, 1, out var message));
        Assert.Equal(revocation.Revoked, ((Revocation)message!).Revoked);
        using var coordination = Desk(0);
        Assert.Equal(OpenOutcome.NoKey, EnvelopeTests.Open(coordination, envelope, 1, out _));
        Assert.Throws<InvalidOperationException>(() => Sealed(coordination, 0, revocation, 900));
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(OpenOutcome.Opened, EnvelopeTests.Open(desk, envelope, 1, out _));
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0, 74)]
    [InlineData(3, 82)]
    [InlineData(64, 274)]
    public void A_revocation_is_no_longer_than_the_document_says(int sites, int bytes)
    {
        using var desk = KeyRing.Demonstration();
        ushort[] revoked = sites == 3 ? [12, 213, 1012] : [.. Enumerable.Range(60_000, sites).Select(site => (ushort)site)];
        Assert.Equal(bytes, Sealed(desk, 0, new Revocation { Priority = 1, Serial = sites == 64 ? int.MaxValue : 3, Epoch = sites == 64 ? 15 : 1, OldestEpoch = sites == 64 ? 15 : 0, Revoked = revoked }, 900).Length);
    }

    [Theory]
    [InlineData(MessageType.Revocation)]
    [InlineData(MessageType.Rekey)]
    public void Nothing_about_keys_goes_in_clear(MessageType type) => Assert.False(EnvelopeHeader.MayBeClear(type) || EnvelopeHeader.Allows(type, SealMode.Clear));
}
