using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>
/// What a power cut does with changes that were not synced. Every outcome is legal; they are drawn in kinds, because drawing
/// each change apart would almost never keep or lose all of them.
/// </summary>
internal sealed class Fate
{
    private readonly Order _order;
    private readonly int _kept;

    public Fate(ref SplitMix64 random, int changes)
    {
        _order = (Order)(random.Next() % 6);
        _kept = changes == 0 ? 0 : (int)(random.Next() % (ulong)(changes + 1));
        Damages = random.NextDouble() < 0.5;
    }

    private enum Order : byte
    {
        /// <summary>All got there.</summary>
        All,

        /// <summary>None did.</summary>
        None,

        /// <summary>The first ones did, in order.</summary>
        First,

        /// <summary>Only the last ones did.</summary>
        Last,

        /// <summary>Any of them.</summary>
        Any,

        /// <summary>All but one.</summary>
        AllButOne,
    }

    /// <summary>Whether writes that got there may be torn or spoilt.</summary>
    public bool Damages { get; }

    /// <summary>Whether a change got there, in part at least.</summary>
    public bool Keeps(int index, ref SplitMix64 random) => _order switch
    {
        Order.All => true,
        Order.None => false,
        Order.First => index < _kept,
        Order.Last => index >= _kept,
        Order.AllButOne => index != _kept,
        _ => random.NextDouble() < 0.5,
    };

    /// <summary>Writes what got there of a write: whole, torn at sectors, or with sectors of zeroes or noise.</summary>
    public void Write(SimulatedFile file, int at, ReadOnlySpan<byte> bytes, ref SplitMix64 random)
    {
        var manner = random.Next() % 4;
        if (manner == 0) file.Write(at, bytes);
        if (manner == 0) return;
        Span<byte> noise = stackalloc byte[SimulatedDisk.Sector];
        for (var done = 0; done < bytes.Length;)
        {
            var length = Math.Min(SimulatedDisk.Sector - ((at + done) % SimulatedDisk.Sector), bytes.Length - done);
            var spoilt = manner == 3 && random.NextDouble() < 0.3;
            if (spoilt) file.Write(at + done, Noise(noise, length, ref random));
            else if (manner != 2 || random.NextDouble() < 0.7) file.Write(at + done, bytes.Slice(done, length));
            // Torn once: what follows is lost.
            if (manner == 1 && random.NextDouble() < 0.3) return;
            done += length;
        }
    }

    private static ReadOnlySpan<byte> Noise(Span<byte> sector, int length, ref SplitMix64 random)
    {
        sector.Clear();
        if (random.NextDouble() < 0.5) return sector[..length];
        foreach (ref var one in sector) one = (byte)random.Next();
        return sector[..length];
    }
}
