using System.Globalization;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;

namespace Weerbaarheid.Relay.Trials.Flips;

/// <summary>
/// Bits flipped anywhere in a node's key file and its second copy. First each single bit of each, then one to eight in either or both. A node starts with
/// the same keys and makes the two whole again, or it refuses because both are damaged; it never has other keys.
/// </summary>
internal sealed class KeyFlipTrial
{
    /// <summary>Each worker has a folder; in memory where there is such a place, for every case syncs what it mends.</summary>
    private static readonly string Place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly IReadOnlyList<(Site Site, byte[] Whole)> _bases;
    private readonly string _folder;

    private long _same, _mended, _refused;

    private KeyFlipTrial(string folder)
    {
        _folder = folder;
        using var master = RegionMaster.Create("groningen");
        var now = new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
        var first = master.Issue(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, false, now);
        var meldkamer = master.Issue(1, "Meldkamer", Role.Meldkamer, true, now);
        master.Rotate();
        var second = master.Issue(11, "Noodsteunpunt Leek", Role.Noodsteunpunt, false, now);
        _bases =
        [
            (new Site(11, "Leek", Role.Noodsteunpunt, "groningen"), KeyFileWriter.Write(first)),
            (new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), KeyFileWriter.Write(meldkamer)),
            (new Site(11, "Leek", Role.Noodsteunpunt, "groningen"), KeyFileWriter.Write(second with { Epochs = [.. second.Epochs, .. first.Epochs] })),
        ];
    }

    public static Trial Trial { get; } = new("keyflips", "bits flipped anywhere in a node's key file and its second copy", 20_000, 200_000, Run);

    private static TrialResult Run(TrialRun run)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Place, $"relay-keyflips-{Guid.NewGuid():N}"));
        try
        {
            var trial = new KeyFlipTrial(folder.FullName);
            return run.ForEach(trial.Attempt, trial.Summary);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private string? Attempt(long number)
    {
        var (site, whole, flips) = Case(number);
        var (file, copy) = (whole.ToArray(), whole.ToArray());
        foreach (var bit in flips) (bit < whole.Length * 8 ? file : copy)[bit / 8 % whole.Length] ^= (byte)(1 << (bit % 8));
        var path = Path.Combine(_folder, $"{number.ToString(CultureInfo.InvariantCulture)}.keys");
        Put(path, file);
        Put(KeyFiles.CopyOf(path), copy);
        try
        {
            return Judge(path, site, whole) is { } broken ? $"site {site.Id}, bits {string.Join(", ", flips)} of twice {whole.Length * 8}: {broken}" : null;
        }
        finally
        {
            foreach (var left in Directory.GetFiles(_folder, Path.GetFileName(path) + "*")) File.Delete(left);
        }
    }

    /// <summary>The bits of the file are counted first and those of the copy after.</summary>
    private (Site Site, byte[] Whole, List<int> Flips) Case(long number)
    {
        var index = number - 1;
        foreach (var (site, whole) in _bases)
        {
            if (index < whole.Length * 16) return (site, whole, [(int)index]);
            index -= whole.Length * 16;
        }

        var random = new SplitMix64((ulong)number);
        var (who, bytes) = _bases[(int)(random.Next() % (ulong)_bases.Count)];
        var flips = new HashSet<int>();
        for (var count = 1 + (int)(random.Next() % 8); count > 0; count--) flips.Add((int)(random.Next() % (ulong)(bytes.Length * 16)));
        return (who, bytes, [.. flips]);
    }

    private string? Judge(string path, Site site, byte[] whole)
    {
        var (isFileWhole, isCopyWhole) = (IsSame(path, whole), IsSame(KeyFiles.CopyOf(path), whole));
        if (isFileWhole is null || isCopyWhole is null) return "other keys were read out of a damaged file";
        var result = KeyFiles.Read(path, site);
        using var ring = result.Ring;
        if (isFileWhole is false && isCopyWhole is false)
        {
            Interlocked.Increment(ref _refused);
            if (ring is not null) return "keys came out of two damaged files";
            return KeyFiles.Mend(path) is null && result.Errors.Count > 2 ? null : "two damaged files were mended, or refused without a reason";
        }

        if (ring is null) return $"the node does not start: {string.Join("; ", result.Errors)}";
        var (isDamaged, remark) = (!(isFileWhole.Value && isCopyWhole.Value), KeyFiles.Mend(path));
        if (isDamaged != remark is not null) return $"of damage {isDamaged} it says: {remark ?? "nothing"}";
        Interlocked.Increment(ref isDamaged ? ref _mended : ref _same);
        if (IsSame(path, whole) is not true || IsSame(KeyFiles.CopyOf(path), whole) is not true) return "the two are not whole after it was mended";
        return KeyFiles.Mend(path) is { } again ? $"after it was mended it says: {again}" : null;
    }

    /// <returns>Whether a file holds the keys; null when it holds others.</returns>
    private static bool? IsSame(string path, byte[] whole)
    {
        using var keys = KeyFile.Read(path).Keys;
        // What is read writes itself down in one way only.
        return keys is null ? false : KeyFileWriter.Write(keys).AsSpan().SequenceEqual(whole) ? true : null;
    }

    private static void Put(string path, byte[] content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(content);
    }

    private List<string> Summary() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{_same:N0} changed nothing, {_mended:N0} were mended from the other file, {_refused:N0} had both damaged and were refused"),
    ];
}
