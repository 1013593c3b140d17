using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Keys;

/// <summary>Whether keys are those of a node.</summary>
internal static class KeyFit
{
    /// <summary>Everything that does not fit; empty when the node may use them.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="path">Where they come from, for people.</param>
    /// <param name="site">The node.</param>
    public static IReadOnlyList<ConfigurationError> Errors(NodeKeys keys, string path, Site site)
    {
        var errors = new ConfigurationErrors();
        void Wrong(string key, string problem, string remedy) => errors.Add(new ConfigurationError(path, key, problem, remedy));
        var role = ConfigurationLoader.Roles[(int)site.Role];
        if (keys.RegionKey is not null && site.Role == Role.Noodsteunpunt)
            Wrong("region", $"holds the key of the whole region, and this node is a {role}", $"use the key file of site {site.Id}, so that a stolen node can impersonate only itself");
        else if (keys.RegionKey is null && site.Role != Role.Noodsteunpunt)
            Wrong("region", $"is missing, and a {role} needs it", "use the region's key file");
        else if (keys.Role is { } other && other != site.Role)
            Wrong("role", $"these are the keys of a {ConfigurationLoader.Roles[(int)other]}, and this node is a {role}", $"use the key file of site {site.Id}, or correct site.role");
        if (keys.Site != 0 && keys.Site != site.Id && (keys.RegionKey is not null || site.Role == Role.Noodsteunpunt))
            Wrong("site", $"these are the keys of site {keys.Site}, and this node is site {site.Id}", $"use the key file of site {site.Id}, or correct site.id");
        return errors.All;
    }
}
