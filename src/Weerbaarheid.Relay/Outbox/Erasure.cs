namespace Weerbaarheid.Relay.Outbox;

/// <summary>Which records are old enough to be erased.</summary>
/// <param name="BornBefore">Node time: younger ones stay.</param>
/// <param name="ReceivedBefore">Wall clock; what came in before it goes too, because time without power does not count in node time. Null where no person asked.</param>
internal readonly record struct ErasureCut(TimeSpan BornBefore, DateTimeOffset? ReceivedBefore)
{
    /// <summary>Whether a record goes.</summary>
    public bool Takes(TimeSpan bornAt, DateTimeOffset receivedAt) => bornAt < BornBefore || receivedAt < ReceivedBefore;
}

/// <summary>What became of one record that was to be erased.</summary>
internal enum ErasureOutcome
{
    /// <summary>It is gone, and what lay there is overwritten.</summary>
    Erased,

    /// <summary>It is on its way: nothing that somebody is owed is erased.</summary>
    StillOwed,

    /// <summary>It is not in this store.</summary>
    NotHere,
}
