namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// The sum of the checks of all rows of a table. The last commit wrote it down, so a load notices rows that are missing, that are too many,
/// and that are whole but older than they should be: a check in the row itself cannot tell any of these.
/// </summary>
/// <remarks>A sum and not a chain, so that a change costs what the rows that it changes cost, in any order.</remarks>
internal struct CheckSum
{
    public long Value { get; private set; }

    public void Add(long check) => Value += Mixed(check);

    public void Remove(long check) => Value -= Mixed(check);

    // Checks are 32 bits of CRC, whose sums have structure; these do not (the finaliser of SplitMix64).
    private static long Mixed(long check)
    {
        var mixed = (ulong)check + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (long)(mixed ^ (mixed >> 31));
    }
}

/// <summary>The sum of a table that is changed without being read first; remembers the check of each row.</summary>
/// <typeparam name="TKey">What names a row.</typeparam>
internal sealed class TableSum<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, long> _checks = [];
    private CheckSum _sum;

    public long Value => _sum.Value;

    /// <summary>A row was written.</summary>
    public void Set(TKey key, long check)
    {
        if (_checks.TryGetValue(key, out var before)) _sum.Remove(before);
        _checks[key] = check;
        _sum.Add(check);
    }

    /// <summary>A row was deleted, if it was there.</summary>
    public void Remove(TKey key)
    {
        if (_checks.Remove(key, out var check)) _sum.Remove(check);
    }

    /// <summary>Rows were deleted.</summary>
    public void RemoveWhere(Func<TKey, bool> gone)
    {
        foreach (var key in _checks.Keys.Where(gone).ToList()) Remove(key);
    }
}

/// <summary>The sums of all tables that have one.</summary>
internal readonly record struct TableSums(long Envelopes, long Windows, long References, long Tallies, long Airtime);
