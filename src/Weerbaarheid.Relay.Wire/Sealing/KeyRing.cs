using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Wire.Sealing;

/// <summary>
/// The keys that one node holds, derived with HKDF-SHA256 (RFC 5869) as FORMAT.md §5 says. A meldkamer and a
/// coördinatiepunt hold the region's key and can read every site in every epoch; a noodsteunpunt holds its own and the network
/// key, of each epoch that it was given. One epoch is current: it seals. Older ones stay, because what was sealed with
/// them is still on its way or in the store; of frames only those that are open are taken.
/// Not thread-safe, for the ciphers inside are reused; another thread takes a copy (<see cref="ForReading"/>), at any time.
/// </summary>
public sealed class KeyRing : IDisposable
{
    /// <summary>The highest key epoch that a header can carry; after it comes a new region key.</summary>
    public const byte MaxEpoch = 15;

    /// <summary>Bytes in a region, site or network key.</summary>
    public const int KeySize = MessageLimits.Key;

    private const int CachedSites = 8192;

    private readonly byte _first;
    private readonly byte[]? _region;
    private readonly ushort _site;
    private readonly EpochKeys?[] _epochs = new EpochKeys?[MaxEpoch + 1];
    private readonly Dictionary<(byte Epoch, ushort Site), SiteCiphers> _ciphers = [];
    private readonly bool[] _inFile = new bool[MaxEpoch + 1];
    private readonly Lock _copying = new();
    private int _closed = -1;
    private bool _isDisposed;

    private KeyRing(byte epoch, byte[]? region, ushort site, ECDsa? authority, bool mayIssue, bool isDemonstration)
    {
        // The header has four bits for it; a larger epoch would seal what nobody can open.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, MaxEpoch);
        (Epoch, _first) = (epoch, epoch);
        _region = region;
        _site = site;
        Authority = authority;
        MayIssueBulletins = mayIssue;
        IsDemonstration = isDemonstration;
    }

    /// <summary>The epoch that seals, 0 to 15.</summary>
    public byte Epoch { get; private set; }

    /// <summary>The oldest epoch of which frames are taken: the one before the current, unless that was closed or is not here.</summary>
    public byte OldestEpoch
    {
        get
        {
            var least = Math.Max(Epoch - 1, Math.Min(_closed + 1, Epoch));
            return least >= 0 && Of((byte)least) is not null ? (byte)least : Epoch;
        }
    }

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
        return new KeyRing(epoch, regionKey.ToArray(), 0, authority, mayIssueBulletins, false);
    }

    /// <summary>The ring of a noodsteunpunt: it can impersonate nobody but itself.</summary>
    public static KeyRing ForSite(byte epoch, ushort site, ReadOnlySpan<byte> siteKey, ReadOnlySpan<byte> networkKey, ECDsa? authority)
    {
        var ring = new KeyRing(epoch, null, site, authority, false, false);
        ring.Keep(epoch, siteKey, networkKey);
        return ring;
    }

    /// <summary>The published demonstration keys (FORMAT.md §5.4): every site can talk to every other, and so can anybody else.</summary>
    public static KeyRing Demonstration() =>
        new(0, SHA256.HashData("Weerbaarheid.Relay demonstration region key"u8), 0, DemonstrationAuthority(), true, true);

    /// <summary>Key of one site, as the region gives it out.</summary>
    public static byte[] SiteKey(ReadOnlySpan<byte> regionKey, ushort site, byte epoch) => Derive(regionKey, "site", site, epoch);

    /// <summary>Key that every node of the region holds; frames carry a tag under it.</summary>
    public static byte[] NetworkKey(ReadOnlySpan<byte> regionKey, byte epoch) => Derive(regionKey, "network", 0, epoch);

    /// <summary>Whether this ring can open or seal what belongs to a site.</summary>
    public bool Holds(ushort site) => _region is not null || site == _site;

    /// <summary>Whether it has the keys of an epoch. The region's key gives all that there were, and the next one.</summary>
    public bool HoldsEpoch(byte epoch) => epoch <= MaxEpoch && (_region is null ? _epochs[epoch] is not null : epoch <= Epoch + 1);

    /// <summary>Whether frames of an epoch are taken: the current one, one older, and one newer, by which a node that was away hears of it.</summary>
    public bool TakesFrames(byte epoch) => HoldsEpoch(epoch) && epoch >= OldestEpoch && epoch <= Epoch + 1;

    /// <summary>A site's keys of one more epoch, which the region gave it. They are used for sealing after <see cref="MoveTo"/>.</summary>
    /// <exception cref="InvalidOperationException">This is a region's ring, which has the keys of every epoch.</exception>
    public void Add(byte epoch, ReadOnlySpan<byte> siteKey, ReadOnlySpan<byte> networkKey)
    {
        Require(siteKey, nameof(siteKey));
        Require(networkKey, nameof(networkKey));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, MaxEpoch);
        if (_region is not null) throw new InvalidOperationException("The ring of a region makes the keys of an epoch itself.");
        lock (_copying) _epochs[epoch] ??= new EpochKeys(siteKey.ToArray(), Derive(networkKey, "frame", 0, epoch));
    }

    /// <summary>As <see cref="Add"/>, of keys that stand in the key file: they are there after <see cref="Reset"/> too.</summary>
    public void Keep(byte epoch, ReadOnlySpan<byte> siteKey, ReadOnlySpan<byte> networkKey)
    {
        Add(epoch, siteKey, networkKey);
        _inFile[epoch] = true;
    }

    /// <summary>Makes a later epoch the current one; never an earlier.</summary>
    /// <returns>Whether it moved: false when the epoch is not later, does not exist, or its keys are not here.</returns>
    public bool MoveTo(byte epoch)
    {
        if (epoch <= Epoch || epoch > MaxEpoch || Of(epoch) is null) return false;
        Epoch = epoch;
        return true;
    }

    /// <summary>No frames of this epoch and older ones are taken any more, as soon as it is not the current one.</summary>
    public void Close(byte epoch) => _closed = Math.Max(_closed, epoch);

    /// <summary>As it was made: without the epochs that were added, moved to and closed.</summary>
    public void Reset()
    {
        (Epoch, _closed) = (_first, -1);
        if (_region is not null) return;
        ForgetCiphers();
        lock (_copying)
        {
            for (var epoch = 0; epoch <= MaxEpoch; epoch++)
            {
                if (_inFile[epoch]) continue;
                _epochs[epoch]?.Erase();
                _epochs[epoch] = null;
            }
        }
    }

    /// <summary>
    /// A ring of its own with what it takes to open what lies in a store, for another thread; who asked disposes it. It knows the epochs
    /// of this moment, and cannot sign.
    /// </summary>
    /// <exception cref="ObjectDisposedException">This ring is gone.</exception>
    public KeyRing ForReading()
    {
        lock (_copying)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var authority = Authority is null ? null : ECDsa.Create(Authority.ExportParameters(includePrivateParameters: false));
            var copy = new KeyRing(_first, _region?.ToArray(), _site, authority, mayIssue: false, IsDemonstration) { Epoch = Epoch };
            if (_region is not null) return copy;
            for (var epoch = 0; epoch <= MaxEpoch; epoch++)
                if (_epochs[epoch] is { Site: { } site } keys) copy._epochs[epoch] = new EpochKeys([.. site], [.. keys.Frame]);
            return copy;
        }
    }

    /// <summary>The keys of a site in an epoch, to give them out; only a region's ring has them.</summary>
    public (byte[] SiteKey, byte[] NetworkKey) KeysFor(ushort site, byte epoch) => _region is null
        ? throw new InvalidOperationException("A site gives out no keys.") : (SiteKey(_region, site, epoch), NetworkKey(_region, epoch));

    /// <summary>A tag over a frame: the first <paramref name="tag"/>.Length bytes of HMAC-SHA256 under the network key of an epoch.</summary>
    /// <exception cref="ArgumentException">The keys of the epoch are not here.</exception>
    public void FrameTag(byte epoch, ReadOnlySpan<byte> frame, Span<byte> tag)
    {
        var keys = Of(epoch) ?? throw new ArgumentException($"This ring does not hold the keys of epoch {epoch}.", nameof(epoch));
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        keys.Tag(frame, full);
        full[..tag.Length].CopyTo(tag);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_copying)
        {
            _isDisposed = true;
            ForgetCiphers();
            Authority?.Dispose();
            if (_region is not null) CryptographicOperations.ZeroMemory(_region);
            foreach (var keys in _epochs) keys?.Erase();
        }
    }

    /// <summary>The cipher for one direction of one site, or null when this ring does not hold that site's key of the epoch.</summary>
    /// <param name="epoch">Of the key.</param>
    /// <param name="site">The noodsteunpunt whose key it is.</param>
    /// <param name="down">True for what the region tells the site, false for what the site tells the region.</param>
    internal AesCcm? Cipher(byte epoch, ushort site, bool down)
    {
        if (!_ciphers.TryGetValue((epoch, site), out var ciphers))
        {
            if (!Holds(site) || !HoldsEpoch(epoch)) return null;
            // A hostile origin number must not grow the cache without limit; deriving again costs microseconds.
            if (_ciphers.Count >= CachedSites) ForgetCiphers();
            var key = _region is not null ? SiteKey(_region, site, epoch) : _epochs[epoch]!.Site!;
            _ciphers[(epoch, site)] = ciphers = new SiteCiphers(
                new AesCcm(Derive(key, "up", site, epoch)), new AesCcm(Derive(key, "down", site, epoch)));
        }

        return down ? ciphers.Down : ciphers.Up;
    }

    private EpochKeys? Of(byte epoch)
    {
        if (_region is not null) _epochs[epoch] ??= new EpochKeys(null, Derive(NetworkKey(_region, epoch), "frame", 0, epoch));
        return _epochs[epoch];
    }

    private void ForgetCiphers()
    {
        foreach (var ciphers in _ciphers.Values) ciphers.Dispose();
        _ciphers.Clear();
    }

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

    /// <summary>What a ring has of one epoch.</summary>
    /// <param name="Site">A site's own key; null in a region's ring, which derives it.</param>
    /// <param name="Frame">The frame tag key.</param>
    private sealed record EpochKeys(byte[]? Site, byte[] Frame)
    {
        private readonly Lock _gate = new();
        private IncrementalHash? _tagger;

        /// <summary>The whole tag. What the key makes is kept, because to set it up costs more than the tag of a frame.</summary>
        public void Tag(ReadOnlySpan<byte> frame, Span<byte> full)
        {
            lock (_gate)
            {
                _tagger ??= IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Frame);
                _tagger.AppendData(frame);
                _tagger.GetHashAndReset(full);
            }
        }

        public void Erase()
        {
            _tagger?.Dispose();
            _tagger = null;
            CryptographicOperations.ZeroMemory(Site);
            CryptographicOperations.ZeroMemory(Frame);
        }
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
