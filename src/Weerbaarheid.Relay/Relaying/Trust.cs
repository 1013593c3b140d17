using Weerbaarheid.Relay.Wire.Messages;

namespace Weerbaarheid.Relay.Relaying;

/// <summary>
/// Whom the region still trusts: what its newest revocation says. Of all there ever were the highest serial counts, so an old
/// one that comes again does nothing, whatever the replay windows know.
/// </summary>
internal sealed class Trust
{
    private HashSet<ushort> _revoked = [];

    /// <summary>The newest revocation; null when the region never made one.</summary>
    public Revocation? Current { get; private set; }

    /// <summary>Its envelope, which is kept for ever and offered to every neighbour.</summary>
    public Held? Held { get; private set; }

    public int Serial => Current?.Serial ?? 0;

    public bool IsRevoked(ushort site) => _revoked.Contains(site);

    /// <summary>Whether a revocation takes the place of the current one. Of two with one serial all nodes choose the same.</summary>
    public bool IsNewer(Revocation revocation, ReadOnlySpan<byte> envelope) =>
        revocation.Serial != Serial ? revocation.Serial > Serial : Held is not null && envelope.SequenceCompareTo(Held.Bytes.Span) > 0;

    public void Adopt(Revocation revocation, Held held) => (Current, Held, _revoked) = (revocation, held, [.. revocation.Revoked]);
}

/// <summary>What an operator at the meldkamer asks of the region's keys.</summary>
internal enum KeyOrderKind
{
    /// <summary>Shut sites out, and begin a new epoch when nobody is behind.</summary>
    Revoke,

    /// <summary>Begin a new epoch; nobody is shut out.</summary>
    Rotate,

    /// <summary>Take no frames of an epoch and older ones any more.</summary>
    Close,
}

/// <summary>An operator's order about keys.</summary>
/// <param name="Kind">What.</param>
/// <param name="Sites">Whom to shut out.</param>
/// <param name="Epoch">What to close.</param>
/// <param name="AtOnce">Also when sites that have not moved are left behind.</param>
internal sealed record KeyOrder(KeyOrderKind Kind, IReadOnlyList<ushort> Sites, byte Epoch, bool AtOnce);

/// <summary>The keys of a node as people see them; never a key itself.</summary>
/// <param name="Epoch">The epoch that seals here.</param>
/// <param name="OldestEpoch">The oldest epoch of which frames are taken.</param>
/// <param name="Serial">Of the newest revocation; 0 when there is none.</param>
/// <param name="Revoked">Sites that are shut out.</param>
/// <param name="IsRevoked">Whether this node's own site is.</param>
internal sealed record KeyStatus(byte Epoch, byte OldestEpoch, int Serial, IReadOnlyList<ushort> Revoked, bool IsRevoked);
