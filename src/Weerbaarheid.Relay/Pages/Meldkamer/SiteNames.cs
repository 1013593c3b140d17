using System.Globalization;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Pages.Meldkamer;

/// <summary>What sites are called, and where they are, as far as the configuration says.</summary>
internal sealed class SiteNames(Site self, IReadOnlyList<KnownSite> sites)
{
    private readonly Dictionary<ushort, KnownSite> _sites = sites.ToDictionary(site => site.Id);

    /// <summary>Those of the configuration.</summary>
    public IReadOnlyCollection<KnownSite> All => _sites.Values;

    /// <summary>The name, or <c>punt 11</c> when nobody said it.</summary>
    public string NameOf(ushort site) =>
        site == self.Id ? self.Name : _sites.GetValueOrDefault(site)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"punt {site}");

    /// <summary>Number and name, where there is one: <c>11 Noodsteunpunt Leek</c>.</summary>
    public string FullNameOf(ushort site) =>
        (site == self.Id ? self.Name : _sites.GetValueOrDefault(site)?.Name) is { } name ? string.Create(CultureInfo.InvariantCulture, $"{site} {name}") : NameOf(site);

    /// <summary>Where it is, in metres on the Dutch grid; null when nobody said.</summary>
    public (double X, double Y)? PlaceOf(ushort site) => _sites.GetValueOrDefault(site)?.Place;
}
