using Weerbaarheid.Relay.Lives;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>A file that is only deleted still lies on the disk, so it is overwritten first.</summary>
internal static class OverwrittenFile
{
    /// <summary>Fills a file with zeros, on disk; what is no file stays as it is.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Fill(string path)
    {
        if (OddFile.Describe(path) is not null) return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        var zeros = new byte[64 * 1024];
        for (var left = file.Length; left > 0; left -= zeros.Length) file.Write(zeros, 0, (int)Math.Min(left, zeros.Length));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Fills a file with zeros and deletes it.</summary>
    /// <exception cref="IOException">It could not be written or deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static void Delete(string path)
    {
        Fill(path);
        File.Delete(path);
    }
}
