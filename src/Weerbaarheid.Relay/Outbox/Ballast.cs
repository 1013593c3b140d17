namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// A file that only takes up room, so that there is room to give when the disk is full. Filled with bytes that do not compress: a
/// file system that keeps zeros for nothing would have nothing to give back.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class Ballast(string path)
{
    private const int Step = 64 * 1024;

    /// <summary>Bytes that are held now.</summary>
    public long Held => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Makes it.</summary>
    /// <param name="bytes">Its size; 0 for none.</param>
    /// <returns>False when there was no room for it, or the disk did not take it; then there is none.</returns>
    public bool TryMake(long bytes)
    {
        if (Held == bytes) return true;
        try
        {
            File.Delete(path);
            if (bytes == 0) return true;
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            var block = new byte[Step];
            var state = 0x9E3779B97F4A7C15UL;
            for (var left = bytes; left > 0; left -= Step)
            {
                for (var at = 0; at < block.Length; at++) block[at] = (byte)((state = (state * 6364136223846793005UL) + 1442695040888963407UL) >> 56);
                file.Write(block, 0, (int)Math.Min(left, Step));
            }

            file.Flush(flushToDisk: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Release();
            return false;
        }
    }

    /// <summary>Gives the room away.</summary>
    public void Release()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that is read-only has no room to give.
        }
    }
}
