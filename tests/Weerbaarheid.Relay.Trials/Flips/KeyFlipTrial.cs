using System.Globalization;
using Weerbaarheid.Relay.Keys;
using Weerbaarheid.Relay.Links.Simulated;
using Weerbaarheid.Relay.Relaying;
using Weerbaarheid.Relay.Simulation;
using Weerbaarheid.Relay.Wire.Sealing;

namespace Weerbaarheid.Relay.Trials.Flips;

/// <summary>
/// Bits flipped anywhere in a node's key file and its second copy: in every other case a single bit, until each had its turn, and in the rest two to nine, in either or both. A node starts with
/// the same keys and makes the two whole again, or it refuses because both are damaged; it never has other keys.
/// </summary>
internal sealed class KeyFlipTrial
{
    /// <summary>A prime that no sum of lengths here is a multiple of.</summary>
    private const long Stride = 7_919;

    /// <summary>In memory where there is such a place, for every case syncs what it mends.</summary>
    private static readonly string Place = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly IReadOnlyList<(Site Site, byte[] Whole)> _bases;
    private readonly string _folder;
    private readonly long _singles;

    private long _same, _mended, _refused;

    private KeyFlipTrial(string folder)
    {
        _folder = folder;
        byte[] region = [.. Enumerable.Range(1, KeyRing.KeySize).Select(one => (byte)(one * 37))];
        var authority = AuthorityKey.FromPrivate(region.AsSpan(0, AuthorityKey.PrivateSize))!;
        var first = new NodeKeys
        {
            Site = 11,
            Role = Role.Noodsteunpunt,
            Name = "Noodsteunpunt Leek",
            Region = "groningen",
            Epoch = 0,
            Epochs = [NodeKeys.Derive(region, 11, 0)],
            Authority = authority.PublicOnly(),
        };
        var meldkamer = first with { Site = 1, Role = Role.Meldkamer, Name = "Meldkamer", Epochs = [], RegionKey = region, Authority = authority };
        var second = first with { Epoch = 1, Epochs = [NodeKeys.Derive(region, 11, 1), .. first.Epochs] };
        var leek = new Site(11, "Leek", Role.Noodsteunpunt, "groningen");
        _bases = [(leek, KeyFileWriter.Write(first)), (new Site(1, "Meldkamer", Role.Meldkamer, "groningen"), KeyFileWriter.Write(meldkamer)), (leek, KeyFileWriter.Write(second))];
        _singles = _bases.Sum(one => one.Whole.Length * 16L);
    }

    public static Trial Trial { get; } = new("keyflips", "bits flipped anywhere in a node's key file and its second copy", 3_000, 200_000, Run);

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
        if (number % 2 == 1)
        {
            // In strides, so that few cases see some of everything.
            var index = number / 2 * Stride % _singles;
            foreach (var (site, whole) in _bases)
            {
                if (index < whole.Length * 16L) return (site, whole, [(int)index]);
                index -= whole.Length * 16L;
            }
        }

        var random = new SplitMix64((ulong)number);
        var (who, bytes) = _bases[(int)(random.Next() % (ulong)_bases.Count)];
        var flips = new HashSet<int>();
        for (var count = 2 + (int)(random.Next() % 8); count > 0; count--) flips.Add((int)(random.Next() % (ulong)(bytes.Length * 16)));
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
