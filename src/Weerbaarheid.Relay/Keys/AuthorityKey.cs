using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Weerbaarheid.Relay.Keys;

/// <summary>The key of the region's authority on P-256: the public half, or both where bulletins are issued.</summary>
internal sealed class AuthorityKey
{
    /// <summary>Bytes of a public key: a sign (2 or 3) and the x coordinate (SEC 1 §2.3.3).</summary>
    public const int PublicSize = 33;

    /// <summary>Bytes of a private key.</summary>
    public const int PrivateSize = 32;

    private const string P256 = "1.2.840.10045.3.1.7";
    private const int Coordinate = 32;

    // NIST SP 800-186 §3.2.1.3: y² = x³ - 3x + b modulo p.
    private static readonly BigInteger P = Number("0ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger B = Number("05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    private readonly ECParameters _parameters;

    private AuthorityKey(ECParameters parameters) => _parameters = parameters;

    /// <summary>Whether bulletins can be issued with it.</summary>
    public bool IsPrivate => _parameters.D is not null;

    /// <summary>A new pair.</summary>
    public static AuthorityKey Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new AuthorityKey(key.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>Reads PEM; null when it is no key on P-256.</summary>
    public static AuthorityKey? FromPem(string pem)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var parameters = key.ExportParameters(pem.Contains("PRIVATE KEY", StringComparison.Ordinal));
            return parameters.Curve.Oid.Value == P256 ? new AuthorityKey(parameters) : null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            // PlatformNotSupported: a flipped bit made another curve of it. The exception's own words may show a piece of the key.
            return null;
        }
    }

    /// <summary>Reads a private key; null when it is not one.</summary>
    public static AuthorityKey? FromPrivate(ReadOnlySpan<byte> d)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d.ToArray() });
            return new AuthorityKey(key.ExportParameters(includePrivateParameters: true));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Reads a public key; null when the bytes are no point of the curve.</summary>
    public static AuthorityKey? FromPublic(ReadOnlySpan<byte> compressed)
    {
        if (compressed.Length != PublicSize || compressed[0] is not (2 or 3)) return null;
        var x = new BigInteger(compressed[1..], isUnsigned: true, isBigEndian: true);
        if (x >= P) return null;
        var square = (BigInteger.ModPow(x, 3, P) - (3 * x) + B) % P;
        if (square.Sign < 0) square += P;
        // p = 3 modulo 4, so this is a root when there is one.
        var y = BigInteger.ModPow(square, (P + 1) / 4, P);
        if (BigInteger.ModPow(y, 2, P) != square) return null;
        if (y.IsEven != (compressed[0] == 2)) y = P - y;
        return new AuthorityKey(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = compressed[1..].ToArray(), Y = Bytes(y) } });
    }

    /// <summary>The public half.</summary>
    public byte[] Public() => [(byte)(2 + (_parameters.Q.Y![^1] & 1)), .. _parameters.Q.X!];

    /// <summary>The private half.</summary>
    public byte[] Private() => _parameters.D ?? throw new InvalidOperationException("This is a public key.");

    /// <summary>The public half alone.</summary>
    public AuthorityKey PublicOnly() => new(_parameters with { D = null });

    /// <summary>As it stands in a key file.</summary>
    public string ToPem()
    {
        using var key = ToEcdsa();
        return IsPrivate ? key.ExportPkcs8PrivateKeyPem() : key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>For signing and checking; whoever asked disposes it.</summary>
    public ECDsa ToEcdsa() => ECDsa.Create(_parameters);

    private static BigInteger Number(string hex) => BigInteger.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[Coordinate];
        number.TryWriteBytes(bytes.AsSpan(Coordinate - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
