using System.Security.Cryptography;
using System.Text;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>What a noodsteunpunt holds of one epoch.</summary>
internal sealed record EpochKeys(byte Epoch, byte[] SiteKey, byte[] NetworkKey);

/// <summary>
/// Everything that one node is given: who it is, its keys, and the authority's. A key file and a provisioning text are two ways to
/// write it down; <see cref="NodeKeysCode"/> is what both are checked over.
/// </summary>
internal sealed record NodeKeys : IDisposable
{
    /// <summary>Most epochs in one file: the one in use, and its neighbours while the region changes.</summary>
    public const int MostEpochs = 4;

    private const int CheckSize = 16;

    /// <summary>Whose they are; 0 when they do not say.</summary>
    public ushort Site { get; init; }

    /// <summary>What it is; null when they do not say.</summary>
    public Role? Role { get; init; }

    /// <summary>Its name; empty when they do not say.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name of its region; empty when they do not say.</summary>
    public string Region { get; init; } = "";

    /// <summary>The epoch that the node seals in.</summary>
    public required byte Epoch { get; init; }

    /// <summary>Of a meldkamer or coördinatiepunt, which derives every epoch from it; null for a noodsteunpunt.</summary>
    public byte[]? RegionKey { get; init; }

    /// <summary>Of a noodsteunpunt, newest first; empty for whoever holds the region's key.</summary>
    public IReadOnlyList<EpochKeys> Epochs { get; init; } = [];

    /// <summary>Checks bulletins, and issues them where it is private; null for none.</summary>
    public AuthorityKey? Authority { get; init; }

    /// <summary>Whether bulletins can be issued with these.</summary>
    public bool MayIssue => Authority is { IsPrivate: true };

    /// <summary>The keys of a noodsteunpunt in one epoch.</summary>
    public static EpochKeys Derive(ReadOnlySpan<byte> regionKey, ushort site, byte epoch) =>
        new(epoch, KeyRing.SiteKey(regionKey, site, epoch), KeyRing.NetworkKey(regionKey, epoch));

    /// <summary>As the node uses them.</summary>
    public KeyRing ToRing()
    {
        if (RegionKey is not null) return KeyRing.ForRegion(Epoch, RegionKey, Authority?.ToEcdsa(), MayIssue);
        var current = Current;
        var ring = KeyRing.ForSite(Epoch, Site, current.SiteKey, current.NetworkKey, Authority?.ToEcdsa());
        foreach (var other in Epochs.Where(one => one.Epoch != Epoch)) ring.Keep(other.Epoch, other.SiteKey, other.NetworkKey);
        return ring;
    }

    /// <summary>Ends a key file: any change of any field changes it.</summary>
    public string Check()
    {
        var code = NodeKeysCode.Encode(this);
        var hash = SHA256.HashData([.. "weerbaarheid-relay/1 keys\0"u8, .. code]);
        CryptographicOperations.ZeroMemory(code);
        return Convert.ToHexStringLower(hash.AsSpan(0, CheckSize));
    }

    /// <summary>Tells these keys from others and nothing about what they are: people compare it over a telephone.</summary>
    public string Fingerprint() => Fingerprint("keys", RegionKey ?? [.. Current.SiteKey, .. Current.NetworkKey]);

    /// <summary>The same for every node of the region in this epoch.</summary>
    public string NetworkFingerprint() => Fingerprint("network", RegionKey is { } region ? KeyRing.NetworkKey(region, Epoch) : Current.NetworkKey);

    /// <summary>The same for every node of the region, in every epoch; null when there is no authority.</summary>
    public string? AuthorityFingerprint() => Authority is { } authority ? Convert.ToHexStringLower(SHA256.HashData(authority.Public()).AsSpan(0, 4)) : null;

    /// <summary>Whether nothing in the two differs.</summary>
    public bool IsSame(NodeKeys other) => Check() == other.Check();

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(RegionKey);
        foreach (var epoch in Epochs)
        {
            CryptographicOperations.ZeroMemory(epoch.SiteKey);
            CryptographicOperations.ZeroMemory(epoch.NetworkKey);
        }
    }

    private EpochKeys Current => Epochs.Single(one => one.Epoch == Epoch);

    /// <summary>Eight digits of a hash over something that was derived from the key and is used for nothing else.</summary>
    private static string Fingerprint(string what, byte[] key)
    {
        var derived = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"weerbaarheid-relay/1 fingerprint {what}"));
        return Convert.ToHexStringLower(SHA256.HashData(derived).AsSpan(0, 4));
    }
}
