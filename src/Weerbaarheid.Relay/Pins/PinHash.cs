using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weerbaarheid.Relay.Pins;

/// <summary>A PIN as it is kept: salted and slow, so that whoever copied the file must guess. A short PIN falls to that in the end; the file is for the node's account alone.</summary>
/// <param name="Salt">Random, <see cref="SaltSize"/> bytes.</param>
/// <param name="Iterations">Rounds of PBKDF2 with HMAC-SHA256.</param>
/// <param name="Key">What comes out of them, <see cref="KeySize"/> bytes.</param>
internal sealed record PinHash(byte[] Salt, int Iterations, byte[] Key)
{
    /// <summary>Least characters of a PIN.</summary>
    public const int Shortest = 6;

    /// <summary>Most characters of a PIN.</summary>
    public const int Longest = 64;

    /// <summary>Rounds of a new one: about half a second on a small board, which is what a person waits for without a thought.</summary>
    public const int Rounds = 200_000;

    /// <summary>Fewer rounds nobody wrote: a file that was changed must not make guessing cheap.</summary>
    public const int LeastRounds = 100_000;

    /// <summary>More rounds would keep a board busy for as long as somebody asks.</summary>
    public const int MostRounds = 1_000_000;

    private const int SaltSize = 16;
    private const int KeySize = 32;
    private const string Mark = "pbkdf2-sha256";

    /// <summary>A new hash with a salt of its own.</summary>
    public static PinHash Of(string pin)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return new PinHash(salt, Rounds, Derive(pin, salt, Rounds));
    }

    /// <summary>Whether this is the PIN; takes as long for a wrong one as for the right one.</summary>
    public bool Is(string pin) => pin.Length is > 0 and <= Longest && CryptographicOperations.FixedTimeEquals(Derive(pin, Salt, Iterations), Key);

    /// <summary>What is wrong with a new PIN; null when nothing is.</summary>
    public static string? Problem(string pin)
    {
        if (pin.Length is < Shortest or > Longest) return $"the PIN has {pin.Length} characters; take {Shortest} to {Longest}";
        if (pin.Any(c => c is < ' ' or > '~')) return "the PIN has characters that not every telephone types alike; take digits, letters without accents and signs";
        var steps = pin.Zip(pin.Skip(1), (a, b) => b - a).ToList();
        return steps.TrueForAll(step => step == steps[0]) && steps[0] is >= -1 and <= 1 ? "the PIN is a row such as 123456 or 000000, which is guessed first; take another" : null;
    }

    /// <returns>Null when it is none, or has rounds that nobody wrote.</returns>
    public static PinHash? Parse(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[5];
        if (text.Split(parts, ' ') != 4 || !text[parts[0]].SequenceEqual(Mark)) return null;
        if (!int.TryParse(text[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) || rounds is < LeastRounds or > MostRounds) return null;
        var (salt, key) = (new byte[SaltSize], new byte[KeySize]);
        return Convert.TryFromBase64Chars(text[parts[2]], salt, out var saltSize) && saltSize == SaltSize && Convert.TryFromBase64Chars(text[parts[3]], key, out var keySize) && keySize == KeySize
            ? new PinHash(salt, rounds, key) : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mark} {Iterations} {Convert.ToBase64String(Salt)} {Convert.ToBase64String(Key)}");

    private static byte[] Derive(string pin, byte[] salt, int rounds)
    {
        var bytes = Encoding.UTF8.GetBytes(pin);
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(bytes, salt, rounds, HashAlgorithmName.SHA256, KeySize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
