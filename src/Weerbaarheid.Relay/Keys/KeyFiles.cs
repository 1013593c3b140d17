using Weerbaarheid.Relay.Configuration;
using Weerbaarheid.Relay.Lives;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Keys;

/// <summary>
/// A node's key file and the second copy beside it: the same keys twice, because a medium that loses a bit must not silence a node. The
/// file is written first and the copy after, each whole or not at all, so when both are whole and differ the file is the newer one. The
/// copy lies in the folder of the file: whoever gets at the one gets at the other.
/// </summary>
internal static class KeyFiles
{
    /// <summary>Where the copy of a key file lies.</summary>
    public static string CopyOf(string path) => path + ".copy";

    /// <summary>Reads the keys of a site from whichever of the two is whole, and changes nothing.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="site">Whose keys they must be.</param>
    public static KeyFileResult Read(string path, Site site)
    {
        using var look = Look(path);
        if (look.Keys is not { } keys) return new KeyFileResult(null, look.Errors);
        var errors = KeyFit.Errors(keys, look.From, site);
        return new KeyFileResult(errors.Count == 0 ? keys.ToRing() : null, errors) { Warning = look.Warning, FromCopy = look.IsFromCopy ? look.Finding : null };
    }

    /// <summary>Looks at both, and changes nothing.</summary>
    public static KeyLook Look(string path)
    {
        var (file, copy) = (KeyFile.Read(path), KeyFile.Read(CopyOf(path)));
        var look = KeyLook.Of(path, file, copy);
        if (!ReferenceEquals(look.Keys, file.Keys)) file.Keys?.Dispose();
        if (!ReferenceEquals(look.Keys, copy.Keys)) copy.Keys?.Dispose();
        return look;
    }

    /// <summary>Writes both.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="keys">What goes into them.</param>
    /// <param name="replace">Whether a key file that is there may go. A copy always may.</param>
    /// <returns>Why there is no copy now; null when there is.</returns>
    /// <exception cref="IOException">The file cannot be written, or is there and may not be replaced; the copy is as it was.</exception>
    public static string? Write(string path, NodeKeys keys, bool replace)
    {
        KeyFile.Write(path, keys, replace);
        try
        {
            OddFile.MakeWay(CopyOf(path));
            KeyFile.Write(CopyOf(path), keys, replace: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The second copy of the keys, {CopyOf(path)}, cannot be written: {e.Message.TrimEnd('.')}. The node tries again when it starts.";
        }
    }

    /// <summary>
    /// Writes the one that is missing, damaged or behind anew from the other. What is damaged is put aside and not deleted: somebody may want to
    /// know what happened to the disk, and should the wrong one be taken for damaged, nothing is lost.
    /// </summary>
    /// <returns>What was found and done, for the log; null when there was nothing to do, or neither can be used.</returns>
    public static string? Mend(string path)
    {
        using var look = Look(path);
        if (look is not { Keys: { } keys, Finding: { } finding }) return null;
        var target = look.IsFromCopy ? path : CopyOf(path);
        try
        {
            if (look.IsOtherBroken) OddFile.PutAside(target);
            KeyFile.Write(target, keys, replace: true);
            return $"{finding} {target} was written anew.{(look.IsOtherBroken ? $" What was there lies beside it as {Path.GetFileName(target)}.aside-1, or the highest number there is; delete that after a look, for it holds keys." : "")}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{finding} {target} cannot be written anew: {e.Message.TrimEnd('.')}. Let this account write in its folder, and start the node again.";
        }
    }
}
