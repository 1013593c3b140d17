namespace Weerbaarheid.Relay.Links.Simulated;

/// <summary>A small random generator whose numbers follow from the seed on every runtime, so that a seed in a report
/// can be replayed years later.</summary>
/// <remarks>Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, §4 and figure 17. Not for secrets.</remarks>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <returns>0 up to, not including, 1; 53 bits.</returns>
    internal double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
