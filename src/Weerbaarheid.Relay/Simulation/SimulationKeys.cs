using System.Security.Cryptography;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Keys for simulated sites, given out as a region does: a noodsteunpunt gets its own key only.</summary>
internal static class SimulationKeys
{
    // The demonstration region key (FORMAT.md §5.4), so that one ring opens all that is transmitted.
    private static readonly byte[] Region = SHA256.HashData("Weerbaarheid.Relay demonstration region key"u8);

    /// <summary>The ring of a site; the caller disposes of it.</summary>
    public static KeyRing For(ScenarioSite site) => site.Role != Role.Noodsteunpunt ? KeyRing.Demonstration() : ForSite(site.Id, Authority());

    /// <summary>The ring of a site whose signatures are the same in every run; the caller disposes of it.</summary>
    public static KeyRing Repeatable(ScenarioSite site) => site.Role != Role.Noodsteunpunt ? RepeatableRegion() : ForSite(site.Id, new SimulatedAuthority());

    /// <summary>The ring that opens all that is transmitted between sites with <see cref="Repeatable"/> rings.</summary>
    public static KeyRing RepeatableRegion() => KeyRing.ForRegion(0, Region, new SimulatedAuthority(), mayIssueBulletins: true);

    private static KeyRing ForSite(ushort site, ECDsa authority) =>
        KeyRing.ForSite(0, site, KeyRing.SiteKey(Region, site, 0), KeyRing.NetworkKey(Region, 0), authority);

    private static ECDsa Authority()
    {
        using var whole = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = SHA256.HashData("Weerbaarheid.Relay demonstration authority"u8),
        });
        return ECDsa.Create(whole.ExportParameters(includePrivateParameters: false));
    }
}
