using System.Text;
using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Keys;

namespace Weerbaarheid.Relay.Pins;

/// <summary>The PINs of a node, or why they cannot be read.</summary>
/// <param name="Hashes">By role; a role without a PIN is not in it.</param>
/// <param name="Problem">In Dutch for a technician; null when the file is good or is not there.</param>
internal sealed record PinSet(IReadOnlyDictionary<PinRole, PinHash> Hashes, string? Problem)
{
    public static PinSet None { get; } = new(new Dictionary<PinRole, PinHash>(), null);
}

/// <summary>
/// The file with the PINs, readable by the node's account alone: a line for each role with its name and its hash. It lies beside the keys, and
/// where there are none in the data folder; a configuration is shown and mailed around, and is no place for it.
/// </summary>
internal static class PinFile
{
    private const int LargestFile = 4096;

    public static string PathOf(RelayConfiguration configuration) =>
        configuration.Keys is KeysConfiguration.File { Path: var keys } ? keys + ".pins" : Path.Combine(configuration.DataFolder, "pins");

    public static PinSet Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[LargestFile + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > LargestFile ? Damaged(path) : Parse(Encoding.Latin1.GetString(bytes, 0, length), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return PinSet.None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PinSet.None with { Problem = $"Het bestand met de pincodes ({path}) kan niet worden gelezen. Zorg dat het account van dit punt het mag lezen." };
        }
    }

    /// <summary>Sets or removes the PIN of one role; the others stay. Whole or not at all.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="role">Whose.</param>
    /// <param name="hash">Null to remove it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not write there.</exception>
    public static void Set(string path, PinRole role, PinHash? hash)
    {
        // What cannot be read is written anew: whoever may write here may set them all.
        var hashes = new Dictionary<PinRole, PinHash>(Read(path).Hashes);
        hashes.Remove(role);
        if (hash is not null) hashes[role] = hash;
        var text = new StringBuilder();
        foreach (var (one, kept) in hashes.OrderBy(pair => pair.Key)) text.Append(PinRoles.NameOf(one)).Append(' ').Append(kept).Append('\n');
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SecretFile.Write(path, Encoding.ASCII.GetBytes(text.ToString()), replace: true);
    }

    private static PinSet Parse(string text, string path)
    {
        var hashes = new Dictionary<PinRole, PinHash>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || PinRoles.Parse(line[..space]) is not { } role || PinHash.Parse(line.AsSpan(space + 1)) is not { } hash || !hashes.TryAdd(role, hash)) return Damaged(path);
        }

        return new PinSet(hashes, null);
    }

    private static PinSet Damaged(string path) =>
        PinSet.None with { Problem = $"Het bestand met de pincodes ({path}) is beschadigd. Zet de pincodes opnieuw: weerbaarheid-relay pin ROL" };
}
