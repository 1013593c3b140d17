using System.Collections.Immutable;
using Weerbaarheid.Relay.Links;
using Weerbaarheid.Relay.Wire.Frames;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>A neighbour as heard on one link.</summary>
internal sealed class Neighbour(int link, ushort site, int maxFrame)
{
    /// <summary>Bytes by which frames grow again with every envelope that arrives.</summary>
    private const int Growth = 8;

    private readonly int _maxFrame = maxFrame;
    private TimeSpan _lasts;

    public int Link { get; } = link;

    public ushort Site { get; } = site;

    public Beacon Beacon
    {
        get;
        set => (field, _lasts) = (value, TimeSpan.FromSeconds(3.5 * value.PeriodSeconds));
    }

    public TimeSpan LastHeard { get; set; }

    /// <summary>The newest key epoch that it has, as far as it told or showed.</summary>
    public byte Epoch { get; set; }

    /// <summary>When it last did something that a recording of it could not: confirmed what was sent to it, or told something new.</summary>
    public TimeSpan LastAnswered { get; set; }

    /// <summary>Since when it has left our frames unanswered; null while it answers.</summary>
    public TimeSpan? SilentSince { get; set; }

    /// <summary>Until then it does not take over from a way that works.</summary>
    public TimeSpan TrustedAt { get; set; }

    /// <summary>What it is to be told of what came from it.</summary>
    public Answers Answers { get; } = new();

    /// <summary>Priority 1 that also goes to it, because its first way gave no answer in time.</summary>
    public List<Held> Copies { get; } = [];

    /// <summary>Envelopes on their way to it without an acknowledgement; on a narrow link a handful.</summary>
    public HashSet<Held> Flying { get; } = [];

    /// <summary>The longest frame to send it: shorter while many are lost, because one bad bit loses all of a frame.</summary>
    public int FrameLimit { get; private set; } = maxFrame;

    /// <summary>What was sent in a frame of this length did not arrive.</summary>
    public void NoteLoss(int frameSize)
    {
        if (frameSize > LinkPace.ShortestFrame) FrameLimit = Math.Max(LinkPace.ShortestFrame, Math.Min(FrameLimit, frameSize) * 2 / 3);
    }

    /// <summary>It arrived.</summary>
    public void NoteArrival() => FrameLimit = Math.Min(_maxFrame, FrameLimit + Growth);

    /// <summary>Without a sign of life it counts as around until then.</summary>
    public TimeSpan UsableUntil => LastHeard + _lasts;

    /// <summary>Whether it was heard lately and answers.</summary>
    public bool IsUsable(TimeSpan now) =>
        SilentSince is null && now <= UsableUntil;
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
    private readonly Dictionary<ushort, (int Link, ushort Site)> _cameThrough = [];
    private ImmutableArray<Neighbour> _inOrder;
    private byte _nearerThan;

    public ImmutableArray<LinkState> Links { get; } = [.. links.Select((description, index) => new LinkState(self.Id, index, description))];

    public IEnumerable<Neighbour> All => _neighbours.Values;

    /// <summary>All neighbours by link and site: the order in which they are served.</summary>
    public ImmutableArray<Neighbour> InOrder => _inOrder.IsDefault ? _inOrder = [.. _neighbours.Values.OrderBy(n => n.Link).ThenBy(n => n.Site)] : _inOrder;

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
        if (site == self.Id || (peers.Count > 0 && !peers.Contains(site))) return null;
        // Who was not heard for longest makes room: invented names do not keep out a real one that is heard again and again.
        if (_neighbours.Count >= MaxNeighbours && _neighbours.Values.Where(n => !ReferenceEquals(n, Up) && n.Flying.Count == 0).MinBy(n => n.LastHeard) is { } oldest)
            _neighbours.Remove((oldest.Link, oldest.Site));
        if (_neighbours.Count >= MaxNeighbours) return null;
        isNew = true;
        _inOrder = default;
        return _neighbours[(link, site)] = new Neighbour(link, site, Links[link].Description.MaxFrame);
    }

    /// <summary>Notes that messages of an origin come through a neighbour, so that receipts go back that way.</summary>
    public void NoteWay(ushort origin, Neighbour from, int maxOrigins)
    {
        if (_cameThrough.Count < maxOrigins || _cameThrough.ContainsKey(origin)) _cameThrough[origin] = (from.Link, from.Site);
    }

    /// <summary>
    /// The neighbour that a message for a site goes to: the one its own messages came through, because that way is known
    /// to work; only without one, the site itself where it is heard.
    /// </summary>
    public Neighbour? WayDown(ushort site, TimeSpan now)
    {
        if (!_cameThrough.TryGetValue(site, out var via)) return Best(site, now);
        return _neighbours.GetValueOrDefault(via) is { } from && CanReach(from, now) ? from : Best(via.Site, now) ?? Best(site, now);
    }

    /// <summary>Another way up than over this link, for what cannot wait until it is known whether that one works.</summary>
    public Neighbour? OtherWayUp(int link, TimeSpan now) => Candidates(now).Where(n => n.Link != link && !IsOnlyClear(n)).MinBy(n => (DistanceBy(n), Cost(n), n.Site));

    /// <summary>Whether frames to it have a chance now.</summary>
    public bool CanReach(Neighbour neighbour, TimeSpan now) => Links[neighbour.Link].IsUp && neighbour.IsUsable(now);

    /// <summary>Forgets who is around on a link, until they are heard again.</summary>
    public void Forget(int link)
    {
        foreach (var key in _neighbours.Keys.Where(key => key.Link == link).ToList()) _neighbours.Remove(key);
        _inOrder = default;
    }

    /// <summary>Forgets sites on all links, and that anything came through them.</summary>
    public void Forget(Func<ushort, bool> isGone)
    {
        foreach (var key in _neighbours.Keys.Where(key => isGone(key.Site)).ToList()) _neighbours.Remove(key);
        foreach (var origin in _cameThrough.Where(pair => isGone(pair.Value.Site) || isGone(pair.Key)).Select(pair => pair.Key).ToList()) _cameThrough.Remove(origin);
        _inOrder = default;
    }

    /// <summary>Whether no other link leads to the same site for less.</summary>
    public bool IsCheapest(Neighbour neighbour, TimeSpan now) => ReferenceEquals(Best(neighbour.Site, now), neighbour);

    /// <summary>Until then only ways that cannot lead back here are taken; null when all are.</summary>
    public TimeSpan? CautiousUntil { get; private set; }

    /// <summary>Chooses the way up again.</summary>
    /// <returns>Whether the way or its cost changed.</returns>
    public bool ChooseWayUp(TimeSpan now)
    {
        if (self.Role == Role.Meldkamer) return false;
        if (CautiousUntil <= now) CautiousUntil = null;
        var best = Better(Nearest(now), now);
        if (CautiousUntil is null && (best is null || DistanceTold(best) > Distance) && Up is not null)
        {
            // The way was lost or grew longer. Whoever is farther off than this node was may still tell of the way through this
            // node; until the bad news has gone round, only who is nearer is believed (the feasibility condition of RFC 8966 §2.4).
            (CautiousUntil, _nearerThan) = (now + Caution, Distance);
            best = Better(Nearest(now), now);
        }

        var distance = DistanceTold(best);
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

    /// <summary>How long bad news takes to go round: a few beacons that were hurried.</summary>
    private TimeSpan Caution => TimeSpan.FromSeconds(3) + (2 * Links.Max(link => LinkPace.BeaconPause(link.Description)));

    private IEnumerable<Neighbour> Candidates(TimeSpan now) => _neighbours.Values.Where(n => IsCandidate(n, now));

    private bool IsCandidate(Neighbour n, TimeSpan now) =>
        CanReach(n, now) && n.Beacon.Via != self.Id && DistanceBy(n) < Alone(self.Role) && (CautiousUntil is null || n.Beacon.Distance < _nearerThan);

    /// <summary>Over a link that takes nothing sealed no record gets away, so it comes after every other.</summary>
    private Neighbour? Nearest(TimeSpan now)
    {
        // Asked after every frame that is heard, so it walks once and sorts nothing.
        Neighbour? nearest = null;
        foreach (var one in InOrder)
            if (IsCandidate(one, now) && (nearest is null || Rank(one).CompareTo(Rank(nearest)) < 0)) nearest = one;
        return nearest;
    }

    private (bool, byte, int, ushort) Rank(Neighbour n) => (IsOnlyClear(n), DistanceBy(n), Cost(n), n.Site);

    /// <summary>A neighbour that was lost again and again lately takes over from the way that works only when it has held for a while.</summary>
    private Neighbour? Better(Neighbour? best, TimeSpan now) =>
        best is not null && Up is { } working && !ReferenceEquals(best, working) && !IsOnlyClear(working) && now < best.TrustedAt && IsCandidate(working, now) ? working : best;

    /// <summary>A link that takes nothing sealed is no way for what others send: it is used, and not told.</summary>
    private byte DistanceTold(Neighbour? up) => up is null || IsOnlyClear(up) ? Alone(self.Role) : DistanceBy(up);

    private byte DistanceBy(Neighbour neighbour) => (byte)(neighbour.Beacon.Distance + LinkCost(neighbour));

    private Neighbour? Best(ushort site, TimeSpan now)
    {
        Neighbour? best = null;
        foreach (var one in InOrder)
            if (one.Site == site && CanReach(one, now) && (best is null || Cost(one) < Cost(best))) best = one;
        return best;
    }

    private int LinkCost(Neighbour neighbour) => RelayRules.CostOf(Links[neighbour.Link].Description);

    private bool IsOnlyClear(Neighbour neighbour) => Links[neighbour.Link].Description.OnlyClear;

    /// <summary>Cheapest link first, those that take nothing sealed last; among equals the one that stands first in the configuration.</summary>
    private int Cost(Neighbour neighbour) => (IsOnlyClear(neighbour) ? 65_536 : 0) + (LinkCost(neighbour) * 256) + neighbour.Link;
}
