namespace Weerbaarheid.Relay.Lives;

/// <summary>Reads files that a node keeps for itself, and no more of them than it writes: whatever else lies at their place, a pipe or gigabytes, holds nobody up.</summary>
internal static class SmallFile
{
    /// <summary>Reads one whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <returns>Null when there is none, when it is longer, and when it is no file or cannot be read.</returns>
    public static byte[]? Read(string path, int most)
    {
        if (OddFile.IsOdd(path)) return null;
        try
        {
            var bytes = Begin(path, most + 1);
            return bytes.Length > most ? null : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The first bytes of a file: all, or <paramref name="most"/> of them.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Begin(string path, int most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var bytes = new byte[Math.Min(file.Length, most)];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length == bytes.Length ? bytes : bytes[..length];
    }
}
