using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Simulation;

/// <summary>Messages and sites of which everything is told: for the second run of a seed that broke a promise.</summary>
internal sealed class Magnifier
{
    private readonly HashSet<EnvelopeKey> _keys;
    private readonly HashSet<ushort> _sites;

    public Magnifier(IEnumerable<Violation> violations)
    {
        var known = violations.ToList();
        _keys = [.. known.Select(one => one.Key).OfType<EnvelopeKey>()];
        _sites = [.. known.Select(one => one.Site).OfType<ushort>()];
    }

    public bool Shows(EnvelopeKey key) => _keys.Contains(key);

    public bool Shows(ushort site) => _sites.Contains(site);
}
