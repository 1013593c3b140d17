using Weerbaarheid.Relay.Links.Simulated;

namespace Weerbaarheid.Relay.Simulation.Disk;

/// <summary>
/// The sectors of a file as they lie on the platter, beside the file as the system shows it. After a failed sync the two
/// differ, and the system no longer knows where: only what is written again after that gets there at the next sync.
/// </summary>
/// <param name="content">What the platter has.</param>
internal sealed class Platter(byte[] content)
{
    private readonly HashSet<int> _owed = [];
    private byte[] _content = content;

    /// <summary>Notes that these bytes were written and must get there at the next sync.</summary>
    public void Owe(int at, int length)
    {
        for (var sector = at / SimulatedDisk.Sector; sector * SimulatedDisk.Sector < at + length; sector++) _owed.Add(sector);
    }

    /// <summary>A sync that went well.</summary>
    public void Receive(SimulatedFile file)
    {
        Array.Resize(ref _content, file.Size);
        foreach (var sector in _owed) Copy(file.Content, _content, sector);
        _owed.Clear();
    }

    /// <summary>A sync that failed: nothing got there, and nothing is owed any more.</summary>
    public void Forget() => _owed.Clear();

    /// <summary>The system let go of what it did not owe: those sectors read as the platter has them.</summary>
    public void Evict(SimulatedFile file)
    {
        var shown = file.Content.ToArray();
        for (var sector = 0; sector * SimulatedDisk.Sector < shown.Length; sector++)
            if (!_owed.Contains(sector)) Copy(_content, shown, sector);
        file.Replace(shown);
    }

    /// <summary>The power went: each sector is the one or the other, and so is the length.</summary>
    public void Settle(SimulatedFile file, ref SplitMix64 random)
    {
        var settled = (random.NextDouble() < 0.5 ? file.Content : _content).ToArray();
        for (var sector = 0; sector * SimulatedDisk.Sector < settled.Length; sector++)
            Copy(random.NextDouble() < 0.5 ? file.Content : _content, settled, sector);
        file.Replace(settled);
    }

    // What lies beyond the end of the source reads as zeroes.
    private static void Copy(ReadOnlySpan<byte> from, Span<byte> to, int sector)
    {
        var at = sector * SimulatedDisk.Sector;
        if (at >= to.Length) return;
        var target = to.Slice(at, Math.Min(SimulatedDisk.Sector, to.Length - at));
        target.Clear();
        if (at < from.Length) from.Slice(at, Math.Min(target.Length, from.Length - at)).CopyTo(target);
    }
}
