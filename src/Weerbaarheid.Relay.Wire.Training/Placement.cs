using Weerbaarheid.Relay.Wire.Text;

namespace Weerbaarheid.Relay.Wire.Training;

/// <summary>Gives slots their place in buckets of four, the ones that were counted most first; what finds its bucket full is left out.</summary>
internal static class Placement
{
    /// <summary>880 kB; with the other tables less than a megabyte.</summary>
    public const int Buckets = 110_000;

    /// <returns>The buckets, and for each slot whether it is in.</returns>
    public static (ulong[] Buckets, bool[] Kept) Place(Tally tally)
    {
        var buckets = new ulong[Buckets];
        var used = new byte[Buckets];
        var kept = new bool[tally.Slots.Count];
        foreach (var slot in Candidates(tally))
        {
            var (_, key, node) = tally.Slots[slot];
            var hash = TextTables.SlotHash(key, node);
            var at = (int)(((ulong)hash * Buckets) >> 32);
            if (used[at] == 4 || Holds(buckets[at], hash)) continue;
            var entry = ((hash & 0x3FF) << 6) | (uint)Evidence.StateOf(tally.Zeros[slot], tally.Ones[slot]);
            buckets[at] |= (ulong)entry << (16 * used[at]++);
            kept[slot] = true;
        }

        return (buckets, kept);
    }

    private static IEnumerable<int> Candidates(Tally tally) => Enumerable.Range(0, tally.Slots.Count)
        .Where(slot => tally.Slots[slot].Kind < TextContext.Keys && !SaysNothingNew(tally, slot))
        .OrderByDescending(slot => tally.Zeros[slot] + tally.Ones[slot]).ThenBy(slot => tally.Slots[slot].Kind).ThenBy(slot => slot);

    /// <summary>Seen exactly where the next shorter order was seen.</summary>
    private static bool SaysNothingNew(Tally tally, int slot) =>
        tally.Shorter[slot] is var shorter and >= 0 && tally.Zeros[shorter] == tally.Zeros[slot] && tally.Ones[shorter] == tally.Ones[slot];

    private static bool Holds(ulong bucket, uint hash)
    {
        for (; bucket != 0; bucket >>= 16)
            if ((bucket & 0xFFC0) == (hash & 0x3FF) << 6) return true;
        return false;
    }
}
