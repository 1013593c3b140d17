using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>A neighbour as heard on one link.</summary>
internal sealed class Neighbour(int link, ushort site)
{
    public int Link { get; } = link;

    public ushort Site { get; } = site;

    public Beacon Beacon { get; set; }

    public TimeSpan LastHeard { get; set; }

    /// <summary>Since when it has left our frames unanswered; null while it answers.</summary>
    public TimeSpan? SilentSince { get; set; }

    /// <summary>Envelopes on their way to it without an acknowledgement.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether it was heard lately and answers.</summary>
    public bool IsUsable(TimeSpan now) =>
        SilentSince is null && now - LastHeard <= TimeSpan.FromSeconds(3.5 * Beacon.PeriodSeconds);
}

/// <summary>A link as the core sees it.</summary>
internal sealed class LinkState(int index, LinkDescription description)
{
    public int Index { get; } = index;

    public LinkDescription Description { get; } = description;

    public bool IsUp { get; set; }

    /// <summary>Frames handed over that the medium has not taken yet.</summary>
    public int Outstanding { get; set; }

    public TimeSpan BeaconDue { get; set; }

    /// <summary>The next beacon asks who is there.</summary>
    public bool Asks { get; set; }

    public TimeSpan? LastBeacon { get; set; }

    public long FramesSent { get; set; }

    public long FramesReceived { get; set; }

    /// <summary>Frames that were not this network's or made no sense.</summary>
    public long FramesRefused { get; set; }

    public bool HasRoom => IsUp && Outstanding < Description.Window;

    /// <summary>Something gave reason for a beacon before its time.</summary>
    public void HurryBeacon(TimeSpan now)
    {
        var soonest = LastBeacon is { } last ? last + RelayRules.BeaconPauseOf(Description) : now;
        var due = soonest > now ? soonest : now;
        if (due < BeaconDue) BeaconDue = due;
    }
}

/// <summary>
/// Who is around and which way is up. A distance vector with split horizon: each beacon tells the cost of the way to the
/// nearest meldkamer and through whom; a node takes the cheapest neighbour that does not route through it (RFC 1058
/// §2.2 with the small infinity that stops counting).
/// </summary>
internal sealed class Neighbourhood(Site self, IReadOnlyList<LinkDescription> links)
{
    private const int MaxNeighbours = 1_024;

    private readonly Dictionary<(int Link, ushort Site), Neighbour> _neighbours = [];
    private readonly Dictionary<ushort, ushort> _cameThrough = [];

    public IReadOnlyList<LinkState> Links { get; } = [.. links.Select((description, index) => new LinkState(index, description))];

    public IEnumerable<Neighbour> All => _neighbours.Values;

    /// <summary>The neighbour that upward envelopes go to now; null when there is none, or when this is a meldkamer.</summary>
    public Neighbour? Up { get; private set; }

    /// <summary>Cost of the way up, as the beacon tells it.</summary>
    public byte Distance { get; private set; } = Alone(self.Role);

    /// <summary>Whether the way up ends at a meldkamer, and not at a coördinatiepunt that waits for a way itself.</summary>
    public bool LeadsToMeldkamer => Distance < RelayRules.RefugeDistance;

    /// <summary>Finds a neighbour on a link, or makes its acquaintance.</summary>
    /// <returns>Null when the link talks to named peers only and this is not one, or when there are too many.</returns>
    public Neighbour? Meet(int link, ushort site, out bool isNew)
    {
        isNew = false;
        if (_neighbours.TryGetValue((link, site), out var known)) return known;
        var peers = Links[link].Description.Peers;
        if (site == self.Id || (peers.Count > 0 && !peers.Contains(site)) || _neighbours.Count >= MaxNeighbours) return null;
        isNew = true;
        return _neighbours[(link, site)] = new Neighbour(link, site);
    }

    /// <summary>Notes that messages of an origin come through a neighbour, so that receipts go back that way.</summary>
    public void NoteWay(ushort origin, ushort neighbour, int maxOrigins)
    {
        if (_cameThrough.Count < maxOrigins || _cameThrough.ContainsKey(origin)) _cameThrough[origin] = neighbour;
    }

    /// <summary>
    /// The neighbour that a message for a site goes to: the one its own messages came through, because that way is known
    /// to work; only without one, the site itself where it is heard.
    /// </summary>
    public Neighbour? WayDown(ushort site, TimeSpan now) =>
        (_cameThrough.TryGetValue(site, out var via) ? Best(via, now) : null) ?? Best(site, now);

    /// <summary>Forgets who is around on a link, until they are heard again.</summary>
    public void Forget(int link)
    {
        foreach (var key in _neighbours.Keys.Where(key => key.Link == link).ToList()) _neighbours.Remove(key);
    }

    /// <summary>The neighbours that frames may go to, each on its cheapest link.</summary>
    public List<Neighbour> Usable(TimeSpan now) =>
        [.. _neighbours.Values.Where(n => Links[n.Link].IsUp && n.IsUsable(now)).GroupBy(n => n.Site)
            .Select(group => group.OrderBy(Cost).First()).OrderBy(n => n.Link).ThenBy(n => n.Site)];

    /// <summary>Chooses the way up again.</summary>
    /// <returns>Whether the way or its cost changed.</returns>
    public bool ChooseWayUp(TimeSpan now)
    {
        if (self.Role == Role.Meldkamer) return false;
        var best = _neighbours.Values
            .Where(n => Links[n.Link].IsUp && n.IsUsable(now) && n.Beacon.Via != self.Id && n.Beacon.Distance + LinkCost(n) < Alone(self.Role))
            .OrderBy(n => n.Beacon.Distance + LinkCost(n)).ThenBy(Cost).ThenBy(n => n.Site).FirstOrDefault();
        var distance = best is null ? Alone(self.Role) : (byte)(best.Beacon.Distance + LinkCost(best));
        if (ReferenceEquals(best, Up) && distance == Distance) return false;
        (Up, Distance) = (best, distance);
        return true;
    }

    /// <summary>The distance of a node without neighbours.</summary>
    private static byte Alone(Role role) => role switch
    {
        Role.Meldkamer => 0,
        Role.Coordinatiepunt => RelayRules.RefugeDistance,
        _ => Beacon.Unreachable,
    };

    private Neighbour? Best(ushort site, TimeSpan now) =>
        _neighbours.Values.Where(n => n.Site == site && Links[n.Link].IsUp && n.IsUsable(now)).OrderBy(Cost).FirstOrDefault();

    private int LinkCost(Neighbour neighbour) => RelayRules.CostOf(Links[neighbour.Link].Description);

    /// <summary>Cheapest link first; among equals the one that stands first in the configuration.</summary>
    private int Cost(Neighbour neighbour) => (LinkCost(neighbour) * 256) + neighbour.Link;
}
