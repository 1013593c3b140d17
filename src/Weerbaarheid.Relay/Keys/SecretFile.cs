using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Keys;

/// <summary>Writes a file that holds secrets: for this account alone, and whole or not at all, whenever the power fails.</summary>
internal static class SecretFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Writes beside the file, syncs, renames over it and syncs the folder. What was there before stays until the rename, and after
    /// a power cut there is the old file or the new one.
    /// </summary>
    /// <param name="path">Full path.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="replace">Whether a file that is there may go.</param>
    /// <exception cref="IOException">It cannot be written; also when it is there and may not go.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool replace)
    {
        if (!replace && Path.Exists(path)) throw new IOException($"'{path}' is there already");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var beside = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.new");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
            using (var stream = new FileStream(beside, options))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: replace);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }

        FolderSync.Sync(folder);
    }
}
