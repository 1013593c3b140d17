using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Keys;

/// <summary>What the region knows of one site that it gave keys to.</summary>
/// <param name="Site">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is.</param>
/// <param name="MayIssue">Whether it got the authority's private key.</param>
/// <param name="Epoch">The newest epoch that it was given.</param>
/// <param name="Times">How often keys were issued for it, over all epochs.</param>
/// <param name="First">When keys were issued first.</param>
/// <param name="Last">When keys were issued last.</param>
/// <param name="Withdrawn">Whether it gets no keys any more.</param>
internal sealed record LedgerEntry(
    ushort Site, string Name, Role Role, bool MayIssue, byte Epoch, int Times, DateTimeOffset First, DateTimeOffset Last, bool Withdrawn = false);

/// <summary>The secrets of a region, which lie offline, and the ledger of what was issued from them.</summary>
internal sealed class RegionMaster : IDisposable
{
    private readonly SortedDictionary<ushort, LedgerEntry> _ledger = [];

    /// <param name="region">Name of the region.</param>
    /// <param name="regionKey">32 bytes; this owns them.</param>
    /// <param name="authority">Both halves.</param>
    /// <param name="epoch">0 to 15.</param>
    /// <param name="ledger">What was issued.</param>
    public RegionMaster(string region, byte[] regionKey, AuthorityKey authority, byte epoch, IEnumerable<LedgerEntry> ledger)
    {
        (Region, RegionKey, Authority, Epoch) = (region, regionKey, authority, epoch);
        foreach (var entry in ledger) _ledger[entry.Site] = entry;
    }

    public string Region { get; }

    public byte[] RegionKey { get; }

    public AuthorityKey Authority { get; }

    /// <summary>The epoch that keys are issued in.</summary>
    public byte Epoch { get; private set; }

    /// <summary>By number of the site.</summary>
    public IReadOnlyCollection<LedgerEntry> Ledger => _ledger.Values;

    /// <summary>A new region.</summary>
    public static RegionMaster Create(string region) => new(region, RandomNumberGenerator.GetBytes(KeyRing.KeySize), AuthorityKey.Create(), 0, []);

    /// <summary>What the ledger says of a site.</summary>
    public LedgerEntry? Find(ushort site) => _ledger.GetValueOrDefault(site);

    /// <summary>Makes a site's keys in this epoch and writes it down in the ledger.</summary>
    public NodeKeys Issue(ushort site, string name, Role role, bool mayIssue, DateTimeOffset now)
    {
        var before = Find(site);
        _ledger[site] = new LedgerEntry(site, name, role, mayIssue, Epoch, (before?.Times ?? 0) + 1, before?.First ?? now, now);
        var holdsRegion = role != Role.Noodsteunpunt;
        return new NodeKeys
        {
            Site = site,
            Name = name,
            Role = role,
            Region = Region,
            Epoch = Epoch,
            RegionKey = holdsRegion ? [.. RegionKey] : null,
            Epochs = holdsRegion ? [] : [NodeKeys.Derive(RegionKey, site, Epoch)],
            Authority = mayIssue ? Authority : Authority.PublicOnly(),
        };
    }

    /// <summary>Gives a site no keys any more.</summary>
    public void Withdraw(ushort site) => _ledger[site] = _ledger[site] with { Withdrawn = true };

    /// <summary>Takes the next epoch; false when the last one is in use.</summary>
    public bool Rotate()
    {
        if (Epoch >= KeyRing.MaxEpoch) return false;
        Epoch++;
        return true;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(RegionKey);
}
