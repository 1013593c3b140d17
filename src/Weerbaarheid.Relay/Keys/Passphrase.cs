using System.Security.Cryptography;
using System.Text;

namespace Weerbaarheid.Relay.Keys;

/// <summary>Makes keys from what people can remember.</summary>
internal static class Passphrase
{
    /// <summary>Least characters of a passphrase for a master, which whoever copied it may guess at for years.</summary>
    public const int Shortest = 16;

    /// <summary>Rounds of PBKDF2 with HMAC-SHA512: about half a second, three times OWASP's least for it (2023).</summary>
    public const int Iterations = 600_000;

    /// <summary>More rounds than anybody writes; a damaged number must not keep a board busy for hours.</summary>
    public const int MostIterations = 20_000_000;

    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of a nonce of AES-GCM.</summary>
    public const int NonceSize = 12;

    public static byte[] Derive(string secret, ReadOnlySpan<byte> salt, int iterations, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(bytes, salt, iterations, HashAlgorithmName.SHA512, size);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
