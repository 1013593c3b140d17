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
    public static KeyRing For(ScenarioSite site)
    {
        if (site.Role != Role.Noodsteunpunt) return KeyRing.Demonstration();
        return KeyRing.ForSite(0, site.Id, KeyRing.SiteKey(Region, site.Id, 0), KeyRing.NetworkKey(Region, 0), Authority());
    }

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
