using System.Security.Cryptography;
using System.Text;

namespace Weerbaarheid.Relay.Keys;

/// <summary>What a provisioning text gave.</summary>
/// <param name="Keys">Null when it cannot be used.</param>
/// <param name="Problem">What is wrong and what to do; null when there are keys, or the PIN is asked for.</param>
internal readonly record struct ProvisionResult(NodeKeys? Keys, string? Problem)
{
    /// <summary>Whether the keys of this epoch were issued for the first time.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether it is protected by a PIN, and none was given.</summary>
    public bool NeedsPin => Keys is null && Problem is null;
}

/// <summary>
/// The keys of one node on their way to it, on a stick or as a QR code: <c>WR1:</c> and base 32 of
/// <code>
/// 1   kind: 0 open, 1 under a PIN
/// n   open: 1 when the keys of this epoch were not issued before, else 0 (1); NodeKeysCode; the authority's signature (64) over
///           "weerbaarheid-relay/1 provision" NUL and all of that
///     PIN:  salt (16), the same under AES-256-GCM, tag (16); key (32) and nonce (12) are PBKDF2-SHA512 of PIN and salt
/// 8   start of the SHA-256 over all before it, to tell a bad copy from a forged one
/// </code>
/// A file may have comment lines before it. The PIN holds up whoever finds the stick, for hours: a PIN of six digits is a million
/// guesses. It goes to the site by another way than the stick, and who lost a stick must withdraw the keys all the same.
/// </summary>
internal static class ProvisionText
{
    /// <summary>Stands before the text.</summary>
    public const string Mark = "WR1:";

    /// <summary>Least characters of a PIN.</summary>
    public const int ShortestPin = 6;

    private const byte Open = 0;
    private const byte UnderPin = 1;
    private const int SignatureSize = 64;
    private const int CheckSize = 8;
    private const int SaltSize = 16;
    private const int TagSize = 16;
    private const int LongestText = 8_192;
    private static readonly byte[] Domain = [.. "weerbaarheid-relay/1 provision\0"u8];

    /// <summary>Writes the text.</summary>
    /// <param name="keys">Of the node.</param>
    /// <param name="isFirst">Whether they were not issued before in this epoch.</param>
    /// <param name="authority">The private key that signs.</param>
    /// <param name="pin">Null for none.</param>
    public static string Encode(NodeKeys keys, bool isFirst, AuthorityKey authority, string? pin)
    {
        byte[] code = [(byte)(isFirst ? 1 : 0), .. NodeKeysCode.Encode(keys)];
        using var signer = authority.ToEcdsa();
        byte[] signed = [.. code, .. signer.SignData([.. Domain, .. code], HashAlgorithmName.SHA256)];
        byte[] body = pin is null ? [Open, .. signed] : [UnderPin, .. Protect(signed, pin)];
        CryptographicOperations.ZeroMemory(code);
        CryptographicOperations.ZeroMemory(signed);
        return Mark + Base32.Encode([.. body, .. Check(body)]);
    }

    /// <summary>Reads it.</summary>
    /// <param name="text">A file or what a QR code gave.</param>
    /// <param name="pin">Null when none was given.</param>
    public static ProvisionResult Decode(string text, string? pin)
    {
        var start = text.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        if (start < 0 || text.Length > LongestText) return Wrong("this is no provisioning text: nothing in it begins with WR1:", "give the file or the text that 'keys issue' wrote");
        if (Base32.Decode(text.AsSpan(start + Mark.Length)) is not { Length: > 1 + CheckSize } bytes) return Damaged();
        var body = bytes.AsSpan(..^CheckSize);
        if (!Check(body).AsSpan().SequenceEqual(bytes.AsSpan(^CheckSize..))) return Damaged();
        switch (body[0])
        {
            case Open:
                return Signed(body[1..]);
            case UnderPin when pin is null:
                return default;
            case UnderPin:
                return Unprotect(body[1..], pin) is { } signed ? Signed(signed) : Wrong("the PIN is wrong", "ask whoever issued it for the PIN");
            default:
                return Wrong("it was made by a newer version", "install that version here");
        }
    }

    private static ProvisionResult Signed(ReadOnlySpan<byte> signed)
    {
        if (signed.Length <= SignatureSize + 1 || NodeKeysCode.Decode(signed[1..^SignatureSize]) is not { Authority: { } authority } keys) return Damaged();
        using var checker = authority.ToEcdsa();
        return checker.VerifyData([.. Domain, .. signed[..^SignatureSize]], signed[^SignatureSize..], HashAlgorithmName.SHA256)
            ? new ProvisionResult(keys, null) { IsFirst = signed[0] == 1 }
            : Wrong("its signature is not right: somebody changed it", "do not use it, and tell the region");
    }

    private static byte[] Protect(byte[] signed, string pin)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        var secret = Passphrase.Derive(pin, salt, Passphrase.Iterations, Passphrase.KeySize + Passphrase.NonceSize);
        byte[] hidden = new byte[signed.Length], tag = new byte[TagSize];
        using var cipher = new AesGcm(secret.AsSpan(..Passphrase.KeySize), TagSize);
        cipher.Encrypt(secret.AsSpan(Passphrase.KeySize..), signed, hidden, tag);
        CryptographicOperations.ZeroMemory(secret);
        return [.. salt, .. hidden, .. tag];
    }

    private static byte[]? Unprotect(ReadOnlySpan<byte> body, string pin)
    {
        if (body.Length <= SaltSize + TagSize) return null;
        var secret = Passphrase.Derive(pin, body[..SaltSize], Passphrase.Iterations, Passphrase.KeySize + Passphrase.NonceSize);
        var signed = new byte[body.Length - SaltSize - TagSize];
        using var cipher = new AesGcm(secret.AsSpan(..Passphrase.KeySize), TagSize);
        try
        {
            cipher.Decrypt(secret.AsSpan(Passphrase.KeySize..), body[SaltSize..^TagSize], body[^TagSize..], signed);
            return signed;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[] Check(ReadOnlySpan<byte> body) => SHA256.HashData(body)[..CheckSize];

    private static ProvisionResult Damaged() => Wrong("the provisioning text is damaged or not whole", "copy the file or read the QR code again");

    private static ProvisionResult Wrong(string problem, string remedy) => new(null, $"{problem}; {remedy}");
}
