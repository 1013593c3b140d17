using System.Buffers.Binary;
using System.Security.Cryptography;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Sealing;

/// <summary>What came of opening an envelope.</summary>
public enum OpenOutcome
{
    Opened,

    /// <summary>Too short, too long or a header that does not exist.</summary>
    Malformed,

    /// <summary>This ring holds no key for the origin or the epoch.</summary>
    NoKey,

    /// <summary>The tag or signature is wrong: damaged, forged, or the sequence was guessed wrong.</summary>
    NotAuthentic,
}

/// <summary>
/// Sealing and opening. An envelope is <c>header | ciphertext | tag(8)</c>, <c>header | body | signature(64)</c> when
/// signed, or <c>header | body | tag(8)</c> in clear. The nonce is derived and never sent (FORMAT.md §4). Design and byte cost:
/// LoRaWAN's 13 bytes, OSCORE's shape (RFC 8613), AES-CCM as in RFC 3610 with M = 8 and L = 2.
/// </summary>
public static class Envelope
{
    /// <summary>Bytes of an AES-CCM tag.</summary>
    public const int TagSize = 8;

    /// <summary>Bytes of a P-256 signature (IEEE P1363, r then s).</summary>
    public const int SignatureSize = 64;

    /// <summary>The largest envelope there is, in bytes.</summary>
    public const int MaxSize = EnvelopeHeader.LongLength + EnvelopeHeader.LifeLength + MessageLimits.Body + SignatureSize;

    private const int NonceSize = 13;

    /// <summary>Bytes an envelope takes for a body of this length.</summary>
    public static int SizeFor(in EnvelopeHeader header, int bodyLength) =>
        header.Length + bodyLength + (header.Mode == SealMode.Signature ? SignatureSize : TagSize);

    /// <summary>Seals a body.</summary>
    /// <param name="keys">Must hold the key of the origin (or, for a receipt, of the destination), or the authority's private key.</param>
    /// <param name="header">Its <see cref="EnvelopeHeader.SequenceLow"/> must be the low bits of <paramref name="sequence"/>.</param>
    /// <param name="sequence">Never used before for this origin and series: the caller takes it in the transaction that stores the result.</param>
    /// <param name="body">At most <see cref="MessageLimits.Body"/> bytes.</param>
    /// <param name="destination">At least <see cref="SizeFor"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="InvalidOperationException">The ring cannot seal this; the caller should have asked.</exception>
    /// <exception cref="ArgumentException">The header, sequence and body contradict each other, so that nobody could open the result.</exception>
    public static int Seal(KeyRing keys, in EnvelopeHeader header, ulong sequence, ReadOnlySpan<byte> body, Span<byte> destination)
    {
        RequireConsistent(keys, header, sequence, body.Length);
        var size = SizeFor(header, body.Length);
        var head = destination[..header.Write(destination)];
        var payload = destination.Slice(head.Length, body.Length);
        var proof = destination[(head.Length + body.Length)..size];
        if (header.Mode == SealMode.Signature)
        {
            if (!keys.MayIssueBulletins) throw new InvalidOperationException("This node does not hold the authority's private key.");
            body.CopyTo(payload);
            keys.Authority!.SignData(SignedBytes(head, sequence, body), proof, HashAlgorithmName.SHA256);
            return size;
        }

        var cipher = CipherFor(keys, header) ?? throw new InvalidOperationException($"This node does not hold the key to seal for site {header.Origin}.");
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(header, sequence, nonce);
        cipher.Encrypt(nonce, body, payload, proof, head);
        // The tag of CCM is over the body as it was: it proves the same when that goes out in place of the ciphertext.
        if (header.Mode == SealMode.Clear) body.CopyTo(payload);
        return size;
    }

    /// <summary>Checks an envelope and gives its body in clear.</summary>
    /// <param name="keys">The node's keys.</param>
    /// <param name="envelope">The whole envelope, nothing before or after it.</param>
    /// <param name="sequence">The full sequence, expanded from the header's low bits.</param>
    /// <param name="body">Room for the body; at least <paramref name="envelope"/>.Length bytes is always enough.</param>
    /// <param name="length">Bytes written to <paramref name="body"/>; 0 unless opened.</param>
    public static OpenOutcome TryOpen(KeyRing keys, ReadOnlySpan<byte> envelope, ulong sequence, Span<byte> body, out int length)
    {
        length = 0;
        if (!EnvelopeHeader.TryRead(envelope, out var header)) return OpenOutcome.Malformed;
        var proofSize = header.Mode == SealMode.Signature ? SignatureSize : TagSize;
        var bodyLength = envelope.Length - header.Length - proofSize;
        if (bodyLength is < 1 or > MessageLimits.Body || bodyLength > body.Length || !IsOf(header, sequence))
            return OpenOutcome.Malformed;
        if (!EnvelopeHeader.Allows(header.Type, header.Mode)) return OpenOutcome.Malformed;

        var head = envelope[..header.Length];
        var payload = envelope.Slice(header.Length, bodyLength);
        var proof = envelope[^proofSize..];
        if (header.Mode == SealMode.Signature)
        {
            if (keys.Authority is null) return OpenOutcome.NoKey;
            if (!keys.Authority.VerifyData(SignedBytes(head, sequence, payload), proof, HashAlgorithmName.SHA256)) return OpenOutcome.NotAuthentic;
            payload.CopyTo(body);
            length = bodyLength;
            return OpenOutcome.Opened;
        }

        if (CipherFor(keys, header) is not { } cipher) return OpenOutcome.NoKey;
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(header, sequence, nonce);
        var opens = header.Mode == SealMode.Clear
            ? IsTagged(cipher, nonce, payload, proof, body[..bodyLength], head)
            : TryDecrypt(cipher, nonce, payload, proof, body[..bodyLength], head);
        if (!opens) return OpenOutcome.NotAuthentic;
        length = bodyLength;
        return OpenOutcome.Opened;
    }

    private static bool TryDecrypt(AesCcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> tag, Span<byte> body, ReadOnlySpan<byte> head)
    {
        try
        {
            cipher.Decrypt(nonce, payload, tag, body, head);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Makes the tag of a body in clear again and compares; the ciphertext that comes along is thrown away.</summary>
    private static bool IsTagged(AesCcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> tag, Span<byte> body, ReadOnlySpan<byte> head)
    {
        Span<byte> expected = stackalloc byte[TagSize];
        cipher.Encrypt(nonce, payload, body, expected, head);
        var isRight = CryptographicOperations.FixedTimeEquals(expected, tag);
        if (isRight) payload.CopyTo(body);
        else body.Clear();
        return isRight;
    }

    /// <summary>What no receiver would open must not be made: the sender would keep it for ever.</summary>
    private static void RequireConsistent(KeyRing keys, in EnvelopeHeader header, ulong sequence, int bodyLength)
    {
        if (!EnvelopeHeader.Allows(header.Type, header.Mode)) throw new ArgumentException($"A {header.Type} is not protected by {header.Mode}.", nameof(header));
        if (header.Epoch > keys.Epoch || !keys.HoldsEpoch(header.Epoch)) throw new ArgumentException($"The header says epoch {header.Epoch}; the ring seals with {keys.Epoch}.", nameof(header));
        if (!IsOf(header, sequence)) throw new ArgumentException("The header holds the bits of another sequence.", nameof(sequence));
        if (header.Priority is < 1 or > 4) throw new ArgumentException($"Priority {header.Priority} is not 1 to 4.", nameof(header));
        if (bodyLength is < 1 or > MessageLimits.Body) throw new ArgumentException($"A body of {bodyLength} bytes is not one of 1 to {MessageLimits.Body}.", nameof(bodyLength));
    }

    private static bool IsOf(in EnvelopeHeader header, ulong sequence) =>
        header.SequenceLow == Sequence.Low(sequence) && (header.Life is not { } life || life == Sequence.LifeOf(sequence));

    /// <summary>What the region tells a site is sealed under that site's key, in a direction of its own.</summary>
    private static AesCcm? CipherFor(KeyRing keys, in EnvelopeHeader header)
    {
        var down = EnvelopeHeader.HasDestination(header.Type);
        return keys.Cipher(header.Epoch, down ? header.Destination : header.Origin, down);
    }

    /// <summary>Layout: origin(2) | series(1) | destination(2) | sequence(8), big endian.</summary>
    private static void WriteNonce(in EnvelopeHeader header, ulong sequence, Span<byte> nonce)
    {
        BinaryPrimitives.WriteUInt16BigEndian(nonce, header.Origin);
        nonce[2] = (byte)header.Series;
        BinaryPrimitives.WriteUInt16BigEndian(nonce[3..], header.Destination);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[5..], sequence);
    }

    /// <summary>Layout: "weerbaarheid-relay/1 signed" NUL | sequence(8) | header | body. The prefix keeps other uses of the key apart.</summary>
    private static byte[] SignedBytes(ReadOnlySpan<byte> head, ulong sequence, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> prefix = "weerbaarheid-relay/1 signed\0"u8;
        var bytes = new byte[prefix.Length + 8 + head.Length + body.Length];
        prefix.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(prefix.Length), sequence);
        head.CopyTo(bytes.AsSpan(prefix.Length + 8));
        body.CopyTo(bytes.AsSpan(prefix.Length + 8 + head.Length));
        return bytes;
    }
}
