using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Messages;
using Weerbaarheid.Relay.Wire.Sealing;
using Weerbaarheid.Relay.Wire.Tests.Golden;
using Weerbaarheid.Relay.Wire.Tests.Messages;

namespace Weerbaarheid.Relay.Wire.Tests.Sealing;

/// <summary>Each golden envelope, wrong in one way: none may open, and none may leave anything behind in the room for the body.</summary>
public sealed class NegativeSealTests
{
    public static TheoryData<string> Names => [.. Vectors.Envelopes.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_single_header_bit_counts(string name)
    {
        var (envelope, vector) = Vector(name);
        EnvelopeHeader.TryRead(envelope, out var header);
        for (var bit = 0; bit < header.Length * 8; bit++)
        {
            byte[] changed = [.. envelope];
            changed[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            // Also for a receiver that believes the sequence in the changed header.
            RequireClosed(changed, vector.Sequence, $"{name}, header bit {bit}");
            if (EnvelopeHeader.TryRead(changed, out var read)) RequireClosed(changed, Sequence.Expand(read.SequenceLow, vector.Sequence), $"{name}, header bit {bit}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_single_bit_of_the_proof_counts(string name)
    {
        var (envelope, vector) = Vector(name);
        EnvelopeHeader.TryRead(envelope, out var header);
        var size = header.Mode == SealMode.Signature ? Envelope.SignatureSize : Envelope.TagSize;
        for (var bit = 0; bit < size * 8; bit++)
        {
            byte[] changed = [.. envelope];
            changed[envelope.Length - 1 - (bit / 8)] ^= (byte)(1 << (bit % 8));
            RequireClosed(changed, vector.Sequence, $"{name}, proof bit {bit}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_proof_of_zeros_or_of_another_envelope_is_none(string name)
    {
        var (envelope, vector) = Vector(name);
        RequireClosed([.. envelope[..^8], .. new byte[8]], vector.Sequence, name);
        var other = Convert.FromHexString(Vectors.Envelopes.First(candidate => candidate.Name != name).Envelope);
        RequireClosed([.. envelope[..^8], .. other[^8..]], vector.Sequence, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Another_origin_is_refused(string name)
    {
        var (envelope, vector) = Vector(name);
        foreach (var origin in new[] { 0, 1, vector.Origin - 1, vector.Origin + 1, 65535 })
            RequireClosed([.. envelope[..2], (byte)(origin >> 8), (byte)origin, .. envelope[4..]], vector.Sequence, $"{name}, origin {origin}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_replay_at_any_other_sequence_is_refused(string name)
    {
        var (envelope, vector) = Vector(name);
        foreach (var sequence in new[] { vector.Sequence - 1, vector.Sequence + 1, vector.Sequence + Sequence.Modulus, vector.Sequence + (1UL << 32), vector.Sequence ^ (1UL << 63) })
        {
            RequireClosed(envelope, sequence, $"{name}, sequence {sequence}");
            // Also when the header is made to agree.
            var low = Sequence.Low(sequence);
            RequireClosed([.. envelope[..4], (byte)(low >> 16), (byte)(low >> 8), (byte)low, .. envelope[7..]], sequence, $"{name}, sequence {sequence}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cut_off_or_longer_by_any_number_of_bytes_is_refused(string name)
    {
        var (envelope, vector) = Vector(name);
        for (var length = 0; length < envelope.Length; length++) RequireClosed(envelope[..length], vector.Sequence, $"{name}, {length} bytes");
        for (var more = 1; more <= 9; more++) RequireClosed([.. envelope, .. new byte[more]], vector.Sequence, $"{name}, {more} more");
        RequireClosed([0, .. envelope], vector.Sequence, $"{name}, one before");
    }

    [Fact]
    public void What_went_down_cannot_be_sent_back_up_and_the_other_way_round()
    {
        using var keys = KeyRing.Demonstration();
        // The same site's key family, the same sequence and series; only the direction differs.
        var status = EnvelopeTests.Seal(keys, new Status { State = SiteState.Open }, 11, 9);
        var receipt = EnvelopeTests.Seal(keys, new Receipt { ForSite = 11, UpTo = 5 }, 11, 9);
        RequireClosed([.. receipt[..7], .. status[7..]], 9, "a status under the header of a receipt");
        RequireClosed([.. status[..1], receipt[1], .. status[2..7], 0, 11, .. status[7..]], 9, "a status passed off as a receipt");
        RequireClosed([.. receipt[..1], status[1], .. receipt[2..7], .. receipt[9..]], 9, "a receipt passed off as a status");
        RequireClosed([.. receipt[..7], 0, 12, .. receipt[9..]], 9, "a receipt for another site");
    }

    [Fact]
    public void Sealing_and_opening_allocate_no_more_than_the_platforms_handle_of_32_bytes()
    {
        using var keys = KeyRing.Demonstration();
        var message = new Status { State = SiteState.Open, Present = 84 };
        var header = MessageCodecTests.HeaderOf(message);
        var (body, envelope) = (new byte[MessageLimits.Body], new byte[Envelope.MaxSize]);
        bool Round()
        {
            var length = MessageCodec.Encode(message, body);
            var size = Envelope.Seal(keys, header, 4711, body.AsSpan(0, length), envelope);
            return Envelope.TryOpen(keys, envelope.AsSpan(0, size), 4711, body, out _) == OpenOutcome.Opened;
        }

        Assert.True(Round());
        var opened = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) opened += Round() ? 1 : 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(100, opened);
        // AesCcm makes a SafeHandle of 32 bytes at every call, and has no overload that does not; nothing else may.
        Assert.InRange(allocated, 0, 100 * 2 * 32);
    }

    /// <summary>Whoever holds one site's key could otherwise issue what only the authority may sign.</summary>
    [Fact]
    public void A_bulletin_under_the_seal_of_a_site_instead_of_a_signature_is_refused()
    {
        using var keys = KeyRing.Demonstration();
        var body = MessageCodecTests.Encode(new Bulletin { Number = 9, Text = "Iedereen naar huis" });
        var forged = new byte[EnvelopeHeader.ShortLength + body.Length + Envelope.TagSize];
        var header = EnvelopeHeader.For(new Bulletin { Number = 9 }, 0, 11, 5) with { Mode = SealMode.Sealed };
        var length = header.Write(forged);
        byte[] nonce = [0, 11, (byte)header.Series, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
        keys.Cipher(keys.Epoch, 11, false)!.Encrypt(nonce, body, forged.AsSpan(length, body.Length), forged.AsSpan(length + body.Length), forged.AsSpan(0, length));
        RequireClosed(forged, 5, "a bulletin that is sealed and not signed");
        // The same bytes are authentic: it is the mode alone that refuses them.
        keys.Cipher(keys.Epoch, 11, false)!.Decrypt(nonce, forged.AsSpan(length, body.Length), forged.AsSpan(length + body.Length), body, forged.AsSpan(0, length));
    }

    [Fact]
    public void Sealing_allocates_what_one_bare_call_of_the_platforms_cipher_does_and_nothing_more()
    {
        using var keys = KeyRing.Demonstration();
        using var cipher = new AesCcm(new byte[KeyRing.KeySize]);
        var header = MessageCodecTests.HeaderOf(new Status());
        var (body, envelope, nonce) = (new byte[12], new byte[Envelope.MaxSize], new byte[13]);
        var bare = Allocated(() => cipher.Encrypt(nonce, body, envelope.AsSpan(0, body.Length), envelope.AsSpan(100, 8), envelope.AsSpan(200, 7)));
        var ours = Allocated(() => Envelope.Seal(keys, header, 4711, body, envelope));
        Assert.Equal(bare, ours);
        Assert.InRange(ours, 0, 100 * 32);
    }

    /// <summary>By a hundred calls, after one that may set things up.</summary>
    private static long Allocated(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static (byte[] Envelope, Vectors.EnvelopeVector Vector) Vector(string name)
    {
        var vector = Vectors.Envelopes.Single(candidate => candidate.Name == name);
        return (Convert.FromHexString(vector.Envelope), vector);
    }

    private static void RequireClosed(byte[] envelope, ulong sequence, string what)
    {
        using var keys = KeyRing.Demonstration();
        var room = new byte[envelope.Length + 1];
        Assert.True(Envelope.TryOpen(keys, envelope, sequence, room, out var length) != OpenOutcome.Opened, what);
        Assert.Equal(0, length);
        Assert.All(room, left => Assert.Equal(0, left));
    }
}
