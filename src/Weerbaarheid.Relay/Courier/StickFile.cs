using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Courier;

/// <summary>Files on a stick: whole or not at all, whenever it is pulled out or full.</summary>
internal static class StickFile
{
    /// <summary>
    /// Writes beside the file, syncs, renames and syncs the folder. Until the rename nothing bears the name; what was begun is deleted again when
    /// that can be done. A file that is there is never written over.
    /// </summary>
    /// <param name="path">Full path.</param>
    /// <param name="bytes">All of it.</param>
    /// <exception cref="IOException">It cannot be written, or it is there already.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not write there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var folder = Path.GetDirectoryName(path)!;
        var beside = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.half");
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: false);
        }
        catch
        {
            Forget(beside);
            throw;
        }

        FolderSync.Sync(folder);
    }

    /// <summary>Reads a file that somebody brought.</summary>
    /// <returns>Null when it is larger than <see cref="CourierFile.MostBytes"/>.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static byte[]? Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        // A device has no length, so that what is there counts and not what is said.
        var bytes = new MemoryStream();
        var block = new byte[1 << 16];
        for (int read; (read = stream.Read(block)) > 0;)
        {
            if (bytes.Length + read > CourierFile.MostBytes) return null;
            bytes.Write(block, 0, read);
        }

        return bytes.ToArray();
    }

    private static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The stick is gone, and the half file with it; its name says what it is.
        }
    }
}
