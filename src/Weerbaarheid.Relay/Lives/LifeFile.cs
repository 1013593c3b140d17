using System.Globalization;
using System.Numerics;
using System.Text;

namespace Weerbaarheid.Relay.Lives;

/// <summary>What a life file says.</summary>
/// <param name="Last">The last life that was begun; null when the keys beside it were never used.</param>
internal readonly record struct LifeNote(uint? Last);

/// <summary>
/// A small file that outlives the store: the last life of the node's counter that was begun. A number used twice under a key gives
/// away what it hides, so whoever lost a store must know which lives it had. One line, <c>weerbaarheid-life 1 last=3 crc=1a2b3c4d</c>, or
/// <c>last=none</c> for keys that were never used. Written whole or not at all: a new file, synced, in the place of the old.
/// </summary>
internal static class LifeFile
{
    private const string Start = "weerbaarheid-life 1 last=";
    private const string CheckMark = " crc=";
    private const string None = "none";
    private const int LargestFile = 256;

    /// <summary>Where it lies beside a key file.</summary>
    public static string BesideKeys(string keyFile) => keyFile + ".life";

    /// <summary>Where it lies in a node's data folder.</summary>
    public static string InFolder(string dataFolder) => Path.Combine(dataFolder, "life");

    /// <summary>
    /// Says that the keys beside it were never used by any node, so that its first numbers start at 1. Only for whoever has just made
    /// the keys, or moves them in from where they were made and never used. A file that is there already stays: it knows better.
    /// </summary>
    /// <param name="path"><see cref="BesideKeys"/> of the key file.</param>
    /// <returns>False when there was one already.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static bool CreateFresh(string path)
    {
        if (File.Exists(path)) return false;
        Write(path, null);
        return true;
    }

    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isThere">Whether there is a file, readable or not.</param>
    /// <returns>Null when there is none, or none that is what was written.</returns>
    public static LifeNote? Read(string path, out bool isThere)
    {
        isThere = OddFile.Describe(path) is null && File.Exists(path);
        return SmallFile.Read(path, LargestFile) is { } bytes ? Parse(Encoding.ASCII.GetString(bytes).TrimEnd('\n')) : null;
    }

    /// <summary>Writes one; when this returns, it is on disk.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, uint? last)
    {
        var text = Start + (last?.ToString(CultureInfo.InvariantCulture) ?? None);
        var next = path + ".new";
        // A pipe would wait for a reader.
        OddFile.Clear(next);
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text}{CheckMark}{CheckOf(text):x8}\n")));
            file.Flush(flushToDisk: true);
        }

        // Whatever somebody put in its place, the node goes on.
        OddFile.MakeWay(path);
        File.Move(next, path, overwrite: true);
        FolderSync.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static LifeNote? Parse(string text)
    {
        var end = text.LastIndexOf(CheckMark, StringComparison.Ordinal);
        if (end < Start.Length || !text.StartsWith(Start, StringComparison.Ordinal)) return null;
        if (text[(end + CheckMark.Length)..] != CheckOf(text[..end]).ToString("x8", CultureInfo.InvariantCulture)) return null;
        var last = text[Start.Length..end];
        if (last == None) return new LifeNote(null);
        return uint.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var life) ? new LifeNote(life) : null;
    }

    private static uint CheckOf(string text)
    {
        var crc = uint.MaxValue;
        foreach (var one in text) crc = BitOperations.Crc32C(crc, (byte)one);
        return ~crc;
    }
}
