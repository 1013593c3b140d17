namespace Weerbaarheid.Relay.Wire.Messages;

/// <summary>
/// Which sites the region does not trust any more, and which keys hold. Signed by the region's authority and kept for ever; of all
/// there ever were, the one with the highest serial counts.
/// </summary>
public sealed record Revocation : Message
{
    public override MessageType Type => MessageType.Revocation;

    /// <summary>Grows with every revocation, 1 to 2^31-1.</summary>
    public int Serial { get; init; }

    /// <summary>The newest key epoch, 0 to 15.</summary>
    public int Epoch { get; init; }

    /// <summary>The oldest key epoch of which frames are still taken; not above <see cref="Epoch"/>.</summary>
    public int OldestEpoch { get; init; }

    /// <summary>All sites that are shut out, those of earlier revocations too; at most 64.</summary>
    public IReadOnlyList<ushort> Revoked { get; init; } = [];
}

/// <summary>
/// A site's keys of a later epoch, for that site alone: sealed under the key of the epoch that it has. Not stored where it passes, and
/// never shown: what is in it is in no document, log or JSON.
/// </summary>
public sealed record Rekey : Message
{
    public override MessageType Type => MessageType.Rekey;

    /// <summary>Whose keys they are; travels in the header as the destination.</summary>
    public ushort ForSite { get; init; }

    /// <summary>The epoch of the keys, 0 to 15.</summary>
    public int Epoch { get; init; }

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> SiteKey { get; init; }

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> NetworkKey { get; init; }

    /// <summary>Without the keys.</summary>
    public override string ToString() => $"Rekey of site {ForSite} to epoch {Epoch}";
}
