using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Weerbaarheid.Relay.Wire.Sealing;

/// <summary>
/// The keys that one node holds, derived with HKDF-SHA256 (RFC 5869) as FORMAT.md §5 says. A meldkamer and a
/// coördinatiepunt hold the region's key and can read every site; a noodsteunpunt holds its own and the network key.
/// Not thread-safe: the ciphers inside are reused.
/// </summary>
public sealed class KeyRing : IDisposable
{
    /// <summary>The highest key epoch that a header can carry.</summary>
    public const byte MaxEpoch = 15;

    /// <summary>Bytes in a region, site or network key.</summary>
    public const int KeySize = 32;

    private readonly byte[]? _region;
    private readonly byte[] _network;
    private readonly ushort _site;
    private readonly byte[]? _siteKey;
    private readonly Dictionary<ushort, SiteCiphers> _ciphers = [];

    private KeyRing(byte epoch, byte[]? region, ushort site, byte[]? siteKey, byte[] network, ECDsa? authority, bool mayIssue, bool isDemonstration)
    {
        // The header has four bits for it; a larger epoch would seal what nobody can open.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, MaxEpoch);
        Epoch = epoch;
        _region = region;
        _site = site;
        _siteKey = siteKey;
        _network = Derive(network, "frame", 0, epoch);
        Authority = authority;
        MayIssueBulletins = mayIssue;
        IsDemonstration = isDemonstration;
    }

    /// <summary>Key epoch, 0 to 15. One ring holds one epoch.</summary>
    public byte Epoch { get; }

    /// <summary>Whether this ring can read and seal for every site of the region.</summary>
    public bool HoldsRegion => _region is not null;

    /// <summary>Whether this ring holds the authority's private key.</summary>
    public bool MayIssueBulletins { get; }

    /// <summary>Whether these are the published keys that protect nothing.</summary>
    public bool IsDemonstration { get; }

    internal ECDsa? Authority { get; }

    /// <summary>The ring of a meldkamer or coördinatiepunt.</summary>
    /// <param name="epoch">0 to 15.</param>
    /// <param name="regionKey">32 bytes.</param>
    /// <param name="authority">The authority's public key, or its private key where bulletins are issued; null when there is none.</param>
    /// <param name="mayIssueBulletins">Whether <paramref name="authority"/> holds the private key.</param>
    public static KeyRing ForRegion(byte epoch, ReadOnlySpan<byte> regionKey, ECDsa? authority, bool mayIssueBulletins)
    {
        Require(regionKey, nameof(regionKey));
        return new KeyRing(epoch, regionKey.ToArray(), 0, null, NetworkKey(regionKey, epoch), authority, mayIssueBulletins, false);
    }

    /// <summary>The ring of a noodsteunpunt: it can impersonate nobody but itself.</summary>
    public static KeyRing ForSite(byte epoch, ushort site, ReadOnlySpan<byte> siteKey, ReadOnlySpan<byte> networkKey, ECDsa? authority)
    {
        Require(siteKey, nameof(siteKey));
        Require(networkKey, nameof(networkKey));
        return new KeyRing(epoch, null, site, siteKey.ToArray(), networkKey.ToArray(), authority, false, false);
    }

    /// <summary>The published demonstration keys (FORMAT.md §5.4): every site can talk to every other, and so can anybody else.</summary>
    public static KeyRing Demonstration()
    {
        var region = SHA256.HashData("Weerbaarheid.Relay demonstration region key"u8);
        return new KeyRing(0, region, 0, null, NetworkKey(region, 0), DemonstrationAuthority(), true, true);
    }

    /// <summary>Key of one site, as the region gives it out.</summary>
    public static byte[] SiteKey(ReadOnlySpan<byte> regionKey, ushort site, byte epoch) => Derive(regionKey, "site", site, epoch);

    /// <summary>Key that every node of the region holds; frames carry a tag under it.</summary>
    public static byte[] NetworkKey(ReadOnlySpan<byte> regionKey, byte epoch) => Derive(regionKey, "network", 0, epoch);

    /// <summary>Whether this ring can open or seal what belongs to a site.</summary>
    public bool Holds(ushort site) => _region is not null || site == _site;

    /// <summary>A tag over a frame: the first <paramref name="tag"/>.Length bytes of HMAC-SHA256 under the network key.</summary>
    public void FrameTag(ReadOnlySpan<byte> frame, Span<byte> tag)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_network, frame, full);
        full[..tag.Length].CopyTo(tag);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var ciphers in _ciphers.Values) ciphers.Dispose();
        _ciphers.Clear();
        Authority?.Dispose();
        if (_region is not null) CryptographicOperations.ZeroMemory(_region);
        if (_siteKey is not null) CryptographicOperations.ZeroMemory(_siteKey);
        CryptographicOperations.ZeroMemory(_network);
    }

    /// <summary>The cipher for one direction of one site, or null when this ring does not hold that site's key.</summary>
    /// <param name="site">The noodsteunpunt whose key it is.</param>
    /// <param name="down">True for what the region tells the site, false for what the site tells the region.</param>
    internal AesCcm? Cipher(ushort site, bool down)
    {
        if (!_ciphers.TryGetValue(site, out var ciphers))
        {
            if (!Holds(site)) return null;
            // A hostile origin number must not grow the cache without limit; deriving again costs microseconds.
            if (_ciphers.Count >= CachedSites)
            {
                foreach (var old in _ciphers.Values) old.Dispose();
                _ciphers.Clear();
            }

            var key = _region is not null ? SiteKey(_region, site, Epoch) : _siteKey!;
            _ciphers[site] = ciphers = new SiteCiphers(
                new AesCcm(Derive(key, "up", site, Epoch)), new AesCcm(Derive(key, "down", site, Epoch)));
        }

        return down ? ciphers.Down : ciphers.Up;
    }

    private const int CachedSites = 8192;

    /// <summary>HKDF-SHA256 with info = "weerbaarheid-relay/1 " purpose NUL site(2) epoch(1): a key is bound to its use.</summary>
    private static byte[] Derive(ReadOnlySpan<byte> key, string purpose, ushort site, byte epoch)
    {
        var text = Encoding.ASCII.GetBytes("weerbaarheid-relay/1 " + purpose);
        var info = new byte[text.Length + 4];
        text.CopyTo(info, 0);
        BinaryPrimitives.WriteUInt16BigEndian(info.AsSpan(text.Length + 1), site);
        info[^1] = epoch;
        var output = new byte[KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, output, [], info);
        return output;
    }

    private static ECDsa DemonstrationAuthority()
    {
        // A private scalar that anybody can compute; the point is derived by the platform.
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData("Weerbaarheid.Relay demonstration authority"u8) };
        return ECDsa.Create(parameters);
    }

    private static void Require(ReadOnlySpan<byte> key, string name)
    {
        if (key.Length != KeySize) throw new ArgumentException($"A key has {KeySize} bytes, not {key.Length}.", name);
    }

    private sealed record SiteCiphers(AesCcm Up, AesCcm Down) : IDisposable
    {
        public void Dispose()
        {
            Up.Dispose();
            Down.Dispose();
        }
    }
}
